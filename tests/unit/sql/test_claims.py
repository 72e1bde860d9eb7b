"""Claims over made-up rows: without a time, of a span of years, twice of the same month, disputed.
One that cannot be read is told and costs no other.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.unit.sql.figures import figures

ZONE = ZoneInfo("Asia/Jakarta")
AT = datetime(2026, 9, 7, 8, tzinfo=ZONE)


def claim(
    number: int,
    subject: str,
    measure: str,
    value: float | None,
    as_of: str | None,
    status: str = "stated",
) -> dict[str, Any]:
    return {
        "claim_id": f"C{number:03}",
        "subject": subject,
        "measure": measure,
        "value": value,
        "as_of": as_of,
        "status": status,
        "_partition": "2026-10-01",
    }


def people(number: int, value: float | None, as_of: str | None, **more: str) -> dict[str, Any]:
    return claim(number, "Kota Jambi", "population", value, as_of, **more)


def test_a_claim_that_cannot_be_read_is_told_and_the_others_go_on() -> None:
    claims = [
        people(1, 606_200, "2020"),
        people(2, 600_000, "2019-2020"),
        people(3, 500_000, None),
        people(4, None, "2021", status="not available"),
        people(5, 1e300, "2022"),
        people(6, 700_000, "2023", status="disputed"),
        people(7, 650_000, "2024-13"),
    ]
    told = {
        row["claim_id"]: row["problem"]
        for row in figures("mart.claims", register_kota__claims=claims)
    }
    assert told == {
        "C001": None,
        "C002": "no_period",
        "C003": "no_time",
        "C004": "status",
        "C005": "no_number",
        "C006": "status",
        "C007": "no_period",
    }
    known = figures("mart.population", register_kota__claims=claims)
    assert {(row["population"], row["as_of"]) for row in known} == {(606_200, "2020")}
    assert len(known) == 7


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_populations_of_a_year_the_one_entered_last_counts_in_any_order(
    turned: bool,
) -> None:
    claims = [people(22, 606_200, "2020"), people(80, 604_378, "2020")]
    claims = claims[::-1] if turned else claims
    known = figures("mart.population", register_kota__claims=claims)
    assert {row["population"] for row in known} == {604_378}
    told = figures("mart.claims", register_kota__claims=claims)
    assert {row["claim_id"]: row["problem"] for row in told} == {
        "C022": "later_claim",
        "C080": None,
    }


def ceiling(number: int, value: float, as_of: str) -> dict[str, Any]:
    return claim(number, "LPG 3 kg", "retail price ceiling (HET)", value, as_of)


def redemption(price: int) -> dict[str, Any]:
    return {
        "redeemed_at": AT,
        "card_no": str(price),
        "outlet_id": "P",
        "cylinders": 1,
        "price_idr": price,
    }


def test_a_redemption_is_held_against_the_ceiling_that_the_register_states_for_its_day() -> None:
    claims = [
        ceiling(1, 18_000, "2022"),
        ceiling(2, 19_000, "2026-09"),
        ceiling(3, 25_000, "2026-09-08"),
    ]
    sold = [redemption(price) for price in (18_500, 19_500, 20_000, 24_000, 26_000, 27_000)]
    (row,) = figures(
        "mart.lpg_redemptions_daily", lpg__redemptions=sold, register_kota__claims=claims
    )
    assert (row["above_ceiling"], row["above_ceiling_percent"]) == (5, 83.3)
    (row,) = figures(
        "mart.lpg_redemptions_daily", lpg__redemptions=sold, register_kota__claims=claims[2:]
    )
    assert (row["redemptions"], row["above_ceiling"], row["above_ceiling_percent"]) == (
        6,
        None,
        None,
    ), "no ceiling is known of a day before the first"


@pytest.mark.parametrize(
    ("name", "subject"), [("adaptive_junctions", "ATCS"), ("streets_with_cameras", "CCTV")]
)
def test_sources_that_disagree_are_shown_side_by_side_and_a_bad_one_stops_nothing(
    name: str, subject: str
) -> None:
    claims = [
        claim(1, subject, "intersections", 23, "2021-10"),
        claim(2, subject, "intersections", 29, "2021-10", "disputed"),
        claim(3, subject, "intersections", 19, "2019-2020"),
        claim(4, subject, "intersections", 18, None),
        claim(5, subject, "intersections", 90, "2021-10", "refuted"),
    ]
    rows = figures(f"kpi.{name}", register_kota__claims=claims)
    found = {row["measure"]: (row["period"], row["numerator"], row["vintage"]) for row in rows}
    assert found == {
        "registered": ("2026-10-01", 0, None),
        "claimed_most": ("2021-10", 29, "C002"),
        "claimed_least": ("2021-10", 23, "C001"),
    }


def test_a_budget_without_a_time_leaves_those_of_other_years() -> None:
    claims = [
        claim(1, "PakarKasih", "budget", 1000, "2026"),
        claim(2, "PakarKasih", "budget", 3000, None),
        claim(3, "PakarKasih", "budget", 3000, "sekitar 2021"),
    ]
    paid = [{"paid_on": AT.date(), "worker_id": str(n), "amount_idr": 100} for n in range(5)]
    rows = figures(
        "kpi.river_cleaning_wages", pakarkasih__payments=paid, register_kota__claims=claims
    )
    (budget,) = [row for row in rows if row["measure"] == "budget_paid"]
    assert (budget["numerator"], budget["denominator"], budget["value"]) == (500, 1000, 50.0)


def test_the_share_above_the_ceiling_is_of_redemptions_whose_ceiling_is_known() -> None:
    sold = [redemption(price) for price in (18_500, 19_500, 20_000, 24_000, 26_000, 27_000)]
    for claims, share in (
        ([ceiling(1, 19_000, "2022")], (5, 6, "else C001")),
        ([ceiling(1, 19_000, "2026-10")], (0, 0, None)),
    ):
        rows = figures(
            "kpi.lpg_quota_used",
            lpg__redemptions=sold,
            lpg__outlets=[{"outlet_id": "P", "_partition": "2026-10-01"}],
            register_kota__claims=claims,
        )
        (above,) = [row for row in rows if row["measure"] == "above_ceiling"]
        assert (above["numerator"], above["denominator"], above["vintage"]) == share
