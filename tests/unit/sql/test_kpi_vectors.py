"""KPIs over a few rows written by hand, for what the demo city does not show: a known target or
budget, sources that disagree, and few persons.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import pytest

from pipelines.models.disclosure import disclosed
from pipelines.models.indicators import check
from pipelines.models.sqlfile import read_conventions, read_sql_file
from pipelines.settings import PROJECT

TODAY = date(2026, 6, 16)
TABLES = {
    "mart.harvest_days": "dataset VARCHAR, day DATE",
    "mart.harvest_months": (
        "dataset VARCHAR, month DATE, partitions BIGINT, harvested BIGINT, completeness DOUBLE,"
        " is_complete BOOLEAN"
    ),
    "mart.harvest_snapshots": "dataset VARCHAR, taken_on DATE, completeness DOUBLE",
    "register_kota.targets": (
        "kpi VARCHAR, measure VARCHAR, period VARCHAR, value DOUBLE, unit VARCHAR, valid_from DATE"
    ),
    "register_kota.claims": (
        "claim_id VARCHAR, subject VARCHAR, measure VARCHAR, value DOUBLE, as_of VARCHAR, status"
        " VARCHAR"
    ),
    "eparking.deposits": (
        "deposited_on DATE, attendant_id VARCHAR, deposit_expected_idr BIGINT, deposit_actual_idr"
        " BIGINT"
    ),
    "eparking.payments": "paid_at TIMESTAMPTZ, amount_idr BIGINT",
    "pbb.bills": (
        "issued_at TIMESTAMPTZ, paid_at TIMESTAMPTZ, status VARCHAR, amount_idr BIGINT, penalty_idr"
        " BIGINT"
    ),
    "epayment.settlements": "paid_at TIMESTAMPTZ, channel VARCHAR, amount_idr BIGINT",
    "pakarkasih.worker_days": "worked_on DATE, worker_id VARCHAR",
    "pakarkasih.payments": "paid_on DATE, worker_id VARCHAR, amount_idr BIGINT",
    "lpg.cards": "card_no VARCHAR, quota BIGINT, issued_on DATE, revoked_on DATE",
    "lpg.outlets": "outlet_id VARCHAR, ceiling_idr BIGINT",
    "lpg.redemptions": (
        "card_no VARCHAR, redeemed_at TIMESTAMPTZ, outlet_id VARCHAR, cylinders BIGINT, price_idr"
        " BIGINT"
    ),
    "sdm_tik.staff": "agency_code VARCHAR",
    "sdm_tik.trainings": "held_on DATE, hours BIGINT, participants BIGINT",
}
Rows = list[tuple[Any, ...]]
Told = dict[tuple[str, ...], dict[str, Any]]
Ask = Callable[[str, dict[str, Rows]], Told]


@pytest.fixture
def kpi() -> Ask:
    """Return what computes a KPI over rows by table; every table not given is empty."""

    def ask(name: str, rows: dict[str, Rows]) -> Told:
        model = read_sql_file(PROJECT / "sql" / "kpi" / f"{name}.sql", "kpi")
        with duckdb.connect() as con:
            con.execute(read_conventions(PROJECT / "sql"))
            for table, columns in TABLES.items():
                con.execute(
                    f"CREATE SCHEMA IF NOT EXISTS {table.partition('.')[0]}; CREATE TABLE {table}"
                    f" ({columns})"
                )
                for row in rows.get(table, ()):
                    con.execute(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in row)})", row)
            found = con.execute(
                model.query, {"today": TODAY} if "$today" in model.query else {}
            ).to_arrow_table()
        check(model, found)
        return {
            tuple(row[part] for part in model.key): row
            for row in disclosed(model, found).to_pylist()
        }

    return ask


def whole_year(dataset: str, year: int) -> dict[str, Rows]:
    """Return the harvest of a whole year of a dataset: its days, and its months."""
    days = [
        date.fromordinal(day)
        for day in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    ]
    months = [
        (dataset, date(year, month, 1), many, many, 1.0, True)
        for month in range(1, 13)
        if (many := sum(day.month == month for day in days))
    ]
    return {"mart.harvest_days": [(dataset, day) for day in days], "mart.harvest_months": months}


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
        "open_cases",
    )


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
        tuple(row[name] for name in ("numerator", "denominator", "value", "reason", "rule_version"))
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
        "mart.harvest_snapshots": [
            ("lpg.cards", date(2024, 4, 1), completeness),
            ("lpg.outlets", date(2024, 3, 31), 1.0),
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
    assert above["rule_version"] == "HET, else C71"


@pytest.mark.parametrize(
    ("staff", "shown"),
    [({"A": 9, "B": 3}, False), ({"A": 9, "B": 3, "C": 2}, True), ({"A": 9, "B": 6}, True)],
)
def test_the_total_does_not_tell_the_one_agency_that_is_not_shown(
    kpi: Ask, staff: dict[str, int], shown: bool
) -> None:
    rows = {
        "sdm_tik.staff": [(agency,) for agency, many in staff.items() for _ in range(many)],
        "mart.harvest_snapshots": [("sdm_tik.staff", date(2026, 5, 31), 1.0)],
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
