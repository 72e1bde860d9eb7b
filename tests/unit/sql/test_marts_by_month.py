"""Monthly and weekly aggregates over made-up rows: a month of which half is harvested, bills and
letters that change once more.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.unit.sql.figures import days, figures

ZONE = ZoneInfo("Asia/Jakarta")
AT = datetime(2026, 9, 7, 8, tzinfo=ZONE)
HALF = days(date(2026, 9, 1), date(2026, 9, 15))
PLACE = "15.71.01.1001"

MONTHLY: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "archives_by_class": (
        "arsip.documents",
        {"archived_at": AT, "class_code": "800", "employee_nip": "1", "pages": 2},
    ),
    "electronic_payments_monthly": (
        "epayment.settlements",
        {"paid_at": AT, "biller": "PBB", "channel": "atm", "amount_idr": 1000},
    ),
    "letters_by_kelurahan": (
        "sipaten.letters",
        {"submitted_at": AT, "updated_at": AT, "region_code": PLACE, "service_type": "domisili"},
    ),
    "property_tax_monthly": (
        "pbb.bills",
        {"issued_at": AT, "updated_at": AT, "status": "terbit", "region_code": PLACE, "nop": "1"},
    ),
    "satisfaction_by_unit": (
        "skm.responses",
        {"answered_on": AT.date(), "unit_code": "U1"} | {f"u{n}": 4 for n in range(1, 10)},
    ),
}


@pytest.mark.parametrize("mart", MONTHLY)
def test_a_month_says_beside_its_figures_how_much_of_it_is_there(mart: str) -> None:
    dataset, row = MONTHLY[mart]
    table = {dataset.replace(".", "__"): [row]}
    (whole,) = figures(f"mart.{mart}", **table)
    (half,) = figures(f"mart.{mart}", {dataset: HALF}, **table)
    assert (whole["completeness"], half["completeness"]) == (1.0, 0.5)


def test_a_week_says_how_much_of_it_is_there() -> None:
    calls = [{"called_at": AT + timedelta(days=7 * n), "region_code": PLACE} for n in range(3)]
    found = figures(
        "mart.emergency_calls_weekly", {"panggilan112.calls": HALF}, panggilan112__calls=calls
    )
    assert {row["week"]: row["completeness"] for row in found} == {
        date(2026, 9, 7): 1.0,
        date(2026, 9, 14): pytest.approx(2 / 7),
        date(2026, 9, 21): 0.0,
    }


def bill(number: int, status: str, updated: datetime, penalty: int = 0) -> dict[str, Any]:
    return {
        "nop": str(number),
        "tax_year": 2026,
        "updated_at": updated,
        "status": status,
        "region_code": PLACE,
        "issued_at": AT,
        "amount_idr": 1000,
        "penalty_idr": penalty,
        "paid_at": AT + timedelta(days=9) if status == "lunas" else None,
    }


def test_a_bill_that_changes_once_more_is_paid_once() -> None:
    paid = [bill(n, "lunas", AT + timedelta(days=9), 10 * (n < 5)) for n in range(8)]
    again = [bill(n, "lunas", AT + timedelta(days=12), 10 * (n < 5)) for n in range(8)]
    issued = [bill(n, "terbit", AT) for n in range(9)]
    (row,) = figures("mart.property_tax_monthly", pbb__bills=[*issued, *paid, *again])
    assert [row[name] for name in ("issued", "issued_idr", "paid", "paid_idr")] == [
        9,
        9000,
        8,
        8050,
    ]
    assert (row["month"], row["penalised"], row["penalty_idr"]) == (date(2026, 9, 1), 5, 50)


def test_a_bill_issued_before_the_first_harvest_makes_no_month_of_its_own() -> None:
    old = {**bill(1, "lunas", AT + timedelta(days=9)), "issued_at": AT - timedelta(days=90)}
    (row,) = figures("mart.property_tax_monthly", pbb__bills=[old])
    assert (row["month"], row["issued"], row["paid"]) == (date(2026, 9, 1), 0, 1)


def test_letters_followed_up_later_stay_on_their_own_day() -> None:
    letters = [
        {
            "letter_no": str(number),
            "letter_date": AT.date(),
            "updated_at": AT + timedelta(days=changed),
            "unit_code": "U1",
            "direction": "masuk",
            "is_electronic": True,
            "done_at": AT + timedelta(days=changed) if changed else None,
        }
        for number in range(7)
        for changed in ((0, 3) if number < 5 else (0,))
    ]
    (row,) = figures("mart.correspondence_by_unit", sipadek__letters=letters)
    assert (row["day"], row["letters"], row["electronic"], row["done"]) == (AT.date(), 7, 7, 5)
