"""KPIs of letters, the app, procurement, open data, SPBE and satisfaction against plain Python
over the demo city, suppression included.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from demo.city import City
from demo.regions import kelurahan_on
from demo.systems import letters, procurement, superapp, surveys
from demo.table import Row, Table
from pipelines.reference.working_days import is_working
from pipelines.settings import PROJECT
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    broken,
    by_region,
    compare,
    enough,
    for_days,
    half_up,
    is_few,
    passed,
    rows_of,
    share,
    unknown,
    withheld,
)
from tests.journey.standing import (
    absent,
    harvest,
    harvest_of,
    standing,
    unknown_gap,
    waits,
)
from tests.journey.test_kpis_complaints import (
    HALF,
    KECAMATAN,
    NINTH,
    inhabitants,
    percentile,
    population_doubt,
)
from tests.journey.test_kpis_permits import calendar_doubt, working_days

pytestmark = pytest.mark.xdist_group("city")
TABLES: dict[str, Table] = {
    f"{table.application}.{table.dataset}": table
    for module in (letters, superapp, surveys)
    for table in module.TABLES
}
OPEN = {"berkala", "serta merta", "setiap saat"}
CADENCE_HOURS = {
    "hourly": Fraction(1),
    "daily": Fraction(24),
    "weekly": Fraction(168),
    "monthly": Fraction(1461, 2),
    "yearly": Fraction(8766),
}
PREDIKAT = (
    ("Kurang", "0"),
    ("Cukup", "1.8"),
    ("Baik", "2.6"),
    ("Sangat Baik", "3.5"),
    ("Memuaskan", "4.2"),
)
INDICATORS = {"PermenPANRB 5/2018": 35, "PermenPANRB 59/2020": 47}
GRADES = (("D", "25"), ("C", "65"), ("B", "76.61"), ("A", "88.31"))


def rows_in(city: City, dataset: str) -> list[Row]:
    return [row for rows in passed(city, TABLES[dataset], city.window[0]).values() for row in rows]


def latest(rows: list[Row], *key: str) -> list[Row]:
    """Return the last version of every key."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        name = tuple(row[part] for part in key)
        if name not in found or row["diubah"] > found[name]["diubah"]:
            found[name] = row
    return list(found.values())


def small(row: Values, cells: dict[str, tuple[str, ...]], parts: tuple[str, ...]) -> set[str]:
    """Return what a row may not show: ``cells`` are counts and the figures made of each, the
    first counts all; of it each of ``parts`` counts some.
    """
    total = next(iter(cells))
    names = {count for count in cells if is_few(row[count])}
    names |= {part for part in parts if total not in names and 1 <= row[total] - row[part] <= 4}
    for count, figures in cells.items():
        if count in names or (row[count] == 0 and any(row[figure] for figure in figures)):
            names |= set(figures)
    return names


def hidden(row: Values, cells: dict[str, tuple[str, ...]], parts: tuple[str, ...]) -> Values:
    """Return a row as it is shown."""
    return withheld(row, *small(row, cells, parts))


def expected_letters_signed_same_day(city: City) -> dict[Key, Values]:
    key = ("kode_kelurahan", "tahun", "no_register")
    lost = unknown(city, TABLES["sipaten.letters"], city.window[0], *key)
    window = {*city.window}
    asked = [
        row
        for row in latest(
            rows_in(city, "sipaten.letters"), "kode_kelurahan", "tahun", "no_register"
        )
        if row["diajukan"].date() in window and row["status"] != "ditolak"
    ]
    gathered = harvest(city, TABLES["sipaten.letters"])
    found: dict[Key, Values] = {}
    for month in gathered.periods():
        days = [day for day in city.window if f"{day:%Y-%m}" == month]
        in_month = [row for row in asked if f"{row['diajukan']:%Y-%m}" == month]
        calendar = calendar_doubt(days)
        for region in (CITY, *KECAMATAN):
            everybody = [row for row in in_month if row["kode_kelurahan"].startswith(region)]
            here = [row for row in everybody if tuple(row[part] for part in key) not in lost]
            left = sum(row["status"] not in ("ditandatangani", "diambil") for row in here)
            late = [
                row
                for row in here
                if row["ditandatangani"] is None
                or row["ditandatangani"].date() != row["diajukan"].date()
            ]
            people, later = (
                {row["nik_pemohon"] for row in here} - {None},
                {row["nik_pemohon"] for row in late} - {None},
            )
            offices = {
                (day, code)
                for day in days
                if is_working(day)
                for code in kelurahan_on(day)
                if code.startswith(region)
            }
            active = {
                (row["diajukan"].date(), row["kode_kelurahan"]) for row in everybody
            } & offices
            for measure, part, whole, inside in (
                ("same_day", len(here) - len(late), len(here), len(people) - len(later)),
                ("active_kelurahan", len(active), len(offices), len(people)),
            ):
                row = {
                    "numerator": part,
                    "denominator": whole,
                    "value": share(part, whole),
                    "unit": "%",
                    "applicants": len(people),
                    "inside": inside,
                }
                waiting = waits(left, month, gathered.until)
                if measure == "same_day":
                    unclear = unknown_gap(len(everybody), len(here)) if everybody else None
                    row |= standing(gathered.gap(month), unclear, waiting)
                    row |= gathered.complete(month, len(here) / len(everybody) if everybody else 1)
                else:
                    row |= standing(gathered.gap(month), waiting, calendar) | gathered.complete(
                        month
                    )
                if row["value"] is None:
                    row |= absent("no_cases")
                if measure == "active_kelurahan" or here:
                    found[month, region, measure] = row
    cells = {
        "applicants": ("inside", "numerator", "denominator", "value"),
        "inside": ("numerator", "value"),
    }
    return by_region(
        found, {key: small(row, cells, ("inside",)) for key, row in found.items()}, cells
    )


def expected_app_users_per_inhabitant(city: City) -> dict[Key, Values]:
    found: dict[Key, Values] = {}
    months: dict[str, list[Row]] = defaultdict(list)
    gathered = harvest(city, TABLES["sikoja.usage"])
    for row in rows_in(city, "sikoja.usage"):
        if (row["modul"], row["jenis_pengguna"]) == ("beranda", "masyarakat"):
            months[row["tanggal"][:7]].append(row)
    for month, rows in months.items():
        people, told = inhabitants(int(month[:4])), gathered.complete(month)
        told |= standing(gathered.gap(month), population_doubt(month))
        told |= {"unit": "/100000{people}", "days": len(rows)}
        users, downloads = (
            [row[name] for row in rows if row[name] is not None]
            for name in ("pengguna_aktif", "unduhan")
        )
        for measure, part, whole in (
            ("daily_users", sum(users), people * len(users)),
            ("downloads", sum(downloads), for_days(people, len(downloads), month)),
        ):
            found[month, CITY, measure] = {
                "numerator": part,
                "denominator": whole,
                "value": half_up(Fraction(100_000 * part, whole), 2),
                **told,
            }
        nothing = {
            "numerator": None,
            "denominator": people,
            **absent("not_measured"),
        }
        found[month, CITY, "monthly_users"] = told | nothing
    return found


def expected_electronic_letters(city: City) -> dict[Key, Values]:
    months: dict[str, list[Row]] = defaultdict(list)
    key = ("kode_unit", "nomor_surat", "tanggal_surat")
    lost = unknown(city, TABLES["sipadek.letters"], city.window[0], *key)
    window = {*city.window}
    whole = harvest(city, TABLES["sipadek.letters"])
    for row in latest(rows_in(city, "sipadek.letters"), *key):
        if date.fromisoformat(row["tanggal_surat"]) in window:
            months[row["tanggal_surat"][:7]].append(row)
    found: dict[Key, Values] = {}
    for month, every in months.items():
        days, reached = [], list[date]()
        rows = [row for row in every if tuple(row[part] for part in key) not in lost]
        for row in rows:
            if row["selesai"]:
                start, end = (
                    date.fromisoformat(row["tanggal_surat"]),
                    datetime.fromisoformat(row["selesai"])
                    .astimezone(ZoneInfo("Asia/Jakarta"))
                    .date(),
                )
                days.append(working_days(start, end))
                reached += [start, end]
        electronic, left = sum(row["elektronik"] for row in rows), len(rows) - len(days)
        for measure, numerator, denominator, value, unit, counted in (
            ("electronic", electronic, len(rows), share(electronic, len(rows)), "%", electronic),
            (
                "median_days",
                None,
                len(days),
                percentile(days, HALF),
                "wd",
                len(days),
            ),
            (
                "p90_days",
                None,
                len(days),
                percentile(days, NINTH),
                "wd",
                len(days),
            ),
            ("open_share", left, len(rows), share(left, len(rows)), "%", left),
        ):
            row = {
                "numerator": numerator,
                "denominator": denominator,
                "value": None if value is None else half_up(Fraction(str(value))),
                "unit": unit,
                "letters": len(rows),
                "counted": counted,
                **whole.complete(month, len(rows) / len(every)),
            }
            row |= standing(
                whole.gap(month),
                unknown_gap(len(every), len(rows)),
                waits(left, month, whole.until) if measure != "electronic" else None,
                calendar_doubt(reached) if measure in ("median_days", "p90_days") else None,
            )
            row |= absent("none_done") if value is None else {}
            found[month, CITY, measure] = hidden(
                row,
                {
                    "letters": ("counted", "numerator", "denominator", "value"),
                    "counted": ("numerator", "value"),
                    "denominator": ("value",),
                },
                ("counted", "denominator"),
            )
    return found


def expected_procurement_by_value(city: City) -> dict[Key, Values]:
    bad, packages, window = broken(city, "sirajakoja", "packages"), {}, {*city.window}
    days: dict[str, set[str]] = defaultdict(set)
    for release in procurement.build(city)[0]:
        day, tag = release["date"][:10], (release["tag"] or [release.get("_tag")])[0]
        if tag == "planning" and date.fromisoformat(day) in window:
            days[day].add(release["ocid"])
            if (day, release["ocid"]) not in bad:
                packages[release["ocid"]] = release
    found: dict[Key, Values] = {}
    counts = {date.fromisoformat(day): len(ocids) for day, ocids in days.items()}
    gathered = harvest_of(city, "sirajakoja", "packages", counts)
    for month in {day[:7] for day in days}:
        told = {"unit": "%", **gathered.told(month)}
        budgets: Counter[str] = Counter()
        here = [package for package in packages.values() if package["date"].startswith(month)]
        for package in here:
            amount, words = (
                package["planning"]["budget"]["amount"]["amount"],
                package["tender"]["procurementMethodDetails"],
            )
            budgets["announced"] += amount
            budgets["electronic"] += amount if words in ("Tender", "E-Purchasing") else 0
            budgets["competitive"] += amount if words == "Tender" else 0
        whole = budgets["announced"]
        for measure in ("electronic", "competitive"):
            parts = {
                "numerator": budgets[measure],
                "denominator": whole,
                "value": share(budgets[measure], whole),
            }
            found[month, CITY, measure] = told | parts | {"packages": len(here)}
        nothing = {"denominator": None, **absent("no_total")}
        found[month, CITY, "announced"] = (
            told | nothing | {"numerator": whole, "packages": len(here)}
        )
    return found


def stated() -> dict[str, dict[str, Any]]:
    """Return what the contract files say of every dataset, read as YAML: is it open, how often
    it comes, until when.
    """
    found = {}
    for path in sorted((PROJECT / "assets" / "contracts").glob("*.odcs.yaml")):
        contract = yaml.safe_load(path.read_text("utf-8"))
        terms = {custom["property"]: custom["value"] for custom in contract["customProperties"]}
        for dataset in contract["schema"]:
            own = {custom["property"]: custom["value"] for custom in dataset["customProperties"]}
            has_open_column = any(
                column.get("classification") == "public" for column in dataset["properties"]
            )
            found[f"{contract['id']}.{dataset['name']}"] = {
                "application": contract["id"],
                "cadence": own.get("cadence", "daily"),
                "until": terms.get("activeTo"),
                "open": (
                    contract["status"] not in ("draft", "proposed")
                    and own["informationClass"] in OPEN
                    and has_open_column
                ),
            }
    return found


def expected_open_datasets_published(city: City, report: dict[str, Any]) -> dict[Key, Values]:
    datasets, published, judged, fresh = stated(), set(), set(), set()
    for name, said in datasets.items():
        days = [
            date.fromisoformat(row["partition"])
            for row in report["datasets"].get(name, ())
            if row["verdict"] == "passed"
        ]
        if said["open"] and days:
            published.add(name)
            if said["cadence"] in CADENCE_HOURS and not (
                said["until"] and date.fromisoformat(said["until"]) < city.today
            ):
                judged.add(name)
                if (
                    24 * (city.today - max(days) - timedelta(days=1)).days
                    <= Fraction(3, 2) * CADENCE_HOURS[said["cadence"]]
                ):
                    fresh.add(name)
    systems, open_systems = (
        {dataset["application"] for dataset in datasets.values()},
        {datasets[name]["application"] for name in published},
    )
    told = {"status": "provisional", "reason": "running", "completeness": 1}
    return {
        (f"{city.today:%Y-%m}", CITY, measure): {
            "numerator": part,
            "denominator": whole,
            "value": value,
            "unit": unit,
            **told,
        }
        for measure, part, whole, value, unit in (
            ("published", len(published), None, len(published), "{datasets}"),
            ("fresh", len(fresh), len(judged), share(len(fresh), len(judged)), "%"),
            ("inventory", len(published), len(datasets), share(len(published), len(datasets)), "%"),
            (
                "systems",
                len(open_systems),
                len(systems),
                share(len(open_systems), len(systems)),
                "%",
            ),
        )
    }


def expected_spbe_index(city: City) -> dict[Key, Values]:
    old, new = INDICATORS
    nothing = {
        "numerator": None,
        "denominator": None,
        "indicators": None,
        "unit": "1",
        "completeness": 1,
    }
    found: dict[Key, Values] = {
        ("2019", CITY, "official"): {
            **nothing,
            "value": None,
            "status": "not available",
            "reason": "image",
            "rule_version": old,
            "predikat": None,
        },
        ("2024", CITY, "official"): {
            **nothing,
            "value": 4.32,
            "status": "final",
            "reason": None,
            "rule_version": new,
            "predikat": "Memuaskan",
        },
    }
    table, day = TABLES["spbe.indicators"], city.window[-1]
    rows = passed(city, table, day)[day]
    whole_register = enough(len(table.rows(city)[day]), len(rows))
    for instrument, year in {(row["instrumen"], row["tahun"]) for row in rows}:
        here = [row for row in rows if row["tahun"] == year and row["tingkat"] is not None]
        weights = sum(Fraction(str(row["bobot"])) for row in here)
        points = sum(Fraction(str(row["bobot"])) * row["tingkat"] for row in here)
        whole = len(here) == INDICATORS[instrument]
        found[str(year), CITY, "self_assessment"] = {
            "numerator": float(points),
            "denominator": float(weights),
            "value": half_up(points / weights, 2) if whole else None,
            "unit": "1",
            "status": "provisional" if whole else "not available",
            "reason": ("self_assessed" if whole_register else "incomplete")
            if whole
            else "missing_indicators",
            "rule_version": instrument,
            "completeness": pytest.approx(len(rows) / len(table.rows(city)[day])),
            "indicators": len(here),
            "predikat": (
                [name for name, least in PREDIKAT if points / weights >= Fraction(least)][-1]
                if whole
                else None
            ),
        }
    return found


def expected_satisfaction_index(city: City) -> dict[Key, Values]:
    months: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows_in(city, "skm.responses"):
        months[row["tanggal"][:7], row["unit"]].append(row)
    found: dict[Key, Values] = {}
    whole = harvest(city, TABLES["skm.responses"])
    for (month, unit), rows in months.items():
        answers = [[row[f"U{n}"] for row in rows if row[f"U{n}"] is not None] for n in range(1, 10)]
        row = {
            "numerator": None,
            "denominator": len(rows),
            "unit": "1",
            "rule_version": "PermenPANRB 14/2017",
            **whole.told(month),
        }
        if all(answers):
            value = half_up(sum(Fraction(sum(given), len(given)) for given in answers) * 25 / 9, 2)
            grade = [name for name, least in GRADES if Fraction(str(value)) >= Fraction(least)][-1]
            row |= {"value": value, "grade": grade}
        else:
            row |= {**absent("unanswered"), "grade": None}
        found[month, CITY, unit] = withheld(
            row, *(("denominator", "value", "grade") if is_few(len(rows)) else ())
        )
    return found


EXPECTED = {
    name.removeprefix("expected_"): value
    for name, value in list(globals().items())
    if name.startswith("expected_")
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_value_agrees_with_plain_python(name: str, harvested: Harvested) -> None:
    given = (
        (harvested.city, harvested.report)
        if name == "open_datasets_published"
        else (harvested.city,)
    )
    rows = [
        row | {"measure": row.get("measure") or row["unit_code"]}
        for row in rows_of(harvested, name)
    ]
    assert compare(name, rows, EXPECTED[name](*given))
