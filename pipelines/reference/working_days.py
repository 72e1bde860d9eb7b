"""Working days of Indonesian offices: Monday to Friday, without national holidays and without cuti
bersama (collective leave).

The calendar is the ``holidays`` library's Indonesia (PUBLIC = national holidays, GOVERNMENT = cuti
bersama), as finally decreed by the joint decree of three ministers (SKB 3 Menteri); its version is
kept as ``calendar_version``. The day after receipt is day 1.
"""

from datetime import date, timedelta
from functools import cache
from importlib.metadata import version

import holidays
import pyarrow as pa

YEARS = range(2017, 2029)


@cache
def _closed(cuti_bersama: bool) -> frozenset[date]:
    categories = (holidays.PUBLIC, holidays.GOVERNMENT) if cuti_bersama else (holidays.PUBLIC,)
    return frozenset(holidays.country_holidays("ID", years=YEARS, categories=categories))


def is_working(day: date, cuti_bersama: bool = True) -> bool:
    """Return whether offices work on ``day``; with ``cuti_bersama`` false, collective leave
    counts as work.
    """
    return day.weekday() < 5 and day not in _closed(cuti_bersama)


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
    found = holidays.country_holidays(
        "ID", years=YEARS, categories=(holidays.PUBLIC, holidays.GOVERNMENT), language="en_US"
    )
    return frozenset(day.year for day, name in found.items() if "estimated" in name)


def is_decreed(day: date) -> bool:
    """Return whether the holidays of the year are decreed; a deadline on an estimated calendar
    is provisional.
    """
    return day.year not in _estimated()


def calendar() -> pa.Table:
    """Return one row a day.

    ``day``, ``is_working``, ``nth`` (working days up to and with it), ``nth_public`` (the same,
    cuti bersama counted as work), ``is_decreed``, ``calendar_version``.
    """
    rows, nth, public, day = [], 0, 0, date(YEARS[0], 1, 1)
    stamp = f"holidays {version('holidays')}"
    while day.year in YEARS:
        nth += is_working(day)
        public += is_working(day, cuti_bersama=False)
        rows.append(
            {
                "day": day,
                "is_working": is_working(day),
                "nth": nth,
                "nth_public": public,
                "is_decreed": is_decreed(day),
                "calendar_version": stamp,
            }
        )
        day += timedelta(days=1)
    return pa.Table.from_pylist(rows)
