"""Each row rule's condition, computed by DuckDB over a few values."""

from dataclasses import replace
from typing import Any

import duckdb
import pytest

from pipelines.contract.model import Dataset, Rule
from quality.conditions import condition, reference_of
from tests.sample import sample_dataset


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return sample_dataset(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    return con


def typed(dataset: Dataset, name: str, kind: str, **changes: Any) -> Dataset:
    """Return the dataset with one column of another type."""
    return replace(
        dataset,
        columns=tuple(
            replace(column, type=kind, **changes) if column.name == name else column
            for column in dataset.columns
        ),
    )


def judged(
    con: duckdb.DuckDBPyConnection, rule: Rule, dataset: Dataset, rows: str, names: str
) -> list[Any]:
    sql = condition(rule, dataset)
    found = con.execute(f"SELECT ({sql}) FROM (VALUES {rows}) AS b ({names})").fetchall()
    return [value for (value,) in found]


@pytest.mark.parametrize("kind", ["type", "unit", "shape", "placed"])
def test_what_refinement_refused_breaks_the_rule_of_that_name(
    kind: str, con: duckdb.DuckDBPyConnection, sample: Dataset
) -> None:
    rows = "(['it''s']), (['x', 'it''s']), (['x']), ([])"
    rule = Rule("it's", kind, "row", "rain_mm")
    assert judged(con, rule, sample, rows, "_refused") == [False, False, True, True]


def test_a_value_is_there_or_was_refused_for_another_reason(
    con: duckdb.DuckDBPyConnection, sample: Dataset
) -> None:
    rule = Rule("kind.required", "required", "row", "kind")
    rows = "('', []), (NULL, []), (NULL, ['kind.type']), (NULL, ['shape']), (NULL, ['gauge.type'])"
    names = "kind, _refused"
    assert judged(con, rule, sample, rows, names) == [True, False, True, True, False]


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("kind <> 'dry' OR rain_mm = 0", [True, False, True, True]),
        ("rain_mm", [False, True, True, True]),
    ],
)
def test_a_condition_between_columns_passes_where_it_is_not_known(
    stated: str, found: list[bool], con: duckdb.DuckDBPyConnection, sample: Dataset
) -> None:
    rows = "('dry', 0), ('dry', 1), ('wet', 1), ('dry', NULL)"
    rule = Rule("x", "row", "row", None, {"row": stated})
    assert judged(con, rule, sample, rows, "kind, rain_mm") == found


def test_a_pattern_is_looked_for_and_nothing_passes(
    con: duckdb.DuckDBPyConnection, sample: Dataset
) -> None:
    rule = Rule("x", "pattern", "row", "gauge", {"pattern": "^G'[0-9]"})
    rows = "('G''12'), ('G12'), ('xG''1'), (NULL)"
    assert judged(con, rule, sample, rows, "gauge") == [True, False, False, True]


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("minimum", [False, True, True, True]),
        ("maximum", [True, True, False, True]),
        ("exclusive_minimum", [False, False, True, True]),
        ("exclusive_maximum", [True, False, False, True]),
    ],
)
def test_a_moment_is_compared_with_its_limit(
    kind: str, found: list[bool], con: duckdb.DuckDBPyConnection, sample: Dataset
) -> None:
    rule = Rule("x", kind, "row", "measured_at", {kind: "2026-01-02T00:00:00Z"})
    rows = ", ".join(
        f"(TIMESTAMPTZ '2026-01-0{day} {time}Z')"
        for day, time in ((1, "23:59:59"), (2, "00:00:00"), (2, "00:00:01"))
    )
    assert judged(con, rule, sample, f"{rows}, (NULL)", "measured_at") == found
    dated = typed(sample, "measured_at", "date")
    days = "(DATE '2026-01-01'), (DATE '2026-01-02'), (DATE '2026-01-03'), (NULL)"
    assert judged(con, rule, dated, days, "measured_at") == found


@pytest.mark.parametrize(
    ("limit", "moment"),
    [
        ("2026-01-02T00:00:00+07:00", "2026-01-01T17:00:00Z"),
        ("2026-01-02T00:00:00-07:00", "2026-01-02T07:00:00Z"),
        ("2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z"),
        ("2026-01-02T00:00:00", "2026-01-01T15:00:00Z"),
        ("2026-01-02", "2026-01-01T15:00:00Z"),
    ],
)
def test_a_limit_without_a_zone_is_in_the_columns_own(
    limit: str, moment: str, con: duckdb.DuckDBPyConnection, sample: Dataset
) -> None:
    dataset = typed(sample, "measured_at", "timestamp", timezone="Asia/Jayapura")
    rows = f"(TIMESTAMPTZ '{moment}'), (TIMESTAMPTZ '{moment}' - INTERVAL 1 SECOND)"
    rule = Rule("x", "minimum", "row", "measured_at", {"minimum": limit})
    assert judged(con, rule, dataset, rows, "measured_at") == [True, False]


def test_a_list_of_truth_values_is_a_condition(
    con: duckdb.DuckDBPyConnection, sample: Dataset
) -> None:
    dataset = typed(sample, "kind", "boolean")
    rule = Rule("x", "one_of", "row", "kind", {"one_of": (True,)})
    assert judged(con, rule, dataset, "(true), (false), (NULL)", "kind") == [True, False, True]
    both = Rule("x", "one_of", "row", "kind", {"one_of": (True, False)})
    assert judged(con, both, dataset, "(true), (false)", "kind") == [True, True]


@pytest.mark.parametrize(
    ("kind", "limit", "rows", "held"),
    [
        ("minimum", 5, "(4.9), (5), (5.1), (NULL)", [False, True, True, True]),
        ("maximum", 5, "(4.9), (5), (5.1), (NULL)", [True, True, False, True]),
        ("exclusive_minimum", 5, "(4.9), (5), (5.1), (NULL)", [False, False, True, True]),
        ("exclusive_maximum", 5, "(4.9), (5), (5.1), (NULL)", [True, False, False, True]),
        ("minimum", 0.1, "(0.1::DOUBLE), (0.1::FLOAT), (0.0999::DOUBLE)", [True, True, False]),
        ("maximum", 0.3, "(0.3::DOUBLE), (0.1::DOUBLE + 0.2)", [True, False]),
        ("maximum", 2**53, "(9007199254740992), (9007199254740993)", [True, False]),
        ("minimum", -1e300, "(-1e300), (-1.1e300)", [True, False]),
    ],
)
def test_a_number_is_compared_with_its_limit(
    kind: str,
    limit: float,
    rows: str,
    held: list[bool],
    con: duckdb.DuckDBPyConnection,
    sample: Dataset,
) -> None:
    rule = Rule("x", kind, "row", "rain_mm", {kind: limit})
    assert judged(con, rule, sample, rows, "rain_mm") == held


def test_a_text_is_as_long_as_it_has_characters(
    con: duckdb.DuckDBPyConnection, sample: Dataset
) -> None:
    rows = "('ab'), ('abc'), ('abcd'), ('é€😀'), (NULL)"
    least = Rule("x", "min_length", "row", "observer", {"min_length": 3})
    assert judged(con, least, sample, rows, "observer") == [False, True, True, True, True]
    most = Rule("x", "max_length", "row", "observer", {"max_length": 3})
    assert judged(con, most, sample, rows, "observer") == [True, True, False, True, True]


def test_a_value_is_one_of_those_listed(con: duckdb.DuckDBPyConnection, sample: Dataset) -> None:
    words = Rule("x", "one_of", "row", "kind", {"one_of": ("it's", "100%")})
    rows = "('it''s'), ('100%'), ('its'), (NULL)"
    assert judged(con, words, sample, rows, "kind") == [True, True, False, True]
    numbers = Rule("x", "one_of", "row", "rain_mm", {"one_of": (1, 0.1)})
    rows = "(1::DOUBLE), (0.1::DOUBLE), (0.2::DOUBLE), (NULL)"
    assert judged(con, numbers, sample, rows, "rain_mm") == [True, True, False, True]
    days = Rule("x", "one_of", "row", "measured_at", {"one_of": ("2026-01-01",)})
    dated = typed(sample, "measured_at", "date")
    rows = "(DATE '2026-01-01'), (DATE '2026-01-02')"
    assert judged(con, days, dated, rows, "measured_at") == [True, False]


MOMENT = "TIMESTAMPTZ '2026-01-01T17:00:00Z'"


@pytest.mark.parametrize(
    ("at", "kind", "here"),
    [
        ("measured_at", "timestamp", MOMENT),
        ("measured_at", "date", "DATE '2026-01-02'"),
        ("_partition", "timestamp", "'2026-01-02'"),
    ],
)
def test_a_code_stands_in_its_table_at_the_rows_date(
    at: str, kind: str, here: str, con: duckdb.DuckDBPyConnection, sample: Dataset
) -> None:
    dataset = typed(sample, "measured_at", kind)
    rule = Rule(
        "gauge.reference",
        "reference",
        "row",
        "gauge",
        {"column": "gauge", "to": "reference.regions.code", "at": at},
    )
    assert reference_of(rule) == ("reference.regions", "code")
    con.execute(
        "CREATE OR REPLACE TABLE \"reference.regions\" AS FROM (VALUES ('G1', NULL::DATE,"
        " NULL::DATE), ('G2', NULL, DATE '2026-01-02'), ('G3', DATE '2026-01-02', NULL), ('G4',"
        " NULL, DATE '2026-01-03'), ('G5', DATE '2026-01-03', NULL)) AS r (code, valid_from,"
        " valid_to)"
    )
    codes = ("'G1'", "'G2'", "'G3'", "'G4'", "'G5'", "'G6'", "NULL", "'no code'")
    rows = ", ".join(f"({code}, {here})" for code in codes)
    found = [True, False, True, True, False, False, True, True]
    assert judged(con, rule, dataset, rows, f"gauge, {at}") == found
    ever = replace(rule, arguments={**(rule.arguments or {}), "at": None})
    assert judged(con, ever, dataset, rows, f"gauge, {at}") == [*[True] * 5, False, True, True]


def test_a_month_counts_as_its_first_day(con: duckdb.DuckDBPyConnection, sample: Dataset) -> None:
    con.execute(
        "CREATE OR REPLACE TABLE \"a.b\" AS FROM (VALUES ('x', DATE '2026-01-01', DATE"
        " '2026-01-02'), ('y', DATE '2026-01-02', NULL)) AS r (code, valid_from, valid_to)"
    )
    rule = Rule("x", "reference", "row", "kind", {"to": "a.b.code", "at": "_partition"})
    rows = "('x', '2026-01'), ('y', '2026-01')"
    assert judged(con, rule, sample, rows, "kind, _partition") == [True, False]
