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
    """Return, of each of ``keys``, what came before all of them and the most that came of it, by
    the verdicts that ``passed``, oldest first. What is asked for together is no measure of each
    other: asked for once more it would be judged otherwise. Nor is a number that a person took for
    right though it was not usual.

    A past day of records that change is left out where the source has only their newest versions:
    every change since has taken a row from it.
    """
    most: dict[str, int] = {}
    usual_ones: dict[str, int] = {}
    for row in passed:
        key, rows = row["partition"], row["passed"] + row["quarantined"]
        is_accepted = any(finding["accepted"] for finding in row["findings"])
        most[key] = rows if is_accepted else max(rows, most.get(key, 0))
        usual_ones.pop(key, None)
        if key < min(keys) and not is_accepted:
            usual_ones[key] = rows
    is_whole = dataset.delivery != "changes" or dataset.is_dated
    return {
        key: _held_against(key, usual_ones, most.get(key))
        for key in keys
        if is_whole or key not in most
    }


def _held_against(key: str, known: Mapping[str, int], most: int | None) -> Usual:
    others, is_of_weekday = comparable(key, known)
    return Usual(tuple(known[other] for other in others), most, is_of_weekday)


def comparable(key: str, known: Mapping[str, int]) -> tuple[list[str], bool]:
    """Return the partitions of ``known`` that ``key``, which is later, is held against, in order,
    and whether these are the days of its weekday.
    """
    before = sorted(known)
    if len(key) == 10:
        alike = [other for other in before if _weekday(other) == _weekday(key)]
        if len(alike) >= ENOUGH:
            return alike[-RECENT_WEEKS:], True
    return before[-RECENT:], False


def _weekday(key: str) -> int:
    day = first_day(key)
    return 6 if is_holiday(day) else day.weekday()
