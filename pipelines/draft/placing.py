"""What places the rows of a dataset in days or months: the date in a file's name, a column, or
nothing, so that the whole is read each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

import duckdb

from pipelines.contract.model import Column, Dataset, Writing
from pipelines.draft.field import Field
from pipelines.draft.found import NOTHING, slug
from pipelines.draft.texts import value_of
from pipelines.lake.partitions import today
from pipelines.sqltext import identifier

MOSTLY = 0.95
"""Share of the rows of a dated file that must be of its own day for a column to place them."""
FEW_A_DAY, LONG = 5, 90
"""Fewer rows a day over more days than this, and a partition is a month."""
NEVER = {"lahir", "birth", "dob", "updated", "diubah", "modified", "changed", "update", "expired"}
FIRST = {"tanggal", "tgl", "waktu", "date", "time", "timestamp", "created", "recorded", "received"}
CADENCES = ((1.5, "daily"), (10, "weekly"), (45, "monthly"))
"""Days between one partition and the next at most -> how often a source has something new."""
Size = Literal["day", "month"]


@dataclass(frozen=True)
class Placing:
    """How rows are placed: ``delivery``, the field that does, the size of a partition; from which
    day on there are records, how many rows a partition has at least and at most, how often there
    is something new. ``evidence`` says why.
    """

    delivery: Literal["events", "snapshot"]
    by: str | None
    partition: Size
    first: date
    cadence: str
    rows: tuple[int, int]
    evidence: str


def placing_of(
    con: duckdb.DuckDBPyConnection, dataset: Dataset, fields: Sequence[Field]
) -> Placing:
    """Return what places the rows of ``delivered`` on ``con``."""
    times = [one for one in fields if one.type in ("date", "timestamp")]
    times.sort(key=lambda one: _rank(one, fields))
    hints = con.execute(
        "SELECT _hint, count(*) FROM delivered WHERE _hint IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if hints:
        return _dated(con, dataset, times, hints)
    full = [one for one in times if _is_full(one) and _rank(one, fields)[0] < 2]
    iso = [one for one in full if not one.formats]
    if dataset.source.connector == "database" and iso:
        return _asked(con, dataset, iso[0])
    named = f"; '{full[0].field}' would place them, one file a day" if full else ""
    yesterday = today(dataset.timezone) - timedelta(days=1)
    return Placing(
        "snapshot",
        None,
        "day",
        yesterday,
        "irregular",
        (0, 0),
        f"no name or window states a day, so the whole is read each time{named}",
    )


def _is_full(one: Field) -> bool:
    return one.filled >= MOSTLY * one.rows


def _rank(one: Field, fields: Sequence[Field]) -> tuple[int, int]:
    words = {*slug(one.field).split("_")}
    kind = 2 if words & NEVER else 0 if words & FIRST else 1
    return kind, list(fields).index(one)


def _dated(
    con: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    times: Sequence[Field],
    hints: Sequence[tuple[str, int]],
) -> Placing:
    """Return the placing of files with a date in their name."""
    keys, counts = [key for key, _ in hints], [count for _, count in hints]
    size, first = dataset.partition, date.fromisoformat(f"{keys[0]}-01"[:10])
    rows = min(counts), max(counts)
    cadence = _cadence([date.fromisoformat(f"{key}-01"[:10]) for key in keys], size)
    for one in times:
        total, same = con.execute(
            f"SELECT count(*), count(*) FILTER (WHERE {_part(one, dataset, size)} = _hint) FROM"
            " delivered WHERE _shape IS NULL AND _hint IS NOT NULL"
        ).fetchall()[0]
        if total and same >= MOSTLY * total:
            told = f"{same:,} of {total:,} rows are of the {size} their file's name states"
            return Placing("events", one.field, size, first, cadence, rows, told)
    told = (
        f"the date in the name; no column has the {size} of its file in every row. Where each file"
        f" has its own {size}'s records alone: events, partitionBy a date with physicalName _period"
    )
    return Placing("snapshot", None, size, first, cadence, rows, told)


def _asked(con: duckdb.DuckDBPyConnection, dataset: Dataset, one: Field) -> Placing:
    """Return the placing of a table that is asked for its days."""
    days = con.execute(
        f"SELECT {_part(one, dataset, 'day')} AS day, count(*) FROM delivered WHERE day IS NOT NULL"
        " GROUP BY 1 ORDER BY 1"
    ).fetchall()
    first, last = (date.fromisoformat(days[n][0]) for n in (0, -1))
    span, total = (last - first).days + 1, sum(count for _, count in days)
    size: Size = "month" if span > LONG and total / span < FEW_A_DAY else "day"
    by_part: dict[str, int] = {}
    for day, count in days:
        part = day if size == "day" else day[:7]
        by_part[part] = by_part.get(part, 0) + count
    starts = [date.fromisoformat(f"{part}-01"[:10]) for part in by_part]
    rows = min(by_part.values()), max(by_part.values())
    told = f"'{one.field}' is in every row, {first} to {last}"
    return Placing("events", one.field, size, first, _cadence(starts, size), rows, told)


def _part(one: Field, dataset: Dataset, size: Size) -> str:
    """Return the expression for the partition of a delivered row, by one of its fields."""
    column = Column(
        one.field,
        one.field,
        one.type,
        NOTHING,
        "internal",
        (),
        formats=one.formats,
        timezone=dataset.timezone,
        writing=Writing(trim=bool(one.options.get("trim"))),
    )
    value = value_of(column, identifier(one.field))
    if one.type == "timestamp":
        value = f"({value} AT TIME ZONE '{dataset.timezone}')"
    return f"left({value}::DATE::VARCHAR, {10 if size == 'day' else 7})"


def _cadence(starts: Sequence[date], size: Size) -> str:
    """Return how often there is something new, by the days between partitions that have rows."""
    if len(starts) < 2:
        return "daily" if size == "day" else "monthly"
    apart = sorted((later - before).days for before, later in pairwise(starts))
    usual = apart[len(apart) // 2]
    return next((cadence for most, cadence in CADENCES if usual <= most), "irregular")
