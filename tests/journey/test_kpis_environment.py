"""KPIs of air and rivers against plain Python over the demo city: what is released is what the
city's own rows give.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from statistics import fmean
from zoneinfo import ZoneInfo

import pytest

from demo.city import City
from demo.everything import ground_truth
from demo.systems import air, river_works
from demo.table import Row
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    broken,
    compare,
    emptied,
    half_up,
    passed,
    rows_of,
    share,
)
from tests.journey.standing import Harvest, absent, ends, register_of, standing

pytestmark = pytest.mark.xdist_group("city")
PARAMETERS = ("PM10", "PM2.5", "SO2", "CO", "O3", "NO2", "HC")
P14 = "P.14/MENLHK/SETJEN/KUM.1/7/2020"


def asked_days(city: City) -> list[date]:
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


@cache
def arrived(city: City) -> dict[date, dict[str, Row]]:
    """Return, by day that passed, what came of it in time: by the reading's name, each once."""
    midnight = datetime.combine(city.today, datetime.min.time(), ZoneInfo("Asia/Jakarta"))
    silent = outages(city)
    found: dict[date, dict[str, Row]] = {
        day: {} for day in asked_days(city) if day.isoformat() not in silent
    }
    for row in air.build(city)[0]:
        if row["_arrives"] <= midnight and row["_at"].date() in found:
            name = f"{row['Datastream']['name']} {row['phenomenonTime']}"
            found[row["_at"].date()][name] = row
    return found


def air_harvest(city: City) -> Harvest:
    bad = Counter(day for day, _ in broken(city, "aqms", "observations"))
    counts = {day: len(rows) for day, rows in arrived(city).items()}
    return Harvest({day: (many, many - bad[str(day)]) for day, many in counts.items()})


@cache
def readings(city: City) -> dict[tuple[str, datetime], Fraction]:
    """Return parameter and time -> the reading, of every one that was there in time and passed
    the gate.
    """
    bad = broken(city, "aqms", "observations") | {*emptied(city, "aqms", "observations")}
    return {
        (row["Datastream"]["name"], row["_at"]): Fraction(str(row["result"]))
        for day, rows in arrived(city).items()
        for name, row in rows.items()
        if (day.isoformat(), name) not in bad
    }


def readings_by_day(city: City) -> dict[date, dict[str, dict[datetime, Fraction]]]:
    """Return the readings of each day that passed by parameter, none of which is missing."""
    found = {
        day: {name: dict[datetime, Fraction]() for name in PARAMETERS} for day in arrived(city)
    }
    for (name, at), value in readings(city).items():
        found[at.date()][name][at] = value
    return found


def expected_mean_particles(city: City) -> dict[Key, Values]:
    hours: dict[tuple[str, datetime], list[Fraction]] = defaultdict(list)
    for (name, at), value in readings(city).items():
        hours[name, at.replace(minute=0)].append(value)
    found: dict[Key, Values] = {}
    whole = air_harvest(city)
    for name in ("PM2.5", "PM10"):
        valid = {
            at: (values[0] + values[1]) / 2
            for (station, at), values in hours.items()
            if station == name and len(values) == 2
        }
        for period in (*whole.periods(), *whole.periods(4)):
            here = [mean for at, mean in valid.items() if at.isoformat().startswith(period)]
            first, last = ends(period)
            hours_there_are = 24 * ((last - first).days + 1)
            row = {
                "numerator": float(sum(here)) if here else None,
                "denominator": len(here),
                "unit": "ug/m3",
                "completeness": len(here) / hours_there_are,
                **standing(whole.gap(period)),
            }
            if here and (whole.gap(period) or 4 * len(here) >= 3 * hours_there_are):
                row["value"] = half_up(sum(here) / Fraction(len(here)))
            else:
                row |= absent("few_valid_hours" if here else "no_valid_hour")
            measure = name.lower().replace(".", "") + ("_month" if "-" in period else "_year")
            found[period, CITY, measure] = row
    return found


def expected_parameter_uptime(city: City) -> dict[Key, Values]:
    """A day that was withheld is expected too: its readings are not there."""
    found: dict[Key, Values] = {}
    by_month = Counter((f"{at:%Y-%m}", name) for name, at in readings(city))
    for month, asked in Counter(f"{day:%Y-%m}" for day in asked_days(city)).items():
        first, last = ends(month)
        due = 48 * asked
        counts = {
            name.lower().replace(".", ""): (by_month[month, name], due) for name in PARAMETERS
        } | {"all_parameters": (sum(by_month[month, name] for name in PARAMETERS), 7 * due)}
        for measure, (valid, whole) in counts.items():
            found[month, CITY, measure] = {
                "numerator": valid,
                "denominator": whole,
                "value": share(valid, whole),
                "unit": "%",
                **standing(None if asked > (last - first).days else "incomplete"),
                "rule_version": P14,
            }
    return found


ANCHORS = (0, 50, 100, 200, 300, 500)
CONCENTRATIONS = {
    "PM10": (0, 50, 150, 350, 420, 500),
    "PM2.5": (0, 15.5, 55.4, 150.4, 250.4, 500),
    "SO2": (0, 52, 180, 400, 800, 1200),
    "CO": (0, 4000, 8000, 15000, 30000, 45000),
    "O3": (0, 120, 235, 400, 800, 1000),
    "NO2": (0, 80, 200, 1130, 2260, 3000),
    "HC": (0, 45, 100, 215, 432, 648),
}
"""PermenLHK P.14/2020, typed once more so that the two cannot share a mistake."""
CATEGORIES = ("good", "moderate", "unhealthy", "very_unhealthy", "hazardous")


def index_of(parameter: str, concentration: float) -> float:
    x = CONCENTRATIONS[parameter]
    for n in range(5):
        if x[n] < concentration <= x[n + 1]:
            return ANCHORS[n] + (ANCHORS[n + 1] - ANCHORS[n]) / (x[n + 1] - x[n]) * (
                concentration - x[n]
            )
    return 500


def category(day: Mapping[str, Mapping[datetime, Fraction]]) -> str | None:
    """Return the category of a day's air, None where a parameter has too few readings."""
    if any(len(values) < 36 for values in day.values()):
        return None
    highest = max(index_of(name, fmean(map(float, day[name].values()))) for name in PARAMETERS)
    return CATEGORIES[sum(int(highest + 0.5) > limit for limit in (50, 100, 200, 300))]


def expected_days_by_ispu_category(city: City) -> dict[Key, Values]:
    whole = air_harvest(city)
    named = {day: category(read) for day, read in readings_by_day(city).items()}
    found: dict[Key, Values] = {}
    for month in whole.periods():
        here = Counter(name for day, name in named.items() if name and str(day)[:7] == month)
        days = (ends(month)[1] - ends(month)[0]).days + 1
        gap, valid = whole.gap(month), here.total()
        for measure, part, of in (
            *((name, here[name], valid) for name in CATEGORIES),
            ("valid_days", valid, days),
        ):
            row = {"numerator": part, "denominator": of, "value": share(part, of), "unit": "%"}
            row |= {"completeness": valid / days, "rule_version": P14, **standing(gap)}
            if not of or not (gap or measure == "valid_days" or 4 * valid >= 3 * days):
                row |= absent("few_valid_days" if of else "no_valid_day")
            found[month, CITY, measure] = row
    return found


def expected_rivers_cleaned(city: City) -> dict[Key, Values]:
    (table,) = (table for table in river_works.TABLES if table.dataset == "sites")
    day = city.window[-1]
    rows, found = passed(city, table, day)[day], {}
    whole = register_of(city, table)
    for region in {CITY} | {row["kelurahan"][:8] for row in rows}:
        here = [row for row in rows if row["kelurahan"].startswith(region)]
        length, cleaned = (
            sum(row["panjang_m"] for row in here),
            sum(row["dibersihkan_m"] for row in here),
        )
        sediment = float(sum(Fraction(str(row["sedimen_m3"])) for row in here))
        said = {"completeness": whole.completeness, **standing(whole.gap)}
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
    "days_by_ispu_category": expected_days_by_ispu_category,
    "mean_particles": expected_mean_particles,
    "parameter_uptime": expected_parameter_uptime,
    "rivers_cleaned": expected_rivers_cleaned,
}


@pytest.mark.parametrize("name", KPIS)
def test_what_is_released_is_what_the_citys_rows_give(name: str, harvested: Harvested) -> None:
    assert compare(name, rows_of(harvested, name), KPIS[name](harvested.city)) > 0


def test_the_days_are_of_more_than_one_category(harvested: Harvested) -> None:
    told = expected_days_by_ispu_category(harvested.city)
    assert len({measure for (_, _, measure), row in told.items() if row["numerator"]}) > 2


def test_an_outage_lowers_the_uptime_and_not_the_mean(harvested: Harvested) -> None:
    """The withheld day is expected in the one, and is no day of the other."""
    (outage,) = outages(harvested.city)
    rows = {(row["period"], row["measure"]): row for row in rows_of(harvested, "parameter_uptime")}
    assert rows[outage[:7], "pm25"]["denominator"] - rows[outage[:7], "pm25"]["numerator"] >= 48
    means = {(row["period"], row["measure"]): row for row in rows_of(harvested, "mean_particles")}
    assert means[outage[:7], "pm25_month"]["denominator"] <= 24 * (
        len(asked_days(harvested.city)) - 1
    )
