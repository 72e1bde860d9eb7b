"""Which tables changed in which release, as the lists of files of the releases there still are
say; for feeds and whoever follows the portal.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipelines.errors import LakeError
from pipelines.files.index import published
from pipelines.lake.lake import Lake
from pipelines.release.release import Release, releases_until
from pipelines.settings import lake_path

DEPTH = 200
"""Releases that are looked back on: a week of hourly ones."""


@dataclass(frozen=True)
class Change:
    """A table as one release changed it: when (ISO 8601), the oldest release there still is that
    has it so, its rows, the bytes of each form.
    """

    name: str
    modified: str
    release: str
    rows: int
    files: dict[str, int]


def changes(release: Release) -> tuple[Change, ...]:
    """Return every change up to ``release``, newest first; what a release whose list of files is
    gone changed is left out.
    """
    return _changes(release.folder)


@lru_cache(maxsize=4)
def _changes(folder: Path) -> tuple[Change, ...]:
    first: dict[tuple[str, str], Change] = {}
    for release in releases_until(Lake(lake_path()), folder.name)[-DEPTH:]:
        for change in _listed(release.folder):
            first.setdefault((change.name, change.modified), change)
    return tuple(reversed(first.values()))


@lru_cache(maxsize=DEPTH)
def _listed(folder: Path) -> tuple[Change, ...]:
    """Return the tables of one release as they changed last, the oldest change first: what came
    before the releases there still are is in the order of its time.
    """
    release = Release(folder)
    try:
        tables = published(release.folder)
    except LakeError:
        return ()
    return tuple(
        Change(
            name,
            table.modified,
            release.id,
            table.rows,
            {file.form: file.bytes for file in table.files if file.partition is None},
        )
        for name, table in sorted(tables.items(), key=lambda each: (each[1].modified, each[0]))
    )
