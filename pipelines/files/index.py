"""What there is of a release's files, as its ``files.json`` and the ``index.json`` of each folder
say it: for everybody who hands them out or lists them.

How the files are made is ``make_files``'s business, how one folder is, ``folder``'s.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.errors import LakeError

FILES, INDEX = "files.json", "index.json"
"""The list of a release's folders by table; the list of files that lies in each of them."""
FOLDER = "files"
_DAMAGED = (OSError, ValueError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True)
class File:
    """One file of a table: its form (a key of ``export.FORMS``), the partition it holds (None for
    all), its place in the lake, size in bytes and SHA-256.

    ``gzip`` is the SHA-256 of its compressed copy, None where it has none.
    """

    form: str
    partition: str | None
    path: str
    bytes: int
    sha256: str
    rows: int
    gzip: str | None = None


@dataclass(frozen=True)
class Listing:
    """What the index of a folder says: rows of the table, its files, and the forms it lacks,
    each with the reason.
    """

    rows: int
    files: tuple[File, ...]
    lacking: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """One open table of a release: how many rows, when it was first published and last changed (ISO
    8601), its files.

    ``lacking`` are the forms it does not fit into, each with the reason: ``export.lacking`` says
    which there are.
    """

    name: str
    rows: int
    issued: str
    modified: str
    files: tuple[File, ...]
    lacking: Mapping[str, str] = field(default_factory=dict)

    def file(self, form: str, partition: str | None = None) -> File | None:
        """Return its file in a form, None where there is none."""
        wanted = (form, partition)
        return next((file for file in self.files if (file.form, file.partition) == wanted), None)


def published(release: Path) -> dict[str, Published]:
    """Return the open tables of the release in this folder by name; LakeError when a list of its
    files cannot be read.
    """
    tables = {}
    try:
        for name, entry in _folders(release).items():
            listing = read_listing(lake_of(release), entry["key"])
            tables[name] = Published(
                name,
                listing.rows,
                entry["issued"],
                entry["modified"],
                listing.files,
                listing.lacking,
            )
    except _DAMAGED as error:
        raise LakeError(
            f"{release / FILES}: the list of the release's files cannot be read ({error});"
            " `lumbung run` makes it again"
        ) from error
    return tables


def folders_of(release: Path) -> set[str]:
    """Return the keys of the folders a release's files lie in: none where it was made before
    there were lists; LakeError for a list that is damaged.
    """
    if not (release / FILES).is_file():
        return set()
    keys = set[str]()
    try:
        for entry in _folders(release).values():
            keys.add(entry["key"])
            with suppress(*_DAMAGED):  # a table whose own list is gone names no more folders
                listing = read_listing(lake_of(release), entry["key"])
                keys |= {Path(file.path).parent.name for file in listing.files}
    except _DAMAGED as error:
        raise LakeError(
            f"{release / FILES}: cannot be read ({error}); what the release needs is not known"
        ) from error
    return keys


def read_listing(lake: Path, key: str) -> Listing:
    """Return what a folder of the lake at ``lake`` lists; OSError, ValueError, TypeError or
    KeyError when it cannot be read.
    """
    index = json.loads((lake / FOLDER / key / INDEX).read_bytes())
    return Listing(
        index["rows"], tuple(File(**entry) for entry in index["files"]), index["lacking"]
    )


def compressed(path: Path) -> Path:
    """Return where a file's compressed copy is."""
    return path.with_name(f"{path.name}.gz")


def lake_of(release: Path) -> Path:
    """Return the folder of the lake that a release lies in."""
    return release.resolve().parents[1]


def _folders(release: Path) -> dict[str, dict[str, Any]]:
    return json.loads((release / FILES).read_bytes())
