"""What the display near Tugu Keris shows at 15:00: the ISPU of every parameter over the 24 hours
before, and the day's highest.

Computed from the readings that had reached the server by then (see ``air``) with the rule of
P.14/2020; a parameter with less than three quarters of its readings shows dashes. The mart
``ispu_daily`` goes by calendar days, so the two differ a little.
"""

from datetime import date, datetime, time, timedelta
from statistics import fmean
from typing import Any

from demo.city import ZONE, City
from demo.door import Rest
from demo.systems import air
from demo.table import Row, Table, to
from pipelines.reference.ispu import SINCE_2020

SHOWN_AT = time(15)
READINGS, ENOUGH = 48, 0.75
NOTHING = "---"


def _shown(city: City) -> dict[date, list[Row]]:
    readings = [row for row in air.build(city)[0] if _is_sound(row)]
    return {day: _display(day, readings) for day in city.window}


def _is_sound(row: Row) -> bool:
    return (
        isinstance(row["result"], int | float)
        and 0 <= row["result"] <= 60000
        and row["Datastream"]["unitOfMeasurement"]["symbol"] == "ug/m3"
    )


def _display(day: date, readings: list[Row]) -> list[Row]:
    now = datetime.combine(day, SHOWN_AT, ZONE)
    values: dict[str, dict[datetime, float]] = {name: {} for name in air.LEVELS}
    for row in readings:
        if now - timedelta(days=1) <= row["_at"] < now and row["_arrives"] <= now:
            values[row["Datastream"]["name"]][row["_at"]] = row["result"]
    indices = {
        name: index_of(name, fmean(hourly.values()))
        for name, hourly in values.items()
        if len(hourly) >= READINGS * ENOUGH
    }
    critical = max(indices, key=lambda name: indices[name], default=None)
    highest = indices[critical] if critical else None
    return [
        {
            "tanggal": day.isoformat(),
            "stasiun": air.STATION,
            "parameter": name,
            "ispu": indices.get(name, NOTHING),
            "indeks": NOTHING if highest is None else highest,
            "kategori": NOTHING if highest is None else category_of(highest),
            "kritis": critical or NOTHING,
            "ditayangkan": now.isoformat(),
            "peraturan": SINCE_2020.version,
        }
        for name in air.LEVELS
    ]


def index_of(parameter: str, concentration: float) -> int:
    """Return the ISPU of a 24-hour mean in ug/m3, rounded half up; 500 above the table."""
    return int(SINCE_2020.index(parameter, concentration) + 0.5)


def category_of(index: int) -> str:
    """Return the category of an index."""
    return SINCE_2020.category(index)


def _above_the_highest(row: Row) -> dict[str, Any] | None:
    return (
        {"ispu": row["indeks"] + 20}
        if isinstance(row["indeks"], int) and row["indeks"] <= 480
        else None
    )


def _other_category(row: Row) -> dict[str, Any] | None:
    return (
        {"kategori": "Baik" if row["kategori"] != "Baik" else "Sedang"}
        if row["kategori"] != NOTHING
        else None
    )


TABLES = (
    Table(
        "aqms",
        "daily_index",
        ("tanggal", "parameter"),
        _shown,
        {
            "index_is_the_highest": _above_the_highest,
            "category_fits_index": _other_category,
            "ispu.minimum": to(ispu=-1),
            "critical_parameter.one_of": to(kritis="PM2,5"),
            "rule_version.one_of": to(peraturan="KEP-45/MENLH/10/1997"),
        },
        Rest("/aqms/papan/indeks.json", since="dari", until="sampai"),
    ),
)
