"""ATCS's synthetic traffic counts: every approach of the adaptive junctions, every 15 minutes, as
SensorThings observations.

One observation carries the interval's figures together, as OGC 18-088 allows. The operation
centre's incidents show in the counts: an accident slows the junction and lengthens its queues, a
power cut makes its signals flash. Figures are made up.
"""

import math
from datetime import date, datetime, time, timedelta
from typing import Any

from demo.city import ZONE, City
from demo.door import Observations
from demo.systems.incidents import incidents
from demo.systems.junctions import ADAPTIVE, APPROACHES, junction
from demo.table import Row, Table, to

A_DAY = 96
DETECTORS = tuple((number, approach) for number in range(ADAPTIVE) for approach in APPROACHES)
FREE_KMH, CYCLE = 42.0, 120


def _counts(city: City) -> dict[date, list[Row]]:
    step = max(1, round(1 / city.scale)) if city.scale < 1 else 1
    detectors = DETECTORS[::step]
    disturbed = _disturbed(city)
    return {day: _day(city, day, detectors, disturbed) for day in city.window}


def _day(
    city: City,
    day: date,
    detectors: tuple[tuple[int, str], ...],
    disturbed: dict[str, list[tuple[datetime, datetime, str]]],
) -> list[Row]:
    dice, rows = city.dice("atcs", day), []
    for n in range(A_DAY):
        at = datetime.combine(day, time(n // 4, n % 4 * 15), ZONE)
        for number, approach in detectors:
            code = junction(number)["code"]
            kinds = {
                kind
                for start, end, kind in disturbed.get(code, ())
                if start < at + timedelta(minutes=15) and at < end
            }
            rows.append(
                _observation(code, approach, at, _load(number, approach, at, dice), kinds, dice)
            )
    return rows


def _disturbed(city: City) -> dict[str, list[tuple[datetime, datetime, str]]]:
    """Return by junction when what happened there; what is still open lasts until today."""
    by_junction: dict[str, list[tuple[datetime, datetime, str]]] = {}
    for row in (row for rows in incidents(city).values() for row in rows if row["simpang"]):
        end = (
            datetime.fromisoformat(row["ditutup"])
            if row["ditutup"]
            else datetime.combine(city.today, time(), ZONE)
        )
        by_junction.setdefault(row["simpang"], []).append(
            (datetime.fromisoformat(row["dibuka"]), end, row["jenis"])
        )
    return by_junction


def _load(number: int, approach: str, at: datetime, dice: Any) -> float:
    """Return how full the approach is, 0 to 1: peaks in the morning and late afternoon, quieter
    on Sundays.
    """
    hour = at.hour + at.minute / 60
    shape = (
        0.04
        + 0.75 * math.exp(-(((hour - 7.2) / 1.6) ** 2))
        + 0.85 * math.exp(-(((hour - 17) / 2.0) ** 2))
        + 0.42 * math.exp(-(((hour - 12.5) / 4) ** 2))
    )
    size = 0.55 + 0.45 * ((number * 7 + APPROACHES.index(approach) * 5) % 23) / 22
    return min(1.0, shape * size * (0.7 if at.weekday() == 6 else 1.0) * dice.uniform(0.85, 1.15))


def _observation(
    code: str, approach: str, at: datetime, load: float, kinds: set[str], dice: Any
) -> Row:
    slow = 0.4 if kinds & {"accident", "tree"} else 0.7 if "power" in kinds else 1.0
    vehicles = round(260 * load * (0.8 if slow < 1 else 1.0))
    motorcycles, heavy = (
        round(vehicles * dice.uniform(0.66, 0.76)),
        round(vehicles * dice.uniform(0.01, 0.05)),
    )
    return {
        "@iot.id": f"{code}-{approach}-{at:%Y%m%d%H%M}",
        "phenomenonTime": at.isoformat(),
        "resultTime": (at + timedelta(minutes=15, seconds=20)).isoformat(),
        "result": {
            "kendaraan": vehicles,
            "motor": motorcycles,
            "mobil": vehicles - motorcycles - heavy,
            "berat": heavy,
            "okupansi": round(min(100.0, 62 * load / slow), 1),
            "kecepatan": round(FREE_KMH * (1 - 0.6 * load) * slow, 1) if vehicles else None,
            "antrean": round(140 * load * load / slow),
            "siklus": CYCLE,
            "hijau": round(CYCLE * (0.15 + 0.2 * load)),
            "mode": "flash" if "power" in kinds else "fixed" if at.hour < 5 else "adaptive",
        },
        "Datastream": {"name": f"{code}-{approach} 15 menit"},
        "parameters": {"simpang": code, "lengan": approach, "detektor": f"{code}-{approach}"},
    }


TABLES = (
    Table(
        "atcs",
        "counts",
        ("parameters.detektor", "phenomenonTime"),
        _counts,
        {
            "occupancy_percent.maximum": to(result__okupansi=655.35),
            "mean_speed_kmh.minimum": to(result__kecepatan=-1),
            "queue_m.maximum": to(result__antrean=65535),
            "vehicles.type": to(result__kendaraan="ERR"),
            "classes_add_up": lambda row: {"result.kendaraan": row["result"]["kendaraan"] + 50},
            "mode.one_of": to(result__mode="AUTO"),
        },
        Observations("/atcs/v1.1/Observations"),
    ),
)
