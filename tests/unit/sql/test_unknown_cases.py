"""A case whose newer version is withheld is unknown: it is in no numerator and no denominator, and
the figure is the less complete for it, in every indicator that tells what became of a case.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.unit.sql.figures import computed, figures, read

START = datetime(2026, 9, 1, 2, tzinfo=UTC)
Row = dict[str, Any]
PLACE = "15.71.01.1001"


def complaint(number: int, hours: float | None) -> Row:
    closed = None if hours is None else START + timedelta(hours=hours)
    return {
        "ticket_no": str(number),
        "received_at": START,
        "closed_at": closed,
        "state": "in_progress" if hours is None else "closed",
        "outcome": "duplicate" if number % 3 == 0 else None,
        "sla_hours": 24,
    }


def permit(number: int, hours: float | None) -> Row:
    issued = None if hours is None else START + timedelta(hours=hours)
    return {
        "application_no": str(number),
        "complete_at": START,
        "issued_at": issued,
        "status": "complete" if hours is None else "issued",
        "sla_days": 3,
        "nib": str(number),
    }


def official_letter(number: int, hours: float | None) -> Row:
    return {
        "unit_code": "U1",
        "letter_no": str(number),
        "letter_date": START.date(),
        "direction": "in",
        "is_electronic": number % 2 == 0,
        "done_at": None if hours is None else START + timedelta(hours=hours),
    }


def resident_letter(number: int, hours: float | None) -> Row:
    return {
        "region_code": PLACE,
        "letter_year": 2026,
        "reg_no": str(number),
        "applicant_nik": str(number),
        "service_type": "skd",
        "submitted_at": START,
        "signed_at": None if hours is None else START + timedelta(hours=hours),
        "status": "diajukan" if hours is None else "ditandatangani",
    }


def proposal(number: int, hours: float | None) -> Row:
    return {
        "proposal_year": 2026,
        "proposal_no": str(number),
        "region_code": PLACE,
        "stage": "kelurahan",
        "status": "diusulkan" if hours is None else "ditolak",
        "updated_at": START,
    }


def package(number: int, hours: float | None) -> Row:
    return {
        "ocid": str(number),
        "published_at": START,
        "budget_idr": 1000 * (number + 1),
        "method": "direct" if hours is None else "open",
    }


def bill(number: int, hours: float | None) -> Row:
    return {
        "nop": str(number),
        "tax_year": 2026,
        "region_code": PLACE,
        "issued_at": START,
        "amount_idr": 1000 * (number + 1),
        "penalty_idr": 0,
        "status": "terbit" if hours is None else "lunas",
        "paid_at": None if hours is None else START + timedelta(hours=hours),
    }


def summons(number: int, hours: float | None) -> Row:
    return {
        "letter_no": str(number),
        "event_id": str(number),
        "posted_at": START,
        "status": "dikirim",
    }


CASES: dict[str, tuple[str, Callable[[int, float | None], Row]]] = {
    "complaints_answered_in_time": ("sikesal__complaints", complaint),
    "complaint_resolution_time": ("sikesal__complaints", complaint),
    "complaints_reopened_or_duplicate": ("sikesal__complaints", complaint),
    "permit_lead_time": ("perizinan__permits", permit),
    "businesses_licensed": ("perizinan__permits", permit),
    "electronic_letters": ("sipadek__letters", official_letter),
    "letters_signed_same_day": ("sipaten__letters", resident_letter),
    "proposals_adopted": ("eplanning__proposals", proposal),
    "procurement_by_value": ("sirajakoja__packages", package),
    "local_revenue_realised": ("pbb__bills", bill),
    "violations_per_vehicle": ("etle__letters", summons),
}
"""Indicator -> the table of its cases and one of them, by its number and the hours it took."""
UNKNOWN = {"newer_version_withheld": True}
APART = ("completeness", "status", "reason")


def over(name: str, rows: Sequence[Row]) -> dict[tuple[Any, ...], Row]:
    return computed(name, **{CASES[name][0]: rows})


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("unknown", [1, 20])
def test_an_unknown_case_is_in_no_part_of_a_figure_and_makes_it_less_complete(
    name: str, unknown: int
) -> None:
    _, case = CASES[name]
    known = [case(n, 5) for n in range(30)] + [case(n, None) for n in range(30, 40)]
    is_paid = name == "businesses_licensed"  # of permits that are issued alone
    lost = [
        {**case(n, 7 if is_paid or n % 2 else None), **UNKNOWN} for n in range(40, 40 + unknown)
    ]
    whole, left = over(name, known), over(name, [*known, *lost])
    assert whole and set(whole) == set(left)
    touched = 0
    for key, row in left.items():
        assert {k: v for k, v in row.items() if k not in APART} == {
            k: v for k, v in whole[key].items() if k not in APART
        }, key
        if row["completeness"] != whole[key]["completeness"]:
            cases = 30 if is_paid else 40
            share = cases / (cases + unknown)
            if name != "local_revenue_realised" or len(row["period"]) > 4:
                assert row["completeness"] == pytest.approx(whole[key]["completeness"] * share)
            assert (
                row["status"] != "final" if unknown > 1 else row["reason"] == whole[key]["reason"]
            )
            touched += 1
    assert touched, "none of its figures is the less complete"


def test_a_complaint_whose_closing_is_withheld_is_neither_open_nor_late() -> None:
    closed = [complaint(n, 5) for n in range(20)]
    stale = complaint(20, None)
    (late,) = over("complaints_answered_in_time", [*closed, stale]).values()
    assert (late["numerator"], late["denominator"], late["reason"]) == (20, 21, "open_cases")
    (row,) = over("complaints_answered_in_time", [*closed, stale | UNKNOWN]).values()
    assert (row["numerator"], row["denominator"], row["value"]) == (20, 20, 100.0)
    assert (row["completeness"], row["status"]) == (pytest.approx(20 / 21), "final")


MARTS = {
    "mart.letters_by_kelurahan": ("sipaten__letters", resident_letter, "signed", 12),
    "mart.correspondence_by_unit": ("sipadek__letters", official_letter, "done", 12),
    "mart.property_tax_monthly": ("pbb__bills", bill, "paid", 12),
}


@pytest.mark.parametrize("name", MARTS)
def test_an_aggregate_leaves_unknown_cases_out_too(name: str) -> None:
    table, case, counted, done = MARTS[name]
    rows = [*(case(n, 5) for n in range(done)), *({**case(20 + n, 5), **UNKNOWN} for n in range(4))]
    (row,) = figures(name, **{table: rows})
    assert row[counted] == done
    assert row.get("completeness", 0.75) == 0.75


def test_every_indicator_of_what_became_of_a_case_is_here() -> None:
    stateful = {
        path.stem
        for path in (read("kpi.permit_lead_time").path.parent).glob("*.sql")
        if "newer_version_withheld" in path.read_text("utf-8")
    }
    assert stateful == set(CASES) and date(2026, 9, 1) == START.date()
