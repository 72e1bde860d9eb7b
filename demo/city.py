"""The demo city as a value: its seed, size and days; its files and database; and the list of errors
planted in it.

Same City, same bytes. Volumes follow the real systems (SIKESAL 835 complaints in 2022, 10-20
thousand permits and tens to 300 information requests a year, one AQMS station with 7 parameters
every 30 minutes); everything else is synthetic. One application a module.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")
WHOLE = 12.0
"""Records a day that scale leaves as they are."""


@dataclass(frozen=True)
class City:
    """``days`` are those before ``today``; ``scale`` is the share of the real city's volume, and
    thins only what is many.
    """

    today: date
    seed: int = 1571
    scale: float = 1.0
    days: int = 14

    @property
    def window(self) -> tuple[date, ...]:
        """The days that are harvested, in order."""
        return tuple(self.today - timedelta(days=n) for n in range(self.days, 0, -1))

    def dice(self, *names: object) -> random.Random:
        """Return the random numbers of one part of the city, independent of every other part."""
        return random.Random(":".join(map(str, (self.seed, self.scale, *names))))

    def expected(self, a_day: float) -> float:
        """Return how many a day there are of what the real city has ``a_day`` of: a source of a
        dozen a day or fewer is left whole.
        """
        return max(a_day * self.scale, min(a_day, WHOLE))

    def count(self, name: str, day: date, a_year: float, offices: bool = False) -> int:
        """Return how many of ``a_year`` fall on ``day``; ``offices`` work from Monday to Friday
        only.
        """
        if offices and day.weekday() >= 5:
            return 0
        dice = self.dice("count", name, day)
        expected = self.expected(a_year / (250 if offices else 365)) * dice.uniform(0.85, 1.15)
        return int(expected) + (dice.random() < expected % 1)

    def before(self, days: int) -> Iterator[date]:
        """Yield the days from ``days`` before the window up to yesterday."""
        for n in range(self.days + days, 0, -1):
            yield self.today - timedelta(days=n)


@dataclass(frozen=True)
class Planted:
    """One error put in on purpose: which rule must catch it where; ``duplicate`` and ``coverage``
    are no row's fault.

    ``key`` names the row before it was broken; ``row`` is every text and number of it as it is
    delivered, the key where that is enough.
    """

    application: str
    dataset: str
    partition: str
    key: str
    rule: str
    note: str = field(default="")
    row: str = field(default="")
