"""The lead time of permits over made-up rows: open cases past due and not yet due, a deadline
around Lebaran 2026, holidays that are only estimated.
"""

from datetime import date, datetime, time
from typing import Any

import pytest

from tests.unit.sql.figures import Partition, computed, days, standing
from tests.unit.sql.test_kpis_of_governance import ZONE

DATASET = "perizinan.permits"


def permit(
    complete: date, sla: int, issued: date | None = None, status: str = ""
) -> dict[str, Any]:
    at = [
        None if day is None else datetime.combine(day, time(9), ZONE) for day in (complete, issued)
    ]
    return {
        "status": status or ("issued" if issued else "complete"),
        "complete_at": at[0],
        "issued_at": at[1],
        "sla_days": sla,
    }


def lead_time(
    seen: date, *permits: dict[str, Any], is_complete: bool = True
) -> dict[str, tuple[Any, ...]]:
    """Return what is told of March 2026 (or the month of the first permit) by measure, when every
    day up to ``seen`` was harvested; one permit was rejected.
    """
    first = permits[0]["complete_at"].date().replace(day=1)
    harvest: list[str | Partition] = [*days(first, seen)]
    if not is_complete:
        harvest[0] = (first.isoformat(), 1000, 10)
    rows = computed(
        "permit_lead_time",
        passed={DATASET: harvest},
        perizinan__permits=[*permits, permit(first, 1, first, "rejected")],
    )
    return {measure: standing(row) for (_, measure), row in rows.items()}


BEFORE, AFTER = date(2026, 3, 16), date(2026, 3, 26)
"""Monday before Nyepi and Lebaran, and the Thursday after: 18 to 24 March are holidays and cuti
bersama, so this is the third working day, not the eighth.
"""


def test_a_deadline_steps_over_lebaran_and_the_days_between_are_no_working_days() -> None:
    rows = lead_time(date(2026, 4, 1), permit(BEFORE, 3, AFTER), permit(BEFORE, 2, AFTER))
    assert rows == {
        "in_time": (1, 2, 50.0, "final", None),
        "median_days": (None, 2, 3.0, "final", None),
        "p90_days": (None, 2, 3.0, "final", None),
        "mean_days": (6, 2, 3.0, "final", None),
        "open_share": (0, 2, 0.0, "final", None),
    }
    assert lead_time(date(2026, 3, 25), permit(BEFORE, 3))["in_time"] == (
        0,
        0,
        None,
        "not available",
        "none_due",
    ), "while its last day is not seen it is not late"
    assert lead_time(date(2026, 4, 1), permit(BEFORE, 3))["in_time"] == (
        0,
        1,
        0.0,
        "provisional",
        "open_cases",
    )


def test_open_past_due_fails_open_not_yet_due_does_not_count_and_rejected_is_out() -> None:
    given = [
        permit(date(2026, 3, 2), 3, date(2026, 3, 4)),
        permit(date(2026, 3, 2), 3),
        permit(date(2026, 3, 2), 20),
    ]
    rejected = [
        permit(date(2026, 3, 2), 3, status="rejected"),
        permit(date(2026, 3, 2), 3, date(2026, 3, 3), status="rejected"),
    ]
    rows = lead_time(date(2026, 3, 9), *given, *rejected)
    assert rows["in_time"] == (1, 2, 50.0, "provisional", "running")
    assert rows["median_days"] == (None, 1, 2.0, "provisional", "running")
    assert rows["open_share"] == (2, 3, 66.7, "provisional", "running")


def test_issued_early_counts_once_its_promised_day_is_past() -> None:
    early = permit(date(2026, 3, 2), 5, date(2026, 3, 3))
    assert lead_time(date(2026, 3, 8), early)["in_time"] == (
        0,
        0,
        None,
        "not available",
        "none_due",
    )
    assert lead_time(date(2026, 3, 31), early)["in_time"] == (1, 1, 100.0, "final", None)


def test_while_nothing_is_issued_there_are_no_days_but_an_open_share() -> None:
    rows = lead_time(date(2026, 3, 10), permit(date(2026, 3, 2), 3))
    assert {rows[name] for name in ("median_days", "p90_days")} == {
        (None, 0, None, "not available", "none_issued")
    }
    assert rows["mean_days"] == (None, 0, None, "not available", "none_issued")
    assert rows["open_share"] == (1, 1, 100.0, "provisional", "running")


@pytest.mark.parametrize(
    ("complete", "sla", "issued", "doubt"),
    [
        (date(2026, 12, 30), 5, date(2026, 12, 31), "estimated_calendar"),
        (date(2026, 12, 28), 2, date(2027, 1, 5), "estimated_calendar"),
        (date(2028, 12, 20), 60, date(2028, 12, 21), "no_calendar"),
        (date(2028, 12, 20), 2, date(2029, 1, 3), "no_calendar"),
    ],
)
def test_a_day_on_an_estimated_calendar_or_beyond_it_keeps_the_month_provisional(
    complete: date, sla: int, issued: date, doubt: str
) -> None:
    rows = lead_time(
        date(2029, 3, 1),
        permit(complete, sla, issued),
        permit(complete.replace(day=1), 1, complete.replace(day=10)),
    )
    assert rows.pop("open_share") == (0, 2, 0.0, "final", None), "it needs no calendar"
    assert {row[3:] for row in rows.values()} == {("provisional", doubt)}


def test_a_month_of_which_rows_are_held_back_is_provisional() -> None:
    rows = lead_time(date(2026, 4, 1), permit(BEFORE, 3, AFTER), is_complete=False)
    assert {row[3:] for row in rows.values()} == {("provisional", "incomplete")}
