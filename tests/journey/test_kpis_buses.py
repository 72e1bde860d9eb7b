"""KPIs of the city bus against plain Python over the demo city."""

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from demo.city import City
from demo.systems import bus, bus_positions
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
    timetable = passed(city, TABLES["stop_times"], days(city)[0])
    known = {
        (day, row["trip_id"], row["stop_id"]) for day, rows in timetable.items() for row in rows
    }
    reached, at_stop = {}, defaultdict(list)
    for day, route, direction, trip, number, at in headed(city):
        stop = places[trip][number]
        reached[day, trip, stop] = at
        if (day, trip, stop) in known:
            at_stop[day, route, direction, stop].append(at)
    calls = []
    for day, rows in timetable.items():
        for row in rows:
            if row["stop_sequence"] > 1:
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
    taps = [row for rows in passed(city, TABLES["taps"], days(city)[0]).values() for row in rows]
    run = {(day, trip) for day, _, _, trip, _, _ in headed(city)}
    run |= {(date.fromisoformat(row["tapped_at"][:10]), row["trip_id"]) for row in taps}
    length = 0
    for day, rows in passed(city, TABLES["stop_times"], days(city)[0]).items():
        by_trip: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for row in rows:
            by_trip[row["trip_id"]].append((row["stop_sequence"], row["stop_id"]))
        for trip, stops in by_trip.items():
            where = [bus.STOPS[stop][1:3] for _, stop in sorted(stops)]
            length += sum(metres(a, b) for a, b in pairwise(where)) if (day, trip) in run else 0
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
