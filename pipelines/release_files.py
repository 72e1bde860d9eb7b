"""The files of a release: every open table in every form, made once, listed with size and hash in the release's ``files.json``.

A file lies in ``files/<key>/`` of the lake, where ``key`` is the hash of all it is made of (the table's version, its contract or model, ``FORMAT``), so
that releases share what did not change. Making them comes last before a release is swapped in: a release that is announced has its files. How a form
is written is ``export``'s business.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.dataset_receipt import sha256_of
from pipelines.errors import LakeError
from pipelines.export import FORMATS, export, select_of
from pipelines.lake import Lake, sync, write_durably
from pipelines.receipt import canonical
from pipelines.release import Release

INDEX = "files.json"
FORMAT = 1
"""Raised when a form is written in another way, so that every file is made again."""


@dataclass(frozen=True)
class File:
    """One file of a table: its form (a key of ``FORMATS``), the partition it holds (None for all), its place in the lake, size in bytes and SHA-256."""

    form: str
    partition: str | None
    path: str
    bytes: int
    sha256: str
    rows: int


@dataclass(frozen=True)
class Published:
    """One open table of a release: how many rows, when it was first published and last changed (ISO 8601), its files."""

    name: str
    rows: int
    issued: str
    modified: str
    files: tuple[File, ...]

    def file(self, form: str, partition: str | None = None) -> File | None:
        """Return its file in a form, None where there is none."""
        return next((each for each in self.files if (each.form, each.partition) == (form, partition)), None)


def published(release: Release) -> dict[str, Published]:
    """Return the open tables of a release by name; LakeError when its list of files cannot be read."""
    try:
        listed = json.loads((release.folder / INDEX).read_bytes())
        return {
            name: Published(name, each["rows"], each["issued"], each["modified"], tuple(File(**file) for file in each["files"]))
            for name, each in listed.items()
        }
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise LakeError(f"{release.folder / INDEX}: the list of the release's files cannot be read ({error}); `lumbung run` makes it again") from error


def make_files(lake: Lake, release: Release, before: Release | None) -> None:
    """Make the files that are not there yet and the list of all; ``before`` tells since when a table is published."""
    known = published(before) if before and (before.folder / INDEX).is_file() else {}
    listed = {}
    for name in release.manifest["tables"]:
        select = select_of(release, name)
        if select is None:
            continue
        key = _key(release, name)
        folder = lake.root / "files" / key
        files = tuple(_made(lake, release, folder, name, select))
        last = known.get(name)
        same = last is not None and last.files == files
        now = release.made_at.isoformat()
        listed[name] = asdict(Published(name, files[0].rows, last.issued if last else now, last.modified if same and last else now, files))
    for each in listed.values():
        for file in each["files"]:
            sync(lake.root / file["path"])
    write_durably(release.folder / INDEX, json.dumps(listed, indent=1, ensure_ascii=False).encode())


def _key(release: Release, name: str) -> str:
    """Return the hash of all that a table's files are made of."""
    manifest = release.manifest
    application = name.partition(".")[0]
    described: Mapping[str, Any] = manifest["models"].get(name) or manifest["contracts"][application]
    return hashlib.sha256(canonical([FORMAT, name, manifest["tables"][name], described])).hexdigest()


def _made(lake: Lake, release: Release, folder: Path, name: str, select: str) -> list[File]:
    """Return a table's files, made where they are not there."""
    index = folder / "index.json"
    if not index.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        made = []
        for form in FORMATS:
            path = folder / f"{name}.{form}"
            rows = export(release, select, form, path)
            made.append(File(form, None, str(path.relative_to(lake.root)), path.stat().st_size, sha256_of(path), rows))
        write_durably(index, json.dumps([asdict(each) for each in made]).encode())
    return [File(**each) for each in json.loads(index.read_bytes())]
