"""One folder of files that are handed out, ``files/<key>/`` of the lake: made aside, listed in its
``index.json``, flushed, renamed into place whole.

``key`` is the hash of all the files are made of, so what is there is never made again, and what a
killed maker left is never taken for whole.
"""

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.files.index import FOLDER, INDEX, File, Listing, compressed, read_listing
from pipelines.lake.durable import sha256_of, sync
from pipelines.lake.lake import Lake
from pipelines.receipts.canonical import canonical

UNNEEDED = ".unneeded"
"""The mark of a folder no release needs any more; its time is when that was found."""
FORMAT = 3
"""Raised when a form is written in another way, so that every file is made again."""
LEVEL = 6
"""How hard a compressed copy is compressed."""


def key_of(*made_of: Any) -> str:
    """Return the key of files that are made of these."""
    return hashlib.sha256(canonical([FORMAT, *made_of])).hexdigest()


def is_there(lake: Lake, file: File) -> bool:
    """Whether a file lies where it should, with its size, and its compressed copy beside it."""
    path = lake.root / file.path
    return (
        path.is_file()
        and path.stat().st_size == file.bytes
        and (file.gzip is None or compressed(path).is_file())
    )


def unneeded(
    lake: Lake, needed: Collection[str], now: datetime, hours: int, dry_run: bool
) -> list[Path]:
    """Return the folders that were found not to be in ``needed`` for at least that many hours.

    A folder found so for the first time is marked with ``now``, one that is needed again loses its
    mark; a dry run writes nothing.
    """
    gone = []
    for folder in sorted((lake.root / FOLDER).glob("*")):
        mark = folder / UNNEEDED
        if folder.name in needed:
            if not dry_run:
                mark.unlink(missing_ok=True)
            continue
        since = mark.stat().st_mtime if mark.is_file() else now.timestamp()
        if since <= now.timestamp() - hours * 3600:
            gone.append(folder)
        elif not dry_run:
            mark.touch()
            os.utime(mark, (since, since))
    return gone


def sweep(lake: Lake) -> None:
    """Remove what a killed maker left; whoever holds the lock of releases is the only maker."""
    place = lake.root / FOLDER
    place.mkdir(exist_ok=True)
    for half in place.glob(".*.making"):
        shutil.rmtree(half)


def ensure_folder(
    lake: Lake, key: str, make: Callable[[Path], Listing], packed: Collection[str] = ()
) -> Listing:
    """Return what the folder ``key`` lists; where it is not there, or a file of it is gone,
    ``make`` fills an empty folder and says what is in it.

    What ``make`` says of paths is the name in that folder, of sizes and hashes nothing: they are
    taken here. Of a form in ``packed`` a compressed copy is laid beside the file.
    """
    try:
        listed = read_listing(lake.root, key)
        if all(is_there(lake, file) for file in listed.files):
            for folder in {Path(file.path).parent for file in listed.files}:
                (lake.root / folder / UNNEEDED).unlink(missing_ok=True)
            return listed
    except (OSError, ValueError, TypeError, KeyError):  # not made yet, or damaged
        pass
    place = lake.root / FOLDER / key
    aside = place.with_name(f".{key}.making")
    aside.mkdir()
    said = make(aside)
    listed = replace(
        said,
        files=tuple(
            file if file.sha256 else _measured(aside, key, file, file.form in packed)
            for file in said.files
        ),
    )
    (aside / INDEX).write_text(json.dumps(asdict(listed)), "utf-8")
    for path in aside.iterdir():
        sync(path)
    sync(aside)
    if place.exists():
        shutil.rmtree(place)
    aside.rename(place)
    return listed


def _measured(aside: Path, key: str, file: File, is_packed: bool) -> File:
    path = aside / file.path
    taken = replace(
        file, path=f"{FOLDER}/{key}/{file.path}", bytes=path.stat().st_size, sha256=sha256_of(path)
    )
    if not is_packed:
        return taken
    with (
        path.open("rb") as plain,
        compressed(path).open("wb") as raw,
        gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as packed,
    ):
        shutil.copyfileobj(plain, packed)
    return replace(taken, gzip=sha256_of(compressed(path)))
