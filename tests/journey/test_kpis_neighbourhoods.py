"""KPIs of Kampung Bantar against plain Python over the demo city: how many neighbourhoods take
part, and how clean they are found.
"""

from fractions import Fraction

import pytest

from demo.city import City
from demo.systems import neighbourhoods
from demo.table import Row
from tests.conftest import Harvested
from tests.journey.recomputed import CITY, Key, Values, compare, half_up, rows_of, share
from tests.journey.standing import absent, register_of, standing
from tests.journey.test_kpis_living import snapshot

pytestmark = pytest.mark.xdist_group("city")


def of_year(city: City) -> tuple[list[Row], Values]:
    """Return the neighbourhoods of the last list, and what a figure of its year says."""
    rows, said = snapshot(city, neighbourhoods.TABLES[0])
    whole = register_of(city, neighbourhoods.TABLES[0])
    return rows, said | standing(whole.gap_of(str(city.window[-1].year)))


def expected_neighbourhoods_in_kampung_bantar(city: City) -> dict[Key, Values]:
    """The press: 952 or 900 of 1,650 RT in September 2022."""
    rows, said = of_year(city)
    claim = {"denominator": 1650, "completeness": 1, "status": "provisional", "reason": "claim"}
    found: dict[Key, Values] = {
        ("2022-09", CITY, "claimed_most"): {"numerator": 952, "value": 57.7, **claim},
        ("2022-09", CITY, "claimed_least"): {"numerator": 900, "value": 54.5, **claim},
    }
    for region in {CITY, *(row["kode_kelurahan"][:8] for row in rows)}:
        here = [row["ikut"] == "ya" for row in rows if row["kode_kelurahan"].startswith(region)]
        found[str(city.window[-1].year), region, "assessed"] = {
            "numerator": sum(here),
            "denominator": len(here),
            "value": share(sum(here), len(here)),
            **said,
        }
    return found


def expected_neighbourhood_cleanliness(city: City) -> dict[Key, Values]:
    rows, said = of_year(city)
    found: dict[Key, Values] = {}
    for region in {CITY, *(row["kode_kelurahan"][:8] for row in rows)}:
        scores = [
            Fraction(str(row["nilai_bersih"]))
            for row in rows
            if row["ikut"] == "ya"
            and row["nilai_bersih"] is not None
            and row["kode_kelurahan"].startswith(region)
        ]
        row = {
            "numerator": None,
            **said,
            **absent("no_cases"),
        }
        if scores:
            row = {
                "numerator": float(sum(scores)),
                "value": half_up(Fraction(sum(scores)) / len(scores)),
                **said,
            }
        found[str(city.window[-1].year), region] = {"denominator": len(scores), **row}
    return found


KPIS = {
    "neighbourhoods_in_kampung_bantar": expected_neighbourhoods_in_kampung_bantar,
    "neighbourhood_cleanliness": expected_neighbourhood_cleanliness,
}


@pytest.mark.parametrize("name", KPIS)
def test_what_is_released_is_what_the_citys_rows_give(name: str, harvested: Harvested) -> None:
    assert compare(name, rows_of(harvested, name), KPIS[name](harvested.city)) > 0
