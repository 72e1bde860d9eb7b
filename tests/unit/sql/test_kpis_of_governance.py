"""KPIs of governance over made-up rows: what the demo city does not hold, such as a reopened
complaint, a whole SPBE year or a unit nobody may know.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.unit.sql.figures import computed, standing

ZONE, MONTH = ZoneInfo("Asia/Jakarta"), date(2026, 9, 1)
START = datetime(2026, 9, 7, 8, tzinfo=ZONE)


def complaint(number: int, hours: float | None) -> dict[str, Any]:
    closed = None if hours is None else START + timedelta(hours=hours)
    return {
        "ticket_no": str(number),
        "received_at": START,
        "closed_at": closed,
        "state": "in_progress" if hours is None else "closed",
        "outcome": None,
    }


@pytest.mark.parametrize("many", range(2, 61, 2))
def test_where_all_are_closed_the_curves_median_is_the_case_that_closes_half(many: int) -> None:
    rows = computed(
        "complaint_resolution_time",
        sikesal__complaints=[complaint(n, n) for n in range(1, many + 1)],
    )
    assert standing(rows["2026-09", "survival_median"]) == (None, many, many // 2, "final", None)
    assert standing(rows["2026-09", "open_share"]) == (0, many, 0.0, "final", None)


def test_there_is_no_median_while_half_is_open_and_none_of_the_closed_while_none_is() -> None:
    rows = computed(
        "complaint_resolution_time",
        sikesal__complaints=[complaint(1, 5), complaint(2, None), complaint(3, None)],
    )
    assert standing(rows["2026-09", "survival_median"]) == (
        None,
        3,
        None,
        "not available",
        "half_open",
    )
    assert standing(rows["2026-09", "median_hours"]) == (None, 1, 5.0, "provisional", "open_cases")
    rows = computed(
        "complaint_resolution_time",
        sikesal__complaints=[
            {**complaint(1, 5), "state": "reopened"},
            {**complaint(2, 5), "state": "rejected"},
        ],
    )
    assert standing(rows["2026-09", "p90_hours"]) == (None, 0, None, "not available", "none_closed")
    assert standing(rows["2026-09", "open_share"]) == (1, 1, 100.0, "provisional", "open_cases")


def test_reopenings_are_held_against_closings() -> None:
    events = [
        {"ticket_no": "1", "happened_at": START, "state": state}
        for state in ("received", "closed", "reopened", "closed", "closed")
    ]
    complaints = [
        {**complaint(1, 5), "outcome": "solved"},
        {**complaint(2, 5), "state": "rejected", "outcome": "duplicate"},
    ]
    rows = computed(
        "complaints_reopened_or_duplicate",
        sikesal__status_events=events,
        sikesal__complaints=complaints,
    )
    assert standing(rows["2026-09", "reopened"]) == (1, 3, 33.3, "final", None)
    assert standing(rows["2026-09", "duplicates"]) == (1, 2, 50.0, "final", None)
    rows = computed(
        "complaints_reopened_or_duplicate",
        sikesal__status_events=events[:1],
        sikesal__complaints=complaints,
    )
    assert standing(rows["2026-09", "reopened"]) == (0, 0, None, "not available", "no_cases")


def resident_letter(
    number: int, hours: int | None, kelurahan: str = "15.71.01.1001", status: str = "diambil"
) -> dict[str, Any]:
    signed = None if hours is None else START + timedelta(hours=hours)
    return {
        "region_code": kelurahan,
        "applicant_nik": f"{number:016}",
        "submitted_at": START,
        "signed_at": signed,
        "status": status,
    }


def test_few_applicants_are_not_shown_and_neither_are_few_late_ones() -> None:
    letters = [resident_letter(n, 2) for n in range(20)] + [
        resident_letter(n, 30) for n in range(30, 33)
    ]
    letters += [resident_letter(n, 2, "15.71.02.1002") for n in range(40, 44)] + [
        resident_letter(n, 2, "15.71.03.1001") for n in range(50, 56)
    ]
    rows = computed(
        "letters_signed_same_day",
        sipaten__letters=[*letters, resident_letter(60, None, "15.71.03.1001", "ditolak")],
    )
    names = ("numerator", "denominator", "value", "applicants", "inside", "reason")
    assert standing(rows["2026-09", "same_day", "15.71.01"], *names) == (
        None,
        23,
        None,
        23,
        None,
        "few",
    )
    assert standing(rows["2026-09", "same_day", "15.71.02"], *names) == (
        None,
        None,
        None,
        None,
        None,
        "few",
    )
    few = (None, None, None, None, None, "few")
    assert standing(rows["2026-09", "same_day", "15.71.03"], *names) == few, (
        "else the city without the others tells of the second"
    )
    more = [resident_letter(n, 2, "15.71.04.1001") for n in range(70, 74)]
    rows = computed("letters_signed_same_day", sipaten__letters=[*letters, *more])
    assert standing(rows["2026-09", "same_day", "15.71.03"], *names) == (
        6,
        6,
        100.0,
        6,
        6,
        None,
    ), "two are emptied already"
    assert standing(rows["2026-09", "active_kelurahan", "15.71.03"], *names) == (
        1,
        198,
        0.5,
        6,
        6,
        None,
    ), "22 working days in nine kelurahan"
    assert rows["2026-09", "active_kelurahan", "15.71.02"]["value"] is None


def official_letter(number: int, days: int | None) -> dict[str, Any]:
    done = None if days is None else START + timedelta(days=days)
    return {
        "letter_no": str(number),
        "letter_date": START.date(),
        "is_electronic": True,
        "done_at": done,
    }


def test_a_few_open_letters_cannot_be_told_from_the_closed_ones() -> None:
    rows = computed(
        "electronic_letters",
        sipadek__letters=[official_letter(n, 1 if n < 17 else None) for n in range(20)],
    )
    assert standing(
        rows["2026-09", "open_share"], "numerator", "denominator", "value", "counted", "letters"
    ) == (None, 20, None, None, 20)
    assert standing(
        rows["2026-09", "median_days"], "denominator", "value", "counted", "letters"
    ) == (
        None,
        None,
        None,
        20,
    )
    assert standing(rows["2026-09", "electronic"]) == (20, 20, 100.0, "final", None)
    rows = computed(
        "electronic_letters", sipadek__letters=[official_letter(n, 4) for n in range(20)]
    )
    assert standing(rows["2026-09", "open_share"]) == (0, 20, 0.0, "final", None)
    assert standing(rows["2026-09", "p90_days"]) == (
        None,
        20,
        4.0,
        "final",
        None,
    ), "7 September is a Monday"


def test_a_refusal_without_a_letter_is_a_refusal() -> None:
    requests = [
        {"notified_on": MONTH, "decision": decision, "refusal_reason": reason}
        for decision, reason in (
            ("ditolak", None),
            ("ditolak", "UU 14/2008 Pasal 17 Huruf J"),
            ("dikabulkan", None),
            (None, None),
        )
    ]
    rows = computed("information_refused_by_ground", ppid__requests=requests)
    assert {
        measure: row["numerator"] for (_, measure), row in rows.items() if row["numerator"]
    } == {"refused": 2, "ground_j": 1, "ground_unnamed": 1}
    assert standing(rows["2026-09", "refused"]) == (2, 3, 66.7, "final", None) and len(rows) == 12


def test_objections_in_a_month_without_requests_have_no_rate() -> None:
    rows = computed(
        "objections_and_disputes",
        ppid__requests=[{"received_on": date(2026, 8, 3)}],
        ppid__objections=[{"filed_on": MONTH}],
        ppid__disputes=[{"filed_on": date(2026, 8, 9)}],
    )
    assert standing(rows["2026-09", "objections"]) == (1, 0, None, "not available", "no_cases")
    assert standing(rows["2026-08", "disputes"]) == (1, 1, 100.0, "final", None)


def test_what_is_late_is_not_fresh_and_what_stopped_is_not_late() -> None:
    today = date(2026, 10, 1)
    datasets = [
        ("h.today", "hourly", 1),
        ("h.late", "hourly", 2),
        ("d.late", "daily", 2),
        ("d.stale", "daily", 3),
        ("m.late", "monthly", 46),
        ("m.stale", "monthly", 47),
        ("i.old", "irregular", 300),
        ("r.retired", "daily", 300),
        ("n.never", "daily", None),
        ("c.closed", "daily", 1),
    ]
    rows = computed(
        "open_datasets_published",
        today,
        lumbung__datasets=[
            {
                "dataset": name,
                "application": name[0],
                "cadence": cadence,
                "is_public": name != "c.closed",
                "delivery": "events",
                "active_to": date(2026, 1, 1) if name == "r.retired" else None,
            }
            for name, cadence, _ in datasets
        ],
        mart__harvest_days=[
            {"dataset": name, "day": today - timedelta(days=age)}
            for name, _, age in datasets
            if age
        ],
    )
    told_of = {measure: row for (_, measure), row in rows.items()}
    assert standing(told_of["published"], "value") == (8,) and standing(
        told_of["inventory"], "numerator", "denominator"
    ) == (8, 10)
    assert standing(told_of["fresh"], "numerator", "denominator") == (
        3,
        6,
    ), "h.today, d.late and m.late"
    assert standing(told_of["systems"], "numerator", "denominator") == (5, 7)
    assert {row["reason"] for row in rows.values()} == {"running"}


def spbe(year: int, instrument: str, levels: Iterable[int]) -> list[dict[str, Any]]:
    return [
        {"year": year, "instrument": instrument, "indicator_no": n, "level": level}
        for n, level in enumerate(levels, start=1)
    ]


def test_an_index_is_of_a_whole_instrument_and_graded_before_it_is_rounded() -> None:
    known = [
        {
            "year": year,
            "index_value": None if year < 2024 else 4.32,
            "instrument": "I",
            "reason": said,
        }
        for year, said in (
            (2018, "never published"),
            (2019, "figure not machine-readable (image)"),
            (2024, None),
        )
    ]
    new, old = "PermenPANRB 59/2020", "PermenPANRB 5/2018"
    almost = [2] * 31 + [3] * 2 + [2] * 8 + [5] * 6
    rows = computed(
        "spbe_index",
        register_kota__spbe_index=known,
        spbe__indicators=[
            *spbe(2018, old, [3] * 35),
            *spbe(2019, old, [3] * 34),
            *spbe(2020, new, [3] * 47),
            *spbe(2024, new, almost),
            *spbe(2025, old, [3] * 35),
        ],
    )
    assert set(rows) == {(str(year), "official") for year in (2018, 2019, 2024)} | {
        (str(year), "self_assessment") for year in (2018, 2019, 2024)
    }
    names = ("value", "predikat", "status", "reason", "rule_version")
    assert standing(rows["2018", "official"], *names) == (
        None,
        None,
        "not available",
        "not_stated",
        "I",
    )
    assert standing(rows["2019", "official"], *names) == (None, None, "not available", "image", "I")
    assert standing(rows["2024", "official"], *names) == (4.32, "Memuaskan", "final", None, "I")
    assert standing(rows["2018", "self_assessment"], *names) == (
        3.0,
        "Baik",
        "provisional",
        "self_assessed",
        old,
    )
    assert standing(rows["2019", "self_assessment"], *names) == (
        None,
        None,
        "not available",
        "missing_indicators",
        old,
    )
    assert standing(rows["2024", "self_assessment"], *names) == (
        2.6,
        "Cukup",
        "final",
        None,
        new,
    ), "2.595 is shown as 2.60, and is not Baik; the ministry has evaluated that year"


def test_the_index_of_the_annex_and_a_unit_of_four() -> None:
    totals = (105, 101, 100, 116, 102, 105, 106, 105, 115)
    answers = [
        {f"u{n}": 3 + (person < total - 87) for n, total in enumerate(totals, start=1)}
        for person in range(29)
    ]
    answers = [{"unit_code": "MPP-01", "answered_on": MONTH, **answer} for answer in answers]
    answers += [{**answers[0], "unit_code": "MPP-02"}] * 4 + [
        {**answers[0], "unit_code": "MPP-03", "u8": None}
    ] * 5
    rows = computed("satisfaction_index", skm__responses=answers)
    assert standing(rows["2026-09", "MPP-01"], "denominator", "value", "grade", "status") == (
        29,
        91.48,
        "A",
        "final",
    )
    assert standing(rows["2026-09", "MPP-02"], "denominator", "value", "grade", "reason") == (
        None,
        None,
        None,
        "few",
    )
    assert standing(rows["2026-09", "MPP-03"], "denominator", "value", "grade", "reason") == (
        5,
        None,
        None,
        "unanswered",
    )
