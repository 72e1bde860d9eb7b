"""KPIs of living over made-up rows: what the demo city does not hold, such as a month that is
whole, a town of four cameras or a card nearly nobody lost.
"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.unit.sql.figures import SEPTEMBER, computed, days, standing
from tests.unit.sql.test_kpis_of_governance import MONTH, START, ZONE

PEOPLE = {
    "mart__population": [{"year": 2026, "population": 640_000, "as_of": "2026", "is_of_year": True}]
}


def beats(camera: int, days: int = 30, lost: int = 0) -> list[dict[str, Any]]:
    """Return the heartbeats of one camera, every five minutes from the first of the month,
    without the first ``lost``.
    """
    first = datetime.combine(MONTH, datetime.min.time(), ZONE)
    times = [first + timedelta(minutes=5 * n) for n in range(lost, 288 * days)]
    return [
        {"camera_id": str(camera), "sent_at": at, "status": "online", "stream_ok": True}
        for at in times
    ]


def registered(*installed: date) -> list[dict[str, Any]]:
    return [
        {"camera_id": str(number), "installed_on": day}
        for number, day in enumerate(installed, start=1)
    ]


def test_a_camera_is_expected_from_the_day_it_was_installed_and_its_silence_counts() -> None:
    cameras = registered(*[date(2020, 1, 1)] * 4, date(2026, 9, 30), date(2026, 10, 1))
    sent = (
        [beat for number in (1, 2, 3) for beat in beats(number)]
        + beats(4, lost=288)
        + beats(6)
        + beats(9)
    )
    month = days(MONTH, date(2026, 9, 30))
    taken = [{"_partition": "2026-09-20", **camera} for camera in cameras]
    rows = computed(
        "camera_availability",
        passed={"cctv.heartbeats": month, "cctv.cameras": [("2026-09-20", 6, 6)]},
        cctv__cameras=taken,
        cctv__heartbeats=sent,
    )
    up, due = 288 * (3 * 30 + 29), 288 * (4 * 30 + 1)
    assert standing(rows["2026-09",]) == (up, due, 98.3, "provisional", "register_of_now")
    assert rows["2026-09",]["cameras"] == 5
    later = [{"_partition": "2026-10-20", **cameras[0]}]
    first = [{"_partition": "2026-10-01", **camera} for camera in cameras]
    rows = computed(
        "camera_availability",
        passed={
            "cctv.heartbeats": month,
            "cctv.cameras": [("2026-09-20", 6, 6), ("2026-10-01", 6, 6), ("2026-10-20", 1, 1)],
        },
        cctv__cameras=[*taken, *first, *later],
        cctv__heartbeats=sent,
    )
    assert standing(rows["2026-09",]) == (up, due, 98.3, "final", None), (
        "the register of September is the first that was taken after it"
    )


def test_availability_of_four_cameras_is_not_told() -> None:
    rows = computed(
        "camera_availability",
        cctv__cameras=registered(*[date(2020, 1, 1)] * 4),
        cctv__heartbeats=beats(1),
    )
    assert standing(rows["2026-09",]) == (None, None, None, "not available", "few")


def cards(kind: str, in_force: int, revoked: int) -> list[dict[str, Any]]:
    ended = [None] * in_force + [date(2025, 3, 1)] * revoked
    return [
        {
            "card_no": f"{kind}{n}",
            "family_card_no": f"{kind}{n // 2}",
            "kind": kind,
            "revoked_on": moment,
        }
        for n, moment in enumerate(ended)
    ]


def test_a_household_with_two_cards_is_one_and_how_many_are_eligible_stays_unknown() -> None:
    rows = computed("households_with_lpg_card", lpg__cards=cards("RT", 20, 5) + cards("UM", 10, 0))
    assert standing(rows["2026-10-01", "households"]) == (
        10,
        None,
        None,
        "not available",
        "no_total",
    )
    assert standing(rows["2026-10-01", "household_cards"]) == (20, 25, 80.0, "final", None)
    assert standing(rows["2026-10-01", "business_cards"]) == (10, 10, 100.0, "final", None)


@pytest.mark.parametrize(("in_force", "revoked"), [(4, 20), (20, 1), (20, 4), (1, 0)])
def test_few_cards_in_force_or_revoked_empty_the_row(in_force: int, revoked: int) -> None:
    rows = computed(
        "households_with_lpg_card", lpg__cards=cards("RT", 20, 5) + cards("UM", in_force, revoked)
    )
    assert standing(rows["2026-10-01", "business_cards"]) == (
        None,
        None,
        None,
        "not available",
        "few",
    )


SEGMENTS = [
    {"segment_id": "1", "from_site": "A", "to_site": "B", "length_m": 1500.0, "status": "aktif"},
    {"segment_id": "2", "from_site": "B", "to_site": "C", "length_m": 500.0, "status": "aktif"},
    {"segment_id": "3", "from_site": "C", "to_site": "D", "length_m": 1234.0, "status": "putus"},
]


def outage(begun: datetime, hours: float | None) -> dict[str, Any]:
    return {
        "outage_no": str(begun),
        "started_at": begun,
        "ended_at": None if hours is None else begun + timedelta(hours=hours),
    }


def test_a_site_is_connected_by_a_segment_in_use_and_counts_once() -> None:
    rows = computed(
        "fibre_network",
        fiber__segments=SEGMENTS,
        fiber__outages=[outage(START, 1.25), outage(START + timedelta(days=1), 0.5)],
    )
    assert standing(rows["2026-10-01", "laid_km"]) == (3.234, None, 3.234, "final", None)
    assert standing(rows["2026-10-01", "in_use_km"]) == (2.0, 3.234, 61.8, "final", None)
    assert standing(rows["2026-10-01", "sites"]) == (3, None, 3, "final", None)
    assert standing(rows["2026-09", "downtime_hours"]) == (1.75, None, 1.75, "final", None)
    assert standing(rows["2026-09", "open_outages"]) == (0, 2, 0.0, "final", None)


def test_an_open_outage_has_no_hours_yet_and_keeps_the_month_provisional() -> None:
    last = datetime(2026, 9, 30, 22, tzinfo=ZONE)
    rows = computed(
        "fibre_network",
        fiber__segments=SEGMENTS,
        fiber__outages=[outage(START, 1), outage(last, None)],
    )
    assert standing(rows["2026-09", "downtime_hours"]) == (
        1.0,
        None,
        1.0,
        "provisional",
        "open_cases",
    )
    assert standing(rows["2026-09", "open_outages"]) == (1, 2, 50.0, "provisional", "open_cases")


def complaint(category: str, region: str = "15.71.01.1001") -> dict[str, Any]:
    return {
        "received_at": START,
        "category": category,
        "region_code": region,
        "state": "closed",
    }


def test_a_subject_nobody_wrote_about_has_a_row_and_a_month_is_not_made_a_year() -> None:
    given = (
        [complaint("pipe_leaks")] * 20 + [complaint("turbid_water")] * 12 + [complaint("roads")] * 9
    )
    rows = computed("street_light_and_water_complaints", sikesal__complaints=given, **PEOPLE)
    assert standing(rows["2026-09", "water"]) == (32, 640_000, 0.5, "final", None)
    assert standing(rows["2026-09", "street_lights"]) == (0, 640_000, 0.0, "final", None)


def air(day: int, ispu: int | None, is_valid: bool = True) -> dict[str, Any]:
    return {
        "day": date(2026, 9, day),
        "ispu": ispu,
        "is_valid_day": is_valid,
        "rule_version": "P.14/MENLHK/SETJEN/KUM.1/7/2020",
    }


def test_unhealthy_begins_at_101_and_a_day_with_too_few_readings_is_no_day() -> None:
    month = [
        air(1, 100),
        air(2, 101),
        air(3, 250),
        air(4, 400, is_valid=False),
        *(air(day, 40) for day in range(5, 31)),
    ]

    def unhealthy(*measured: dict[str, Any], until: int = 30) -> tuple[Any, ...]:
        rows = computed(
            "inhabitant_days_of_unhealthy_air",
            passed={"aqms.observations": SEPTEMBER[:until]},
            mart__ispu_daily=measured,
            **PEOPLE,
        )
        return standing(rows["2026-09",])

    assert unhealthy(*month) == (1_280_000, None, 1_280_000, "final", None)
    assert unhealthy(*month[:14], until=14) == (
        1_280_000,
        None,
        1_280_000,
        "provisional",
        "running",
    )
    assert unhealthy(*month[:23]) == (None, None, None, "not available", "few_valid_days"), (
        "22 of 30 days are fewer than three of four"
    )
    assert unhealthy(*month[:24]) == (1_280_000, None, 1_280_000, "final", None)
    assert unhealthy(month[3]) == (None, None, None, "not available", "no_valid_day")
