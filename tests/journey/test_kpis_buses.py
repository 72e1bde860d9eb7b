"""KPIs of the city bus against plain Python over the demo city; and punctuality over buses that
are late, early, or never come.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import duckdb
import pytest

from demo.city import City
from demo.systems import bus, bus_positions
from pipelines.models.sqlfile import read_conventions, read_sql_file
from pipelines.settings import PROJECT
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    broken,
    compare,
    complete,
    for_days,
    half_up,
    is_few,
    passed,
    rows_of,
    share,
    withheld,
)

pytestmark = pytest.mark.xdist_group("city")
ZONE = ZoneInfo("Asia/Jakarta")
MONTH, POPULATION, SEATS = "2020-03", 606200, 13
"""The buses' last month; the census of 2020; the fewest seats that the press states."""
TABLES = {table.dataset: table for table in bus.TABLES}
LATE = timedelta(minutes=5)


def days(city: City) -> list[date]:
    return list(TABLES["taps"].seen_by(city).window)


def headed(city: City) -> Iterator[tuple[date, str, int, str, int, datetime]]:
    """Yield day, route, direction, trip, number of the stop and time of the last position of a
    bus on its way to that stop.
    """
    past, bad = bus_positions.own(city), broken(city, "kojatrans", "positions")
    for day in days(city):
        midnight = int(datetime.combine(day, time(), ZONE).timestamp())
        moments = range(midnight + 6 * 3600, midnight + 20 * 3600, bus_positions.every(past))
        for trip, route, vehicle, direction, first, stops in bus.timetable(bus.fleet(past)):
            start, legs, last = midnight + 60 * first, len(stops) - 1, {}
            for at in moments:
                along = Fraction((at - start) * legs, 42 * 60)
                if 0 <= along < legs and (day.isoformat(), f"{vehicle} {at}") not in bad:
                    last[int(along) + 1] = at
            for number, at in last.items():
                yield day, route, direction, trip, number, datetime.fromtimestamp(at, ZONE)


def expected_buses_on_time(city: City) -> dict[Key, Values]:
    places = {
        trip: stops for trip, _, _, _, _, stops in bus.timetable(bus.fleet(bus_positions.own(city)))
    }
    reached, at_stop = {}, defaultdict(list)
    for day, route, direction, trip, number, at in headed(city):
        reached[day, trip, places[trip][number]] = at
        at_stop[day, route, direction, places[trip][number]].append(at)
    calls = []
    for day, rows in passed(city, TABLES["stop_times"], days(city)[0]).items():
        first: dict[str, int] = {}
        for row in rows:
            first[row["trip_id"]] = min(
                first.get(row["trip_id"], row["stop_sequence"]), row["stop_sequence"]
            )
        for row in rows:
            if row["stop_sequence"] > first[row["trip_id"]]:
                hours, minutes, seconds = map(int, row["arrival_time"].split(":"))
                due = datetime.combine(day, time(), ZONE) + timedelta(
                    hours=hours, minutes=minutes, seconds=seconds
                )
                at = reached.get((day, row["trip_id"], row["stop_id"]))
                calls.append((at is not None, at is not None and abs(at - due) <= LATE))
    gaps = [
        round((b - a).total_seconds())
        for times in at_stop.values()
        for a, b in pairwise(sorted(times))
    ]
    seen, on_time = sum(count for count, _ in calls), sum(punctual for _, punctual in calls)
    said = {"status": "provisional", "reason": "incomplete"}
    return {
        (MONTH, CITY, "on_time"): (
            {
                "numerator": on_time,
                "denominator": len(calls),
                "value": share(on_time, len(calls)),
                "unit": "%",
            }
            | said
        ),
        (MONTH, CITY, "seen"): (
            {
                "numerator": seen,
                "denominator": len(calls),
                "value": share(seen, len(calls)),
                "unit": "%",
            }
            | said
        ),
        (MONTH, CITY, "headway"): (
            {
                "numerator": sum(gaps) / 60,
                "denominator": len(gaps),
                "value": half_up(Fraction(sum(gaps), 60 * len(gaps)), 2),
                "unit": "min",
            }
            | said
        ),
    }


def expected_bus_trips_per_inhabitant(city: City) -> dict[Key, Values]:
    taps = [row for rows in passed(city, TABLES["taps"], days(city)[0]).values() for row in rows]
    cards = len({row["card_id"] for row in taps})
    people = for_days(POPULATION, len(days(city)), MONTH)
    row = {
        "numerator": len(taps),
        "denominator": people,
        "value": half_up(Fraction(1000 * len(taps), people), 2),
        "cards": cards,
        "status": "provisional",
        "reason": "incomplete",
        "vintage": "population 2020",
        "unit": "/1000{people}",
        "completeness": pytest.approx(complete(city, TABLES["taps"], days(city)[0], MONTH)),
    }
    return {
        (MONTH, CITY): (
            withheld(row, "cards", "numerator", "value")
            if is_few(cards)
            else {**row, "suppressed": False}
        )
    }


def metres(here: tuple[float, float], there: tuple[float, float]) -> int:
    """Return the great circle between two points, in whole metres."""
    (lat, lon), (lat2, lon2) = (
        (math.radians(coordinate) for coordinate in point) for point in (here, there)
    )
    return round(
        2
        * 6371000
        * math.asin(
            math.sqrt(
                math.sin((lat2 - lat) / 2) ** 2
                + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
            )
        )
    )


def expected_bus_capacity(city: City) -> dict[Key, Values]:
    run = {(day, trip) for day, _, _, trip, _, _ in headed(city)}
    length = 0
    for day, rows in passed(city, TABLES["stop_times"], days(city)[0]).items():
        by_trip: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for row in rows:
            by_trip[row["trip_id"]].append((row["stop_sequence"], row["stop_id"]))
        for trip, stops in by_trip.items():
            where = [bus.STOPS[stop][1:3] for _, stop in sorted(stops)]
            length += sum(metres(a, b) for a, b in pairwise(where)) if (day, trip) in run else 0
    taps = [row for rows in passed(city, TABLES["taps"], days(city)[0]).values() for row in rows]
    cards, seat_km = (
        len({row["card_id"] for row in taps}),
        half_up(Fraction(length * SEATS, 1000), 2),
    )
    said = {"status": "provisional", "reason": "incomplete", "vintage": "claim C074"}
    rows = {
        "seat_km": {
            "numerator": seat_km,
            "denominator": None,
            "value": seat_km,
            "unit": "{seats}.km",
            "cases": len(run),
            **said,
        },
        "load_at_most": {
            "numerator": len(taps),
            "denominator": len(run) * SEATS,
            "value": share(len(taps), len(run) * SEATS),
            "unit": "%",
            "cases": cards,
            **said,
        },
    }
    every = ("cases", "numerator", "denominator", "value")
    return {
        (MONTH, CITY, name): (
            withheld(row, *every) if is_few(row["cases"]) else {**row, "suppressed": False}
        )
        for name, row in rows.items()
    }


KPIS = {
    "buses_on_time": expected_buses_on_time,
    "bus_trips_per_inhabitant": expected_bus_trips_per_inhabitant,
    "bus_capacity": expected_bus_capacity,
}


@pytest.mark.parametrize("name", KPIS)
def test_what_is_released_is_what_the_citys_rows_give(name: str, harvested: Harvested) -> None:
    assert compare(name, rows_of(harvested, name), KPIS[name](harvested.city)) > 0


def punctual(*seen: tuple[str, str, str, str, str]) -> dict[str, tuple]:
    """Run the KPI over one day's timetable of three trips K1-1, K1-2, K1-3 and ``seen``: (time,
    trip, next stop, status, route).
    """
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'Asia/Jakarta'; CREATE SCHEMA kojatrans; CREATE SCHEMA mart")
        con.execute(read_conventions(PROJECT / "sql"))
        con.execute(
            "CREATE TABLE mart.harvest_days AS SELECT unnest(['kojatrans.positions',"
            " 'kojatrans.stop_times']) AS dataset, DATE '2020-03-02' AS day"
        )
        con.execute(
            "CREATE TABLE mart.harvest_periods AS SELECT 'kojatrans.positions' AS dataset, 'month'"
            " AS kind, DATE '2020-03-01' AS first_day, 1.0 AS completeness, 1 AS expected, false AS"
            " is_newest, NULL::VARCHAR AS gap UNION ALL SELECT 'kojatrans.stop_times', 'snapshot',"
            " DATE '2020-03-02', 1.0, 1, true, NULL"
        )
        con.execute(
            "CREATE TABLE kojatrans.stop_times_history (trip_id VARCHAR, stop_sequence BIGINT,"
            " stop_id VARCHAR, arrival_time VARCHAR, _partition VARCHAR)"
        )
        for n in range(3):
            con.execute(
                "INSERT INTO kojatrans.stop_times_history VALUES ($1, 1, 'A', $2, '2020-03-02'),"
                " ($1, 2, 'B', $3, '2020-03-02')",
                [f"K1-{n + 1}", f"{7 + n:02}:00:00", f"{7 + n:02}:10:00"],
            )
        con.execute(
            "CREATE TABLE kojatrans.positions (observed_at TIMESTAMPTZ, trip_id VARCHAR,"
            " next_stop_id VARCHAR, status VARCHAR, route_id VARCHAR)"
        )
        con.executemany(
            "INSERT INTO kojatrans.positions VALUES ($1, $2, $3, $4, $5)",
            [(f"2020-03-02 {at}+07", *rest) for at, *rest in seen],
        )
        rows = (
            con.execute(read_sql_file(PROJECT / "sql" / "kpi" / "buses_on_time.sql", "kpi").query)
            .to_arrow_table()
            .to_pylist()
        )
    return {
        row["measure"]: (row["numerator"], row["denominator"], row["value"], row["status"])
        for row in rows
    }


def test_five_minutes_are_on_time_and_a_second_more_is_not() -> None:
    found = punctual(
        ("07:15:00", "K1-1", "B", "IN_TRANSIT_TO", "K1"),
        ("08:15:01", "K1-2", "B", "IN_TRANSIT_TO", "K1"),
        ("09:05:00", "K1-3", "B", "IN_TRANSIT_TO", "K1"),
    )
    assert found["on_time"] == (2, 3, 66.7, "final")
    assert found["headway"] == (110.0, 2, 55.0, "final")


def test_a_bus_that_never_came_is_not_on_time_and_one_that_waits_has_arrived() -> None:
    found = punctual(
        ("07:09:45", "K1-1", "B", "IN_TRANSIT_TO", "K1"),
        ("07:10:00", "K1-1", "B", "STOPPED_AT", "K1"),
        ("07:40:00", "K1-1", "B", "STOPPED_AT", "K1"),
        ("08:04:59", "K1-2", "B", "IN_TRANSIT_TO", "K1"),
    )
    assert found["on_time"] == (
        1,
        3,
        33.3,
        "final",
    ), "early by more than five minutes is not on time either"
    assert found["seen"] == (2, 3, 66.7, "final")
