"""How many rows came for partitions that a new one can be compared with: of a day those of the same
weekday, a national holiday counted as a Sunday, where there are enough of them; else all before it.

What passed is counted as it was delivered, exact duplicates left out. What a number means is
``quality.volume``'s business.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.contract.model import Dataset
from pipelines.lake.delivery import Usual
from pipelines.lake.partitions import first_day
from pipelines.reference.working_days import is_holiday

ENOUGH = 8
"""So many days of a weekday say what is usual on it."""
RECENT, RECENT_WEEKS = 56, 26
"""How many partitions before it, or days of its weekday, a partition is held against."""


def usual(
    dataset: Dataset, passed: Sequence[Mapping[str, Any]], keys: Sequence[str]
) -> dict[str, Usual]:
    """Return, of each of ``keys``, what came before all of them and what stands of it, by the
    latest verdicts that passed. What is asked for together is no measure of each other: asked for
    once more it would be judged otherwise.

    A past day of records that change is left out where the source has only their newest versions:
    every change since has taken a row from it.
    """
    counts = {row["partition"]: row["passed"] + row["quarantined"] for row in passed}
    before = {key: count for key, count in counts.items() if key < min(keys)}
    is_whole = dataset.delivery != "changes" or dataset.is_dated
    return {
        key: Usual(tuple(before[other] for other in comparable(key, before)), counts.get(key))
        for key in keys
        if is_whole or key not in counts
    }


def comparable(key: str, known: Mapping[str, int]) -> list[str]:
    """Return the partitions of ``known`` that ``key``, which is later, is held against, in
    order.
    """
    before = sorted(known)
    if len(key) == 10:
        alike = [other for other in before if _weekday(other) == _weekday(key)]
        if len(alike) >= ENOUGH:
            return alike[-RECENT_WEEKS:]
    return before[-RECENT:]


def _weekday(key: str) -> int:
    day = first_day(key)
    return 6 if is_holiday(day) else day.weekday()
