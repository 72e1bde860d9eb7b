"""Which partitions of a dataset are due: what a run without dates asks for, and a schedule."""

from datetime import date, timedelta

from pipelines.contract.model import Dataset
from pipelines.lake import clock, verdicts
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import first_day, key_of, keys_between, last_complete, spans


def scheduled(lake: Lake, dataset: Dataset) -> tuple[str, ...]:
    """Return what the dataset's schedule asks for: the newest, whether they passed or not, since
    more may have come of them; and of a dataset that was harvested before, all that are due.
    """
    begun = verdicts.latest(lake, dataset.id)
    due = keys_to_harvest(lake, dataset, None, None) if begun else ()
    return tuple(sorted({*due, *newest(dataset)}))


def newest(dataset: Dataset) -> tuple[str, ...]:
    """Return the last complete partition and the look-back before it."""
    last = first = last_complete(dataset)
    for _ in range(dataset.lookback):
        first = first_day(key_of(dataset, first)) - timedelta(days=1)
    return keys_between(dataset, first_day(key_of(dataset, first)), last)


def keys_to_harvest(
    lake: Lake, dataset: Dataset, first: date | None, last: date | None
) -> tuple[str, ...]:
    """Return the partitions a run covers, complete ones only, look-back included.

    As asked; else those that have not passed, or were judged by a clock ahead of this one, counted
    from the earliest ever judged (from ``activeFrom`` in a new lake). Of a source that shows only
    its state of now, the last one.
    """
    last = min(last, last_complete(dataset)) if last else last_complete(dataset)
    keys = keys_between(dataset, first, last) if first else _waiting(lake, dataset, last)
    if dataset.is_now_only:
        return keys[-1:]
    before = (
        key
        for begin, _ in spans(keys if dataset.lookback else ())
        for key in keys_between(dataset, dataset.active_from, first_day(begin))[
            -1 - dataset.lookback :
        ]
    )
    return tuple(sorted({*before, *keys}))


def _waiting(lake: Lake, dataset: Dataset, last: date) -> tuple[str, ...]:
    """Return the partitions up to ``last`` that a run without dates asks for."""
    rows = verdicts.latest(lake, dataset.id)
    passed = {
        row["partition"]
        for row in rows
        if row["verdict"] == "passed" and not clock.is_to_come(row["judged_at"])
    }
    since = first_day(rows[0]["partition"]) if rows else dataset.active_from
    every = keys_between(dataset, last if dataset.is_now_only else since, last)
    return tuple(key for key in every if key not in passed)
