"""When a figure is final, with one input changed at a time: a clock that runs ahead of the data, a
bad row, one valid hour, a case that is never closed, the end of the calendar.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipelines.reference.working_days import deadline
from tests.unit.sql.figures import Partition, computed, days, figures, standing

ZONE = ZoneInfo("Asia/Jakarta")
START = datetime(2026, 9, 7, 8, tzinfo=ZONE)
MONTH = days(date(2026, 9, 1), date(2026, 9, 30))


def seen(last: date) -> list[str]:
    """Return the days harvested from September 2026 to ``last``."""
    return days(date(2026, 9, 1), last)


def request(number: int, received: date, answered: date | None) -> dict[str, Any]:
    return {
        "reg_no": str(number),
        "received_on": received,
        "notified_on": answered,
        "extended": "tidak",
    }


OCTOBER = [date(2026, 10, 1) + timedelta(days=n) for n in range(20)]


@pytest.mark.parametrize("today", [date(2026, 11, 3), date(2026, 11, 29), date(2027, 11, 29)])
@pytest.mark.parametrize("taken", [date(2026, 11, 2), date(2026, 11, 29)])
def test_what_is_due_is_judged_by_the_register_and_not_by_the_clock(
    today: date, taken: date
) -> None:
    """All but one are answered on the tenth working day; a register holds what was so far."""
    answers = [deadline(day, 10) for day in OCTOBER]
    rows = [
        request(number, day, answer if answer < taken and number else None)
        for number, (day, answer) in enumerate(zip(OCTOBER, answers, strict=True))
    ]
    passed = {"ppid.requests": [taken.isoformat()]}
    found = computed(
        "information_requests_answered_in_time",
        today,
        passed,
        ppid__requests=[{**row, "_partition": taken.isoformat()} for row in rows],
    )["2026-10",]
    due = sum(answer < taken for answer in answers)
    all_due = due == len(OCTOBER)
    assert standing(found, "numerator", "denominator", "status", "reason") == (
        due - 1,
        due,
        "final" if all_due else "provisional",
        None if all_due else "open_cases",
    )


def complaint(closed_after: int | None, **more: Any) -> dict[str, Any]:
    closed = None if closed_after is None else START + timedelta(hours=closed_after)
    state = "closed" if closed else "in_progress"
    return {"received_at": START, "sla_hours": 48, "closed_at": closed, "state": state, **more}


@pytest.mark.parametrize("today", [date(2026, 10, 1), date(2027, 3, 1)])
@pytest.mark.parametrize(
    ("last", "figure"),
    [
        (date(2026, 9, 8), (0, 0, None, "not available", "none_due")),
        (date(2026, 9, 9), (1, 3, 33.3, "provisional", "running")),
        (date(2026, 9, 30), (1, 3, 33.3, "provisional", "open_cases")),
        (date(2027, 3, 30), (1, 3, 33.3, "provisional", "open_cases")),
        (date(2027, 3, 31), (1, 3, 33.3, "final", None)),
    ],
)
def test_a_complaint_is_late_when_its_last_day_was_seen_and_is_waited_for_six_months(
    today: date, last: date, figure: tuple[Any, ...]
) -> None:
    given = [complaint(47), complaint(49), complaint(None)]
    found = computed(
        "complaints_answered_in_time",
        today,
        {"sikesal.complaints": seen(last)},
        sikesal__complaints=given,
    )
    assert standing(found["2026-09",]) == figure


@pytest.mark.parametrize(
    "late",
    [
        complaint(None),
        complaint(24 * 250),
        complaint(None, state="rejected", updated_at=START + timedelta(days=250)),
        complaint(None, state="rejected", outcome="duplicate", updated_at=START.replace(year=2027)),
    ],
)
def test_what_comes_after_six_months_leaves_the_month_as_it_was(late: dict[str, Any]) -> None:
    passed = {"sikesal.complaints": seen(date(2027, 10, 30))}
    given = {"sikesal__complaints": [complaint(47), complaint(1), late]}
    found = computed("complaint_resolution_time", passed=passed, **given)
    assert standing(found["2026-09", "open_share"]) == (1, 3, 33.3, "final", None)
    assert standing(found["2026-09", "survival_median"]) == (None, 3, 47.0, "final", None)
    found = computed("complaints_answered_in_time", passed=passed, **given)
    assert standing(found["2026-09",]) == (2, 3, 66.7, "final", None)
    found = computed("complaints_reopened_or_duplicate", passed=passed, **given)
    assert standing(found["2026-09", "duplicates"]) == (0, 3, 0.0, "final", None)


@pytest.mark.parametrize(
    ("until", "confirmed", "figure"),
    [
        (date(2026, 9, 30), 20, (20, 100, 20.0, "provisional", "open_cases")),
        (date(2027, 3, 31), 20, (20, 100, 20.0, "final", None)),
        (date(2027, 9, 30), 60, (20, 100, 20.0, "final", None)),
    ],
)
def test_letters_that_are_never_confirmed_do_not_keep_their_month_open(
    until: date, confirmed: int, figure: tuple[Any, ...]
) -> None:
    """Twenty were confirmed in time, the others after six months."""
    letters = [
        {"letter_no": str(n), "event_id": str(n), "posted_at": START, "status": "terkirim"}
        for n in range(100)
    ]
    late = START.replace(year=2027, month=4)
    confirmations = [
        {"letter_no": str(n), "confirmed_at": START if n < 20 else late} for n in range(confirmed)
    ]
    found = computed(
        "violations_per_vehicle",
        passed={f"etle.{name}": seen(until) for name in ("letters", "confirmations")},
        etle__letters=letters,
        etle__confirmations=confirmations,
    )
    assert standing(found["2026-09", "confirmations"]) == figure


@pytest.mark.parametrize(
    ("rows", "figure"),
    [
        (("2026-10-01", 1000, 998), ("final", None)),
        (("2026-10-01", 6, 5), ("final", None)),
        (("2026-10-01", 6, 4), ("provisional", "incomplete")),
        (("2026-10-01", 100, 94), ("provisional", "incomplete")),
    ],
)
def test_one_bad_row_of_a_register_does_not_keep_its_figures_open(
    rows: Partition, figure: tuple[str, str | None]
) -> None:
    asked = [
        {**request(n, date(2026, 8, 3), None), "decision": "ditolak", "notified_on": START.date()}
        for n in range(6)
    ]
    passed = {
        name: [rows]
        for name in ("ppid.requests", "ppid.objections", "ppid.disputes", "perizinan.services")
    }
    found = computed("information_refused_by_ground", passed=passed, ppid__requests=asked)
    assert standing(found["2026-09", "refused"], "status", "reason") == figure
    found = computed("objections_and_disputes", passed=passed, ppid__requests=asked)
    assert standing(found["2026-08", "disputes"], "status", "reason") == figure
    services = [{"service": "KTP", "is_online": "ya", "agency": "A"}]
    found = computed("services_reachable_online", passed=passed, perizinan__services=services)
    assert standing(found["2026-10-01",], "status", "reason") == figure


@pytest.mark.parametrize(
    ("hours", "figure"),
    [
        (0, (None, "not available", "no_valid_hour")),
        (1, (None, "not available", "few_valid_hours")),
        (539, (None, "not available", "few_valid_hours")),
        (540, (30.1, "final", None)),
        (720, (30.1, "final", None)),
    ],
)
def test_a_mean_stands_for_a_month_when_three_of_four_hours_are_valid(
    hours: int, figure: tuple[Any, ...]
) -> None:
    first = datetime(2026, 9, 1, tzinfo=ZONE)
    readings = [
        {
            "parameter": "PM2.5",
            "observed_at": first + timedelta(minutes=30 * half),
            "value": 30.1,
            "quality": "valid",
            "averaging_minutes": 30,
        }
        for half in range(2 * hours)
    ]
    found = computed("mean_particles", aqms__observations=readings)
    assert standing(found["2026-09", "pm25_month"], "value", "status", "reason") == figure
    year = standing(found["2026", "pm25_year"], "value", "status", "reason")
    assert year == ((30.1, "provisional", "running") if hours else figure)


@pytest.mark.parametrize(
    ("last", "figure"), [(date(2020, 2, 5), "running"), (date(2020, 12, 31), None)]
)
def test_a_year_is_final_when_all_of_it_is_in(last: date, figure: str | None) -> None:
    found = computed(
        "river_cleaning_wages",
        passed={"pakarkasih.payments": days(date(2020, 1, 1), last)},
        pakarkasih__payments=[
            {"paid_on": date(2020, 2, 3), "worker_id": str(n), "amount_idr": 100} for n in range(9)
        ],
        register_kota__claims=[
            {
                "claim_id": "C7",
                "subject": "PakarKasih",
                "measure": "budget",
                "status": "stated",
                "value": 900_000,
                "as_of": "2020",
            }
        ],
    )
    assert found["2020", "budget_paid"]["reason"] == figure


@pytest.mark.parametrize(
    ("received", "answered", "figure"),
    [
        (date(2028, 12, 1), date(2028, 12, 5), (1, 1, 100.0, "provisional", "estimated_calendar")),
        (date(2028, 12, 20), date(2028, 12, 21), (0, 0, None, "not available", "no_calendar")),
    ],
)
def test_a_request_beyond_the_calendar_is_counted_and_said_to_be_unknown(
    received: date, answered: date, figure: tuple[Any, ...]
) -> None:
    found = computed(
        "information_requests_answered_in_time",
        passed={"ppid.requests": ["2029-03-01"]},
        ppid__requests=[{**request(1, received, answered), "_partition": "2029-03-01"}],
    )["2028-12",]
    assert standing(found) == figure and found["received"] == 1


@pytest.mark.parametrize(
    ("written", "done", "doubt"),
    [
        (date(2026, 3, 2), date(2026, 3, 5), None),
        (date(2027, 3, 1), date(2027, 3, 5), "estimated_calendar"),
        (date(2026, 12, 28), date(2027, 1, 5), "estimated_calendar"),
        (date(2028, 12, 20), date(2029, 1, 5), "no_calendar"),
    ],
)
def test_working_days_of_letters_say_when_their_calendar_is_only_an_estimate(
    written: date, done: date, doubt: str | None
) -> None:
    finished = datetime.combine(done, datetime.min.time(), ZONE)
    letter = {"letter_date": written, "is_electronic": True, "done_at": finished}
    first = written.replace(day=1)
    found = computed(
        "electronic_letters",
        passed={"sipadek.letters": days(first, first + timedelta(days=60))},
        sipadek__letters=[letter] * 6,
    )
    month = f"{written:%Y-%m}"
    assert found[month, "median_days"]["reason"] == doubt
    assert (found[month, "median_days"]["value"] is None) == (doubt == "no_calendar")
    assert found[month, "electronic"]["status"] == "final", "it counts no days"


def test_days_of_offices_say_when_their_calendar_is_only_an_estimate() -> None:
    for year, said in ((2026, None), (2027, "estimated_calendar"), (2029, "no_calendar")):
        month = days(date(year, 9, 1), date(year, 9, 30))
        letters = [
            {
                "region_code": "15.71.01.1001",
                "applicant_nik": str(n),
                "submitted_at": START.replace(year=year),
                "status": "diambil",
            }
            for n in range(6)
        ]
        passed = {"sipaten.letters": month}
        rows = figures("kpi.letters_signed_same_day", passed, sipaten__letters=letters)
        assert {row["reason"] for row in rows if row["measure"] == "active_kelurahan"} == {said}
