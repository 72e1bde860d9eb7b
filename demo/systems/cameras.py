"""The city's synthetic traffic cameras: the register of them, and the heartbeat that each sends
over MQTT every five minutes. Never a frame.

Forty intersections as in 2021; which camera stands where is made up. A camera that cannot be
reached is reported offline by its recorder.
"""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from demo.city import ZONE, City
from demo.door import Drop, Mqtt
from demo.doors.devices import AS_IT_IS, HISTORY
from demo.systems.junctions import junction
from demo.table import Row, Table, to

CAMERAS, LEAST = 40, 8
EVERY = 5
"""Minutes between two heartbeats."""
A_DAY = 24 * 60 // EVERY


def many(city: City) -> int:
    """Return how many cameras the city has at its scale."""
    return max(LEAST, round(CAMERAS * min(city.scale, 1)))


def camera_id(number: int) -> str:
    """Return the id of camera ``number``, counted from 1."""
    return f"CCTV-{number:02d}"


def _register(city: City) -> dict[date, list[Row]]:
    return {city.window[-1]: [_camera(city, number) for number in range(1, many(city) + 1)]}


def _camera(city: City, number: int) -> Row:
    dice, site = city.dice("camera", number), junction(number - 1)
    lat, lon = site["at"]
    return {
        "camera_id": camera_id(number),
        "simpang": site["code"],
        "nama": site["name"],
        "kelurahan": site["region"],
        "lintang": lat,
        "bujur": lon,
        "etle": number <= 11,
        "dipasang": f"{dice.choice((2018, 2019, 2020, 2021))}-{dice.randrange(1, 13):02d}-01",
    }


def _heartbeats(city: City) -> dict[date, list[Row]]:
    return {day: _day(city, day) for day in city.before(HISTORY)}


def _day(city: City, day: date) -> list[Row]:
    dice = city.dice("cctv", day)
    down = {number: _outage(dice) for number in range(1, many(city) + 1)}
    midnight = datetime.combine(day, time(), ZONE)
    return [
        _heartbeat(
            number, midnight + timedelta(minutes=n * EVERY, seconds=number), n in down[number], dice
        )
        for n in range(A_DAY)
        for number in range(1, many(city) + 1)
    ]


def _outage(dice: Any) -> range:
    start = dice.randrange(A_DAY)
    return range(start, start + dice.randrange(6, 48)) if dice.random() < 0.15 else range(0)


def _heartbeat(number: int, at: datetime, is_down: bool, dice: Any) -> Row:
    slow = dice.random() < 0.03
    latency = None if is_down else round(dice.lognormvariate(3.6, 0.35) * (12 if slow else 1), 1)
    return {
        "camera_id": camera_id(number),
        "ts": at.isoformat(),
        "status": "offline" if is_down else "degraded" if slow else "online",
        "latency_ms": latency,
        "stream_ok": not is_down and dice.random() > 0.005,
        "uptime_s": 0 if is_down else dice.randrange(3_600, 2_000_000),
    }


TABLES = (
    Table(
        "cctv",
        "heartbeats",
        ("camera_id", "ts"),
        _heartbeats,
        {
            "status.one_of": to(status="OK"),
            "latency_ms.minimum": to(latency_ms=-1),
            "stream_ok.type": to(stream_ok="ya"),
            "shape": lambda row: {AS_IT_IS: json.dumps(row).removesuffix("}")},
            "camera_id.pattern": to(camera_id="10.20.0.31"),
            "offline_has_no_stream": to(status="offline", stream_ok=True, latency_ms=None),
        },
        Mqtt("cctv/{camera_id}/heartbeat"),
    ),
    Table(
        "cctv",
        "cameras",
        ("camera_id",),
        _register,
        {"lat.maximum": to(lintang=103.6), "region_code.pattern": to(kelurahan="Kota Baru")},
        Drop("cctv", "cameras.ndjson", "ndjson"),
    ),
)
