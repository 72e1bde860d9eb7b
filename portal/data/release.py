"""The release that is current, and rows of any release by SQL, cached by release. Everything
else the portal reads of one goes through here.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.city import municipality
from pipelines.errors import LakeError
from pipelines.lake.lake import Lake
from pipelines.release.release import Release, open_release
from pipelines.settings import lake_path
from pipelines.sqltext import quoted


def current() -> Release | None:
    """Return the release that is current at this moment, None before there is one."""
    try:
        return opened(open_release(Lake(lake_path())).folder)
    except LakeError:
        return None


@lru_cache(maxsize=4)
def opened(folder: Path) -> Release:
    """Return the release in a folder, opened once."""
    return Release(folder)


@lru_cache(maxsize=512)
def rows_of(folder: Path, query: str, parameters: tuple[Any, ...]) -> tuple[dict[str, Any], ...]:
    """Return the rows of a query, by column name; asked once per release."""
    with _database(folder).cursor() as cursor:
        cursor.execute(f"SET TimeZone = {quoted(municipality().zone.key)}")
        result = cursor.execute(query, list(parameters))
        names = [each[0] for each in result.description or ()]
        return tuple(dict(zip(names, row, strict=True)) for row in result.fetchall())


@lru_cache(maxsize=4)
def _database(folder: Path) -> Any:
    """Return the open tables of a release; opening them costs more than most questions, so each
    question has a cursor of its own.
    """
    return opened(folder).connect()
