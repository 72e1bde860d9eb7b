"""In which partitions a web source states another number of records than were delivered: one total
over all of them is asked for, and only where it differs those of its halves.

So a year without a correction costs one request. How a total is asked for is the connector's
business; which partitions stand is ``harvest.revisit``'s.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Standing, Window
from pipelines.lake.partitions import spans, window_of

RESHAPING = {"explode", "unpivot"}
"""Facts of ``fetch`` by which a record is not one row, so that nothing is told by counting them."""


def miscounted(
    dataset: Dataset, known: Mapping[str, Standing], total: Callable[[Window], int]
) -> Iterator[str]:
    """Yield the partitions whose ``total`` is not what was delivered; SourceError when the totals
    of a window's halves do not add up to its own, so that nothing can be told by them.
    """
    if RESHAPING & dataset.source.fetch.keys():
        return
    for first, last in spans(known):
        keys = sorted(key for key in known if first <= key <= last)
        if _differs(dataset, keys, known, total):
            yield from _within(dataset, keys, known, total)


def _within(
    dataset: Dataset,
    keys: Sequence[str],
    known: Mapping[str, Standing],
    total: Callable[[Window], int],
) -> Iterator[str]:
    """Yield those of ``keys``, which differ together, that differ alone."""
    if len(keys) == 1:
        yield keys[0]
        return
    middle = len(keys) // 2
    halves = [
        half for half in (keys[:middle], keys[middle:]) if _differs(dataset, half, known, total)
    ]
    if not halves:
        raise SourceError(
            f"{dataset.id}: states another total for {keys[0]} to {keys[-1]} than for the two"
            " halves of these days; ask its owner whether the end of a window is left out, and"
            " correct window in the contract"
        )
    for half in halves:
        yield from _within(dataset, half, known, total)


def _differs(
    dataset: Dataset,
    keys: Sequence[str],
    known: Mapping[str, Standing],
    total: Callable[[Window], int],
) -> bool:
    return total(window_of(dataset, keys)) != sum(known[key].delivered for key in keys)
