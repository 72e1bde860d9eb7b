"""Working days of Indonesian offices: Monday to Friday, without national holidays and without cuti bersama (collective leave).

The calendar is the ``holidays`` library's Indonesia (PUBLIC = national holidays, GOVERNMENT = cuti bersama), as finally decreed by the
joint decree of three ministers (SKB 3 Menteri); its version is kept as ``calendar_version``. The day after receipt is day 1.
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
    """Return whether offices work on ``day``; with ``cuti_bersama`` false, collective leave counts as work."""
    return day.weekday() < 5 and day not in _closed(cuti_bersama)


def deadline(start: date, days: int, cuti_bersama: bool = True) -> date:
    """Return the date ``days`` working days after ``start``."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working(day, cuti_bersama)
    return day


def calendar() -> pa.Table:
    """Return one row a day: ``day``, ``is_working``, ``nth`` (working days up to and with it), ``calendar_version``."""
    rows, count, day = [], 0, date(YEARS[0], 1, 1)
    while day.year in YEARS:
        count += is_working(day)
        rows.append((day, is_working(day), count))
        day += timedelta(days=1)
    days, working, nth = zip(*rows, strict=True)
    stamp = [f"holidays {version('holidays')}"] * len(rows)
    return pa.table({"day": pa.array(days, pa.date32()), "is_working": working, "nth": pa.array(nth, pa.int64()), "calendar_version": stamp})
