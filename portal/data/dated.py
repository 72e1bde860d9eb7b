"""Releases that are not the current one: by id, or the one that stood when a day ended in the city."""

from datetime import date
from zoneinfo import ZoneInfo

from pipelines.errors import LakeError
from pipelines.lake import Lake
from pipelines.partitions import today
from pipelines.release import ZONE, Release, open_release, releases
from pipelines.settings import lake_path
from portal.data.release import opened


def release_called(release: str) -> Release:
    """Return the release with this id. LakeError, in words for the public, when there is none."""
    try:
        return opened(open_release(Lake(lake_path()), release).folder)
    except LakeError as error:
        raise LakeError(f"there is no such release, or no more; {_what_there_is()}") from error


def release_of(day: date) -> Release:
    """Return the release that stood when ``day`` ended in the city. LakeError, in words for the public, for days to come and before the first."""
    if day > today(ZONE):
        raise LakeError(f"that day is still to come; {_what_there_is()}")
    standing = [each for each in releases(Lake(lake_path())) if _day(each) <= day]
    if not standing:
        raise LakeError(f"there was no release yet when that day ended; {_what_there_is()}")
    return opened(standing[-1].folder)


def _what_there_is() -> str:
    found = releases(Lake(lake_path()))
    return f"there are releases from {_day(found[0])} ({found[0].id}) to {_day(found[-1])} ({found[-1].id})" if found else "there is none yet"


def _day(release: Release) -> date:
    return release.made_at.astimezone(ZoneInfo(ZONE)).date()
