"""Rows of a release by SQL, asked once per release."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.city import municipality
from pipelines.release.database import connect, fetched
from pipelines.sqltext import quoted


@lru_cache(maxsize=512)
def rows_of(release: Path, query: str, parameters: tuple[Any, ...]) -> tuple[dict[str, Any], ...]:
    """Return the rows of a query of the release in this folder, by column name."""
    with _database(release).cursor() as cursor:
        cursor.execute(f"SET TimeZone = {quoted(municipality().zone.key)}")
        names, rows = fetched(cursor, query, parameters)
        return tuple(dict(zip(names, row, strict=True)) for row in rows)


@lru_cache(maxsize=4)
def _database(release: Path) -> Any:
    """Return the open tables of a release; opening them costs more than most questions, so each
    question has a cursor of its own.
    """
    return connect(release)
