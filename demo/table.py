"""One synthetic table: its clean rows by day, the errors that may be planted in it, and the door it
leaves the city by.

``build`` plants the errors and lists them: at most one row in ``SPARED`` is broken, each error in
turn, and every second day repeats a row. What the gate must find is exactly what is listed here.
Each system's module says what its rows are; nothing is served here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from demo.city import City, Planted
from demo.door import Door

Row = dict[str, Any]
Days = Mapping[date, list[Row]]
Change = Callable[[Row], Row | None]
"""What a broken row looks like, beside the fields that stay; None when this row cannot be broken
so.
"""
SPARED, LEAST = 25, 3
"""One row in so many may be broken; a day of fewer rows than the second is left clean."""


def to(**fields: Any) -> Change:
    """Return the change that sets ``fields``; dotted names are written with ``__``."""
    return lambda row: {name.replace("__", "."): value for name, value in fields.items()}


@dataclass(frozen=True)
class Table:
    """``rows(city)`` gives every day's rows as they are delivered, a snapshot's whole table under
    its day; ``errors`` is rule -> change.

    ``key`` are the fields that name a row in the list of planted errors. ``until`` is the last day
    of a system that has stopped: its window ends there. A day is the dataset's partition.
    """

    application: str
    dataset: str
    key: tuple[str, ...]
    rows: Callable[[City], Days]
    errors: Mapping[str, Change]
    door: Door
    until: date | None = None
    repeats: bool = True

    def __hash__(self) -> int:
        return hash((self.application, self.dataset))

    def seen_by(self, city: City) -> City:
        """Return the city whose window is this table's: the city's own, or its last days for a
        system that has stopped.
        """
        return city if self.until is None else replace(city, today=self.until + timedelta(days=1))


@dataclass(frozen=True)
class Built:
    """A table with its errors in it, by day, and the list of them."""

    days: dict[date, list[Row]]
    planted: tuple[Planted, ...]


@cache
def build(city: City, table: Table) -> Built:
    """Return the table's days with errors planted in those of its window."""
    own = table.seen_by(city)
    days = {day: list(rows) for day, rows in table.rows(own).items()}
    rules, turn, planted = list(table.errors), 0, []
    for n, day in enumerate(day for day in own.window if len(days.get(day, ())) >= LEAST):
        rows, dice, clean = (
            days[day],
            own.dice(table.application, table.dataset, "dirt", day),
            set(range(len(days[day]))),
        )
        for _ in range(min(len(rules), max(1, len(rows) // SPARED))):
            rule, turn = rules[turn % len(rules)], turn + 1
            for i in dice.sample(sorted(clean), min(len(clean), 40)):
                change = table.errors[rule](rows[i])
                if change is not None:
                    broken = changed(rows[i], change)
                    planted.append(
                        Planted(
                            table.application,
                            table.dataset,
                            day.isoformat(),
                            name_of(table, rows[i]),
                            rule,
                            row=words_of(broken),
                        )
                    )
                    rows[i] = broken
                    clean.remove(i)
                    break
        if table.repeats and n % 2 == 0 and clean:
            i = dice.choice(sorted(clean))
            planted.append(
                Planted(
                    table.application,
                    table.dataset,
                    day.isoformat(),
                    name_of(table, rows[i]),
                    "duplicate",
                    "delivered twice",
                )
            )
            rows.insert(i + 1, dict(rows[i]))
    return Built(days, tuple(planted))


def name_of(table: Table, row: Row) -> str:
    """Return what names a row in the list of planted errors."""
    return " ".join(str(value_at(row, name)) for name in table.key)


def words_of(row: Row) -> str:
    """Return every text and number of a row; nested values, yes and no, and what the city adds
    under ``_`` are left out.
    """
    values = (
        value
        for name, value in row.items()
        if not name.startswith("_") and not isinstance(value, bool)
    )
    return " ".join(str(value) for value in values if isinstance(value, str | int | float | date))


def value_at(row: Row, dotted: str) -> Any:
    """Return the value under a dotted name."""
    value: Any = row
    for step in dotted.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def changed(row: Row, change: Row) -> Row:
    """Return ``row`` with the fields of ``change`` set; dotted names reach into nested fields,
    and what is shared is not touched.
    """
    result = dict(row)
    for dotted, value in change.items():
        *path, last = dotted.split(".")
        holder = result
        for step in path:
            holder[step] = dict(holder[step])
            holder = holder[step]
        holder[last] = value
    return result
