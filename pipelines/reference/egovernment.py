"""SPBE, the e-government index: the weights of its two instruments and the bands of the predikat.

PermenPANRB 5/2018 measured 2018 and 2019 with 35 indicators, PermenPANRB 59/2020 measures since
2021 with 47: different instruments, so no trend goes across. The index is the weighted sum of the
levels 0 to 5; the weights of a domain add up to its share (59/2020: policy 13 %, governance 25 %,
management 16.5 %, services 45.5 %). The bands are half open: 2.60 is Baik, 2.59 is Cukup.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipelines.reference.table import reference_table

WEIGHTS = {
    "PermenPANRB 5/2018": ((1, 17, "1"), (18, 24, "4"), (25, 35, "5")),
    "PermenPANRB 59/2020": (
        (1, 10, "1.3"),
        (11, 20, "2.5"),
        (21, 31, "1.5"),
        (32, 41, "2.75"),
        (42, 47, "3"),
    ),
}
"""Instrument -> first and last indicator, and the weight of each in percent; every instrument's
add up to 100.
"""
YEARS = {"PermenPANRB 5/2018": (2018, 2019), "PermenPANRB 59/2020": (2021, None)}
BANDS = (
    ("Kurang", "0"),
    ("Cukup", "1.8"),
    ("Baik", "2.6"),
    ("Sangat Baik", "3.5"),
    ("Memuaskan", "4.2"),
)


def index(instrument: str, levels: Mapping[int, int]) -> Decimal:
    """Return the index of an instrument's levels by indicator number; ValueError unless there is
    one for each of its indicators.
    """
    weights = {
        number: Decimal(weight)
        for first, last, weight in WEIGHTS[instrument]
        for number in range(first, last + 1)
    }
    if set(levels) != set(weights):
        raise ValueError(
            f"{instrument} has the indicators 1 to {max(weights)}; {len(levels)} levels were given"
        )
    return sum((weights[number] * level for number, level in levels.items()), Decimal(0)) / 100


def predikat(value: Decimal) -> str:
    """Return the band of an index between 0 and 5."""
    return [name for name, least in BANDS if value >= Decimal(least)][-1]


@reference_table(
    instrument=pa.string(),
    indicator_no=pa.int64(),
    weight_percent=pa.float64(),
    first_year=pa.int64(),
    last_year=pa.int64(),
)
def weights() -> Iterator[tuple[Any, ...]]:
    """Yield one row per instrument and indicator."""
    for instrument, spans in WEIGHTS.items():
        for first, last, weight in spans:
            for number in range(first, last + 1):
                yield instrument, number, float(weight), *YEARS[instrument]


@reference_table(predikat=pa.string(), least=pa.float64(), below=pa.float64())
def bands() -> Iterator[tuple[str, float, float | None]]:
    """Yield one row per band; ``below`` is not included and empty at the top."""
    bounds = [float(least) for _, least in BANDS]
    return zip([name for name, _ in BANDS], bounds, [*bounds[1:], None], strict=True)
