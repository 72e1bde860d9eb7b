"""Whether a dropped file has arrived: one that is still being written is left to a later run, and
no other file waits for it; and whether one that was read is another since. A file is known by its
size and the time it was changed.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Standing
from pipelines.lake.durable import sha256_of

YOUNG = 60
"""Seconds after which a file that nobody has changed is taken for whole at first sight."""
APART = 0.3
"""Seconds between the two looks at a younger one."""


@dataclass(frozen=True)
class Dropped:
    """A file as it was looked at: its name, the partition that states, where it lies and is said
    to lie, its size, and when it was changed, in nanoseconds.
    """

    name: str
    partition: str | None
    path: str
    address: str
    bytes: int
    changed_ns: int

    @property
    def mark(self) -> str:
        """A text that is another when the file was changed."""
        return f"{self.bytes} bytes, {self.changed_ns} ns"


def looked_at_again(dataset: Dataset, files: Iterable[Dropped]) -> list[Dropped]:
    """Return the files that were changed a moment ago, to be looked at once more; SourceError for
    one that has not lain as long as the contract's ``settle`` asks.
    """
    now, stated = time.time(), dataset.source.fetch.get("settle")
    young = []
    for file in files:
        age = now - file.changed_ns / 1e9
        if stated is not None and age < stated:
            raise refused(
                f"{dataset.id}: {file.address}: changed {max(age, 0):.0f} s ago; the contract reads"
                f" files that have lain {stated:g} s (fetch: settle). The next run asks again",
                file.partition,
            )
        if age < YOUNG:
            young.append(file)
    return young


def check_same(dataset: Dataset, before: Dropped, now: Dropped) -> None:
    """Raise SourceError, for the file's own partition, when it is not what it was."""
    if before != now:
        raise refused(
            f"{dataset.id}: {before.address}: changed while it was read ({before.bytes} bytes, then"
            f" {now.bytes}): it is still being written. The next run asks again; its owner should"
            " write it as .part and rename it",
            before.partition,
        )


def refused(message: str, partition: str | None) -> SourceError:
    """Return the error that fails one partition, all that are asked for where none is stated."""
    error = SourceError(message)
    error.partition = partition
    return error


def differs(file: Dropped, standing: Standing, content: Path | None = None) -> bool:
    """Say whether a file is another one than was landed for its partition, or joined it since;
    ``content`` is where it can be read without fetching it.
    """
    landed = standing.prints.get(file.name)
    if landed is None:
        return True
    if landed.mark == file.mark:
        return False
    if content is None or landed.sha256 is None:
        return bool(landed.mark)
    return sha256_of(content) != landed.sha256
