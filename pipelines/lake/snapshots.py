"""Delta tables opened at a version, and what a process keeps of them: whoever makes or verifies a
release asks the same tables many times, and every opening reads the table's log.

A version never changes, and a table has another one only when a file was added to its log. What is
not the file or folder it was is read anew; damage to an entry before a version's own is seen by the
next process. What changes a table opens it for itself.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from pipelines.errors import LakeError

KEPT, SAID = 8, 1024
"""So many versions are kept open, the last that were asked for: one holds some kilobytes a file. Of
so many it is kept which files and columns they have, and of so many tables which is the latest.
"""
SETTLED = 100_000_000
"""Nanoseconds after which a folder's time tells every change: clocks of file systems tick."""


def opened(table: Path, version: int | None = None) -> DeltaTable:
    """Return a table as it is at a version, the latest when None, to be read only; LakeError when
    there is none, or when its log cannot be read.
    """
    with _told(table, version):
        return _at(table, _latest(table) if version is None else version)


def latest(table: Path) -> int:
    """Return a table's latest version; LakeError as for one that is opened."""
    with _told(table):
        return _latest(table)


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


@lru_cache(SAID)
def _kept_latest(table: Path, *_: int) -> int:
    return DeltaTable(table).version()


def files(table: Path, version: int | None = None) -> tuple[str, ...]:
    """Return a table's Parquet files at a version, the latest when None, sorted; LakeError as for
    one that is opened.
    """
    with _told(table, version):
        chosen = _latest(table) if version is None else version
        return _files(table, chosen, *_entry(table, chosen))


def columns(table: Path, version: int | None = None) -> pa.Schema:
    """Return a table's Arrow schema at a version, the latest when None; LakeError as for one that
    is opened.
    """
    with _told(table, version):
        chosen = _latest(table) if version is None else version
        return _columns(table, chosen, *_entry(table, chosen))


def sizes(table: Path, version: int) -> tuple[tuple[str, int], ...]:
    """Return each of a table's files at a version, by its place in it, and its bytes; LakeError as
    for one that is opened.
    """
    with _told(table, version):
        return _sizes(table, version, *_entry(table, version))


def _entry(table: Path, version: int) -> tuple[int, ...]:
    """Return what tells the file of a version's log entry from any other; what is told by nothing
    again where it is gone, since a checkpoint may stand for it.
    """
    try:
        said = (table / "_delta_log" / f"{version:020}.json").stat()
    except FileNotFoundError:
        return (time.monotonic_ns(),)
    return said.st_ino, said.st_size, said.st_mtime_ns


def _at(table: Path, version: int) -> DeltaTable:
    return _kept(table, version, *_entry(table, version))


@lru_cache(KEPT)
def _kept(table: Path, version: int, *_: int) -> DeltaTable:
    return DeltaTable(table, version=version)


@lru_cache(SAID)
def _files(table: Path, version: int, *_: int) -> tuple[str, ...]:
    found = _at(table, version)
    folder = _local(found.table_uri)  # as an address, in which a space is %20
    places = (_local(address).removeprefix(folder) for address in found.file_uris())
    return tuple(sorted(str(table / place) for place in places))


@lru_cache(SAID)
def _sizes(table: Path, version: int, *_: int) -> tuple[tuple[str, int], ...]:
    added = _at(table, version).get_add_actions()
    return tuple(zip(added["path"].to_pylist(), added["size_bytes"].to_pylist(), strict=True))


@lru_cache(SAID)
def _columns(table: Path, version: int, *_: int) -> pa.Schema:
    return pa.schema(_at(table, version).schema().to_arrow())


def _local(uri: str) -> str:
    return uri.removeprefix("file://")
