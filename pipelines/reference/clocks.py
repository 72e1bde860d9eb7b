"""The clocks that answers are held against: how long a step may take, counted in what, by which
law.

Public information (UU 14/2008): working days, the day after receipt is day 1. Complaints:
SP4N-LAPOR! counts working days (PermenPANRB 62/2018; Perpres 76/2013 counts 60 days from the
complete file, a parameter here), SIKESAL counts calendar hours. Hours are never converted into
working days; a complaint that both clocks know keeps both. Also the bands of Komisi Informasi's
monitoring.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import Any, Literal

import pyarrow as pa

from pipelines.reference.table import reference_table

Unit = Literal["working days", "days", "hours"]


@dataclass(frozen=True)
class Clock:
    """One step: ``length`` units from ``begins``, once ``extension`` more; no ``length`` where
    the law sets none.
    """

    clock: str
    step: str
    begins: str
    length: int | None
    extension: int
    unit: Unit
    basis: str


CLOCKS = (
    Clock(
        "information",
        "answer",
        "receipt of the request",
        10,
        7,
        "working days",
        "UU 14/2008 Ps 22(7), 22(8)",
    ),
    Clock("information", "objection", "ground found", 30, 0, "working days", "UU 14/2008 Ps 36(1)"),
    Clock(
        "information",
        "superior",
        "receipt of the objection",
        30,
        0,
        "working days",
        "UU 14/2008 Ps 36(2)",
    ),
    Clock(
        "information", "dispute", "superior's answer", 14, 0, "working days", "UU 14/2008 Ps 37(2)"
    ),
    Clock(
        "information", "commission_starts", "filing", 14, 0, "working days", "UU 14/2008 Ps 38(1)"
    ),
    Clock(
        "information", "commission_ends", "filing", 100, 0, "working days", "UU 14/2008 Ps 38(2)"
    ),
    Clock(
        "city_complaint",
        "fast",
        "receipt",
        24,
        0,
        "hours",
        "SIKESAL service standard: street lights, waste, water",
    ),
    Clock("city_complaint", "usual", "receipt", 48, 0, "hours", "SIKESAL service standard"),
    Clock("city_complaint", "slow", "receipt", 72, 0, "hours", "SIKESAL service standard"),
    Clock("national_complaint", "verify", "receipt", 3, 0, "working days", "PermenPANRB 62/2018"),
    Clock(
        "national_complaint",
        "information",
        "verification",
        5,
        0,
        "working days",
        "PermenPANRB 62/2018",
    ),
    Clock(
        "national_complaint",
        "complaint",
        "verification",
        14,
        0,
        "working days",
        "PermenPANRB 62/2018, without supervisory weight",
    ),
    Clock(
        "national_complaint",
        "supervisory",
        "verification",
        60,
        0,
        "working days",
        "PermenPANRB 62/2018, with supervisory weight",
    ),
    Clock(
        "national_complaint", "supervisory_2013", "complete file", 60, 0, "days", "Perpres 76/2013"
    ),
    Clock(
        "national_complaint",
        "aspiration",
        "verification",
        None,
        0,
        "working days",
        "PermenPANRB 62/2018: no limit is set",
    ),
)
COMMISSION = (
    ("Tidak Informatif", 0.0),
    ("Kurang Informatif", 40.0),
    ("Cukup Informatif", 60.0),
    ("Menuju Informatif", 80.0),
    ("Informatif", 90.0),
)
"""Bands of Komisi Informasi Jambi's monitoring 2025 and the least score of each."""


@reference_table(
    clock=pa.string(),
    step=pa.string(),
    begins=pa.string(),
    length=pa.int64(),
    extension=pa.int64(),
    unit=pa.string(),
    basis=pa.string(),
)
def clocks() -> Iterator[tuple[Any, ...]]:
    """Yield one row per step."""
    yield from map(astuple, CLOCKS)


@reference_table(band=pa.string(), least=pa.float64(), below=pa.float64())
def commission() -> Iterator[tuple[str, float, float | None]]:
    """Yield one row per band; ``below`` is not included and empty at the top."""
    bounds = [least for _, least in COMMISSION]
    return zip([name for name, _ in COMMISSION], bounds, [*bounds[1:], None], strict=True)
