"""The tables of a release as the portal knows them: all of them, and those that are open with their
files and the days their rows are about.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from pipelines.files.described import TYPES, tables_of
from pipelines.files.index import published
from pipelines.files.table import Table
from pipelines.release.release import Release
from pipelines.sqltext import identifier
from portal.data.entry import Entry
from portal.data.rows import rows_of

PERIODS = ("period", "day", "week", "month", "year")
"""Key columns that say which time a model's row is about."""


@lru_cache(maxsize=4)
def tables(release: Release) -> dict[str, Table]:
    """Return every table of a release by name, the closed datasets too: that they exist is
    public.
    """
    rows = rows_of(release.folder, TYPES, ())
    types = ((row["name"], row["column"], row["type"]) for row in rows)
    return tables_of(release.manifest, release.contracts, types)


@lru_cache(maxsize=4)
def entries(release: Release) -> dict[str, Entry]:
    """Return the open tables of a release by name: datasets, then marts, then indicators in the
    order of their numbers.
    """
    files = published(release.folder)
    open_tables = [table for name, table in tables(release).items() if name in files]
    periods = _periods(release.folder, open_tables)
    return {
        table.name: Entry(
            **vars(table),
            published=files[table.name],
            release=release.id,
            covers=_days(periods[table.name] if table.model else table.partitions or ()),
        )
        for table in open_tables
    }


def _periods(folder: Path, tables: Iterable[Table]) -> dict[str, list[str]]:
    """Return the periods that the rows of every model are about, none where its key names no
    period.
    """
    periods: dict[str, list[str]] = {table.name: [] for table in tables if table.model}
    named = {
        table.model.name: next((name for name in table.model.header.key if name in PERIODS), None)
        for table in tables
        if table.model
    }
    selects = [
        f"SELECT DISTINCT '{name}' AS name, CAST({column} AS VARCHAR) AS period FROM"
        f" {'.'.join(map(identifier, name.split('.')))}"
        for name, column in named.items()
        if column
    ]
    for row in rows_of(folder, " UNION ALL ".join(selects), ()) if selects else ():
        periods[row["name"]].append(row["period"])
    return periods


def _days(periods: Sequence[str]) -> tuple[date, date] | None:
    """Return the first and last day of years, months and days (YYYY, YYYY-MM, YYYY-MM-DD), both
    included; what is none of these tells of no day.
    """
    spans = [span for span in map(_span, periods) if span]
    return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None


def _span(period: str) -> tuple[date, date] | None:
    """Return the first and last day of a period, None for a text that is none."""
    try:
        first = date.fromisoformat((period + "-01-01")[:10])
        if len(period) == 10:
            return first, first
        after = date(first.year + 1, 1, 1) if len(period) == 4 else first + timedelta(days=32)
        return first, after.replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        return None
