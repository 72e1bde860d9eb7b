"""How many rows may come: a band around those of comparable partitions that passed before, and a
part at least of those that stand.

The middle is a median and the width a multiple of the median distance from it, so that one odd day
moves neither; a band is never tighter than what was seen, of the days of one weekday but for the
oddest of them: of other partitions that one may be the Sunday. Fewer than ``LEAST`` partitions are
no measure, and a handful of rows is no difference. Which partitions are comparable is
``harvest.usual``'s business.
"""

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from statistics import median

from pipelines.contract.model import Rule
from pipelines.lake.delivery import Batch, Usual

LEAST = 8
HANDFUL = 5


def bounds(rule: Rule, batch: Batch) -> dict[str, int]:
    """Return the fewest rows, of ``growth`` the most, that a rule of volume allows each partition
    of the batch; without those that it says nothing of.
    """
    if rule.argument("off"):
        return {}
    found = {key: BOUNDS[rule.kind](rule, usual) for key, usual in batch.usual.items()}
    return {key: bound for key, bound in found.items() if bound is not None}


def _fewest(rule: Rule, usual: Usual) -> int | None:
    """Return the fewest rows that are usual; what passed of it was let through, and is no
    fewer.
    """
    if len(usual.counts) < LEAST:
        return None
    middle, distance = _middle(usual.counts)
    share = float(rule.argument("share"))
    bound = min(
        share * middle,
        share * sorted(usual.counts)[usual.is_of_weekday],
        middle - float(rule.argument("deviations")) * distance,
        middle - HANDFUL,
        middle if usual.standing is None else usual.standing,
    )
    return _rounded(bound)


def _most(rule: Rule, usual: Usual) -> int | None:
    if len(usual.counts) < LEAST:
        return None
    middle, distance = _middle(usual.counts)
    times = float(rule.argument("times"))
    bound = max(
        times * middle,
        times * sorted(usual.counts)[-1 - usual.is_of_weekday] / 2,
        middle + float(rule.argument("deviations")) * distance,
        middle + times * HANDFUL,
    )
    return int(bound)


def _part(rule: Rule, usual: Usual) -> int | None:
    if usual.standing is None:
        return None
    return _rounded(min(float(rule.argument("share")) * usual.standing, usual.standing - HANDFUL))


def _middle(counts: Sequence[int]) -> tuple[float, float]:
    middle = median(counts)
    return middle, median(abs(count - middle) for count in counts)


def _rounded(bound: float) -> int | None:
    """Return the first whole number that is not below a bound, None where no count is."""
    return ceil(round(bound, 9)) if bound > 0 else None


BOUNDS: Mapping[str, Callable[[Rule, Usual], int | None]] = {
    "shrink": _fewest,
    "growth": _most,
    "redelivery": _part,
}
"""Kind of rule -> what it allows. Those in ``FEWEST`` state the least, the other the most."""
FEWEST = ("shrink", "redelivery")
