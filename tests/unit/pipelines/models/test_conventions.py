"""The macros of ``sql/conventions.sql`` against exact arithmetic, and what a KPI's rows must
say.
"""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import quantiles

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import ContractError
from pipelines.models.indicators import check, is_unit
from pipelines.models.sqlfile import read_conventions, read_sql_file
from pipelines.settings import PROJECT

CON = duckdb.connect()
CON.execute(read_conventions(PROJECT / "sql"))


def half_up(exact: Fraction, digits: int) -> float:
    scaled = exact * 10**digits
    return float(Decimal(int(scaled + Fraction(1, 2))) / 10**digits)


def computed(expression: str) -> object:
    return CON.execute(f"SELECT {expression}").fetchall()[0][0]


@settings(deadline=None)
@given(st.integers(0, 10**11), st.integers(1, 10**15))
def test_shares_and_rates_are_exact_and_round_half_up(part: int, whole: int) -> None:
    assert computed(f"percent({part}, {whole})") == half_up(Fraction(100 * part, whole), 1)
    assert computed(f"rate({part}, {whole}, 10000)") == half_up(Fraction(10000 * part, whole), 2)


@settings(deadline=None)
@given(st.integers(0, 10**8), st.integers(1, 10**9))
def test_shares_and_rates_of_fractions_are_as_exact_as_those_of_counts(
    part: int, whole: int
) -> None:
    parts = f"CAST({part} AS DOUBLE) / 10, CAST({whole} AS DOUBLE) / 10"
    assert computed(f"percent({parts})") == half_up(Fraction(100 * part, whole), 1)
    assert computed(f"rate({parts}, 1)") == half_up(Fraction(part, whole), 2)
    assert computed("percent(6.6, 12.4)") == 53.2


@pytest.mark.parametrize(
    ("part", "whole", "value"),
    [(1, 16, 6.3), (1, 2000, 0.1), (23, 2000, 1.2), (0, 7, 0.0), (7, 7, 100.0), (952, 1650, 57.7)],
)
def test_a_share_that_lies_halfway_is_rounded_up(part: int, whole: int, value: float) -> None:
    assert computed(f"percent({part}, {whole})") == value


def test_there_is_no_share_of_nothing() -> None:
    assert (
        computed("percent(0, 0)") is None
        and computed("rate(5, 0, 100)") is None
        and computed("percent(NULL, 5)") is None
    )


@settings(deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=50), st.integers(1, 9))
def test_percentiles_interpolate_between_the_nearest_cases(cases: list[int], tenth: int) -> None:
    exact = quantiles([Fraction(case) for case in cases], n=10, method="inclusive")[tenth - 1]
    found = CON.execute(
        "SELECT percentile(unnested, ?) FROM (SELECT unnest(?::BIGINT[]) AS unnested)",
        [Decimal(tenth) / 10, cases],
    ).fetchall()[0][0]
    assert abs(Fraction(found) - exact) <= Fraction(51, 1000)


def test_an_instant_falls_on_the_citys_date() -> None:
    assert str(computed("city_date(TIMESTAMPTZ '2026-10-31 17:00:00+00')")) == "2026-11-01"
    assert str(computed("month_of(DATE '2026-11-30')")) == "2026-11-01"
    assert computed("city_month(TIMESTAMPTZ '2026-10-31 17:00:00+00')") == "2026-11"
    assert computed("city_hour(TIMESTAMPTZ '2026-10-31 17:00:00+00')") == 0


def test_a_case_counts_in_the_city_and_in_its_kecamatan() -> None:
    assert computed("city_and_kecamatan('15.71.01.1001')") == ["15.71", "15.71.01"]
    assert computed("city_and_kecamatan(NULL)") == ["15.71", None]


HEADER = """-- kpi: G1
-- title_id: Contoh
-- title_en: Sample
-- question_id: Berapa?
-- question_en: How many?
-- row: one month
-- key: period
-- unit: %
-- dimension: governance
-- steward: Dinas Contoh
-- rule_id: none
-- rule_en: none
-- cells: none, it is a sample
-- reason odd: Ganjil / Odd
"""
ROW = {
    "period": "'2026-10'",
    "region_code": "'15.71'",
    "numerator": "1",
    "denominator": "4",
    "value": "25.0",
    "unit": "'%'",
    "completeness": "1",
    "status": "'final'",
    "reason": "NULL",
    "rule_version": "'1'",
}


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., None]:
    def tell(**changed: str) -> None:
        row = {name: value for name, value in {**ROW, **changed}.items() if value}
        path = tmp_path / "sample.sql"
        path.write_text(
            HEADER + "SELECT " + ", ".join(f"{value} AS {name}" for name, value in row.items())
        )
        model = read_sql_file(path, "kpi")
        check(model, CON.execute(model.query).to_arrow_table())

    return tell


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"status": ""}, "it lacks status"),
        ({"period": "'October'"}, "period 'October' is not YYYY"),
        ({"status": "'good'"}, "status 'good' is not one of final, provisional, not available"),
        ({"value": "NULL::DOUBLE"}, "'final' beside the value None"),
        ({"status": "'provisional'"}, "'provisional' beside the reason None"),
        ({"reason": "'odd'"}, "'final' beside the reason odd"),
        (
            {"status": "'provisional'", "reason": "'strange'"},
            "write a line '-- reason strange: Indonesia / English'",
        ),
        ({"measure": "'share'"}, "write a line '-- measure share: Indonesia / English'"),
        ({"completeness": "1.2"}, "completeness 1.2 is not a share"),
        ({"unit": "'percent'"}, "unit 'percent': "),
        ({"rule_version": "''"}, "rule_version is empty"),
        ({"period": "unnest(['2026-10', '2026-10'])"}, "the key is there twice"),
    ],
)
def test_a_kpi_that_does_not_say_what_it_must_is_refused(
    told: Callable[..., None], changed: dict[str, str], said: str
) -> None:
    told()
    told(status="'provisional'", reason="'odd'")
    with pytest.raises(ContractError, match=said.replace("(", r"\(")) as refused:
        told(**changed)
    assert "sample.sql" in str(refused.value)


@pytest.mark.parametrize(
    ("known", "units"),
    [
        (True, ("%", "{cards}", "/1000{people}", "{seats}.km", "{people}.d", "kW.h")),
        (False, ("percent", "", "/1000", "{seats}.miles", "None")),
    ],
)
def test_a_unit_is_a_contracts_or_what_is_counted(known: bool, units: tuple[str, ...]) -> None:
    assert {unit for unit in units if is_unit(unit) is known} == set(units)
