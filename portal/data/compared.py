"""Two values of an indicator beside each other, of two periods or of two regions, and why two may
not be compared.

The rule is that of ``lumbung.kpi_trend``: the same measure, unit and rule version, of periods that
are over and whole. Between two periods the rule may not have changed either; two regions are
compared in one and the same period.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipelines.models.model import Model
from pipelines.release.release import Release
from portal.data.rows import rows_of

NOT_WHOLE = ("incomplete", "running")
"""Reasons that say a period is not over, or not all of it is in."""


@dataclass(frozen=True)
class Pair:
    """Two values of one indicator, measure and part; ``refusal`` says why they may not be
    compared (a word's key), else ``change`` is second minus first.
    """

    kpi: Model
    first: dict[str, Any] | None
    second: dict[str, Any] | None
    refusal: str | None
    change: float | None


def values(release: Release, kpi: Model) -> tuple[dict[str, Any], ...]:
    """Return every value of an indicator."""
    return rows_of(
        release.folder,
        "SELECT * FROM lumbung.kpi_values WHERE name = ? ORDER BY period, region_code, measure,"
        " part",
        (kpi.stem,),
    )


def by_period(release: Release, kpi: Model, region: str, first: str, second: str) -> list[Pair]:
    """Return the values of one region in two periods."""
    here = [row for row in values(release, kpi) if row["region_code"] == region]
    between = [row for row in here if min(first, second) <= row["period"] <= max(first, second)]
    return _pairs(
        kpi,
        [row for row in here if row["period"] == first],
        [row for row in here if row["period"] == second],
        between,
    )


def by_region(release: Release, kpi: Model, period: str, first: str, second: str) -> list[Pair]:
    """Return the values of two regions in one period."""
    here = [row for row in values(release, kpi) if row["period"] == period]
    return _pairs(
        kpi,
        [row for row in here if row["region_code"] == first],
        [row for row in here if row["region_code"] == second],
        (),
    )


def refusal(
    first: dict[str, Any] | None,
    second: dict[str, Any] | None,
    between: Iterable[dict[str, Any]] = (),
) -> str | None:
    """Return why two values may not be compared, None where they may."""
    if first is None or second is None or first["value"] is None or second["value"] is None:
        return "no_pair"
    if len(first["period"]) != len(second["period"]):
        return "other_span"
    if any(
        (row["rule_version"], row["unit"]) != (first["rule_version"], first["unit"])
        for row in (second, *between)
    ):
        return "other_rule"
    return "not_whole" if {first["reason"], second["reason"]} & set(NOT_WHOLE) else None


def _pairs(
    kpi: Model,
    ones: list[dict[str, Any]],
    others: list[dict[str, Any]],
    between: Iterable[dict[str, Any]],
) -> list[Pair]:
    by_key: dict[tuple[Any, Any], list[dict[str, Any] | None]] = {}
    for place, rows in enumerate((ones, others)):
        for row in rows:
            by_key.setdefault((row["measure"], row["part"]), [None, None])[place] = row
    pairs = []
    for (measure, part), (first, second) in by_key.items():
        why = refusal(
            first,
            second,
            [row for row in between if (row["measure"], row["part"]) == (measure, part)],
        )
        change = (
            float(second["value"]) - float(first["value"])
            if why is None and first and second
            else None
        )
        pairs.append(Pair(kpi, first, second, why, None if change is None else round(change, 2)))
    return pairs
