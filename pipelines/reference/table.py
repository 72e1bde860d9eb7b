"""What a reference table is: its columns are declared, so whoever checks a contract against them
builds no table; its rows come when it is called.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

SCHEMA = "reference"
"""Under which SQL models and contracts name the tables."""
PARTITION = "_partition"
"""Stands for ``at`` where a row's date is that of the snapshot it is in."""


@dataclass(frozen=True)
class ReferenceTable:
    """Columns, and a function that yields the rows in their order: always the same, or those of
    the city's file.
    """

    schema: pa.Schema
    rows: Callable[[], Iterable[tuple[Any, ...]]]
    is_of_city: bool = False

    @property
    def is_dated(self) -> bool:
        """Whether its rows are valid for a time, so that a reference to it says at which date
        (``at``).
        """
        return {"valid_from", "valid_to"} <= set(self.schema.names)

    def __call__(self) -> pa.Table:
        """Return the table."""
        return _built(self) if self.is_of_city else _always(self)


def _built(table: ReferenceTable) -> pa.Table:
    names = table.schema.names
    rows = [dict(zip(names, row, strict=True)) for row in table.rows()]
    return pa.Table.from_pylist(rows, schema=table.schema)


_always = cache(_built)


def reference_table(
    is_of_city: bool = False, **columns: pa.DataType
) -> Callable[[Callable[[], Iterable[tuple[Any, ...]]]], ReferenceTable]:
    """Make a table of a function that yields rows: ``@reference_table(band=pa.string(), ...)``."""
    return lambda rows: ReferenceTable(pa.schema(columns), rows, is_of_city)
