"""The release that is current; each release is opened once."""

from functools import lru_cache
from pathlib import Path

from pipelines.errors import LakeError
from pipelines.lake.lake import Lake
from pipelines.release.release import Release, open_release
from pipelines.settings import settings


def current() -> Release | None:
    """Return the release that is current at this moment, None before there is one."""
    try:
        return opened(open_release(Lake(settings().lake)).folder)
    except LakeError:
        return None


@lru_cache(maxsize=4)
def opened(folder: Path) -> Release:
    """Return the release in a folder, opened once."""
    return Release(folder)
