"""Part and whole are of the same days; figures over snapshots have a value for each that is kept;
what is not there says why.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.unit.sql.figures import computed, days, standing

START = datetime(2026, 9, 7, 8, tzinfo=ZoneInfo("Asia/Jakarta"))
PEOPLE = {
    "mart__population": [{"year": 2026, "population": 600_000, "as_of": "2023", "is_of_year": True}]
}
PROPOSAL = {"proposal_year": 2027, "stage": "kelurahan", "region_code": "15.71.01.1001"}
PER_INHABITANT = {
    ("complaints_per_inhabitant", "per_10000", 10_000): (
        "sikesal.complaints",
        [{"received_at": START, "region_code": "15.71.01.1001"}] * 30,
    ),
    ("street_light_and_water_complaints", "water", 10_000): (
        "sikesal.complaints",
        [{"received_at": START, "category": "pipe_leaks"}] * 30,
    ),
    ("bus_trips_per_inhabitant", None, 1000): (
        "kojatrans.taps",
        [{"tapped_at": START, "card_id": str(n)} for n in range(30)],
    ),
    ("proposals_per_inhabitant", "per_1000", 1000): (
        "eplanning.proposals",
        [{**PROPOSAL, "proposal_no": n, "updated_at": START} for n in range(30)],
    ),
    ("app_users_per_inhabitant", "downloads", 100_000): (
        "sikoja.usage",
        [
            {
                "used_on": date(2026, 9, 1) + timedelta(days=n),
                "module": "beranda",
                "user_kind": "masyarakat",
                "active_users": 1,
                "downloads": 30 if n == 0 else 0,
            }
            for n in range(30)
        ],
    ),
}


@pytest.mark.parametrize("harvested", [1, 7, 14, 30])
@pytest.mark.parametrize(("name", "measure", "base"), PER_INHABITANT)
def test_inhabitants_are_taken_for_the_days_their_cases_are_of(
    name: str, measure: str | None, base: int, harvested: int
) -> None:
    dataset, rows = PER_INHABITANT[name, measure, base]
    month = days(date(2026, 9, 31 - harvested), date(2026, 9, 30))
    if harvested < 30:
        month = days(date(2026, 9, 7), date(2026, 9, 6 + harvested))
    if name == "app_users_per_inhabitant":
        rows = [row for row in rows if row["used_on"].isoformat() in month]
    found = computed(name, passed={dataset: month}, **{dataset.replace(".", "__"): rows}, **PEOPLE)
    (row,) = [
        row
        for key, row in found.items()
        if key[0] == "2026-09" and row["region_code"] == "15.71" and row.get("measure") == measure
    ]
    whole = 600_000 * harvested // 30
    assert (row["denominator"], row["reason"]) == (whole, None if harvested == 30 else "running")
    assert row["value"] == pytest.approx(base * row["numerator"] / whole, abs=0.005)
    assert row["vintage"] == "population 2023" and "population" not in row["rule_version"]


@pytest.mark.parametrize("taken", [date(2026, 9, 14), date(2026, 10, 1)])
def test_requests_of_a_running_month_are_held_against_its_days_so_far(taken: date) -> None:
    rows = [{"received_on": date(2026, 9, 2), "_partition": taken.isoformat()}] * 7
    row = computed(
        "information_requests_per_inhabitant",
        passed={"ppid.requests": [taken.isoformat()]},
        ppid__requests=rows,
        **PEOPLE,
    )["2026-09",]
    assert row["denominator"] == (600_000 if taken.month == 10 else 280_000)


@pytest.mark.parametrize(("harvested", "quota", "value"), [(14, 112, 53.6), (30, 240, 25.0)])
def test_cylinders_of_half_a_month_are_held_against_the_quota_of_half_a_month(
    harvested: int, quota: int, value: float
) -> None:
    sold = [
        {"card_no": str(n), "redeemed_at": START, "cylinders": 1, "price_idr": 18_000}
        for n in range(60)
    ]
    row = computed(
        "lpg_quota_used",
        passed={"lpg.redemptions": days(date(2026, 9, 1), date(2026, 9, harvested))},
        lpg__redemptions=sold,
        lpg__cards=[
            {"card_no": str(n), "quota": 4, "issued_on": date(2020, 1, 1)} for n in range(60)
        ],
    )["2026-09", "quota_used"]
    assert standing(row, "numerator", "denominator", "value") == (60, quota, value)


FIRST, SECOND = "2026-09-01", "2026-10-01"
SITE = {"region_code": "15.71.01.1001", "length_m": 100.0, "sediment_m3": 1.0}
SEGMENT = {"from_site": "A", "to_site": "B", "status": "aktif"}
CARD = {"kind": "RT", "revoked_on": None}
SNAPSHOTS: dict[tuple[str, str, tuple[str, ...]], tuple[list[Any], list[Any], Any, Any]] = {
    ("services_reachable_online", "perizinan.services", ()): (
        [{"is_online": "ya"}, {"is_online": "tidak"}],
        [{"is_online": "ya"}],
        50.0,
        100.0,
    ),
    ("rivers_cleaned", "pakarkasih.sites", ("15.71", "cleaned")): (
        [{**SITE, "cleaned_m": 10.0, "state": "berjalan"}],
        [{**SITE, "cleaned_m": 70.0, "state": "berjalan"}],
        10.0,
        70.0,
    ),
    ("fibre_network", "fiber.segments", ("laid_km",)): (
        [{**SEGMENT, "length_m": 500.0}],
        [{**SEGMENT, "length_m": 500.0}] * 3,
        0.5,
        1.5,
    ),
    ("households_with_lpg_card", "lpg.cards", ("household_cards",)): (
        [{**CARD, "card_no": str(n)} for n in range(9)],
        [
            {**CARD, "card_no": str(n), "revoked_on": START.date() if n > 9 else None}
            for n in range(20)
        ],
        100.0,
        50.0,
    ),
}


@pytest.mark.parametrize(("name", "dataset", "key"), SNAPSHOTS)
def test_each_snapshot_that_is_kept_has_its_figure(
    name: str, dataset: str, key: tuple[str, ...]
) -> None:
    first, second, before, after = SNAPSHOTS[name, dataset, key]
    rows = [{**row, "_partition": FIRST} for row in first]
    rows += [{**row, "_partition": SECOND} for row in second]
    found = computed(name, passed={dataset: [FIRST, SECOND]}, **{dataset.replace(".", "__"): rows})
    assert {taken: found[taken, *key]["value"] for taken in (FIRST, SECOND)} == {
        FIRST: before,
        SECOND: after,
    }
    assert {found[taken, *key]["status"] for taken in (FIRST, SECOND)} == {"final"}


@pytest.mark.parametrize(
    ("name", "dataset", "first", "second"),
    [
        ("adaptive_junctions", "atcs.intersections", [{"is_adaptive": True}] * 7, []),
        (
            "streets_with_cameras",
            "cctv.cameras",
            [{"intersection_id": str(n)} for n in range(7)],
            [{"intersection_id": "1"}] * 9,
        ),
    ],
)
def test_each_register_that_is_kept_has_its_count(
    name: str, dataset: str, first: list[Any], second: list[Any]
) -> None:
    rows = [{**row, "_partition": FIRST} for row in first]
    rows += [{**row, "_partition": SECOND} for row in second]
    found = computed(name, passed={dataset: [FIRST, SECOND]}, **{dataset.replace(".", "__"): rows})
    few = None if second else 0
    assert [found[taken, "registered"]["numerator"] for taken in (FIRST, SECOND)] == [7, few]


def test_staff_of_each_month_is_that_of_its_last_list() -> None:
    lists = {"2026-08-03": 9, "2026-08-31": 12, "2026-09-30": 20}
    rows = [
        {"agency_code": "A", "_partition": taken}
        for taken, many in lists.items()
        for _ in range(many)
    ]
    found = computed(
        "ict_staff_and_training", passed={"sdm_tik.staff": [*lists]}, sdm_tik__staff=rows
    )
    assert {key: standing(row, "value", "reason") for key, row in found.items()} == {
        ("2026-08", "staff_per_agency", ""): (12, None),
        ("2026-08", "staff", "A"): (12, None),
        ("2026-09", "staff_per_agency", ""): (20, "running"),
        ("2026-09", "staff", "A"): (20, "running"),
    }


def daily(dataset: str) -> dict[str, Any]:
    """Return an open dataset that comes every day."""
    return {
        "dataset": dataset,
        "application": "a",
        "cadence": "daily",
        "is_public": True,
        "delivery": "events",
        "active_to": date(2030, 1, 1),
    }


def passed(dataset: str, partition: str, judged: str) -> dict[str, Any]:
    """Return the verdict by which a partition of one row passed, on a day at six."""
    return {
        "dataset": dataset,
        "partition": partition,
        "verdict": "passed",
        "delivered": 1,
        "judged_at": datetime.fromisoformat(f"{judged}T06:00:00+07:00"),
    }


@pytest.mark.parametrize("today", [date(2026, 10, 1), date(2026, 12, 5)])
def test_published_datasets_of_past_months_are_those_that_had_passed_by_then(today: date) -> None:
    """By a clock that is ahead of the data too, which says that months are past of which no day has
    come.
    """
    verdicts = [
        ("a.x", "2026-07-31", "2026-08-01"),
        ("a.x", "2026-07-31", "2026-09-20"),
        ("a.x", "2026-08-20", "2026-08-21"),
        ("a.y", "2026-07-01", "2026-09-05"),
        ("a.y", "2026-09-30", "2026-10-01"),
    ]
    found = computed(
        "open_datasets_published",
        today,
        lumbung__datasets=[daily("a.x"), daily("a.y")],
        lumbung__verdict_history=[passed(*verdict) for verdict in verdicts],
        mart__harvest_days=[{"dataset": "a.y", "day": date(2026, 9, 30)}],
    )
    assert {key: standing(row) for key, row in found.items() if key[0] < f"{today:%Y-%m}"} == {
        ("2026-08", "published"): (1, None, 1.0, "final", None),
        ("2026-08", "fresh"): (0, 1, 0.0, "final", None),
        ("2026-08", "inventory"): (1, None, None, "not available", "no_total"),
        ("2026-08", "systems"): (1, None, None, "not available", "no_total"),
        ("2026-09", "published"): (2, None, 2.0, "final", None),
        ("2026-09", "fresh"): (1, 2, 50.0, "final", None),
        ("2026-09", "inventory"): (2, None, None, "not available", "no_total"),
        ("2026-09", "systems"): (1, None, None, "not available", "no_total"),
    }
    assert found[f"{today:%Y-%m}", "published"]["reason"] == "running"


def test_a_dataset_whose_contract_was_removed_takes_no_month_with_it() -> None:
    verdicts = [("gone.z", "2026-06-30", "2026-07-01"), ("a.x", "2026-08-31", "2026-09-01")]
    found = computed(
        "open_datasets_published",
        date(2026, 9, 2),
        lumbung__datasets=[daily("a.x")],
        lumbung__verdict_history=[passed(*verdict) for verdict in verdicts],
        mart__harvest_days=[{"dataset": "a.x", "day": date(2026, 8, 31)}],
    )
    assert [period for period, measure in found if measure == "published"] == [
        "2026-07",
        "2026-08",
        "2026-09",
    ]


def test_a_whole_of_nothing_has_a_reason() -> None:
    found = computed(
        "procurement_by_value",
        sirajakoja__packages=[{"published_at": START, "budget_idr": 0, "method": "open"}],
    )
    assert standing(found["2026-09", "electronic"]) == (0, 0, None, "not available", "no_cases")
    target = {"kpi": "E1", "measure": "pbb", "period": "2026", "unit": "IDR", "value": 0.0}
    bill = {"status": "lunas", "paid_at": START, "issued_at": START, "penalty_idr": 0}
    found = computed(
        "local_revenue_realised",
        pbb__bills=[{**bill, "amount_idr": 0}] * 6,
        register_kota__targets=[{**target, "valid_from": date(2026, 1, 1)}],
    )
    assert standing(found["2026", "pbb"], "value", "reason") == (None, "no_target")
    assert standing(found["2026-09", "pbb_bills"], "value", "reason") == (None, "no_cases")
    found = computed(
        "lpg_quota_used",
        lpg__redemptions=[
            {"card_no": str(n), "redeemed_at": START, "cylinders": 1} for n in range(9)
        ],
        lpg__cards=[{"card_no": str(n), "quota": 0, "issued_on": START.date()} for n in range(9)],
    )
    assert found["2026-09", "quota_used"]["status"] == "not available"
