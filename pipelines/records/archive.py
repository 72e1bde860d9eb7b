"""ZIP archives of other people: which members there are, and one of them unpacked, with the guards
against archives that are traps.

Refused: members that lead out of the archive, that unpack to far more than their size, to more than
they state or to more than a disk should hold.
"""

import fnmatch
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pipelines.errors import SourceError

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What reading a damaged or forged archive ends in: ``zipfile`` leaves what its codecs, its
seeks and its names raise as it is.
"""
MOST_BYTES, MOST_ENTRIES, MOST_RATIO = 2 << 30, 10_000, 200


def unpacked(
    source: Path | BinaryIO, where: str, pattern: str, work: Path
) -> Iterator[tuple[str, Path]]:
    """Yield each member whose name matches ``wanted``, unpacked into ``work`` one at a time;
    SourceError says why ``where`` is not trusted.
    """
    with opened(source, where) as archive:
        for number, entry in enumerate(trusted(archive, where)):
            if entry.is_dir() or not fnmatch.fnmatch(PurePosixPath(entry.filename).name, pattern):
                continue
            target = work / f"{number:05d}"
            _unpack(archive, entry, target, where)
            yield entry.filename, target


def members(source: Path | BinaryIO, where: str) -> list[str]:
    """Return the names of the members of an archive that may be trusted; SourceError otherwise."""
    with opened(source, where) as archive:
        return [entry.filename for entry in trusted(archive, where) if not entry.is_dir()]


def opened(source: Path | BinaryIO, where: str) -> zipfile.ZipFile:
    """Return an archive; SourceError when it is none."""
    try:
        return zipfile.ZipFile(source)
    except BROKEN as error:
        raise SourceError(
            f"{where}: not a readable ZIP ({error}); ask for the file again"
        ) from error


def trusted(archive: zipfile.ZipFile, where: str) -> list[zipfile.ZipInfo]:
    """Return the entries of an archive; SourceError when one of them, or all, are a trap."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise SourceError(f"{where}: {len(entries)} entries; at most {MOST_ENTRIES} are read")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise SourceError(
            f"{where}: unpacks to more than {MOST_BYTES >> 30} GiB; ask the owner to split it"
        )
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in entry.filename:
            raise SourceError(
                f"{where}: entry '{entry.filename}' leads out of the archive; the file is not to be"
                " trusted"
            )
        if entry.file_size > MOST_RATIO * max(entry.compress_size, 1) and entry.file_size > 1 << 20:
            raise SourceError(
                f"{where}: entry '{entry.filename}' unpacks {MOST_RATIO} times its size or more;"
                " the file is not to be trusted"
            )
    return entries


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, where: str) -> None:
    size = 0
    with target.open("wb") as sink:
        for chunk in chunks(archive, entry, where):
            size += len(chunk)
            if size > entry.file_size:
                raise SourceError(
                    f"{where}: entry '{entry.filename}' is larger than it states; the file is not"
                    " to be trusted"
                )
            sink.write(chunk)


def chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, where: str) -> Iterator[bytes]:
    """Yield what an entry unpacks to, 1 MiB at most at a time; SourceError when it cannot be
    read.
    """
    try:
        with archive.open(entry) as source:
            while chunk := source.read(1 << 20):
                yield chunk
    except BROKEN as error:
        raise SourceError(
            f"{where}: entry '{entry.filename}' cannot be read ({error}); ask for the file again"
        ) from error
