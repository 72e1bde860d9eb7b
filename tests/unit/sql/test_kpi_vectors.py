"""KPIs over a few rows written by hand, for what the demo city does not show: a known target or
budget, sources that disagree, and few persons.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.unit.sql.figures import Partition, computed, days

TODAY = date(2026, 6, 16)
TABLES = {
    "register_kota.targets": ("kpi", "measure", "period", "value", "unit", "valid_from"),
    "register_kota.claims": ("claim_id", "subject", "measure", "value", "as_of", "status"),
    "eparking.deposits": (
        "deposited_on",
        "attendant_id",
        "deposit_expected_idr",
        "deposit_actual_idr",
    ),
    "eparking.payments": ("paid_at", "amount_idr"),
    "pbb.bills": ("issued_at", "paid_at", "status", "amount_idr", "penalty_idr"),
    "epayment.settlements": ("paid_at", "channel", "amount_idr"),
    "pakarkasih.worker_days": ("worked_on", "worker_id"),
    "pakarkasih.payments": ("paid_on", "worker_id", "amount_idr"),
    "lpg.cards": ("card_no", "quota", "issued_on", "revoked_on"),
    "lpg.outlets": ("outlet_id", "ceiling_idr"),
    "lpg.redemptions": ("card_no", "redeemed_at", "outlet_id", "cylinders", "price_idr"),
    "sdm_tik.staff": ("agency_code", "_partition"),
    "sdm_tik.trainings": ("held_on", "hours", "participants"),
}
"""The columns of the rows given here, in their order."""
HARVEST = "harvest"
"""Where rows by table say what was harvested: datasets and their partitions that passed."""
Rows = list[tuple[Any, ...]]
Told = dict[tuple[str, ...], dict[str, Any]]
Ask = Callable[[str, dict[str, Rows]], Told]


@pytest.fixture
def kpi() -> Ask:
    """Return what computes a KPI over rows by table; every table not given is empty."""

    def ask(name: str, rows: dict[str, Rows]) -> Told:
        tables = {
            table.replace(".", "__"): [dict(zip(TABLES[table], row, strict=True)) for row in given]
            for table, given in rows.items()
            if table != HARVEST
        }
        harvest: dict[str, list[Partition]] = {}
        for dataset, *partition in rows.get(HARVEST, ()):
            harvest.setdefault(dataset, []).append((partition[0], partition[1], partition[2]))
        nothing = {f"eparking.{name}": [] for name in ("deposits", "payments")} | {"pbb.bills": []}
        return computed(name, TODAY, passed=nothing | harvest, **tables)

    return ask


def whole_year(dataset: str, year: int) -> dict[str, Rows]:
    """Return the harvest of a whole year of a dataset."""
    every = days(date(year, 1, 1), date(year, 12, 31))
    return {HARVEST: [(dataset, day, 10, 10) for day in every]}


def together(*sources: dict[str, Rows]) -> dict[str, Rows]:
    return {
        table: [row for rows in sources for row in rows.get(table, ())]
        for table in {table for rows in sources for table in rows}
    }


def test_a_whole_year_is_held_against_the_target_set_last(kpi: Ask) -> None:
    found = kpi(
        "local_revenue_realised",
        together(
            whole_year("eparking.deposits", 2024),
            whole_year("eparking.payments", 2024),
            {
                "eparking.deposits": [(date(2024, 3, 1), f"JP-{n}", 1000, 900) for n in range(5)],
                "eparking.payments": [("2024-12-31T23:30:00+07:00", 100)] * 5,
                "register_kota.targets": [
                    ("E1", "parking", "2024", 9000, "IDR", date(2024, 1, 1)),
                    ("E1", "parking", "2024", 8000, "IDR", date(2024, 9, 1)),
                ],
            },
        ),
    )
    year, deposits = found["2024", "parking"], found["2024-03", "parking_deposits"]
    assert (
        year["numerator"],
        year["denominator"],
        year["value"],
        year["status"],
        year["completeness"],
    ) == (5000, 8000, 62.5, "final", 1.0)
    assert (
        deposits["numerator"],
        deposits["denominator"],
        deposits["value"],
        deposits["status"],
    ) == (4500, 5000, 90.0, "final")


def test_a_year_of_which_only_deposits_were_harvested_is_not_whole(kpi: Ask) -> None:
    rows = {
        "eparking.deposits": [(date(2024, 3, 1), f"JP-{n}", 1000, 900) for n in range(5)],
        "register_kota.targets": [("E1", "parking", "2024", 9000, "IDR", date(2024, 1, 1))],
    }
    year = kpi("local_revenue_realised", together(whole_year("eparking.deposits", 2024), rows))[
        "2024", "parking"
    ]
    assert (year["value"], year["status"], year["reason"], year["completeness"]) == (
        50.0,
        "provisional",
        "incomplete",
        0.0,
    )


def test_bills_all_but_a_few_of_which_are_paid_do_not_tell_who_owes(kpi: Ask) -> None:
    paid = [("2024-03-01T09:00:00+07:00", "2024-03-02T09:00:00+07:00", "lunas", 100, 0)] * 9
    open_bill = ("2024-03-01T09:00:00+07:00", None, "terbit", 700, 0)
    few = kpi(
        "local_revenue_realised",
        together(whole_year("pbb.bills", 2024), {"pbb.bills": [*paid, open_bill]}),
    )["2024-03", "pbb_bills"]
    assert (few["numerator"], few["value"], few["reason"], few["base_cases"]) == (
        None,
        None,
        "few",
        10,
    )
    many = kpi(
        "local_revenue_realised",
        together(whole_year("pbb.bills", 2024), {"pbb.bills": [*paid, *[open_bill] * 5]}),
    )["2024-03", "pbb_bills"]
    assert (many["numerator"], many["denominator"], many["value"], many["reason"]) == (
        900,
        4400,
        20.5,
        None,
    ), "what is unpaid six months after its month is not waited for"


CLAIMS = [
    ("C7", "PakarKasih", "budget", 3e9, "2020", "stated"),
    ("C8", "PakarKasih", "budget", 2.9e9, "2021", "disputed"),
    ("C9", "PakarKasih", "budget", 3e9, "2021", "disputed"),
]


@pytest.mark.parametrize(
    ("year", "workers", "told"),
    [
        (2020, 5, (550_000, 3_000_000_000, 0.0, None, "budget C7")),
        (2021, 5, (550_000, None, None, "no_budget", "no budget")),
        (2020, 4, (None, 3_000_000_000, None, "few", "budget C7")),
    ],
)
def test_wages_are_held_against_a_budget_sources_agree_on(
    kpi: Ask, year: int, workers: int, told: tuple
) -> None:
    paid = [(date(year, 10, 3), f"PK-{n}", 550_000 // workers) for n in range(workers)]
    rows = together(
        whole_year("pakarkasih.payments", year),
        {"pakarkasih.payments": paid, "register_kota.claims": CLAIMS},
    )
    row = kpi("river_cleaning_wages", rows)[str(year), "budget_paid"]
    assert (
        tuple(row[name] for name in ("numerator", "denominator", "value", "reason", "vintage"))
        == told
    )


@pytest.mark.parametrize(("completeness", "status"), [(1.0, "final"), (0.5, "provisional")])
def test_the_quota_is_that_of_cards_in_force_and_the_ceiling_that_of_the_outlet(
    kpi: Ask, completeness: float, status: str
) -> None:
    cards = [
        *((f"K{n}", 4, date(2020, 1, 1), None) for n in range(12)),
        ("old", 4, date(2020, 1, 1), date(2024, 2, 29)),
        ("new", 4, date(2024, 4, 1), None),
    ]
    when = "2024-03-31T23:00:00+07:00"
    rows = {
        "lpg.cards": cards,
        "lpg.outlets": [("A", 20_000)],
        "lpg.redemptions": [
            *((f"K{n}", when, "A", 1, 20_000) for n in range(6)),
            ("old", when, "B", 2, 18_000),
            *((f"K{n}", when, "B", 1, 18_001) for n in range(5)),
        ],
        "register_kota.claims": [
            ("C71", "LPG 3 kg", "retail price ceiling (HET)", 18_000, "2022", "stated")
        ],
        HARVEST: [
            ("lpg.cards", "2024-04-01", 10, 10 * completeness),
            ("lpg.outlets", "2024-03-31", 10, 10),
        ],
    }
    found = kpi("lpg_quota_used", together(whole_year("lpg.redemptions", 2024), rows))
    quota, above = found["2024-03", "quota_used"], found["2024-03", "above_ceiling"]
    assert (
        quota["numerator"],
        quota["denominator"],
        quota["value"],
        quota["status"],
        quota["completeness"],
    ) == (11, 48, 22.9, status, completeness)
    assert (above["denominator"], above["numerator"], above["value"], above["reason"]) == (
        12,
        None,
        None,
        "few",
    ), "two of seven cards never paid more"
    assert (above["rule_version"], above["vintage"]) == ("HET", "else C71")


@pytest.mark.parametrize(
    ("staff", "shown"),
    [({"A": 9, "B": 3}, False), ({"A": 9, "B": 3, "C": 2}, True), ({"A": 9, "B": 6}, True)],
)
def test_the_total_does_not_tell_the_one_agency_that_is_not_shown(
    kpi: Ask, staff: dict[str, int], shown: bool
) -> None:
    rows = {
        "sdm_tik.staff": [
            (agency, "2026-05-31") for agency, many in staff.items() for _ in range(many)
        ],
        HARVEST: [("sdm_tik.staff", "2026-05-31", 16, 16), ("sdm_tik.staff", "2026-06-01", 16, 16)],
    }
    found = kpi("ict_staff_and_training", rows)
    assert {agency: found["2026-05", "staff", agency]["value"] for agency in staff} == {
        agency: many if many >= 5 else None for agency, many in staff.items()
    }
    mean = found["2026-05", "staff_per_agency", ""]
    assert (mean["value"] is not None, mean["status"]) == (
        shown,
        "final" if shown else "not available",
    )
