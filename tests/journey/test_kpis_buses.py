"""KPIs of the city bus against plain Python over the demo city."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from demo.city import City
from demo.systems import bus, bus_positions
from demo.table import Row
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    broken,
    compare,
    for_days,
    half_up,
    is_few,
    passed,
    rows_of,
    share,
    withheld,
)
from tests.journey.standing import Harvest, absent, harvest, standing
from tests.journey.test_kpis_complaints import POPULATION, population_doubt

pytestmark = pytest.mark.xdist_group("city")
ZONE = ZoneInfo("Asia/Jakarta")
SEATS = 13
"""The fewest seats that the press states."""
TABLES = {table.dataset: table for table in bus.TABLES}
LATE, TAKES = timedelta(minutes=5), 42 * 60


def days(city: City) -> list[date]:
    return list(TABLES["taps"].seen_by(city).window)


def positions(city: City) -> Harvest:
    """Every bus under way tells where it is at every moment of the day's service."""
    past, bad = bus_positions.own(city), broken(city, "kojatrans", "positions")
    moments = range(6 * 3600, 20 * 3600, bus_positions.every(past))
    many = sum(
        60 * first <= at < 60 * first + TAKES
        for _, _, _, _, first, _ in bus.timetable(bus.fleet(past))
        for at in moments
    )
    lost = Counter(day for day, _ in bad)
    return Harvest({day: (many, many - lost[str(day)]) for day in days(city)})


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


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
                along = (at - start) * legs // TAKES if start <= at < start + TAKES else None
                if along is not None and (day.isoformat(), f"{vehicle} {at}") not in bad:
                    last[along + 1] = at
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
    calls: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for day, rows in timetable.items():
        for row in rows:
            if row["stop_sequence"] > 1:
                hours, minutes, seconds = map(int, row["arrival_time"].split(":"))
                due = datetime.combine(day, time(), ZONE) + timedelta(
                    hours=hours, minutes=minutes, seconds=seconds
                )
                at = reached.get((day, row["trip_id"], row["stop_id"]))
                in_time = at is not None and abs(at - due) <= LATE
                calls[month_of(day)].append((at is not None, in_time))
    gaps: dict[str, list[int]] = defaultdict(list)
    for (day, *_), times in at_stop.items():
        gaps[month_of(day)] += [round((b - a).total_seconds()) for a, b in pairwise(sorted(times))]
    found, whole = dict[Key, Values](), positions(city)
    for month, every in calls.items():
        seen, on_time = sum(count for count, _ in every), sum(punctual for _, punctual in every)
        minutes = half_up(Fraction(sum(gaps[month]), 60 * len(gaps[month])), 2)
        for measure, numerator, denominator, value, unit in (
            ("on_time", on_time, len(every), share(on_time, len(every)), "%"),
            ("seen", seen, len(every), share(seen, len(every)), "%"),
            ("headway", sum(gaps[month]) / 60, len(gaps[month]), minutes, "min"),
        ):
            found[month, CITY, measure] = {
                "numerator": numerator,
                "denominator": denominator,
                "value": value,
                "unit": unit,
                **standing(whole.gap(month)),
            }
    return found


def boarded(city: City) -> dict[str, list[Row]]:
    """Return the taps that passed, by month."""
    found: dict[str, list[Row]] = defaultdict(list)
    for day, rows in passed(city, TABLES["taps"], days(city)[0]).items():
        found[month_of(day)] += rows
    return found


def expected_bus_trips_per_inhabitant(city: City) -> dict[Key, Values]:
    found, whole = dict[Key, Values](), harvest(city, TABLES["taps"])
    for month, taps in boarded(city).items():
        year, cards = int(month[:4]), len({row["card_id"] for row in taps})
        counted = max((known for known, _ in POPULATION if known <= year), default=None)
        inhabitants = dict(POPULATION).get(counted)
        people = inhabitants and for_days(inhabitants, len(whole.within(month)), month)
        row = {
            "numerator": len(taps),
            "denominator": people,
            "cards": cards,
            "unit": "/1000{people}",
            **whole.complete(month),
        }
        if people:
            row |= {"value": half_up(Fraction(1000 * len(taps), people), 2)}
            row |= standing(whole.gap(month), population_doubt(month))
            row |= {"vintage": f"population {counted}"}
        else:
            row |= absent("no_population")
        found[month, CITY] = (
            withheld(row, "cards", "numerator", "value")
            if is_few(cards)
            else {**row, "suppressed": False}
        )
    return found


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
    taps_of = boarded(city)
    run = {(day, trip) for day, _, _, trip, _, _ in headed(city)}
    run |= {
        (date.fromisoformat(row["tapped_at"][:10]), row["trip_id"])
        for rows in taps_of.values()
        for row in rows
    }
    lengths: Counter[str] = Counter()
    for day, rows in passed(city, TABLES["stop_times"], days(city)[0]).items():
        by_trip: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for row in rows:
            by_trip[row["trip_id"]].append((row["stop_sequence"], row["stop_id"]))
        for trip, stops in by_trip.items():
            where = [bus.STOPS[stop][1:3] for _, stop in sorted(stops)]
            lengths[month_of(day)] += (
                sum(metres(a, b) for a, b in pairwise(where)) if (day, trip) in run else 0
            )
    every = ("cases", "numerator", "denominator", "value")
    found, whole, fares = dict[Key, Values](), positions(city), harvest(city, TABLES["taps"])
    for month, taps in taps_of.items():
        trips = sum(month_of(day) == month for day, _ in run)
        cards = len({row["card_id"] for row in taps})
        seat_km = half_up(Fraction(lengths[month] * SEATS, 1000), 2)
        seats = trips * SEATS
        for measure, numerator, denominator, value, unit, cases in (
            ("seat_km", seat_km, None, seat_km, "{seats}.km", trips),
            ("load_at_most", len(taps), seats, share(len(taps), seats), "%", cards),
        ):
            row = {
                "numerator": numerator,
                "denominator": denominator,
                "value": value,
                "unit": unit,
                "cases": cases,
                "vintage": "claim C074",
                **standing(whole.gap(month), fares.gap(month)),
            }
            found[month, CITY, measure] = (
                withheld(row, *every) if is_few(cases) else {**row, "suppressed": False}
            )
    return found


KPIS = {
    "buses_on_time": expected_buses_on_time,
    "bus_trips_per_inhabitant": expected_bus_trips_per_inhabitant,
    "bus_capacity": expected_bus_capacity,
}


@pytest.mark.parametrize("name", KPIS)
def test_what_is_released_is_what_the_citys_rows_give(name: str, harvested: Harvested) -> None:
    assert compare(name, rows_of(harvested, name), KPIS[name](harvested.city)) > 0
