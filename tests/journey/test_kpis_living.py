"""KPIs of living against plain Python over the demo city: complaints about lights and water,
cameras, air, services, LPG cards and fibre.
"""

import calendar
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import fmean

import pytest

from demo.city import City
from demo.systems import cameras, fibre, gas_cards, services
from demo.table import Row, Table
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    compare,
    for_days,
    half_up,
    is_few,
    passed,
    rows_of,
    share,
    withheld,
)
from tests.journey.standing import absent, harvest, register_of, standing, waits
from tests.journey.test_kpis_complaints import (
    complaints_harvest,
    inhabitants,
    population_doubt,
    received,
)
from tests.journey.test_kpis_environment import air_harvest, readings_by_day

pytestmark = pytest.mark.xdist_group("city")
TABLES = {
    f"{table.application}.{table.dataset}": table
    for module in (cameras, fibre, gas_cards, services)
    for table in module.TABLES
}


def snapshot(city: City, table: Table) -> tuple[list[Row], Values]:
    """Return what stands of the latest snapshot, and what each of its figures says beside its
    value: some of its rows are in quarantine.
    """
    day = city.window[-1]
    whole = register_of(city, table)
    return passed(city, table, day)[day], {
        **standing(whole.gap),
        "completeness": whole.completeness,
    }


def since(city: City, days: int) -> date:
    """Return the first day asked for, of a dataset whose last ``days`` days before the window
    are asked for again.
    """
    return city.window[0] - timedelta(days=days)


def expected_street_light_and_water_complaints(city: City) -> dict[Key, Values]:
    subjects = {"street_lights": {"street_lights"}, "water": {"pipe_leaks", "turbid_water"}}
    found: dict[Key, Values] = {}
    whole, months = complaints_harvest(city), received(city)
    for month in whole.periods():
        here = sum(f"{day:%Y-%m}" == month for day in city.window)
        people = for_days(inhabitants(int(month[:4])), here, month)
        said = {
            **whole.complete(month),
            **standing(whole.gap(month), population_doubt(month)),
            "unit": "/10000{people}",
        }
        for measure, categories in subjects.items():
            number = sum(row["service_code"] in categories for row in months.get(month, ()))
            found[month, CITY, measure] = {
                "numerator": number,
                "denominator": people,
                "value": half_up(Fraction(10_000 * number, people), 2),
            } | said
    return found


def expected_camera_availability(city: City) -> dict[Key, Values]:
    """A heartbeat every five minutes from every camera of the register."""
    table, register = TABLES["cctv.heartbeats"], register_of(city, TABLES["cctv.cameras"])
    registered, _ = snapshot(city, TABLES["cctv.cameras"])
    whole = harvest(city, table, since(city, 1))
    known, beats = (
        {row["camera_id"]: date.fromisoformat(row["dipasang"]) for row in registered},
        passed(city, table, since(city, 1)),
    )
    found: dict[Key, Values] = {}
    for month in {f"{day:%Y-%m}" for day in beats}:
        here = [day for day in beats if f"{day:%Y-%m}" == month]
        up = sum(
            row["camera_id"] in known and row["status"] != "offline" and row["stream_ok"]
            for day in here
            for row in beats[day]
        )
        due = 24 * 60 // 5 * sum(installed <= day for day in here for installed in known.values())
        least = min(whole.completeness(month), register.completeness)
        row = {
            "numerator": up,
            "denominator": due,
            "value": share(up, due),
            "cameras": len(known),
            **standing(whole.gap(month), register.gap, register.gap_of(month)),
            "completeness": pytest.approx(least),
        }
        found[month, CITY] = withheld(
            row, *(("cameras", "numerator", "denominator", "value") if is_few(len(known)) else ())
        )
    return found


UNHEALTHY = {
    "PM10": (150, 350),
    "PM2.5": (55.4, 150.4),
    "SO2": (180, 400),
    "CO": (8000, 15000),
    "O3": (235, 400),
    "NO2": (200, 1130),
    "HC": (100, 215),
}
"""PermenLHK P.14/2020: concentrations of index 100 and 200; an index of 100.5 is rounded to 101,
which is Tidak Sehat.
"""


def expected_inhabitant_days_of_unhealthy_air(city: City) -> dict[Key, Values]:
    whole, read = air_harvest(city), readings_by_day(city)
    found: dict[Key, Values] = {}
    for month in whole.periods():
        valid = [
            read[day]
            for day in whole.days
            if f"{day:%Y-%m}" == month and all(len(values) >= 36 for values in read[day].values())
        ]
        unhealthy = sum(
            any(
                fmean(map(float, day[name].values())) >= low + (high - low) * 0.005
                for name, (low, high) in UNHEALTHY.items()
            )
            for day in valid
        )
        people, length = (
            inhabitants(int(month[:4])),
            calendar.monthrange(*map(int, month.split("-")))[1],
        )
        stands = 4 * len(valid) >= 3 * length or (whole.gap(month) and valid)
        value = unhealthy * people if stands else None
        counts = {
            "unhealthy_days": unhealthy,
            "valid_days": len(valid),
            "population": people,
            "completeness": len(valid) / length,
        }
        said = standing(whole.gap(month), population_doubt(month))
        if value is None:
            said = absent("few_valid_days" if valid else "no_valid_day")
        found[month, CITY] = {
            "numerator": value,
            "denominator": None,
            "value": value,
            **counts,
            **said,
        }
    return found


def expected_services_reachable_online(city: City) -> dict[Key, Values]:
    rows, said = snapshot(city, TABLES["perizinan.services"])
    online, agencies = (
        sum(row["daring"] == "ya" for row in rows),
        len({row["instansi"] for row in rows}),
    )
    row = {
        "numerator": online,
        "denominator": len(rows),
        "value": share(online, len(rows)),
        "agencies": agencies,
    }
    return {(city.window[-1].isoformat(), CITY): row | said}


def expected_households_with_lpg_card(city: City) -> dict[Key, Values]:
    rows, said = snapshot(city, TABLES["lpg.cards"])
    day, found = city.window[-1].isoformat(), {}
    families = len({row["kk"] for row in rows if row["jenis"] == "RT" and not row["dicabut"]})
    counts: dict[str, tuple[int, int | None]] = {"households": (families, None)}
    for measure, kind in (("household_cards", "RT"), ("business_cards", "UM")):
        issued = [row for row in rows if row["jenis"] == kind]
        counts[measure] = (sum(not row["dicabut"] for row in issued), len(issued))
    for measure, (part, whole) in counts.items():
        row = {
            "numerator": part,
            "denominator": whole,
            "value": share(part, whole) if whole else None,
        } | said
        row |= {} if whole else {"status": "not available", "reason": "no_total"}
        hidden = is_few(part) or (whole is not None and 1 <= whole - part <= 4)
        found[day, CITY, measure] = withheld(
            row, *(("numerator", "denominator", "value") if hidden else ())
        )
    return found


def expected_fibre_network(city: City) -> dict[Key, Values]:
    rows, said = snapshot(city, TABLES["fiber.segments"])
    used, day = [row for row in rows if row["status"] == "aktif"], city.window[-1].isoformat()
    laid, lit, sites = (
        sum(row["panjang_m"] for row in rows),
        sum(row["panjang_m"] for row in used),
        {row[end] for row in used for end in ("dari", "ke")},
    )
    found: dict[Key, Values] = {
        (day, CITY, "laid_km"): {
            "numerator": laid / 1000,
            "denominator": None,
            "value": laid / 1000,
            "unit": "km",
            **said,
        },
        (day, CITY, "in_use_km"): {
            "numerator": lit / 1000,
            "denominator": laid / 1000,
            "value": share(lit, laid),
            "unit": "%",
            **said,
        },
        (day, CITY, "sites"): {
            "numerator": len(sites),
            "denominator": None,
            "value": len(sites),
            "unit": "{sites}",
            **said,
        },
    }
    table = TABLES["fiber.outages"]
    outages, whole = passed(city, table, since(city, 2)), harvest(city, table, since(city, 2))
    for month in whole.periods():
        began = [row for outage in outages if f"{outage:%Y-%m}" == month for row in outages[outage]]
        ends = [
            (datetime.fromisoformat(row["mulai"]), datetime.fromisoformat(row["selesai"]))
            for row in began
            if row["selesai"]
        ]
        hours = half_up(
            sum(
                (Fraction((end - start) / timedelta(seconds=1)) for start, end in ends), Fraction(0)
            )
            / 3600,
            2,
        )
        still = sum(row["selesai"] is None for row in began)
        partly = standing(whole.gap(month), waits(still, month, whole.until))
        partly |= whole.complete(month)
        found[month, CITY, "downtime_hours"] = {
            "numerator": hours,
            "denominator": None,
            "value": hours,
            "unit": "h",
            **partly,
        }
        none = {} if began else absent("no_cases")
        found[month, CITY, "open_outages"] = {
            "numerator": still,
            "denominator": len(began),
            "value": share(still, len(began)),
            "unit": "%",
            **partly,
            **none,
        }
    return found


KPIS: dict[str, Callable[[City], dict[Key, Values]]] = {
    "street_light_and_water_complaints": expected_street_light_and_water_complaints,
    "camera_availability": expected_camera_availability,
    "inhabitant_days_of_unhealthy_air": expected_inhabitant_days_of_unhealthy_air,
    "services_reachable_online": expected_services_reachable_online,
    "households_with_lpg_card": expected_households_with_lpg_card,
    "fibre_network": expected_fibre_network,
}


@pytest.mark.parametrize("name", KPIS)
def test_what_is_released_is_what_the_citys_rows_give(name: str, harvested: Harvested) -> None:
    assert compare(name, rows_of(harvested, name), KPIS[name](harvested.city)) > 0


def test_the_city_has_what_these_kpis_tell_apart(harvested: Harvested) -> None:
    air_days = expected_inhabitant_days_of_unhealthy_air(harvested.city).values()
    assert any(0 < row["unhealthy_days"] < row["valid_days"] for row in air_days), (
        "some valid days are unhealthy, some are not"
    )
    cards = expected_households_with_lpg_card(harvested.city).values()
    assert all(row["numerator"] < row["denominator"] for row in cards if row["denominator"]), (
        "some cards are revoked"
    )
    assert any(
        row["value"]
        for key, row in expected_fibre_network(harvested.city).items()
        if key[2] == "downtime_hours"
    )
