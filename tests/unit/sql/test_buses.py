"""Buses over a made-up timetable: late, early, or never there; sightings that are lost, a trip past
midnight, a line that passes a stop twice, a trip on which people rode and that nobody saw.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.unit.sql.figures import Rows, figures

ZONE = ZoneInfo("Asia/Jakarta")
DAY = datetime(2020, 3, 9, tzinfo=ZONE)
LINE = ("S01", "S02", "S03", "S04")
STOPS = [
    {"stop_id": stop, "lat": -1.6, "lon": 103.6 + n / 100, "_partition": "2020-03-09"}
    for n, stop in enumerate(LINE)
]


def calls(trip: str, start: int, stops: Iterable[str] = LINE) -> list[dict[str, Any]]:
    """Return the timetable of a trip that starts ``start`` minutes after midnight, 10 a leg."""
    return [
        {
            "trip_id": trip,
            "stop_sequence": n + 1,
            "stop_id": stop,
            "arrival_time": f"{(start + 10 * n) // 60:02}:{(start + 10 * n) % 60:02}:00",
            "_partition": str(DAY.date()),
        }
        for n, stop in enumerate(stops)
    ]


def seen(trip: str, minute: float, stop: str) -> dict[str, Any]:
    at = DAY + timedelta(minutes=minute)
    return {
        "vehicle_id": f"KT-{trip}",
        "observed_at": at,
        "trip_id": trip,
        "route_id": "K1",
        "next_stop_id": stop,
        "status": "IN_TRANSIT_TO",
    }


def punctuality(timetable: Rows, positions: Rows) -> dict[str, tuple[Any, ...]]:
    one = [str(DAY.date())]
    rows = figures(
        "kpi.buses_on_time",
        {
            "kojatrans.stop_times": one,
            "kojatrans.positions": [*one, str(DAY.date() + timedelta(days=1))],
        },
        kojatrans__stop_times=timetable,
        kojatrans__positions=positions,
    )
    return {row["measure"]: (row["numerator"], row["denominator"], row["value"]) for row in rows}


def test_a_sighting_that_is_lost_leaves_the_headways_at_other_stops_as_they_are() -> None:
    trips = {f"T{n}": 360 + 20 * n for n in range(6)}
    timetable = [row for trip, start in trips.items() for row in calls(trip, start)]
    every = [
        seen(trip, start + 10 * n, stop)
        for trip, start in trips.items()
        for n, stop in enumerate(LINE)
        if n
    ]
    assert punctuality(timetable, every)["headway"] == (300, 15, 20.0)
    lost = [row for row in every if (row["trip_id"], row["next_stop_id"]) != ("T3", "S03")]
    assert punctuality(timetable, lost)["headway"] == (300, 14, 21.43)


def test_a_row_of_the_timetable_that_is_withheld_on_one_day_leaves_the_way_of_the_next_stop() -> (
    None
):
    trips = {"T1": 360, "T2": 380, "T3": 400}
    timetable = [row for trip, start in trips.items() for row in calls(trip, start)]
    withheld = [row for row in timetable if (row["trip_id"], row["stop_id"]) != ("T2", "S02")]
    other = [{**row, "_partition": "2020-03-10"} for row in timetable]
    positions = [seen(trip, start + 20, "S03") for trip, start in trips.items()]
    assert punctuality([*withheld, *other], positions)["headway"] == (40, 2, 20.0)


def test_a_trip_past_midnight_is_seen_on_its_service_day() -> None:
    timetable = calls("T1", 23 * 60 + 45)
    positions = [seen("T1", 23 * 60 + 45 + 10 * n, stop) for n, stop in enumerate(LINE) if n]
    found = punctuality(timetable, positions)
    assert found["seen"] == found["on_time"] == (3, 3, 100.0)


def test_a_stop_that_a_trip_passes_twice_is_reached_twice() -> None:
    timetable = calls("T1", 360, ("S01", "S02", "S03", "S02"))
    positions = [seen("T1", 370, "S02"), seen("T1", 380, "S03")]
    assert punctuality(timetable, positions)["seen"] == (2, 3, 66.7)
    positions = [*positions, seen("T1", 401, "S02")]
    found = punctuality(timetable, positions)
    assert (found["seen"], found["on_time"][0]) == ((3, 3, 100.0), 2)


def test_riders_and_seats_are_of_the_same_trips() -> None:
    timetable = [*calls("T1", 360), *calls("T2", 400)]
    taps = [
        {
            "card_id": str(n),
            "tapped_at": DAY + timedelta(minutes=400 if n % 2 else 360),
            "trip_id": "T2" if n % 2 else "T1",
            "route_id": "K1",
            "stop_id": "S01",
        }
        for n in range(10)
    ]
    claims = [
        {
            "claim_id": "C1",
            "subject": "Koja Trans",
            "measure": "seats a vehicle",
            "value": 10.0,
            "status": "disputed",
            "_partition": "2026-10-01",
        }
    ]
    rows = figures(
        "kpi.bus_capacity",
        {f"kojatrans.{table}": [str(DAY.date())] for table in ("stop_times", "positions", "taps")},
        kojatrans__stop_times=timetable,
        kojatrans__positions=[seen("T1", 370, "S02")],
        kojatrans__taps=taps,
        kojatrans__stops=STOPS,
        register_kota__claims=claims,
    )
    found = {row["measure"]: row for row in rows}
    assert (found["load_at_most"]["numerator"], found["load_at_most"]["denominator"]) == (10, 20)
    assert found["seat_km"]["value"] == pytest.approx(2 * 3 * 1.112 * 10, abs=0.1)


def of_three_trips(*positions: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Return what is told of three trips that leave at 7, 8 and 9 and are due 10 minutes later."""
    trips = [row for n in range(3) for row in calls(f"T{n + 1}", 420 + 60 * n, LINE[:2])]
    return punctuality(trips, positions)


def test_five_minutes_are_on_time_and_a_second_more_is_not() -> None:
    found = of_three_trips(
        seen("T1", 435, "S02"), seen("T2", 495 + 1 / 60, "S02"), seen("T3", 545, "S02")
    )
    assert found["on_time"] == (2, 3, 66.7)
    assert found["headway"] == (110.0, 2, 55.0)


def test_a_bus_that_never_came_is_not_on_time_and_one_that_waits_has_arrived() -> None:
    found = of_three_trips(
        seen("T1", 429.75, "S02"),
        {**seen("T1", 430, "S02"), "status": "STOPPED_AT"},
        {**seen("T1", 460, "S02"), "status": "STOPPED_AT"},
        seen("T2", 484 + 59 / 60, "S02"),
    )
    assert found["on_time"] == (1, 3, 33.3), "early by more than five minutes is not on time either"
    assert found["seen"] == (2, 3, 66.7)
