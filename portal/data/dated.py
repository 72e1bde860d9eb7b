"""Releases that are not the current one: by id, or the one that stood when a day ended in the
city.
"""

from datetime import date

from pipelines.city import municipality
from pipelines.errors import LakeError
from pipelines.files.index import FILES
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import today
from pipelines.release.release import Release, releases_until
from pipelines.settings import lake_path
from portal.data.release import current, opened


def release_called(release: str) -> Release:
    """Return the release with this id. LakeError, in words for the public, when there is none,
    or none that has been announced.
    """
    announced = next((candidate for candidate in _announced() if candidate.id == release), None)
    if announced is None:
        raise LakeError(f"there is no such release, or no more; {_what_there_is()}")
    return opened(announced.folder)


def known_release(release: str) -> Release | None:
    """Return the release with this id, None when there is none."""
    try:
        return release_called(release)
    except LakeError:
        return None


def release_of(day: date) -> Release:
    """Return the release that stood when ``day`` ended in the city. LakeError, in words for the
    public, for days to come and before the first.
    """
    if day > today():
        raise LakeError(f"that day is still to come; {_what_there_is()}")
    standing = [candidate for candidate in _announced() if _day(candidate) <= day]
    if not standing:
        raise LakeError(f"there was no release yet when that day ended; {_what_there_is()}")
    return opened(standing[-1].folder)


def is_still_open(release: Release, name: str) -> bool:
    """Whether a table that ``release`` published may still be handed out: what the current
    release's contracts have closed since, whole or a column, may not.

    Closed means declared so. A table or column that no contract knows any more was open when its
    owner let go of it, and its address stays good.
    """
    now = current()
    if now is None or now.id == release.id:
        return True
    schema, _, table = name.partition(".")
    if schema == "mart" and name in now.manifest.models:
        return now.manifest.models[name].header.is_open
    dataset = next(
        (
            dataset
            for contract in now.contracts
            if contract.application == schema
            for dataset in contract.datasets
            if dataset.name == table
        ),
        None,
    )
    if dataset is None:
        return True
    before = next(
        (
            dataset
            for contract in release.contracts
            if contract.application == schema
            for dataset in contract.datasets
            if dataset.name == table
        ),
        None,
    )
    closed = {column.name for column in dataset.columns} - {
        column.name for column in dataset.public_columns
    }
    return (
        before is not None
        and dataset.is_public
        and not closed & {column.name for column in before.public_columns}
    )


def _announced() -> list[Release]:
    """Return the releases up to the current one that have their list of files, oldest first: one
    that is being made comes after it, or has none yet.
    """
    now = current()
    return (
        [
            release
            for release in releases_until(Lake(lake_path()), now.id)
            if (release.folder / FILES).is_file()
        ]
        if now
        else []
    )


def _what_there_is() -> str:
    announced = _announced()
    return (
        f"there are releases from {_day(announced[0])} ({announced[0].id}) to {_day(announced[-1])}"
        f" ({announced[-1].id})"
        if announced
        else "there is none yet"
    )


def _day(release: Release) -> date:
    return release.made_at.astimezone(municipality().zone).date()
