"""What a table says of places: a figure a region, or rows a point, computed by DuckDB over the
release's view of it.
"""

from typing import Any

from pipelines.release.release import Release
from pipelines.sqltext import identifier
from portal.data.entry import Entry
from portal.data.rows import rows_of

REGION = "region_code"
COORDINATES = ("lat", "lon")
LEVELS = {"kelurahan": 13, "kecamatan": 8}
"""Letters of a code by level, the finer first: kelurahan, kecamatan."""
AGGREGATES = {"count": "count(*)", "sum": "sum({})", "mean": "avg({})", "max": "max({})"}
POINTS = 1500
"""Most points a map shows; more are counted together on a coarser grid."""
GRIDS = (5, 4, 3, 2)
"""Decimals of a degree that points are told apart by, from about 1 m to 1 km."""


def levels(release: Release, entry: Entry) -> list[str]:
    """Return the levels of regions for which a table has rows, the finer first; a kelurahan lies
    in its kecamatan, so the finer give the coarser too.
    """
    query = (
        f"SELECT max(length({REGION})) AS longest FROM {_view(entry)} WHERE length({REGION}) IN"
        " (8, 13)"
    )
    longest = rows_of(release.folder, query, ())[0]["longest"] or 0
    return [name for name, letters in LEVELS.items() if letters <= longest]


def by_region(
    release: Release, entry: Entry, level: str, aggregate: str, column: str | None
) -> tuple[dict[str, Any], ...]:
    """Return, by region of a level, an aggregate of a column (of the rows themselves for
    ``count``), how many rows and how many empty cells it is of.

    A row of a coarser region than asked for is in none of the finer ones.
    """
    letters = LEVELS[level]
    figure = AGGREGATES[aggregate].format(identifier(column) if column else "*")
    empty = f"count(*) - count({identifier(column)})" if column else "0"
    level_of_rows = ">=" if _is_parted(release, entry) else "="
    query = f"""
        SELECT
            left({REGION}, {letters}) AS code,
            CAST({figure} AS DOUBLE) AS value,
            count(*) AS rows,
            {empty} AS empty
        FROM {_view(entry)}
        WHERE length({REGION}) {level_of_rows} {letters} GROUP BY 1 ORDER BY 1
    """
    return rows_of(release.folder, query, ())


def points(release: Release, entry: Entry) -> tuple[dict[str, Any], ...]:
    """Return the table's points: ``lat``, ``lon``, how many ``rows``, and of a single row its
    key as ``label``; on the finest grid that is not too full.
    """
    label = " || ' ' || ".join(f"CAST({identifier(name)} AS VARCHAR)" for name in entry.key) or "''"
    located: tuple[dict[str, Any], ...] = ()
    for decimals in GRIDS:
        query = f"""
            SELECT
                round(lat, {decimals}) AS lat,
                round(lon, {decimals}) AS lon,
                count(*) AS rows,
                CASE WHEN count(*) = 1 THEN any_value({label}) END AS label
            FROM {_view(entry)} WHERE lat IS NOT NULL AND lon IS NOT NULL
            GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT {POINTS + 1}
        """
        located = rows_of(release.folder, query, ())
        if len(located) <= POINTS:
            break
    return located[:POINTS]


def _is_parted(release: Release, entry: Entry) -> bool:
    """Whether a table has rows of one level of regions only, so that the finer ones may be
    counted together for the coarser.
    """
    lengths = rows_of(
        release.folder,
        f"SELECT DISTINCT length({REGION}) AS letters FROM {_view(entry)} WHERE length({REGION}) IN"
        " (8, 13)",
        (),
    )
    return len(lengths) == 1


def _view(entry: Entry) -> str:
    schema, _, table = entry.name.partition(".")
    return f"{identifier(schema)}.{identifier(table)}"
