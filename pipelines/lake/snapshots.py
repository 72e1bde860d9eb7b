"""Delta tables opened at a version, and what a process keeps of them: whoever harvests, or makes or
verifies a release, asks the same tables many times, and every opening reads the table's log.

A version never changes, and a table has another one only when its log has the next entry. What is
not the file it was is read anew; damage to an entry before a version's own is seen by the next
process. What is kept open to be changed is had by one at a time.
"""

import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from pipelines.errors import LakeError

T = TypeVar("T")
KEPT, SAID = 8, 1024
"""So many versions are kept open, the last that were asked for: one holds some kilobytes a file; of
so many tables the latest version too. Of so many versions it is kept which files and columns they
have, and of so many tables which is the latest.
"""
_idle: OrderedDict[Path, DeltaTable] = OrderedDict()
"""Tables that are open, at their latest version or one before it, and that nobody has."""
_newest: OrderedDict[Path, tuple[int, tuple[int, ...]]] = OrderedDict()
"""The latest version of tables, and what tells its log entry."""


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


def exists(table: Path) -> bool:
    """Whether a table has been written."""
    return _known(table) is not None or DeltaTable.is_deltatable(str(table))


def open_to_change(table: Path) -> DeltaTable:
    """Open a table for what changes it; LakeError as for one that is read."""
    with _told(table):
        return _taken(table) or DeltaTable(table)


def keep(table: Path, there: DeltaTable) -> int:
    """Keep a table that was opened or changed, and that nobody has any more, open for whoever asks
    next; return its version.
    """
    return _noted(table, there, there.version())


def committed(table: Path, there: DeltaTable) -> int:
    """Keep a table to which files were committed since it was opened; return its version, to which
    it is brought when it is asked for.
    """
    version = there.version() + 1
    while _path(table, version + 1).exists():
        version += 1
    return _noted(table, there, version)


def _noted(table: Path, there: DeltaTable, version: int) -> int:
    _put(_idle, KEPT, table, there)
    _put(_newest, SAID, table, (version, _entry(table, version)))
    return version


def _put(kept: OrderedDict[Path, T], most: int, table: Path, value: T) -> None:
    kept.pop(table, None)
    kept[table] = value
    if len(kept) > most:
        kept.popitem(last=False)


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
    known = _known(table)
    return keep(table, DeltaTable(table)) if known is None else known


def _known(table: Path) -> int | None:
    """Return a table's latest version where its log is known to have no other; else None."""
    version, told = _newest.get(table, (0, ()))
    if told and _entry(table, version) == told and not _path(table, version + 1).exists():
        return version
    return None


def _taken(table: Path) -> DeltaTable | None:
    """Return a table that is kept open at its latest version, and let nobody else have it."""
    there, version = _idle.pop(table, None), _known(table)
    if there is None or version is None:
        return None
    if there.version() != version:
        there.update_incremental()
    return there


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
        said = _path(table, version).stat()
    except FileNotFoundError:
        return (time.monotonic_ns(),)
    return said.st_ino, said.st_size, said.st_mtime_ns


def _path(table: Path, version: int) -> Path:
    return table / "_delta_log" / f"{version:020}.json"


def _at(table: Path, version: int) -> DeltaTable:
    return _kept(table, version, *_entry(table, version))


@contextmanager
def lent(table: Path, version: int) -> Iterator[DeltaTable]:
    """Lend a table at a version, one that is kept to be changed where it is at that."""
    there = _taken(table)
    yield there if there is not None and there.version() == version else _at(table, version)
    if there is not None:
        keep(table, there)


@lru_cache(KEPT)
def _kept(table: Path, version: int, *_: int) -> DeltaTable:
    return DeltaTable(table, version=version)


@lru_cache(SAID)
def _files(table: Path, version: int, *_: int) -> tuple[str, ...]:
    with lent(table, version) as found:
        folder = _local(found.table_uri)  # as an address, in which a space is %20
        places = [_local(address).removeprefix(folder) for address in found.file_uris()]
    return tuple(sorted(str(table / place) for place in places))


@lru_cache(SAID)
def _sizes(table: Path, version: int, *_: int) -> tuple[tuple[str, int], ...]:
    with lent(table, version) as found:
        added = found.get_add_actions()
    return tuple(zip(added["path"].to_pylist(), added["size_bytes"].to_pylist(), strict=True))


@lru_cache(SAID)
def _columns(table: Path, version: int, *_: int) -> pa.Schema:
    with lent(table, version) as found:
        return pa.schema(found.schema().to_arrow())


def _local(uri: str) -> str:
    return uri.removeprefix("file://")
