"""Koja Trans, the city's bus of October 2019 to March 2020: its GTFS feed, one ZIP a day of the
archive, and its fare taps as daily CSV files.

28 vehicles, two corridors, a trial fare of Rp 1 until 1 December 2019 and Rp 5,000 after it are as
they were; stops' points, the timetable, cards and taps are made up. The system has stopped, so its
window is its own last days. Where its buses were is in ``bus_positions``.
"""

import math
from datetime import date, datetime, time, timedelta
from functools import cache

from demo.city import ZONE, City
from demo.door import Drop, Own
from demo.table import Days, Row, Table, to

NAME, FIRST, LAST = "kojatrans", date(2019, 10, 28), date(2020, 3, 31)
REGULAR_FROM, TRIAL_FARE, FARE = date(2019, 12, 2), 1, 5000
VEHICLES, TAPS = 28, 1000
OPEN, SHUT, MINUTES = 6 * 60, 20 * 60, 42
"""First and last minute of a day's service, and how long a trip takes."""
STOPS = {
    "S01": ("Terminal Alam Barajo", -1.6390, 103.5520, "15.71.09.1004"),
    "S02": ("Simpang Rimbo", -1.6330, 103.5640, "15.71.09.1001"),
    "S03": ("Mayang", -1.6335, 103.5790, "15.71.09.1003"),
    "S04": ("Simpang Mayang", -1.6270, 103.5850, "15.71.09.1003"),
    "S05": ("Pasar Beliung", -1.6210, 103.5750, "15.71.09.1005"),
    "S06": ("Kantor Wali Kota", -1.6290, 103.5950, "15.71.07.1004"),
    "S07": ("Terminal Rawasari", -1.6060, 103.6120, "15.71.04.1002"),
    "S08": ("Sipin", -1.6120, 103.5900, "15.71.07.1002"),
    "S09": ("Broni", -1.6140, 103.5990, "15.71.01.1001"),
    "S10": ("Telanaipura", -1.6080, 103.5860, "15.71.01.1004"),
    "S11": ("Simpang Kawat", -1.6180, 103.6110, "15.71.07.1001"),
    "S12": ("Simpang Pulai", -1.6150, 103.6050, "15.71.01.1001"),
}
ROUTES = {
    "K1": (
        "Alam Barajo - Terminal Rawasari",
        ("S01", "S02", "S05", "S10", "S08", "S09", "S12", "S07"),
    ),
    "K2": ("Alam Barajo - Simpang Kawat", ("S01", "S02", "S03", "S04", "S06", "S11")),
}


def active(city: City) -> list[date]:
    """Return the days of the city's window on which the buses ran."""
    return [day for day in city.window if FIRST <= day <= LAST]


def fleet(city: City) -> int:
    """Return how many vehicles there are: all 28 in the whole city."""
    return max(4, round(VEHICLES * math.sqrt(min(city.scale, 1.0))))


@cache
def timetable(vehicles: int) -> tuple[tuple[str, str, str, int, int, tuple[str, ...]], ...]:
    """Return every trip of a day: its id, route, vehicle, direction, first minute and stops;
    each vehicle goes to and fro.
    """
    trips = []
    for v in range(vehicles):
        route, behind = list(ROUTES)[v % 2], v // 2
        first = OPEN + behind * MINUTES // math.ceil(vehicles / 2)
        for n in range((SHUT - first) // MINUTES):
            direction = (n + behind) % 2
            stops = ROUTES[route][1][:: -1 if direction else 1]
            trips.append(
                (
                    f"{route}-{v + 1:02}-{n + 1:02}",
                    route,
                    f"KT-{v + 1:02}",
                    direction,
                    first + n * MINUTES,
                    stops,
                )
            )
    return tuple(trips)


def clock(seconds: float) -> str:
    """Return a time of day as GTFS writes it."""
    return f"{int(seconds) // 3600:02}:{int(seconds) // 60 % 60:02}:{int(seconds) % 60:02}"


def _stops(city: City) -> Days:
    rows = [
        {
            "stop_id": stop,
            "stop_name": name,
            "stop_lat": lat,
            "stop_lon": lon,
            "location_type": 0,
            "kelurahan_code": code,
        }
        for stop, (name, lat, lon, code) in STOPS.items()
    ]
    return dict.fromkeys(active(city), rows)


def _trips(city: City) -> Days:
    rows = [
        {
            "route_id": route,
            "service_id": "HARIAN",
            "trip_id": trip,
            "trip_headsign": STOPS[stops[-1]][0],
            "direction_id": direction,
            "block_id": vehicle,
        }
        for trip, route, vehicle, direction, _, stops in timetable(fleet(city))
    ]
    return dict.fromkeys(active(city), rows)


def _stop_times(city: City) -> Days:
    rows: list[Row] = []
    for trip, _, _, _, first, stops in timetable(fleet(city)):
        for n, stop in enumerate(stops):
            at = first * 60 + MINUTES * 60 * n // (len(stops) - 1)
            rows.append(
                {
                    "trip_id": trip,
                    "arrival_time": clock(at),
                    "departure_time": clock(at + 20),
                    "stop_id": stop,
                    "stop_sequence": n + 1,
                }
            )
    return dict.fromkeys(active(city), rows)


def _taps(city: City) -> Days:
    return {day: _taps_of(city, day) for day in active(city)}


def _taps_of(city: City, day: date) -> list[Row]:
    """Return a day's taps, each on a trip of the feed at the time its bus is at the stop; from
    mid-March 2020 on people stay at home.
    """
    dice, trips, taps = city.dice(NAME, "taps", day), timetable(fleet(city)), {}
    for _ in range(
        round(
            city.expected(TAPS)
            * dice.uniform(0.85, 1.15)
            * (0.5 if day >= date(2020, 3, 16) else 1)
        )
    ):
        trip, route, vehicle, _, first, stops = dice.choice(trips)
        n = dice.randrange(len(stops) - 1)
        at = datetime.combine(day, time(), ZONE) + timedelta(
            seconds=first * 60 + MINUTES * 60 * n // (len(stops) - 1) + dice.randrange(20)
        )
        row = {
            "card_id": f"KJT{dice.randrange(3000):09}",
            "tapped_at": at.strftime("%Y-%m-%d %H:%M:%S"),
            "trip_id": trip,
            "route_id": route,
            "stop_id": stops[n],
            "vehicle_id": vehicle,
            "driver_id": _driver(vehicle, at),
            "fare": TRIAL_FARE if day < REGULAR_FROM else FARE,
        }
        taps[row["card_id"], row["tapped_at"]] = row
    return sorted(taps.values(), key=lambda row: (row["tapped_at"], row["card_id"]))


def _driver(vehicle: str, at: datetime) -> str:
    """Return who drives ``vehicle``: one in the morning, another from 13:00 on."""
    return f"KTP-{2 * int(vehicle[3:]) - (at.hour < 13):03d}"


def _other_fare(row: Row) -> Row:
    return {"fare": FARE if row["fare"] == TRIAL_FARE else TRIAL_FARE}


def _day_before(row: Row) -> Row | None:
    before = datetime.fromisoformat(row["tapped_at"]) - timedelta(days=1)
    return (
        {"tapped_at": before.strftime("%Y-%m-%d %H:%M:%S")}
        if (before.date() < REGULAR_FROM) == (row["fare"] == TRIAL_FARE)
        else None
    )


SCHEDULE = (
    Table(
        NAME,
        "stops",
        ("stop_id",),
        _stops,
        {
            "lat.maximum": lambda row: {"stop_lat": -row["stop_lat"]},
            "stop_name.required": to(stop_name=""),
            "region_code.pattern": to(kelurahan_code="Mayang"),
            "lon.type": lambda row: {"stop_lon": f"{row['stop_lon']}E"},
        },
        Own(),
        LAST,
        repeats=False,
    ),
    Table(
        NAME,
        "trips",
        ("trip_id",),
        _trips,
        {"direction_id.one_of": to(direction_id=2), "route_id.one_of": to(route_id="K9")},
        Own(),
        LAST,
    ),
    Table(
        NAME,
        "stop_times",
        ("trip_id", "stop_sequence"),
        _stop_times,
        {
            "arrival_time.pattern": to(arrival_time="0.05"),
            "stop_sequence.type": to(stop_sequence="awal"),
            "departs_after_arrival": to(departure_time="00:00:01"),
            "stop_id.required": to(stop_id=""),
        },
        Own(),
        LAST,
    ),
)
TABLES = (
    *SCHEDULE,
    Table(
        NAME,
        "taps",
        ("card_id", "tapped_at"),
        _taps,
        {
            "fare_of_the_day": _other_fare,
            "card_id.pattern": to(card_id="TUNAI"),
            "fare_idr.type": to(fare="GRATIS"),
            "stop_id.required": to(stop_id=""),
            "placed": _day_before,
        },
        Drop(NAME, "taps_{date}.csv"),
        LAST,
    ),
)
