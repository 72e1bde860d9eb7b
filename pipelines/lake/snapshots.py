"""Delta tables opened at a version, kept for the process: whoever makes or verifies a release asks
the same tables many times, and every opening reads the table's log.

A version never changes, and a table has another one only when a file was added to its log. What is
not the file or folder it was is opened anew, so that damage is seen too. What changes a table opens
it for itself.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from pipelines.errors import LakeError

KEPT = 1024
"""So many versions are kept, the ones that were asked for last."""
SETTLED = 100_000_000
"""Nanoseconds after which a folder's time tells every change: clocks of file systems tick."""


def opened(table: Path, version: int | None = None) -> DeltaTable:
    """Return a table as it is at a version, the latest when None, to be read only; LakeError when
    there is none, or when its log cannot be read.
    """
    with _told(table, version):
        return _at(table, _latest(table) if version is None else version)


def open_to_change(table: Path) -> DeltaTable:
    """Open a table for what changes it; LakeError as for one that is read."""
    with _told(table):
        return DeltaTable(table)


def unreadable(table: Path, error: Exception, version: int | None = None) -> LakeError:
    """Return what to say of a table whose log cannot be read."""
    place = "" if version is None else f" at version {version}"
    return LakeError(
        f"{table}: its log cannot be read{place}: {str(error).partition(chr(10))[0]}; put back what"
        " its `_delta_log` lacks from a backup"
    )


@contextmanager
def _told(table: Path, version: int | None = None) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, DeltaError) as error:
        if not DeltaTable.is_deltatable(str(table)):
            raise LakeError(
                f"{table}: no such table; `lumbung run` makes it, `lumbung status` lists what"
                " there is"
            ) from error
        raise unreadable(table, error, version) from error


def _latest(table: Path) -> int:
    log = table / "_delta_log"
    said = log.stat() if log.is_dir() else None
    if said is None or time.time_ns() - said.st_mtime_ns < SETTLED:
        return DeltaTable(table).version()
    return _kept_latest(table, said.st_ino, said.st_mtime_ns)


@lru_cache(KEPT)
def _kept_latest(table: Path, *_: int) -> int:
    return DeltaTable(table).version()


def _at(table: Path, version: int) -> DeltaTable:
    try:
        entry = (table / "_delta_log" / f"{version:020}.json").stat()
    except FileNotFoundError:
        return DeltaTable(table, version=version)
    return _kept(table, version, entry.st_ino, entry.st_size, entry.st_mtime_ns)


@lru_cache(KEPT)
def _kept(table: Path, version: int, *_: int) -> DeltaTable:
    return DeltaTable(table, version=version)
