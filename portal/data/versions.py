"""In which releases a table changed, as the lists of files of the releases there still are say."""

from dataclasses import dataclass
from datetime import datetime

from pipelines.errors import LakeError
from pipelines.files.index import published
from pipelines.lake.lake import Lake
from pipelines.release.release import Release, releases
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
    every = [candidate for candidate in releases(Lake(lake_path())) if candidate.id <= release.id]
    versions_: list[Version] = []
    while every and len(versions_) < most:
        try:
            table = published(every[-1].folder).get(name)
        except LakeError:
            break
        if table is None:
            break
        changed = datetime.fromisoformat(table.modified)
        has_it = [earlier for earlier in every if earlier.made_at >= changed]
        versions_.append(Version(has_it[0].id, changed, table.rows))
        every = every[: len(every) - len(has_it)]
    return versions_
