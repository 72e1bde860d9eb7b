"""Where Koja Trans's buses were, every 15 seconds for 14 hours: an archive of GTFS-Realtime feeds,
one file a day, FeedMessage after FeedMessage.

Positions follow ``bus``'s timetable in straight lines between its stops. A day is made when it is
asked for: in the whole city it has 94,080 of them. A smaller city has fewer vehicles and asks them
less often.
"""

import math
from datetime import date, datetime, time
from functools import lru_cache

from google.transit import gtfs_realtime_pb2 as gtfs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.city import ZONE, City, Planted
from demo.systems.bus import LAST, MINUTES, NAME, OPEN, SHUT, STOPS, active, fleet, timetable
from demo.table import Table

SECONDS = 15
ERRORS = ("lat.maximum", "vehicle_id.pattern", "speed_m_s.maximum", "placed")
METRES = 111_320
"""Metres a degree."""


def own(city: City) -> City:
    """Return the city whose window is the buses' last days."""
    return Table(NAME, "positions", (), lambda _: {}, {}, None, LAST).seen_by(city)  # type: ignore[arg-type]


def every(city: City) -> int:
    """Return the seconds between two feeds: 15 in the whole city."""
    return max(SECONDS, 5 * round(SECONDS / math.sqrt(min(city.scale, 1.0)) / 5))


def _moments(city: City, day: date) -> range:
    midnight = int(datetime.combine(day, time(), ZONE).timestamp())
    return range(midnight + OPEN * 60, midnight + SHUT * 60, every(city))


def _dirt(city: City, day: date) -> dict[tuple[int, int], str]:
    """Return what is wrong on ``day``: (moment, vehicle) -> the rule it breaks; ``duplicate`` is
    sent twice.
    """
    dice, moments, n = city.dice(NAME, "positions", day), _moments(city, day), day.toordinal()
    rules = [
        ERRORS[n % len(ERRORS)],
        ERRORS[(n + 1) % len(ERRORS)],
        *(["duplicate"] if n % 2 else []),
    ]
    return {
        (dice.choice(moments), vehicle): rule
        for vehicle, rule in zip(
            dice.sample(range(1, fleet(city) + 1), len(rules)), rules, strict=True
        )
    }


def planted(city: City) -> list[Planted]:
    """Return the planted errors of every day in the window."""
    past = own(city)
    return [
        Planted(NAME, "positions", day.isoformat(), f"KT-{vehicle:02} {at}", rule)
        for day in active(past)
        for (at, vehicle), rule in _dirt(past, day).items()
    ]


@lru_cache(maxsize=2)
def archive(city: City, day: date) -> bytes:
    """Return the feeds of ``day``, one after another."""
    dirt, midnight, feeds = (
        _dirt(city, day),
        int(datetime.combine(day, time(), ZONE).timestamp()),
        [],
    )
    trips: dict[str, list[tuple[str, str, str, int, int, tuple[str, ...]]]] = {}
    for trip in timetable(fleet(city)):
        trips.setdefault(trip[2], []).append(trip)
    for at in _moments(city, day):
        feed = gtfs.FeedMessage()
        feed.header.gtfs_realtime_version, feed.header.timestamp = "2.0", at
        for vehicle, own_trips in trips.items():
            entity = _entity(
                feed.entity.add(id=f"{vehicle}-{at}"), vehicle, own_trips, at, at - midnight
            )
            rule = dirt.get((at, int(vehicle[3:])))
            if rule == "duplicate":
                feed.entity.add().CopyFrom(entity)
            elif rule:
                _break(entity.vehicle, rule)
        feeds.append(feed.SerializeToString())
    return b"".join(feeds)


def _entity(
    entity: gtfs.FeedEntity,
    name: str,
    trips: list[tuple[str, str, str, int, int, tuple[str, ...]]],
    at: int,
    second: int,
) -> gtfs.FeedEntity:
    """Fill in where one vehicle is: on its way between two stops, or waiting without a trip."""
    vehicle = entity.vehicle
    vehicle.vehicle.id, vehicle.vehicle.license_plate, vehicle.timestamp = (
        name,
        f"BH 7{name[3:]}00 KT",
        at,
    )
    n = min((second // 60 - trips[0][4]) // MINUTES, len(trips) - 1)
    trip, route, _, _, first, stops = trips[max(n, 0)]
    along = (second - first * 60) / (MINUTES * 60) * (len(stops) - 1)
    running = 0 <= along < len(stops) - 1
    k = min(max(int(along), 0), len(stops) - 2)
    (_, lat, lon, _), (_, next_lat, next_lon, _) = STOPS[stops[k]], STOPS[stops[k + 1]]
    part = min(max(along - k, 0.0), 1.0)
    vehicle.position.latitude, vehicle.position.longitude = (
        lat + part * (next_lat - lat),
        lon + part * (next_lon - lon),
    )
    vehicle.current_status = vehicle.IN_TRANSIT_TO if running else vehicle.STOPPED_AT
    if running:
        vehicle.trip.trip_id, vehicle.trip.route_id, vehicle.stop_id = trip, route, stops[k + 1]
        vehicle.position.bearing = round(
            math.degrees(math.atan2(next_lon - lon, next_lat - lat)) % 360, 1
        )
        vehicle.position.speed = round(
            math.hypot(next_lat - lat, next_lon - lon) * METRES * (len(stops) - 1) / (MINUTES * 60),
            1,
        )
    return entity


def _break(vehicle: gtfs.VehiclePosition, rule: str) -> None:
    match rule:
        case "lat.maximum":
            vehicle.position.latitude = -vehicle.position.latitude
        case "vehicle_id.pattern":
            vehicle.vehicle.id = "?"
        case "speed_m_s.maximum":
            vehicle.position.speed = 310.0
        case "placed":
            vehicle.timestamp -= 400 * 86_400


def routes(city: City) -> list[Route]:
    """Return the archive of feeds, one file a day."""
    past = own(city)

    def answer(request: Request) -> Response:
        day = next(
            (
                candidate
                for candidate in active(past)
                if candidate.isoformat() == request.path_params["day"]
            ),
            None,
        )
        return (
            Response("not in the archive", 404)
            if day is None
            else Response(archive(past, day), media_type="application/x-protobuf")
        )

    return [Route(f"/{NAME}/gtfs-rt/vehicle_positions_{{day}}.pb", answer)]
