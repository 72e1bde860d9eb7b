"""Working days of Indonesian offices: Monday to Friday, without national holidays and without cuti
bersama (collective leave).

The calendar is the ``holidays`` library's Indonesia (PUBLIC = national holidays, GOVERNMENT = cuti
bersama), as finally decreed by the joint decree of three ministers (SKB 3 Menteri); its version is
kept as ``calendar_version``. The day after receipt is day 1.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version

import pyarrow as pa

from pipelines.reference.table import reference_table

YEARS = range(2017, 2029)


@cache
def _closed(cuti_bersama: bool) -> frozenset[date]:
    return frozenset(_holidays("public", *(["government"] if cuti_bersama else [])))


def _holidays(*categories: str) -> Mapping[date, str]:
    """Return the holidays and their names in English, where one says that it is estimated."""
    import holidays  # noqa: PLC0415  0.2 s, and whoever only reads contracts asks for no day

    return holidays.country_holidays("ID", years=YEARS, categories=categories, language="en_US")


def is_working(day: date, cuti_bersama: bool = True) -> bool:
    """Return whether offices work on ``day``; with ``cuti_bersama`` false, collective leave
    counts as work.
    """
    return day.weekday() < 5 and day not in _closed(cuti_bersama)


def is_holiday(day: date) -> bool:
    """Return whether ``day`` is a national holiday or one of collective leave."""
    return day in _closed(True)


def deadline(start: date, days: int, cuti_bersama: bool = True) -> date:
    """Return the date ``days`` working days after ``start``."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working(day, cuti_bersama)
    return day


@cache
def _estimated() -> frozenset[int]:
    """Return the years of which some holiday is not decreed yet, only estimated."""
    named = _holidays("public", "government")
    return frozenset(day.year for day, name in named.items() if "estimated" in name)


def is_decreed(day: date) -> bool:
    """Return whether the holidays of the year are decreed; a deadline on an estimated calendar
    is provisional.
    """
    return day.year not in _estimated()


@reference_table(
    day=pa.date32(),
    is_working=pa.bool_(),
    nth=pa.int64(),
    nth_public=pa.int64(),
    is_decreed=pa.bool_(),
    calendar_version=pa.string(),
)
def calendar() -> Iterator[tuple[date, bool, int, int, bool, str]]:
    """Yield one row a day.

    ``nth`` counts working days up to and with it, ``nth_public`` the same with cuti bersama counted
    as work.
    """
    nth, public, day = 0, 0, date(YEARS[0], 1, 1)
    stamp = f"holidays {version('holidays')}"
    while day.year in YEARS:
        nth += is_working(day)
        public += is_working(day, cuti_bersama=False)
        yield day, is_working(day), nth, public, is_decreed(day), stamp
        day += timedelta(days=1)
