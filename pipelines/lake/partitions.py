"""Partition keys and windows: which days or months a dataset has, which are complete, and the time
a range of them covers.

A day begins at midnight in the dataset's own zone. Keys are ``YYYY-MM-DD`` or ``YYYY-MM``.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pipelines.city import municipality
from pipelines.contract.model import Dataset
from pipelines.lake.delivery import Window
from pipelines.settings import settings


def today(zone: str | None = None) -> date:
    """Return today's date in ``zone``, the city's unless given, or the one that LUMBUNG_TODAY
    pretends.
    """
    pretended = settings().today
    return pretended or datetime.now(ZoneInfo(zone) if zone else municipality().zone).date()


def key_of(dataset: Dataset, day: date) -> str:
    """Return the partition that ``day`` lies in."""
    return day.isoformat() if dataset.partition == "day" else day.isoformat()[:7]


def first_day(key: str) -> date:
    """Return the first day of a partition."""
    return date.fromisoformat(f"{key}-01"[:10])


def following(key: str) -> date:
    """Return the first day after a partition."""
    day = first_day(key)
    return day + timedelta(days=1) if len(key) == 10 else (day + timedelta(days=32)).replace(day=1)


def last_day(dataset: Dataset) -> date | None:
    """Return the last day of a system that has stopped; None while it runs, also when its end is
    already known.
    """
    return (
        dataset.active_to
        if dataset.active_to and dataset.active_to < today(dataset.timezone)
        else None
    )


def last_complete(dataset: Dataset) -> date:
    """Return the last day of the last partition that is over, or the last day the system was
    active.
    """
    now = today(dataset.timezone)
    return last_day(dataset) or (
        now.replace(day=1) if dataset.partition == "month" else now
    ) - timedelta(days=1)


def keys_between(dataset: Dataset, first: date, last: date) -> tuple[str, ...]:
    """Return the keys of every partition that touches ``first`` .. ``last``, in order; none when
    ``first`` lies after ``last``.
    """
    keys, day = [], max(first, dataset.active_from)
    last = min(last, dataset.active_to) if dataset.active_to else last
    while day <= last:
        keys.append(key_of(dataset, day))
        day = following(keys[-1])
    return tuple(keys)


def spans(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Return the unbroken spans of ``keys``, each as its first and last key."""
    unbroken: list[tuple[str, str]] = []
    for key in sorted(keys):
        if unbroken and following(unbroken[-1][1]) == first_day(key):
            unbroken[-1] = (unbroken[-1][0], key)
        else:
            unbroken.append((key, key))
    return unbroken


def window_of(dataset: Dataset, keys: Sequence[str]) -> Window:
    """Return the window that covers ``keys``, which must follow one another."""
    zone = ZoneInfo(dataset.timezone)
    first, after = first_day(keys[0]), following(keys[-1])
    return Window(
        datetime(first.year, first.month, first.day, tzinfo=zone),
        datetime(after.year, after.month, after.day, tzinfo=zone),
        tuple(keys),
    )


def covering(dataset: Dataset, keys: Collection[str]) -> Window:
    """Return the window from the first of ``keys`` to the last, with what lies between them."""
    return window_of(dataset, keys_between(dataset, first_day(min(keys)), first_day(max(keys))))
