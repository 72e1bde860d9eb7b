"""KPIs of the PPID office against plain Python over the demo city: what was refused and why,
what was objected to, how many asked.
"""

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
    half_up,
    passed,
    rows_of,
    share,
)
from tests.journey.test_kpis_complaints import inhabitants

pytestmark = pytest.mark.xdist_group("city")
TABLES = {table.dataset: table for table in information_registers.TABLES}
GROUNDS = {letter: f"Ps 17 huruf {letter}" for letter in "abcdefghij"}
"""The ten heads of UU 14/2008 Ps 17, as the register writes them."""


def requests(city: City) -> tuple[list[dict[str, object]], float]:
    """Return the register of the last evening without the rows the gate held back, and the share
    of it that passed.
    """
    rows, planted = register.snapshot(city, city.window[-1])
    whole = {row[0]: dict(zip(register.HEADER, row, strict=True)) for row in rows}
    bad = {error.key for error in planted if error.rule != "duplicate"}
    return [row for number, row in whole.items() if number not in bad], 1 - len(bad) / len(whole)


def later(city: City, dataset: str) -> tuple[list[Row], float]:
    """Return the objections or disputes of the last evening that passed, and the share of them."""
    day, table = city.window[-1], TABLES[dataset]
    bad = [row for partition, row in broken(city, "ppid", dataset) if partition == str(day)]
    return passed(city, table, day)[day], 1 - len(bad) / len(table.rows(city)[day])


def month(day: object) -> str:
    assert isinstance(day, date)
    return f"{day:%Y-%m}"


def standing(city: City, period: str, share_passed: float) -> Values:
    """Return what a value over a register says of itself: the running month is not over, a row
    held back may still come.
    """
    reason = (
        "running"
        if period >= f"{city.window[-1]:%Y-%m}"
        else "incomplete"
        if share_passed < 1
        else None
    )
    return {
        "status": "provisional" if reason else "final",
        "reason": reason,
        "completeness": pytest.approx(share_passed),
    }


def expected_information_refused_by_ground(city: City) -> dict[Key, Values]:
    rows, share_passed = requests(city)
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
            **standing(city, period, share_passed),
        }
        for period, whole in decided.items()
        for measure in ("refused", *(f"ground_{letter}" for letter in GROUNDS), "ground_unnamed")
    }


def expected_objections_and_disputes(city: City) -> dict[Key, Values]:
    rows, share_passed = requests(city)
    asked = Counter(month(row["tanggal_terima"]) for row in rows)
    objections, objections_passed = later(city, "objections")
    disputes, disputes_passed = later(city, "disputes")
    filed = {
        "objections": (
            Counter(f"{row['tanggal'][6:]}-{row['tanggal'][3:5]}" for row in objections),
            objections_passed,
        ),
        "disputes": (Counter(row["diajukan"][:7] for row in disputes), disputes_passed),
    }
    found: dict[Key, Values] = {}
    for period in {*asked, *(period for counts, _ in filed.values() for period in counts)}:
        for measure, (counts, other_passed) in filed.items():
            value = (
                half_up(Fraction(100 * counts[period], asked[period]), 2) if asked[period] else None
            )
            row = {
                "numerator": counts[period],
                "denominator": asked[period],
                "value": value,
                "unit": "/100{requests}",
            }
            row |= standing(city, period, min(share_passed, other_passed))
            found[period, CITY, measure] = (
                row
                if value is not None
                else row | {"status": "not available", "reason": "no_cases"}
            )
    return found


def expected_information_requests_per_inhabitant(city: City) -> dict[Key, Values]:
    rows, share_passed = requests(city)
    found: dict[Key, Values] = {}
    for period, many in Counter(month(row["tanggal_terima"]) for row in rows).items():
        people, own = inhabitants(int(period[:4])), standing(city, period, share_passed)
        own |= {"status": "provisional", "reason": own["reason"] or "old_population"}
        value = half_up(Fraction(100_000 * many, people), 2)
        found[period, CITY] = {
            "numerator": many,
            "denominator": people,
            "value": value,
            "unit": "/100000{people}",
            "rule_version": "population 2023-06",
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
