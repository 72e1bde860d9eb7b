"""KPIs of parking, traffic enforcement, junctions and cameras against plain Python over the demo
city, suppression included.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction
from types import ModuleType

import pytest

from demo.city import City
from demo.systems import cameras, enforcement, junctions, parking, traffic
from demo.table import Row, Table
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    broken,
    by_region,
    compare,
    half_up,
    is_few,
    passed,
    rows_of,
    share,
    unknown,
    withheld,
)
from tests.journey.standing import absent, harvest, register_of, standing, unknown_gap, waits

pytestmark = pytest.mark.xdist_group("city")
DETECTIONS_BACK, LETTERS_BACK = timedelta(days=15), timedelta(days=10)
"""How far before the window the contract asks again."""


def table(module: ModuleType, dataset: str) -> Table:
    (found,) = (table for table in module.TABLES if table.dataset == dataset)
    return found


def month(day: date) -> str:
    return f"{day:%Y-%m}"


def expected_digital_parking_payments(city: City) -> dict[Key, Values]:
    first, places = (
        city.window[0],
        {
            row["kode"]: row["kelurahan"][:8]
            for row in passed(city, table(parking, "points"), city.window[-1])[city.window[-1]]
        },
    )
    paid, handed = (harvest(city, table(parking, name)) for name in ("payments", "deposits"))
    both = paid.days.keys() & handed.days.keys()
    money: dict[tuple[str, str], list[tuple[date, str, int, str | None]]] = defaultdict(list)
    for name, amount, person in (("payments", "nominal", None), ("deposits", "setor", "id_jukir")):
        for day, rows in passed(city, table(parking, name), first).items():
            for row in rows if day in both else ():
                for region in {CITY, places.get(row["titik"])} - {None}:
                    money[month(day), region].append(
                        (day, row["titik"], row[amount], row[person] if person else None)
                    )
    points = register_of(city, table(parking, "points"))
    found: dict[Key, Values] = {}
    gone: dict[Key, set[str]] = {}
    for (period, region), rows in money.items():
        revenue, qris = sum(row[2] for row in rows), [row[2] for row in rows if row[3] is None]
        attendants = len({row[3] for row in rows} - {None})
        at_points = len({row[:2] for row in rows if row[2] > 0})
        least = min(paid.completeness(period), handed.completeness(period), points.completeness)
        told = standing(paid.gap(period), handed.gap(period), points.gap)
        for measure, parts in {
            "qris_share": (sum(qris), revenue, share(sum(qris), revenue), "%"),
            "yield": (revenue, at_points, half_up(Fraction(revenue, at_points), 2), "IDR"),
        }.items():
            row = (
                dict(zip(("numerator", "denominator", "value", "unit"), parts, strict=True)) | told
            )
            row |= {
                "completeness": pytest.approx(least),
                "attendants": attendants,
                "qris_payments": len(qris),
            }
            few = {
                name
                for name in ("attendants", "qris_payments")
                if is_few(row[name]) or (row[name] == 0 and revenue)
            }
            found[period, region, measure] = row
            gone[period, region, measure] = {name for name in few if row[name]} | (
                {"numerator", "denominator", "value"} if few else set()
            )
    return by_region(
        found,
        gone,
        dict.fromkeys(("attendants", "qris_payments"), ("numerator", "denominator", "value")),
    )


def latest(days: dict[date, list[Row]], key: str) -> dict[str, Row]:
    """Return the last version of every key."""
    found: dict[str, Row] = {}
    for row in (row for rows in days.values() for row in rows):
        if row[key] not in found or row["diubah"] >= found[row[key]]["diubah"]:
            found[row[key]] = row
    return found


def expected_violations_per_vehicle(city: City) -> dict[Key, Values]:
    first = city.window[0]
    detections = passed(city, table(enforcement, "detections"), first - DETECTIONS_BACK)
    letters = latest(passed(city, table(enforcement, "letters"), first - LETTERS_BACK), "no_surat")
    confirmed = latest(passed(city, table(enforcement, "confirmations"), first), "no_surat")
    counts = passed(city, table(traffic, "counts"), first)
    with_letter = {row["id_kejadian"] for row in letters.values()}
    lost = unknown(city, table(enforcement, "letters"), first - LETTERS_BACK, "no_surat")
    lost |= unknown(city, table(enforcement, "confirmations"), first, "no_surat") & {
        (number,) for number in confirmed
    }
    parts: dict[tuple[str, str], tuple[int, int]] = {}
    left: Counter[tuple[str, str]] = Counter()
    known: dict[str, tuple[int, int]] = {}
    for period in {month(day) for day in counts}:
        here = [
            row
            for day, rows in detections.items()
            if day in counts and month(day) == period
            for row in rows
        ]
        vehicles = sum(
            row["result"]["kendaraan"]
            for day, rows in counts.items()
            if month(day) == period
            for row in rows
        )
        parts[period, "violations"] = sum(row["hasil"] == "valid" for row in here), vehicles
        every = [
            row
            for row in letters.values()
            if row["dikirim"].date() >= first and month(row["dikirim"]) == period
        ]
        sent = [row for row in every if (row["no_surat"],) not in lost]
        known[period] = len(every), len(sent)
        left[period, "confirmations"] = sum(
            row["no_surat"] not in confirmed and row["status"] != "kembali" for row in sent
        )
        parts[period, "confirmations"] = (
            sum(row["no_surat"] in confirmed for row in sent),
            len(sent),
        )
    for period in {month(day) for day in detections if day >= first - LETTERS_BACK}:
        here = [
            row
            for day, rows in detections.items()
            if day >= first - LETTERS_BACK and month(day) == period
            for row in rows
        ]
        parts[period, "letters"] = sum(row["id_kejadian"] in with_letter for row in here), len(here)
        left[period, "letters"] = sum(
            row["hasil"] == "valid" and row["id_kejadian"] not in with_letter for row in here
        )
    whole = {
        "detections": harvest(city, table(enforcement, "detections"), first - DETECTIONS_BACK),
        "letters": harvest(city, table(enforcement, "letters"), first - LETTERS_BACK),
        "confirmations": harvest(city, table(enforcement, "confirmations")),
        "counts": harvest(city, table(traffic, "counts")),
    }
    sources = {
        "violations": ("detections", "counts"),
        "letters": ("detections", "letters"),
        "confirmations": ("letters", "confirmations"),
    }
    found: dict[Key, Values] = {}
    for (period, measure), (part, base) in parts.items():
        value = (
            half_up(Fraction(1000 * part, base), 2)
            if measure == "violations"
            else share(part, base)
        )
        of = [whole[name] for name in sources[measure]]
        least = min(harvested.completeness(period) for harvested in of)
        cases, here = known[period] if measure == "confirmations" else (1, 1)
        row = {
            "numerator": part,
            "denominator": base,
            "value": value,
            "unit": "/1000{vehicles}" if measure == "violations" else "%",
            **standing(
                *(harvested.gap(period) for harvested in of),
                unknown_gap(cases, here),
                waits(left[period, measure], period, min(harvested.until for harvested in of)),
            ),
            "completeness": pytest.approx(least * here / cases),
        }
        few = is_few(part) or is_few(base) or is_few(base - part)
        hidden = ["numerator", *(["denominator"] if is_few(base) else []), "value"] if few else []
        found[period, CITY, measure] = withheld(row, *hidden)
    return found


def expected_traffic_delay(city: City) -> dict[Key, Values]:
    found: dict[Key, Values] = {}
    counts = passed(city, table(traffic, "counts"), city.window[0])
    whole = harvest(city, table(traffic, "counts"))
    for period in whole.periods():
        here = [
            row["result"]
            for day, rows in counts.items()
            if month(day) == period
            for row in rows
            if row["result"]["kecepatan"] is not None
        ]
        weighted, vehicles = (
            sum(Fraction(str(row["kecepatan"])) * row["kendaraan"] for row in here),
            sum(row["kendaraan"] for row in here),
        )
        told = whole.told(period)
        found[period, CITY, "delay"] = {
            "numerator": None,
            "denominator": None,
            "unit": "s",
            **told,
            **absent("not_measured"),
        }
        found[period, CITY, "mean_speed"] = {
            "numerator": float(weighted),
            "denominator": vehicles,
            "value": half_up(weighted / vehicles, 2),
            "unit": "km/h",
            **told,
        }
    return found


def without_total(
    city: City, module: ModuleType, dataset: str, counted: set, claims: dict[str, tuple[int, str]]
) -> dict[Key, Values]:
    """Return what a KPI whose total nobody knows says: the latest register, and the claims."""
    day = city.window[-1]
    everything = len(table(module, dataset).rows(city)[day])
    said = {
        "denominator": None,
        "value": None,
        "unit": "%",
        "status": "not available",
        "reason": "no_total",
    }
    whole = 1 - len(broken(city, table(module, dataset).application, dataset)) / everything
    found: dict[Key, Values] = {
        (day.isoformat(), CITY, "registered"): {
            "numerator": len(counted),
            "completeness": pytest.approx(whole),
            **said,
        }
    }
    return found | {
        (as_of, CITY, measure): {
            "numerator": value,
            "completeness": 1.0,
            "vintage": claim,
            **said,
        }
        for as_of, (value, claim) in claims.items()
        for measure in ("claimed_most", "claimed_least")
    }


def expected_adaptive_junctions(city: City) -> dict[Key, Values]:
    rows = passed(city, table(junctions, "intersections"), city.window[-1])[city.window[-1]]
    adaptive = {row["name"] for row in rows if row["properties"]["adaptif"]}
    return without_total(city, junctions, "intersections", adaptive, {"2021-10": (23, "C058")})


def expected_streets_with_cameras(city: City) -> dict[Key, Values]:
    rows = passed(city, table(cameras, "cameras"), city.window[-1])[city.window[-1]]
    found = without_total(
        city,
        cameras,
        "cameras",
        {row["simpang"] for row in rows},
        {"2019": (19, "C059"), "2021": (40, "C060")},
    )
    return {
        key: (
            withheld(row, "numerator") if is_few(row["numerator"]) else {**row, "suppressed": False}
        )
        for key, row in found.items()
    }


KPIS = {
    "digital_parking_payments": expected_digital_parking_payments,
    "violations_per_vehicle": expected_violations_per_vehicle,
    "traffic_delay": expected_traffic_delay,
    "adaptive_junctions": expected_adaptive_junctions,
    "streets_with_cameras": expected_streets_with_cameras,
}


@pytest.mark.parametrize("name", KPIS)
def test_what_is_released_is_what_the_citys_rows_give(name: str, harvested: Harvested) -> None:
    assert compare(name, rows_of(harvested, name), KPIS[name](harvested.city)) > 0


def test_small_counts_of_persons_are_withheld_and_others_are_not(harvested: Harvested) -> None:
    """The thinned city has a handful of attendants a kecamatan, so both happen."""
    rows = rows_of(harvested, "digital_parking_payments")
    assert {row["suppressed"] for row in rows} == {False, True}
    assert all(row["value"] is None and row["reason"] == "few" for row in rows if row["suppressed"])
