"""Releases that are not the current one: by id, or the one that stood when a day ended in the city."""

from datetime import date
from zoneinfo import ZoneInfo

from pipelines.contract import OPEN_CLASSES
from pipelines.errors import LakeError
from pipelines.lake import Lake
from pipelines.partitions import today
from pipelines.release import ZONE, Release, open_release, releases
from pipelines.settings import lake_path
from portal.data.release import current, opened


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


def is_still_open(release: Release, name: str) -> bool:
    """Whether a table that ``release`` published may still be handed out: what the current release's contracts have closed since, whole or a column, may not.

    Closed means declared so. A table or column that no contract knows any more was open when its owner let go of it, and its address stays good.
    """
    now = current()
    if now is None or now.id == release.id:
        return True
    schema, _, table = name.partition(".")
    if schema == "mart" and name in now.manifest["models"]:
        return now.manifest["models"][name]["header"].get("class") in OPEN_CLASSES
    dataset = next((each for contract in now.contracts if contract.application == schema for each in contract.datasets if each.name == table), None)
    if dataset is None:
        return True
    before = next((each for contract in release.contracts if contract.application == schema for each in contract.datasets if each.name == table), None)
    closed = {each.name for each in dataset.columns} - {each.name for each in dataset.public_columns}
    return before is not None and dataset.is_public and not closed & {each.name for each in before.public_columns}


def _what_there_is() -> str:
    found = releases(Lake(lake_path()))
    return f"there are releases from {_day(found[0])} ({found[0].id}) to {_day(found[-1])} ({found[-1].id})" if found else "there is none yet"


def _day(release: Release) -> date:
    return release.made_at.astimezone(ZoneInfo(ZONE)).date()
