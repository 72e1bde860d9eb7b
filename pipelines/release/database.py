"""Where the tables of a release are read: its file of views, opened read-only in the city's time.
How the file is made stands in ``views``, and what becomes of it in a lake that was moved in
``place``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipelines.city import municipality
from pipelines.release.place import place_of
from pipelines.sqltext import identifier, quoted


def connect(release: Path) -> duckdb.DuckDBPyConnection:
    """Open the tables of the release in this folder, read-only."""
    with place_of(release) as place:
        con = duckdb.connect(str(place.views), read_only=True)
    con.execute(f"SET TimeZone = {quoted(municipality().zone.key)}")
    return con


def fetched(
    con: duckdb.DuckDBPyConnection,
    query: str,
    parameters: Sequence[Any] = (),
    most: int | None = None,
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the columns and the rows of a query, at most so many; days and times as texts where
    one of them is none that Python has: after the year 9999, before the year 1.
    """
    result = con.sql(query, params=list(parameters))
    try:
        rows = result.fetchall() if most is None else result.fetchmany(most)
    except (OverflowError, ValueError):
        told = (
            f"{name}::VARCHAR AS {name}" if str(kind).startswith(("DATE", "TIME")) else name
            for name, kind in zip(map(identifier, result.columns), result.types, strict=True)
        )
        result = con.sql(query, params=list(parameters)).project(", ".join(told))
        rows = result.fetchall() if most is None else result.fetchmany(most)
    return result.columns, rows
