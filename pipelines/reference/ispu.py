"""ISPU, Indonesia's air pollution index: both rules as dated tables for SQL, and the index of one
concentration in Python.

``I = (Ia - Ib) / (Xa - Xb) * (Xx - Xb) + Ib`` between the anchors below, concentrations in ug/m3.
PermenLHK P.14/MENLHK/SETJEN/KUM.1/7/2020 judges 24-hour means of seven parameters from 14 July 2020
on; KEP-45/MENLH/10/1997 and KEP-107/KABAPEDAL/11/1997 judge five parameters before it, each over a
time of its own. The two are never mixed: 200 and 300 change category between them. A value above
the table counts as its highest index, never extrapolated; zero or less counts as 0; the index of a
day is the highest of its parameters, rounded half up.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from pipelines.reference.table import reference_table

COLOURS = ("#15803d", "#1d4ed8", "#eab308", "#b91c1c", "#111827")
CATEGORIES = (
    ("Baik", "Good"),
    ("Sedang", "Moderate"),
    ("Tidak Sehat", "Unhealthy"),
    ("Sangat Tidak Sehat", "Very unhealthy"),
    ("Berbahaya", "Hazardous"),
)


@dataclass(frozen=True)
class Regime:
    """One rule: ``anchors`` are parameter -> (hours averaged, ((concentration, index), ...));
    ``most`` is the highest index of each category.
    """

    version: str
    valid_from: date | None
    valid_to: date | None
    anchors: dict[str, tuple[int, tuple[tuple[float, int], ...]]]
    most: tuple[int, ...]

    def index(self, parameter: str, concentration: float) -> float:
        """Return the unrounded index of one mean concentration in ug/m3; KeyError for a
        parameter the rule does not know, NaN below its table.
        """
        anchors = self.anchors[parameter][1]
        if concentration <= 0:
            return 0.0
        for (x_low, i_low), (x_high, i_high) in itertools.pairwise(anchors):
            if x_low < concentration <= x_high:
                return (i_high - i_low) / (x_high - x_low) * (concentration - x_low) + i_low
        return float(anchors[-1][1]) if concentration > anchors[-1][0] else math.nan

    def category(self, index: float) -> str:
        """Return the category of an index, which is rounded half up first."""
        whole = math.floor(index + 0.5)
        return CATEGORIES[sum(whole > most for most in self.most[:-1])][0]


def _scaled(
    index: tuple[int, ...], hours: dict[str, int], table: dict[str, tuple[float, ...]]
) -> dict[str, tuple[int, tuple[tuple[float, int], ...]]]:
    return {
        name: (hours.get(name, 24), tuple(zip(x, index[-len(x) :], strict=True)))
        for name, x in table.items()
    }


SINCE_2020 = Regime(
    "P.14/MENLHK/SETJEN/KUM.1/7/2020",
    date(2020, 7, 14),
    None,
    _scaled(
        (0, 50, 100, 200, 300, 500),
        {},
        {
            "PM10": (0, 50, 150, 350, 420, 500),
            "PM2.5": (0, 15.5, 55.4, 150.4, 250.4, 500),
            "SO2": (0, 52, 180, 400, 800, 1200),
            "CO": (0, 4000, 8000, 15000, 30000, 45000),
            "O3": (0, 120, 235, 400, 800, 1000),
            "NO2": (0, 80, 200, 1130, 2260, 3000),
            "HC": (0, 45, 100, 215, 432, 648),
        },
    ),
    (50, 100, 200, 300, 500),
)
UNTIL_2020 = Regime(
    "KEP-45/MENLH/10/1997",
    None,
    date(2020, 7, 14),
    _scaled(
        (0, 50, 100, 200, 300, 400, 500),
        {"CO": 8, "O3": 1, "NO2": 1},
        {
            "PM10": (0, 50, 150, 350, 420, 500, 600),
            "SO2": (0, 80, 365, 800, 1600, 2100, 2620),
            "CO": (0, 5000, 10000, 17000, 34000, 46000, 57500),
            "O3": (0, 120, 235, 400, 800, 1000, 1200),
            "NO2": (1130, 2260, 3000, 3750),
        },
    ),
    (50, 100, 199, 299, 500),
)
"""NO2 has no index below 200 in the 1997 table; CO stands there in mg/m3."""
REGIMES = (UNTIL_2020, SINCE_2020)


def regime(day: date) -> Regime:
    """Return the rule that was in force on ``day``."""
    return SINCE_2020 if SINCE_2020.valid_from and day >= SINCE_2020.valid_from else UNTIL_2020


@reference_table(
    parameter=pa.string(),
    averaging_hours=pa.int64(),
    x_low=pa.float64(),
    x_high=pa.float64(),
    i_low=pa.int64(),
    i_high=pa.int64(),
    rule_version=pa.string(),
    valid_from=pa.date32(),
    valid_to=pa.date32(),
)
def anchors() -> Iterator[tuple[Any, ...]]:
    """Yield one row per rule, parameter and segment."""
    for rule in REGIMES:
        for parameter, (hours, points) in rule.anchors.items():
            for (x_low, i_low), (x_high, i_high) in itertools.pairwise(points):
                segment = (float(x_low), float(x_high), i_low, i_high)
                yield parameter, hours, *segment, rule.version, rule.valid_from, rule.valid_to


@reference_table(
    category=pa.string(),
    category_en=pa.string(),
    least=pa.int64(),
    most=pa.int64(),
    colour=pa.string(),
    rule_version=pa.string(),
    valid_from=pa.date32(),
    valid_to=pa.date32(),
)
def categories() -> Iterator[tuple[Any, ...]]:
    """Yield one row per rule and category, in P.14/2020's colours."""
    for rule in REGIMES:
        spans = zip(CATEGORIES, (-1, *rule.most), rule.most, COLOURS, strict=False)
        for (category, english), below, most, colour in spans:
            dated = (rule.version, rule.valid_from, rule.valid_to)
            yield category, english, below + 1, most, colour, *dated
