"""The one AQMS station's synthetic readings: seven parameters every 30 minutes, as OGC SensorThings
1.1 observations.

Some readings reach the server a day late; one day has an outage that must be withheld.
Concentrations are made up.
"""

import math
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.city import ZONE, City, Planted
from demo.doors.interfaces import observations

STATION = "AQMS-JAMBI-01"
LEVELS = {
    "PM10": 45.0,
    "PM2.5": 22.0,
    "SO2": 18.0,
    "CO": 1400.0,
    "O3": 60.0,
    "NO2": 25.0,
    "HC": 20.0,
}
AVERAGED, SOUND = 30, (2, 3, 5, 90)
"""Minutes a reading is the mean of, and how often 27, 28, 29 or all of them were sound."""
HISTORY = 2
OUTAGE = 5
"""Days before today of the outage, 06:00 to 18:00."""
THICK = (18, 24)
"""Days before today between which smoke of burning land lies over the city, very unhealthy at
its worst.
"""
ERRORS = ("value.minimum", "value.unit", "value.maximum", "value.type")


@cache
def build(city: City) -> tuple[list[dict[str, Any]], list[Planted]]:
    """Return every observation in order of time, with ``_at`` and ``_arrives``, and the planted
    errors.
    """
    rows: list[dict[str, Any]] = []
    errors: list[Planted] = []
    for day in city.before(HISTORY):
        dice, minutes = city.dice("aqms", day), city.dice("aqms validity", day)
        smoke = haze(city, day)
        observed = [
            _observation(
                name, datetime.combine(day, time(n // 2, n % 2 * 30), ZONE), smoke, dice, minutes
            )
            for n in range(48)
            for name in LEVELS
        ]
        if day == city.today - timedelta(days=OUTAGE) and day in city.window:
            observed = [
                observation for observation in observed if not 6 <= observation["_at"].hour < 18
            ]
            errors.append(
                Planted(
                    "aqms",
                    "observations",
                    day.isoformat(),
                    STATION,
                    "coverage",
                    "outage 06:00-18:00",
                )
            )
        for late in dice.sample(observed, 3):
            late["_arrives"] = late["_at"] + timedelta(hours=26)
        if day in city.window:
            _dirty(city, day.isoformat(), (city.today - day).days, observed, errors, dice)
        rows += observed
    for number, row in enumerate(rows, start=1):
        row.setdefault("@iot.id", number)
    return rows, errors


def haze(city: City, day: date) -> float:
    """Return how many times the usual particles ``day`` has: a mild spell in the last two weeks,
    and in long windows a week of thick smoke before it.
    """
    ago = (city.today - day).days
    if ago in range(THICK[0], THICK[1] + 1):
        return 1.0 + 6.5 * math.sin((ago - THICK[0] + 1) / (THICK[1] - THICK[0] + 2) * math.pi)
    return 1.0 + 1.6 * math.sin(ago / 4.5) if 0 <= ago <= 14 else 1.0


def planted(city: City) -> list[Planted]:
    """Return the planted errors."""
    return build(city)[1]


def routes(city: City) -> list[Route]:
    """Return the station's interface, OGC SensorThings 1.1; a late reading is not there before
    it has arrived.
    """

    def rows(start: datetime | None, end: datetime | None) -> list[dict[str, Any]]:
        as_of = datetime.combine(city.today, time(), ZONE)
        rows = [
            row
            for row in build(city)[0]
            if row["_arrives"] <= as_of and (not start or not end or start <= row["_at"] < end)
        ]
        return [
            {name: value for name, value in row.items() if not name.startswith("_")} for row in rows
        ]

    def things(_: Request) -> Response:
        return JSONResponse(
            {
                "@iot.count": 1,
                "value": [
                    {"@iot.id": 1, "name": STATION, "description": "Data sintetis / synthetic data"}
                ],
            }
        )

    return [
        Route("/aqms/v1.1/Observations", observations(rows)),
        Route("/aqms/v1.1/Things", things),
    ]


def _observation(name: str, at: datetime, haze: float, dice: Any, minutes: Any) -> dict[str, Any]:
    daily = 1 + 0.35 * math.sin((at.hour + at.minute / 60 - 7) / 24 * 2 * math.pi)
    sound = minutes.choices(range(AVERAGED - 3, AVERAGED + 1), SOUND)[0]
    value = LEVELS[name] * daily * dice.uniform(0.8, 1.2) * (haze if name.startswith("PM") else 1)
    return {
        "phenomenonTime": at.isoformat(),
        "resultTime": (at + timedelta(minutes=1)).isoformat(),
        "result": round(value, 1),
        "resultQuality": "valid",
        "Datastream": {
            "name": name,
            "unitOfMeasurement": {
                "name": "microgram per cubic metre",
                "symbol": "ug/m3",
                "definition": "https://ucum.org",
            },
        },
        "parameters": {
            "station": STATION,
            "rerata_menit": AVERAGED,
            "validitas_persen": round(100 * sound / AVERAGED, 1),
        },
        "_at": at,
        "_arrives": at + timedelta(minutes=1),
    }


def _dirty(
    city: City, day: str, n: int, observed: list[dict[str, Any]], errors: list[Planted], dice: Any
) -> None:
    """Plant two row errors a day and one duplicate every third day, never on a late reading."""
    prompt = [
        reading for reading in observed if reading["_arrives"] < reading["_at"] + timedelta(hours=1)
    ]
    for k, row in enumerate(dice.sample(prompt, 2)):
        rule = ERRORS[(n + 2 * k) % len(ERRORS)]
        match rule:
            case "value.minimum":
                row["result"] = -999
            case "value.maximum":
                row["result"] = 999999
            case "value.type":
                row["result"] = "TIDAK ADA DATA"
            case "value.unit":
                row["Datastream"] = {
                    **row["Datastream"],
                    "unitOfMeasurement": {
                        "name": "part per million",
                        "symbol": "ppm",
                        "definition": "",
                    },
                }
        errors.append(
            Planted(
                "aqms",
                "observations",
                day,
                f"{row['Datastream']['name']} {row['phenomenonTime']}",
                rule,
            )
        )
    if n % 3 == 0:
        duplicate = dice.choice(
            [
                reading
                for reading in prompt
                if reading["result"] not in (-999, 999999, "TIDAK ADA DATA")
            ]
        )
        duplicate["@iot.id"] = f"again-{day}"
        observed.append({**duplicate})
        errors.append(
            Planted(
                "aqms",
                "observations",
                day,
                f"{duplicate['Datastream']['name']} {duplicate['phenomenonTime']}",
                "duplicate",
                "sent twice",
            )
        )
