"""The air over made-up readings: flagged invalid by the instrument, of two stations, of half an
hour.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.unit.sql.figures import SEPTEMBER, figures

ZONE = ZoneInfo("Asia/Jakarta")
DAY = datetime(2026, 9, 7, tzinfo=ZONE)
PARAMETERS = ("PM10", "PM2.5", "SO2", "CO", "O3", "NO2", "HC")


def reading(
    at: datetime, value: float, parameter: str = "PM2.5", station: str = "A", quality: str = "valid"
) -> dict[str, Any]:
    return {
        "station": station,
        "parameter": parameter,
        "observed_at": at,
        "averaging_minutes": 30,
        "value": value,
        "quality": quality,
    }


def day_of(value: float, station: str = "A", quality: str = "valid") -> list[dict[str, Any]]:
    """Return 48 readings of each parameter on one day; ``value`` and ``quality`` are PM2.5's."""
    return [
        reading(DAY + timedelta(minutes=30 * n), value, parameter, station, quality)
        if parameter == "PM2.5"
        else reading(DAY + timedelta(minutes=30 * n), 1, parameter, station)
        for n in range(48)
        for parameter in PARAMETERS
    ]


def test_what_the_instrument_calls_invalid_makes_no_index_no_mean_and_no_unhealthy_day() -> None:
    rows = {"aqms__observations": day_of(300, quality="invalid")}
    (index,) = figures("mart.ispu_daily", **rows)
    assert (index["day"], index["valid_parameters"], index["is_valid_day"]) == (
        DAY.date(),
        6,
        False,
    )
    assert index["ispu"] < 50
    (unhealthy,) = figures("kpi.inhabitant_days_of_unhealthy_air", **rows)
    assert (unhealthy["unhealthy_days"], unhealthy["valid_days"], unhealthy["reason"]) == (
        0,
        0,
        "no_valid_day",
    )
    air = {row["pm25_ug_m3"] for row in figures("mart.operations_hourly", **rows)}
    assert air == {None}


def test_two_stations_are_not_averaged_the_higher_one_tells_of_the_day() -> None:
    both = [*day_of(20), *day_of(120, station="B")]
    (index,) = figures("mart.ispu_daily", aqms__observations=both)
    (alone,) = figures("mart.ispu_daily", aqms__observations=day_of(120))
    assert (index["station"], index["ispu"]) == ("B", alone["ispu"])
    half = [
        row for row in day_of(400, station="B") if row["observed_at"] < DAY + timedelta(hours=9)
    ]
    (index,) = figures("mart.ispu_daily", aqms__observations=[*day_of(20), *half])
    assert (index["station"], index["is_valid_day"]) == ("A", True)
    air = figures("mart.operations_hourly", aqms__observations=both)
    assert {row["pm25_ug_m3"] for row in air} == {None, 20.0}


def test_two_stations_give_half_of_the_readings_when_one_is_silent() -> None:
    rows = figures(
        "kpi.parameter_uptime", aqms__observations=[*day_of(20), *day_of(20, station="B")]
    )
    shares = {row["measure"]: (row["numerator"], row["denominator"]) for row in rows}
    assert shares["pm25"] == (96, 2 * 48 * 30)


def test_half_an_hour_of_each_of_two_stations_is_no_hour_of_one() -> None:
    apart = [reading(DAY, 30), reading(DAY + timedelta(minutes=30), 50, station="B")]
    means = {row["measure"]: row for row in figures("kpi.mean_particles", aqms__observations=apart)}
    assert means["pm25_month"]["value"] is None
    every = [*day_of(20), *day_of(40, station="B")]
    so_far = {"aqms.observations": SEPTEMBER[:7]}
    rows = figures("kpi.mean_particles", so_far, aqms__observations=every)
    means = {row["measure"]: row for row in rows}
    assert (means["pm25_month"]["value"], means["pm25_month"]["denominator"]) == (30.0, 48)
    assert means["pm25_month"]["completeness"] == pytest.approx(1 / 30)
