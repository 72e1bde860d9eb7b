"""When a figure is final, in plain Python: what docs/figures.md says of it, from the city's own
rows and what the gate puts into quarantine.

A month or year is whole when every expected day of it passed, and 95 % of the rows or all but one
of five or more; it runs until its source told of its last day. Of the doubts about a value the
first that holds is its reason.
"""

import calendar
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from demo.city import City
from demo.table import Table
from tests.journey.recomputed import broken, enough, passed, withheld_days

Values = dict[str, Any]
LONGEST = 6
"""The months after its own for which a case is waited for, where no law or register says more."""


def ends(period: str) -> tuple[date, date]:
    """Return the first and the last day of a month or a year."""
    if "-" not in period:
        return date(int(period), 1, 1), date(int(period), 12, 31)
    year, month = map(int, period.split("-"))
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def settled(period: str) -> date:
    """Return the last day on which the cases of a month are waited for."""
    year, month = map(int, period.split("-"))
    later = month - 1 + LONGEST
    return ends(f"{year + later // 12}-{later % 12 + 1:02d}")[1]


@dataclass(frozen=True)
class Harvest:
    """What passed of a dataset: the rows delivered, each once, and those that passed, by day."""

    days: Mapping[date, tuple[int, int]]

    @property
    def until(self) -> date:
        """The last day that was known when the source was last read."""
        return max(self.days)

    def periods(self, length: int = 7) -> list[str]:
        """Return the months of which a day passed, or the years (a ``length`` of 4)."""
        return sorted({str(day)[:length] for day in self.days})

    def within(self, period: str) -> list[tuple[int, int]]:
        """Return rows delivered and passed of each of the period's days that passed."""
        return [rows for day, rows in self.days.items() if str(day).startswith(period)]

    def completeness(self, period: str) -> float:
        """Return the share of a period's days, and of their rows, that passed."""
        first, last = ends(period)
        shares = [kept / many if many else 1.0 for many, kept in self.within(period)]
        return sum(shares) / ((last - first).days + 1)

    def gap(self, period: str) -> str | None:
        """Return why a period is not whole, None where it is."""
        first, last = ends(period)
        if self.until < last:
            return "running"
        here = self.within(period)
        delivered, kept = (sum(rows[n] for rows in here) for n in (0, 1))
        of_days = self.completeness(period) + 1e-9 >= 0.95 or delivered - kept <= 1
        whole = len(here) > (last - first).days and enough(delivered, kept) and of_days
        return None if whole else "incomplete"

    def told(self, period: str) -> Values:
        """Return what a value says of itself of which this harvest alone decides."""
        return standing(self.gap(period)) | self.complete(period)

    def complete(self, period: str, known: float = 1.0) -> Values:
        """Return the completeness as a figure has it; ``known`` is the share of its cases that
        are known.
        """
        return {"completeness": pytest.approx(self.completeness(period) * known)}


@dataclass(frozen=True)
class Register:
    """A list that comes whole: its day, and how many rows were delivered and passed."""

    day: date
    delivered: int
    kept: int

    @property
    def completeness(self) -> float:
        return self.kept / self.delivered

    @property
    def gap(self) -> str | None:
        """Return why the list is not whole, None where it is."""
        return None if enough(self.delivered, self.kept) else "incomplete"

    def gap_of(self, period: str) -> str | None:
        """Return why a period read from the list is not whole: it tells of the days before its
        own.
        """
        return "running" if self.day <= ends(period)[1] else self.gap


def harvest(city: City, table: Table, since: date | None = None) -> Harvest:
    """Return what passed of a table from ``since`` on, or of the days of its window; a day
    without rows passed whole.
    """
    own = table.seen_by(city)
    delivered, good = table.rows(own), passed(city, table, since or own.window[0])
    days = sorted({*good, *own.window} - withheld_days(city, table))
    return Harvest({day: (len(delivered.get(day, ())), len(good.get(day, ()))) for day in days})


def harvest_of(city: City, application: str, dataset: str, rows: Mapping[date, int]) -> Harvest:
    """Return what passed of a dataset that is no table of the city's: the rows of its window's
    days without those in quarantine.
    """
    bad = Counter(day for day, _ in broken(city, application, dataset))
    counts = {day: rows.get(day, 0) for day in city.window}
    return Harvest({day: (many, many - bad[str(day)]) for day, many in counts.items()})


def register_of(city: City, table: Table) -> Register:
    """Return the list of the last day."""
    day = city.window[-1]
    return Register(day, len(table.rows(city)[day]), len(passed(city, table, day)[day]))


def standing(*doubts: str | None) -> Values:
    """Return the status and reason of a value: the first doubt that holds, else it is final."""
    reason = next(filter(None, doubts), None)
    return {"status": "provisional" if reason else "final", "reason": reason}


def absent(reason: str) -> Values:
    """Return what stands in place of a value that there is none of."""
    return {"value": None, "status": "not available", "reason": reason}


def waits(open_count: int, period: str, known_until: date, until: date | None = None) -> str | None:
    """Return why open cases keep a value from being final: they are waited for until they are
    settled, or until a law or register says.
    """
    last = max(settled(period), until or date.min)
    return "open_cases" if open_count and known_until < last else None


def unknown_gap(cases: int, known: int) -> str | None:
    """Return why unknown cases keep a period from being whole."""
    return None if enough(cases, known) else "incomplete"


def old_population(year: int, known: Iterable[int]) -> str | None:
    """Return why a figure over inhabitants is in doubt: their number is of an earlier year."""
    return None if year in known else "old_population"
