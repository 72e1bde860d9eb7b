"""KPIs of the PPID office against plain Python over the demo city: what was refused and why,
what was objected to, how many asked.
"""

import calendar
from collections import Counter
from datetime import date
from fractions import Fraction

import pytest

from demo.city import City
from demo.systems import information_registers, register
from demo.table import Row
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    broken,
    compare,
    enough,
    for_days,
    half_up,
    passed,
    rows_of,
    share,
)
from tests.journey.test_kpis_complaints import inhabitants

Counts = tuple[int, int]
pytestmark = pytest.mark.xdist_group("city")
TABLES = {table.dataset: table for table in information_registers.TABLES}
GROUNDS = {letter: f"Ps 17 huruf {letter}" for letter in "abcdefghij"}
"""The ten heads of UU 14/2008 Ps 17, as the register writes them."""


def requests(city: City) -> tuple[list[dict[str, object]], Counts]:
    """Return the register of the last evening without the rows the gate held back, and how many
    were delivered and passed.
    """
    rows, planted = register.snapshot(city, city.window[-1])
    whole = {row[0]: dict(zip(register.HEADER, row, strict=True)) for row in rows}
    bad = {error.key for error in planted if error.rule != "duplicate"}
    return [row for number, row in whole.items() if number not in bad], (
        len(whole),
        len(whole) - len(bad),
    )


def later(city: City, dataset: str) -> tuple[list[Row], Counts]:
    """Return the objections or disputes of the last evening that passed, and how many were
    delivered and passed.
    """
    day, table = city.window[-1], TABLES[dataset]
    bad = [row for partition, row in broken(city, "ppid", dataset) if partition == str(day)]
    delivered = len(table.rows(city)[day])
    return passed(city, table, day)[day], (delivered, delivered - len(bad))


def last_of(period: str) -> date:
    year, number = map(int, period.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])


def month(day: object) -> str:
    assert isinstance(day, date)
    return f"{day:%Y-%m}"


def standing(city: City, period: str, *registers: Counts) -> Values:
    """Return what a value over registers says of itself: the running month is not over, and too
    many rows held back may still come.
    """
    reason = (
        "running"
        if period >= f"{city.window[-1]:%Y-%m}"
        else "incomplete"
        if not all(enough(*register) for register in registers)
        else None
    )
    return {
        "status": "provisional" if reason else "final",
        "reason": reason,
        "completeness": pytest.approx(min(kept / delivered for delivered, kept in registers)),
    }


def expected_information_refused_by_ground(city: City) -> dict[Key, Values]:
    rows, counts = requests(city)
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
            "denominator": whole,
            "value": share(refused[period, measure], whole),
            "unit": "%",
            **standing(city, period, counts),
        }
        for period, whole in decided.items()
        for measure in ("refused", *(f"ground_{letter}" for letter in GROUNDS), "ground_unnamed")
    }


def expected_objections_and_disputes(city: City) -> dict[Key, Values]:
    rows, counts = requests(city)
    asked = Counter(month(row["tanggal_terima"]) for row in rows)
    objections, objections_counts = later(city, "objections")
    disputes, disputes_counts = later(city, "disputes")
    filed = {
        "objections": (
            Counter(f"{row['tanggal'][6:]}-{row['tanggal'][3:5]}" for row in objections),
            objections_counts,
        ),
        "disputes": (Counter(row["diajukan"][:7] for row in disputes), disputes_counts),
    }
    found: dict[Key, Values] = {}
    for period in {*asked, *(period for filings, _ in filed.values() for period in filings)}:
        for measure, (filings, later_counts) in filed.items():
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
            row |= standing(city, period, counts, later_counts)
            found[period, CITY, measure] = (
                row
                if value is not None
                else row | {"status": "not available", "reason": "no_cases"}
            )
    return found


def expected_information_requests_per_inhabitant(city: City) -> dict[Key, Values]:
    rows, counts = requests(city)
    found: dict[Key, Values] = {}
    for period, many in Counter(month(row["tanggal_terima"]) for row in rows).items():
        own = standing(city, period, counts)
        days = (min(city.window[-1], last_of(period)) - date.fromisoformat(f"{period}-01")).days + 1
        people = for_days(inhabitants(int(period[:4])), days, period)
        own |= {"status": "provisional", "reason": own["reason"] or "old_population"}
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
