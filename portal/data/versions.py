"""In which releases a table changed, as the lists of files of the releases there still are say."""

from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pipelines.errors import LakeError
from pipelines.files.index import published
from pipelines.lake.lake import Lake
from pipelines.release.release import Release, releases_until
from pipelines.settings import lake_path


@dataclass(frozen=True)
class Version:
    """A table as one release changed it: the release (the oldest there still is that has it so),
    when it changed, its rows.
    """

    release: str
    changed: datetime
    rows: int


def versions(release: Release, name: str, most: int) -> list[Version]:
    """Return the versions of a table up to ``release``, newest first; a release whose list of files
    is gone, and what is older, is left out.

    Each list says when its table last changed, so only the releases around a change are read.
    """
    every = releases_until(Lake(lake_path()), release.id)
    versions_: list[Version] = []
    while every and len(versions_) < most:
        try:
            table = published(every[-1].folder).get(name)
        except LakeError:
            break
        if table is None:
            break
        first = bisect_left(every, True, key=lambda each: _changed(each, name) == table.modified)
        changed = datetime.fromisoformat(table.modified)
        versions_.append(Version(every[first].id, changed, table.rows))
        every = every[:first]
    return versions_


def _changed(release: Release, name: str) -> str | None:
    """Return when a table had last changed, as the release's list of files says; None where
    there is none.
    """
    with suppress(LakeError):
        table = published(release.folder).get(name)
        return table.modified if table else None
    return None
