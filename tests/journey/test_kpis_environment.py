"""KPIs of air and rivers against plain Python over the demo city: what is released is what the
city's own rows give.
"""

import calendar
from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from demo.city import City
from demo.everything import ground_truth
from demo.systems import air, river_works
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    broken,
    compare,
    emptied,
    enough,
    half_up,
    passed,
    rows_of,
    share,
)

pytestmark = pytest.mark.xdist_group("city")
PARAMETERS = ("PM10", "PM2.5", "SO2", "CO", "O3", "NO2", "HC")
P14 = "P.14/MENLHK/SETJEN/KUM.1/7/2020"


def harvested_days(city: City) -> list[date]:
    """Return the days of air that were asked for: the window, and one day more for what came
    late.
    """
    return [city.window[0] - timedelta(days=1), *city.window]


def outages(city: City) -> set[str]:
    return {
        error.partition
        for error in ground_truth(city)
        if (error.application, error.rule) == ("aqms", "coverage")
    }


def readings(city: City) -> dict[tuple[str, datetime], Fraction]:
    """Return parameter and time -> the reading, of every one that was there in time and passed
    the gate.
    """
    midnight, bad = (
        datetime.combine(city.today, datetime.min.time(), ZoneInfo("Asia/Jakarta")),
        broken(city, "aqms", "observations") | {*emptied(city, "aqms", "observations")},
    )
    found = {}
    for row in air.build(city)[0]:
        day, name = row["_at"].date(), row["Datastream"]["name"]
        stands = (
            day.isoformat() not in outages(city)
            and (day.isoformat(), f"{name} {row['phenomenonTime']}") not in bad
        )
        if stands and day in harvested_days(city) and row["_arrives"] <= midnight:
            found[name, row["_at"]] = Fraction(str(row["result"]))
    return found


def expected_mean_particles(city: City) -> dict[Key, Values]:
    hours: dict[tuple[str, datetime], list[Fraction]] = defaultdict(list)
    for (name, at), value in readings(city).items():
        hours[name, at.replace(minute=0)].append(value)
    found: dict[Key, Values] = {}
    for name in ("PM2.5", "PM10"):
        valid = {
            at: (values[0] + values[1]) / 2
            for (station, at), values in hours.items()
            if station == name and len(values) == 2
        }
        for period in {f"{day:%Y}" for day in harvested_days(city)} | {
            f"{day:%Y-%m}" for day in harvested_days(city)
        }:
            here = [mean for at, mean in valid.items() if at.isoformat().startswith(period)]
            days = (
                calendar.monthrange(*map(int, period.split("-")))[1]
                if "-" in period
                else 366
                if calendar.isleap(int(period))
                else 365
            )
            measure = name.lower().replace(".", "") + ("_month" if "-" in period else "_year")
            found[period, CITY, measure] = {
                "numerator": float(sum(here)),
                "denominator": len(here),
                "value": half_up(sum(here) / Fraction(len(here))),
                "unit": "ug/m3",
                "completeness": len(here) / (24 * days),
                "status": "provisional",
                "reason": "running",
            }
    return found


def expected_parameter_uptime(city: City) -> dict[Key, Values]:
    found: dict[Key, Values] = {}
    for month in {f"{day:%Y-%m}" for day in harvested_days(city)}:
        due = 48 * sum(f"{day:%Y-%m}" == month for day in harvested_days(city))
        here = [name for name, at in readings(city) if f"{at:%Y-%m}" == month]
        counts = {name.lower().replace(".", ""): (here.count(name), due) for name in PARAMETERS} | {
            "all_parameters": (len(here), 7 * due)
        }
        for measure, (valid, whole) in counts.items():
            found[month, CITY, measure] = {
                "numerator": valid,
                "denominator": whole,
                "value": share(valid, whole),
                "unit": "%",
                "status": "provisional",
                "reason": "incomplete",
                "rule_version": P14,
            }
    return found


def expected_rivers_cleaned(city: City) -> dict[Key, Values]:
    (table,) = (table for table in river_works.TABLES if table.dataset == "sites")
    day = city.window[-1]
    rows, found = passed(city, table, day)[day], {}
    whole = enough(len(table.rows(city)[day]), len(rows))
    for region in {CITY} | {row["kelurahan"][:8] for row in rows}:
        here = [row for row in rows if row["kelurahan"].startswith(region)]
        length, cleaned = (
            sum(row["panjang_m"] for row in here),
            sum(row["dibersihkan_m"] for row in here),
        )
        sediment = float(sum(Fraction(str(row["sedimen_m3"])) for row in here))
        said: dict[str, Any] = {
            "completeness": len(rows) / len(table.rows(city)[day]),
            "status": "final" if whole else "provisional",
            "reason": None if whole else "incomplete",
        }
        for measure, parts in {
            "cleaned": (cleaned, None, cleaned),
            "cleaned_share": (cleaned, length, share(cleaned, length)),
            "sediment": (sediment, None, sediment),
        }.items():
            found[day.isoformat(), region, measure] = (
                dict(zip(("numerator", "denominator", "value"), parts, strict=True)) | said
            )
    return found


KPIS = {
    "mean_particles": expected_mean_particles,
    "parameter_uptime": expected_parameter_uptime,
    "rivers_cleaned": expected_rivers_cleaned,
}


@pytest.mark.parametrize("name", KPIS)
def test_what_is_released_is_what_the_citys_rows_give(name: str, harvested: Harvested) -> None:
    assert compare(name, rows_of(harvested, name), KPIS[name](harvested.city)) > 0


def test_an_outage_lowers_the_uptime_and_not_the_mean(harvested: Harvested) -> None:
    """The withheld day is expected in the one, and is no day of the other."""
    (outage,) = outages(harvested.city)
    rows = {(row["period"], row["measure"]): row for row in rows_of(harvested, "parameter_uptime")}
    assert rows[outage[:7], "pm25"]["denominator"] - rows[outage[:7], "pm25"]["numerator"] >= 48
    means = {(row["period"], row["measure"]): row for row in rows_of(harvested, "mean_particles")}
    assert means[outage[:7], "pm25_month"]["denominator"] <= 24 * (
        len(harvested_days(harvested.city)) - 1
    )
