"""The weather that the AQMS station (S22) measures beside the air: wind, temperature and humidity
every 30 minutes, as SensorThings observations.

One observation carries the half-hour's figures together, as OGC 18-088 allows. What the air itself
holds is in ``air``. Figures are made up.
"""

import math
from datetime import date, datetime, time, timedelta

from demo.city import ZONE, City
from demo.door import Observations
from demo.systems.air import AVERAGED, STATION
from demo.table import Days, Row, Table, to

A_DAY = 24 * 60 // AVERAGED


def _readings(city: City) -> Days:
    return {day: _day(city, day) for day in city.window}


def _day(city: City, day: date) -> list[Row]:
    """Return the day's readings: warmest and driest at 14:00, the wind strongest then and mostly
    from the south-east.
    """
    dice, midnight = city.dice("cuaca", day), datetime.combine(day, time(), ZONE)
    mean, readings = dice.uniform(26.5, 28.5), []
    for n in range(A_DAY):
        at = midnight + timedelta(minutes=n * AVERAGED)
        warm = math.cos((n / A_DAY - 14 / 24) * 2 * math.pi)
        result = {
            "suhu": round(mean + 4 * warm + dice.uniform(-0.4, 0.4), 1),
            "kelembapan": round(min(100.0, 80 - 14 * warm + dice.uniform(-3, 3)), 1),
            "kecepatan_angin": round(max(0.0, 1.6 + 1.1 * warm + dice.uniform(-0.5, 0.5)), 1),
            "arah_angin": round(dice.gauss(140, 40)) % 360,
        }
        readings.append(
            {
                "@iot.id": f"MET-{at:%Y%m%d%H%M}",
                "phenomenonTime": at.isoformat(),
                "resultTime": (at + timedelta(minutes=1)).isoformat(),
                "result": result,
                "parameters": {"station": STATION, "rerata_menit": AVERAGED},
            }
        )
    return readings


TABLES = (
    Table(
        "aqms",
        "weather",
        ("parameters.station", "phenomenonTime"),
        _readings,
        {
            "wind_direction_deg.maximum": to(result__arah_angin=999),
            "temperature_celsius.minimum": to(result__suhu=-99.9),
            "humidity_percent.maximum": to(result__kelembapan=655.35),
            "wind_speed_m_s.type": to(result__kecepatan_angin="RUSAK"),
        },
        Observations("/aqms/v1.1/Datastreams(8)/Observations"),
    ),
)
