"""Files dropped in a folder: CSV, XLSX, JSON, NDJSON, HTML tables saved as .xls, Parquet, each also inside a ZIP.

| fetch fact | meaning |
|---|---|
| files | name pattern: `{date}` stands for YYYY-MM-DD, `{month}` for YYYY-MM, `{a,b}` for either, `*` for anything |
| sheet | the sheet of a workbook, the first unless given |
| csv | `{delimiter, encoding, header_row}` |
| zip | pattern of the members to read, for ZIP files |

The server's `path` is the folder. A file whose name carries a date or month belongs to that partition; others belong to the window.
`.tmp` and `.part` are files still being written. No file is no error here: the gate says that the partition is empty.
"""

import fnmatch
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipelines.contract import Dataset
from pipelines.delivery import Part, Window
from pipelines.errors import SourceError

UNFINISHED = (".tmp", ".part", ".crdownload")
MOST_BYTES, MOST_ENTRIES, MOST_RATIO = 2 << 30, 10_000, 200
FORMATS = (".csv", ".json", ".ndjson", ".xlsx", ".html", ".parquet")


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield every matching file of the window, oldest name first; SourceError for a missing folder or a file that is a trap."""
    for path, partition in listing(dataset):
        if partition is None or partition in window.partitions:
            try:
                yield from _parts(dataset, path, partition)
            except SourceError as error:
                error.partition = partition
                raise


def listing(dataset: Dataset) -> Iterator[tuple[Path, str | None]]:
    """Yield every matching file with the partition its name states, oldest name first."""
    folder = Path(str(dataset.source.server.get("path", ""))).resolve()
    if not folder.is_dir():
        raise SourceError(f"{dataset.id}: there is no folder {folder}; create it, or correct the server's path (see LUMBUNG_* settings)")
    pattern = _pattern(dataset, str(dataset.source.fetch.get("files", "*")))
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        match = pattern.fullmatch(path.name)
        if match is None or path.suffix in UNFINISHED or not path.is_file():
            continue
        if path.resolve().parent != folder:
            raise SourceError(f"{dataset.id}: {path} is a link that leads out of the folder; put the file itself there")
        stated = match.groupdict()
        partition = stated.get("date") or stated.get("month")
        if partition and dataset.partition == "month":
            partition = partition[:7]
        yield path, partition


def _pattern(dataset: Dataset, files: str) -> re.Pattern[str]:
    if "/" in files or "\\" in files or ".." in files:
        raise SourceError(f"{dataset.id}: file pattern '{files}' leads out of the folder; give a name, not a path")
    found = re.escape(files).replace(r"\*", ".*")
    found = found.replace(r"\{date\}", r"(?P<date>\d{4}-\d{2}-\d{2})").replace(r"\{month\}", r"(?P<month>\d{4}-\d{2})")
    return re.compile(re.sub(r"\\\{([^{}]*)\\\}", lambda match: f"(?:{match[1].replace(',', '|')})", found))


def _parts(dataset: Dataset, path: Path, partition: str | None) -> Iterator[Part]:
    if path.suffix.lower() != ".zip":
        yield Part(_name(path.name, path), path, str(path), partition)
        return
    wanted = str(dataset.source.fetch.get("zip", "*"))
    with tempfile.TemporaryDirectory(prefix="lumbung-") as work:
        for number, (name, unpacked) in enumerate(_members(dataset, path, wanted, Path(work))):
            yield Part(f"{number:03d}-{_name(name, unpacked)}", unpacked, f"{path}!{name}", partition)


def _name(name: str, path: Path) -> str:
    """Return ``name`` with the extension of what the file really is: an HTML table saved as .xls is .html."""
    suffix = Path(name).suffix.lower()
    with path.open("rb") as stream:
        start = stream.read(512).lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if suffix in (".xls", ".xlsx", ".html", ".htm") and start.startswith(b"<") and not start.startswith(b'<?xml version="1.0"?><workbook'):
        return Path(name).stem + ".html"
    if suffix == ".xls" or (start.startswith(b"pk\x03\x04") and suffix in FORMATS):
        return Path(name).stem + ".xlsx"
    return name


def _members(dataset: Dataset, path: Path, wanted: str, work: Path) -> Iterator[tuple[str, Path]]:
    where = f"{dataset.id}: {path}"
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise SourceError(f"{where}: not a readable ZIP ({error}); ask for the file again") from error
    with archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise SourceError(f"{where}: {len(entries)} entries; at most {MOST_ENTRIES} are read")
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise SourceError(f"{where}: unpacks to more than {MOST_BYTES >> 30} GiB; ask the owner to split it")
        for entry in entries:
            name = PurePosixPath(entry.filename.replace("\\", "/"))
            if name.is_absolute() or ".." in name.parts or ":" in entry.filename:
                raise SourceError(f"{where}: entry '{entry.filename}' leads out of the archive; the file is not to be trusted")
            if entry.file_size > MOST_RATIO * max(entry.compress_size, 1) and entry.file_size > 1 << 20:
                raise SourceError(f"{where}: entry '{entry.filename}' unpacks {MOST_RATIO} times its size or more; the file is not to be trusted")
        for number, entry in enumerate(entries):
            if entry.is_dir() or not fnmatch.fnmatch(PurePosixPath(entry.filename).name, wanted):
                continue
            target = work / f"{number:05d}"
            _unpack(archive, entry, target, where)
            yield entry.filename, target


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, where: str) -> None:
    size = 0
    try:
        with archive.open(entry) as source, target.open("wb") as sink:
            while chunk := source.read(1 << 20):
                size += len(chunk)
                if size > entry.file_size:
                    raise SourceError(f"{where}: entry '{entry.filename}' is larger than it states; the file is not to be trusted")
                sink.write(chunk)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise SourceError(f"{where}: entry '{entry.filename}' cannot be read ({error}); ask for the file again") from error
