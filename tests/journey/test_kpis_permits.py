"""The KPI of businesses that were issued a permit, against plain Python over the demo city,
suppression included.
"""

import calendar
from collections import Counter

import pytest

from demo.city import City
from demo.systems import permits
from demo.table import Row
from tests.conftest import Harvested
from tests.journey.recomputed import CITY, Key, Values, broken, compare, is_few, rows_of, withheld

pytestmark = pytest.mark.xdist_group("city")


def complete(city: City, month: str) -> float:
    """Return the share of a month's days, and of their changes, that passed; a change exported
    twice is one.
    """
    bad = Counter(day for day, _ in broken(city, "perizinan", "permits"))
    twice = Counter(error.partition for error in permits.planted(city) if error.rule == "duplicate")
    changes = Counter(str(row["updated_at"].date()) for row in permits.build(city)[0])
    days = [str(day) for day in city.window if f"{day:%Y-%m}" == month]
    return (
        sum(1 - bad[day] / (changes[day] - twice[day]) if changes[day] else 1.0 for day in days)
        / calendar.monthrange(*map(int, month.split("-")))[1]
    )


def expected_businesses_licensed(city: City) -> dict[Key, Values]:
    bad, latest = broken(city, "perizinan", "permits"), {}
    for row in permits.build(city)[0]:
        number, day = row["application_no"], row["updated_at"].date()
        if number and day in city.window and (str(day), f"{number} {row['updated_at']}") not in bad:
            latest[number] = row
    issued: list[Row] = [row for row in latest.values() if row["status"] == "issued"]
    found: dict[Key, Values] = {}
    for month in {f"{day:%Y-%m}" for day in city.window}:
        many = len({row["nib"] for row in issued if row["issued_at"].startswith(month)} - {None})
        shared = {
            "denominator": None,
            "completeness": pytest.approx(complete(city, month)),
            "businesses": many,
            "rule_version": "SILANCAR NIB",
        }
        hidden = ("businesses", "numerator", "denominator", "value") if is_few(many) else ()
        for measure, row in {
            "businesses": {
                "numerator": many,
                "value": float(many),
                "unit": "{businesses}",
                "status": "provisional",
                "reason": "running",
            },
            "nib_issued": {
                "numerator": None,
                "value": None,
                "unit": "{NIB}",
                "status": "not available",
                "reason": "not_measured",
            },
        }.items():
            found[month, CITY, measure] = withheld(shared | row, *hidden)
    return found


KPIS = {"businesses_licensed": expected_businesses_licensed}


@pytest.mark.parametrize("name", KPIS)
def test_what_is_released_is_what_the_citys_rows_give(name: str, harvested: Harvested) -> None:
    assert compare(name, rows_of(harvested, name), KPIS[name](harvested.city)) > 0
