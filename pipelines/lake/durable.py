"""Files that are there whole or not there at all: their hashes, how they reach the disk, and
whether they can be read.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def sha256_of(path: Path) -> str:
    """Return the hash of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_durably(path: Path, content: bytes) -> None:
    """Write ``content`` beside ``path``, sync it, swap it in by rename and sync the folder:
    there or not there, also after a power cut.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with aside.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Flush a file's content, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def are_whole(places: Iterable[str]) -> bool:
    """Whether Parquet files can be read; their table's log may be damaged."""
    try:
        for place in places:
            pq.read_metadata(place)
    except (OSError, pa.ArrowInvalid):
        return False
    return True
