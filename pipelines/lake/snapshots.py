"""Delta tables opened at a version, kept for the process: whoever makes or verifies a release asks
the same tables many times, and every opening reads the table's log.

A version never changes. One whose log entry is not the file it was is opened anew, so that damage
is seen. What changes a table opens it for itself, in ``tables``.
"""

from functools import lru_cache
from pathlib import Path

from deltalake import DeltaTable

KEPT = 1024
"""So many versions are kept, the ones that were asked for last."""


def opened(table: Path, version: int) -> DeltaTable:
    """Return a table as it is at a version, to be read only; what delta-rs raises where it cannot
    be opened.
    """
    try:
        entry = (table / "_delta_log" / f"{version:020}.json").stat()
    except FileNotFoundError:
        return DeltaTable(table, version=version)
    return _kept(table, version, entry.st_ino, entry.st_size, entry.st_mtime_ns)


@lru_cache(KEPT)
def _kept(table: Path, version: int, *_: int) -> DeltaTable:
    return DeltaTable(table, version=version)
