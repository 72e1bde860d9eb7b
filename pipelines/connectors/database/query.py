"""What is asked of a database: the rows of a window, and how many each of its partitions has.

One SELECT each, in words that SQLite, PostgreSQL, MariaDB and MySQL all know; who runs it is
``database.fetch``. A row belongs to the day its time begins with as text, in the database's own
zone: that is how ``WHERE`` compares it with the window's days too. A time that SQLite keeps as text
with an offset is an instant, and belongs to its day in the dataset's zone.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Window
from pipelines.lake.partitions import window_of

NAME = r"[A-Za-z_][A-Za-z0-9_$]{0,62}"
QUOTES = {"sqlite": '"', "postgresql": '"', "mysql": "`"}
FARTHEST = timedelta(days=2)
"""So far may the day that is written with an offset be from the day in a zone."""


def rows(dataset: Dataset, window: Window) -> str:
    """Return the FROM of the window's rows; of every row where the contract names no time."""
    facts = dataset.source.fetch
    source = f"FROM {table_name(dataset)} AS asked"
    if "time" not in facts:
        return source
    time = quoted_name(dataset, facts["time"])
    start, end = (
        moment.astimezone(ZoneInfo(dataset.timezone)).date()
        for moment in (window.start, window.end)
    )
    within = f"{time} >= '{start}' AND {time} < '{end}'"
    if engine_of(dataset) != "sqlite":
        return f"{source} WHERE {within}"
    instant = _instant(time)
    return (
        f"{source} WHERE {time} >= '{start - FARTHEST}' AND {time} < '{end + FARTHEST}' AND"
        f" CASE WHEN {_says_its_day(dataset, time)} OR {instant} IS NULL THEN {within} ELSE"
        f" {instant} >= '{_utc(window.start)}' AND {instant} < '{_utc(window.end)}' END"
    )


def ordered(dataset: Dataset) -> str:
    """Return the ORDER BY of the rows, none where the contract names no time."""
    time = dataset.source.fetch.get("time")
    return f"ORDER BY asked.{quoted_name(dataset, time)}" if time else ""


def count(dataset: Dataset, window: Window, newest: str) -> str:
    """Return the SELECT of every partition of the window that has rows, their number, and the
    ``newest``, an expression of when they were last changed, if the contract names what says so.
    """
    facts = dataset.source.fetch
    time, length = quoted_name(dataset, facts["time"]), 10 if dataset.partition == "day" else 7
    key = f"substr(CAST({time} AS char(10)), 1, {length})"
    if engine_of(dataset) == "sqlite":
        instant = _instant(time)
        spans = [window_of(dataset, [partition]) for partition in sorted(window.partitions)]
        cases = " ".join(
            f"WHEN {instant} < '{_utc(span.end)}' THEN '{span.partitions[0]}'" for span in spans
        )
        known = f"{_says_its_day(dataset, time)} OR {instant} IS NULL"
        key = f"CASE WHEN {known} THEN {key} ELSE CASE {cases} END END"
    told = f", {newest} AS newest" if newest else ""
    return f"SELECT {key} AS part, count(*) AS counted{told} {rows(dataset, window)} GROUP BY 1"


def _says_its_day(dataset: Dataset, time: str) -> str:
    """Return the condition, quick to tell, that a text has the offset that the dataset's zone has
    had since 1970, so that it begins with its day there.
    """
    offset = offset_of(dataset.timezone)
    return f"(substr({time}, -6) = '{offset}' AND {time} >= '1970-01-02')" if offset else "0"


def _instant(time: str) -> str:
    """Return the UTC time, as text, of a text that ends in an offset; NULL of any other."""
    minute = "?" * len("2026-01-01 00:00")
    digits = "[0-9][0-9]"
    whole = (
        f"CASE WHEN {time} GLOB '{minute}*[-+]{digits}' THEN {time} || ':00' WHEN {time} GLOB"
        f" '{minute}*[-+]{digits}{digits}' THEN substr({time}, 1, length({time}) - 2) || ':' ||"
        f" substr({time}, -2) ELSE {time} END"
    )
    return f"CASE WHEN {time} GLOB '{minute}*[-+Z]*' THEN datetime({whole}) END"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


@cache
def offset_of(zone: str) -> str | None:
    """Return the offset that a zone has had since 1970, which every server knows; None where it has
    had several: then the server needs its tables of zones (``mysql_tzinfo_to_sql``).
    """
    months = (datetime(year, month, 1) for year in range(1970, 2038) for month in range(1, 13))
    first, *others = {month.replace(tzinfo=ZoneInfo(zone)).strftime("%z") for month in months}
    return None if others else f"{first[:3]}:{first[3:5]}"


def engine_of(dataset: Dataset) -> str:
    """Return the scheme of the dataset's address; SourceError for one of no database that is
    read.
    """
    kind = urlsplit(str(dataset.source.server.get("url", ""))).scheme
    if kind not in QUOTES:
        raise SourceError(
            f"{dataset.id}: database address begins '{kind}'; it must be sqlite, postgresql or"
            " mysql: correct the server's url"
        )
    return kind


def table_name(dataset: Dataset) -> str:
    """Return the dataset's table as the database quotes it, with its schema if it has one."""
    names = str(dataset.source.fetch.get("table", "")).split(".")
    return ".".join(quoted_name(dataset, name) for name in names)


def check_names(dataset: Dataset) -> None:
    """Raise SourceError where a name of the facts is none."""
    facts: Mapping[str, Any] = dataset.source.fetch
    names = [
        *facts.get("columns", ()),
        *(facts[key] for key in ("time", "changed") if key in facts),
    ]
    for name in (*str(facts.get("table", "")).split("."), *names):
        if not re.fullmatch(NAME, str(name)):
            raise SourceError(
                f"{dataset.id}: '{name}' is not a table or column name; names match {NAME}"
            )


def quoted_name(dataset: Dataset, name: str) -> str:
    """Return any name as the database quotes it."""
    quote = QUOTES[engine_of(dataset)]
    return f"{quote}{name.replace(quote, quote * 2)}{quote}"
