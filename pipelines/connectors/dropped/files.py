"""Files that an office drops, wherever the folder lies: which names are meant, which partition a
name states, what a file really is.

A file whose name carries a date or month belongs to that partition; others belong to the window.
`.tmp` and `.part` are files still being written. No file is no error here: the gate says that the
partition is empty. How a folder is reached is ``file``'s and ``sftp``'s business.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from pipelines.connectors.dropped.arrival import Dropped
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Fingerprint, Part
from pipelines.lake.durable import sha256_of
from pipelines.records.archive import unpacked
from pipelines.records.open import READERS

UNFINISHED = (".tmp", ".part", ".crdownload")
NO_ARCHIVE = set(READERS) - {".zip"}
"""Extensions of files that begin as an archive does only if they are workbooks by another name."""


def meant(dataset: Dataset, names: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """Yield the finished files among ``names`` that the contract means, in order, each with the
    partition it states.
    """
    pattern = _pattern(dataset, str(dataset.source.fetch.get("files", "*")))
    for name in sorted(names):
        match = pattern.fullmatch(name)
        if match is None or PurePosixPath(name).suffix in UNFINISHED:
            continue
        stated = match.groupdict()
        partition = stated.get("date") or stated.get("month")
        yield name, partition[:7] if partition and dataset.partition == "month" else partition


def parts(dataset: Dataset, file: Dropped, path: Path) -> Iterator[Part]:
    """Yield the file, whose content is at ``path``, or the members of it that are meant;
    SourceError, for its partition, for a file that is a trap.
    """
    try:
        yield from _parts(dataset, file, path)
    except SourceError as error:
        error.partition = file.partition
        raise


def _parts(dataset: Dataset, file: Dropped, path: Path) -> Iterator[Part]:
    if PurePosixPath(file.name).suffix.lower() != ".zip":
        yield Part(
            _name(file.name, path),
            path,
            file.address,
            file.partition,
            Fingerprint(file.name, file.mark),
        )
        return
    fingerprint = Fingerprint(file.name, file.mark, sha256_of(path))
    pattern = str(dataset.source.fetch.get("zip", "*"))
    with tempfile.TemporaryDirectory(prefix="lumbung-") as work:
        for number, (member, unpacked_to) in enumerate(
            unpacked(path, f"{dataset.id}: {file.address}", pattern, Path(work))
        ):
            yield Part(
                f"{number:03d}-{_name(member, unpacked_to)}",
                unpacked_to,
                f"{file.address}!{member}",
                file.partition,
                fingerprint,
            )


def _pattern(dataset: Dataset, files: str) -> re.Pattern[str]:
    if "/" in files or "\\" in files or ".." in files:
        raise SourceError(
            f"{dataset.id}: file pattern '{files}' leads out of the folder; give a name, not a path"
        )
    pattern = re.escape(files).replace(r"\*", ".*")
    pattern = pattern.replace(r"\{date\}", r"(?P<date>\d{4}-\d{2}-\d{2})").replace(
        r"\{month\}", r"(?P<month>\d{4}-\d{2})"
    )
    return re.compile(
        re.sub(r"\\\{([^{}]*)\\\}", lambda match: f"(?:{match[1].replace(',', '|')})", pattern)
    )


def _name(name: str, path: Path) -> str:
    """Return ``name`` with the extension of what the file really is: an HTML table saved as .xls
    is .html.
    """
    suffix = Path(name).suffix.lower()
    with path.open("rb") as stream:
        start = stream.read(512).lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if (
        suffix in (".xls", ".xlsx", ".html", ".htm")
        and start.startswith(b"<")
        and not start.startswith(b'<?xml version="1.0"?><workbook')
    ):
        return Path(name).stem + ".html"
    if suffix == ".xls" or (start.startswith(b"pk\x03\x04") and suffix in NO_ARCHIVE):
        return Path(name).stem + ".xlsx"
    return name
