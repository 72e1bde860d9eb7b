"""KPIs of the PPID office against plain Python over the demo city: what was refused and why,
what was objected to, how many asked.
"""

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from demo.city import City
from demo.systems import information_registers, register
from demo.table import Row
from pipelines.reference.working_days import deadline
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    compare,
    for_days,
    half_up,
    passed,
    rows_of,
    share,
)
from tests.journey.standing import Register, absent, ends, register_of, standing
from tests.journey.test_kpis_complaints import inhabitants, population_doubt
from tests.journey.test_kpis_permits import calendar_doubt

pytestmark = pytest.mark.xdist_group("city")
TABLES = {table.dataset: table for table in information_registers.TABLES}
GROUNDS = {letter: f"Ps 17 huruf {letter}" for letter in "abcdefghij"}
"""The ten heads of UU 14/2008 Ps 17, as the register writes them."""


def requests(city: City) -> tuple[list[dict[str, Any]], Register]:
    """Return the register of the last evening without the rows the gate held back."""
    rows, planted = register.snapshot(city, city.window[-1])
    whole = {row[0]: dict(zip(register.HEADER, row, strict=True)) for row in rows}
    bad = {error.key for error in planted if error.rule != "duplicate"}
    passed_on = [row for number, row in whole.items() if number not in bad]
    return passed_on, Register(city.window[-1], len(whole), len(passed_on))


def later(city: City, dataset: str) -> tuple[list[Row], Register]:
    """Return the objections or disputes of the last evening that passed."""
    day, table = city.window[-1], TABLES[dataset]
    return passed(city, table, day)[day], register_of(city, table)


def month(day: object) -> str:
    assert isinstance(day, date)
    return f"{day:%Y-%m}"


def told(period: str, *registers: Register) -> Values:
    """Return what a value over registers says of itself: the running month is not over, and too
    many rows held back may still come.
    """
    return standing(*(whole.gap_of(period) for whole in registers)) | {
        "completeness": pytest.approx(min(whole.completeness for whole in registers))
    }


def expected_information_requests_answered_in_time(city: City) -> dict[Key, Values]:
    """UU 14/2008 Ps 22: ten working days, seven more when they are extended."""
    rows, whole = requests(city)
    months: dict[str, list[tuple[date, date | None]]] = defaultdict(list)
    for row in rows:
        days = 17 if row["diperpanjang"] == "ya" else 10
        due = deadline(row["tanggal_terima"], days)
        months[month(row["tanggal_terima"])].append((due, row["tanggal_pemberitahuan"]))
    found: dict[Key, Values] = {}
    for period, every in months.items():
        due = [(last, answered) for last, answered in every if last < whole.day]
        in_time = sum(answered is not None and answered <= last for last, answered in due)
        value = share(in_time, len(due))
        row = {"numerator": in_time, "denominator": len(due), "value": value, "unit": "%"}
        row |= told(period, whole) | {"received": len(every)}
        row |= standing(
            whole.gap_of(period),
            calendar_doubt(last for last, _ in every),
            "open_cases" if len(due) < len(every) else None,
        )
        found[period, CITY] = row | (absent("none_due") if value is None else {})
    return found


def expected_information_refused_by_ground(city: City) -> dict[Key, Values]:
    rows, whole = requests(city)
    decided, refused = Counter(), Counter()
    for row in rows:
        if row["tanggal_pemberitahuan"] and row["putusan"]:
            period = month(row["tanggal_pemberitahuan"])
            decided[period] += 1
            if row["putusan"] == "ditolak":
                named = [
                    letter for letter, words in GROUNDS.items() if words == row["alasan_penolakan"]
                ]
                refused.update(
                    {
                        (period, "refused"): 1,
                        (period, f"ground_{named[0] if named else 'unnamed'}"): 1,
                    }
                )
    return {
        (period, CITY, measure): {
            "numerator": refused[period, measure],
            "denominator": many,
            "value": share(refused[period, measure], many),
            "unit": "%",
            **told(period, whole),
        }
        for period, many in decided.items()
        for measure in ("refused", *(f"ground_{letter}" for letter in GROUNDS), "ground_unnamed")
    }


def expected_objections_and_disputes(city: City) -> dict[Key, Values]:
    rows, whole = requests(city)
    asked = Counter(month(row["tanggal_terima"]) for row in rows)
    objections, of_objections = later(city, "objections")
    disputes, of_disputes = later(city, "disputes")
    filed = {
        "objections": (
            Counter(f"{row['tanggal'][6:]}-{row['tanggal'][3:5]}" for row in objections),
            of_objections,
        ),
        "disputes": (Counter(row["diajukan"][:7] for row in disputes), of_disputes),
    }
    found: dict[Key, Values] = {}
    for period in {*asked, *(period for filings, _ in filed.values() for period in filings)}:
        for measure, (filings, of_filings) in filed.items():
            value = (
                half_up(Fraction(100 * filings[period], asked[period]), 2)
                if asked[period]
                else None
            )
            row = {
                "numerator": filings[period],
                "denominator": asked[period],
                "value": value,
                "unit": "/100{requests}",
            }
            row |= told(period, whole, of_filings)
            found[period, CITY, measure] = row if value is not None else row | absent("no_cases")
    return found


def expected_information_requests_per_inhabitant(city: City) -> dict[Key, Values]:
    rows, whole = requests(city)
    found: dict[Key, Values] = {}
    for period, many in Counter(month(row["tanggal_terima"]) for row in rows).items():
        first, last = ends(period)
        people = for_days(inhabitants(first.year), (min(whole.day, last) - first).days + 1, period)
        own = told(period, whole) | standing(whole.gap_of(period), population_doubt(period))
        value = half_up(Fraction(100_000 * many, people), 2)
        found[period, CITY] = {
            "numerator": many,
            "denominator": people,
            "value": value,
            "unit": "/100000{people}",
            "vintage": "population 2023-06",
            **own,
        }
    return found


EXPECTED = {
    "information_requests_answered_in_time": expected_information_requests_answered_in_time,
    "information_refused_by_ground": expected_information_refused_by_ground,
    "objections_and_disputes": expected_objections_and_disputes,
    "information_requests_per_inhabitant": expected_information_requests_per_inhabitant,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_value_agrees_with_plain_python(name: str, harvested: Harvested) -> None:
    expected = EXPECTED[name](harvested.city)
    assert compare(name, rows_of(harvested, name), expected)
    assert sum(values["numerator"] for values in expected.values()), (
        "a city in which nothing happens proves nothing"
    )
