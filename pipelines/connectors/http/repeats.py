"""Whether a record stands on two pages of a list: then its source has no order, or was written to,
and others were on none.

Records whose key is their place in the delivery may be the same, so of them nothing is told.
"""

import hashlib
from array import array
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from pipelines.contract.model import Dataset
from pipelines.records.json import dump


class Repeats:
    """The records of the pages so far, eight bytes each."""

    def __init__(self, dataset: Dataset) -> None:
        self._are_told = not dataset.key_is_a_place
        self._marks = array("Q")

    def add(self, page: Iterable[Any]) -> None:
        """Add the records of one page, parsed."""
        if self._are_told:
            self._marks.extend({_mark(record) for record in page})

    def count(self) -> int:
        """Return how many records are the same as one of an earlier page."""
        return len(self._marks) - len(pa.array(self._marks, pa.uint64()).unique())


def _mark(record: Any) -> int:
    said = dump(record).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest())
