"""Each partition rule's figure, computed by DuckDB over a few rows, and what it may be."""

from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.contract.model import Dataset, Rule
from quality.figures import figure, limits, unit_of, within
from tests.sample import sample_dataset

ROWS = """
    (1, '2026-01-01', [], false, false, 'G1', TIMESTAMPTZ '2026-01-01T09:00:00Z', 'a', 1),
    (2, '2026-01-01', [], false, false, 'G1', TIMESTAMPTZ '2026-01-01T10:30:00Z', 'b', 1),
    (3, '2026-01-01', ['x'], true, true, 'G1', TIMESTAMPTZ '2026-01-01T11:30:00Z', 'd', 2),
    (4, '2026-01-01', ['placed'], true, true, 'G3', TIMESTAMPTZ '2026-01-01T12:30:00Z', 'd', 2),
    (5, '2026-01-01', [], true, false, NULL, TIMESTAMPTZ '2026-01-01T08:30:00Z', NULL, 2)
"""
NAMES = "_row, _partition, _refused, _broken, _bad, gauge, measured_at, kind, rain_mm"
COVERAGE = {"expected": 4, "minimum": 0.5}
FRESHNESS = {"column": "measured_at", "hours": 6}
REFERENCE = {"column": "kind", "to": "pos.kinds.code", "share": 0.25}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return sample_dataset(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute(f"CREATE TABLE b AS SELECT *, true AS _again FROM (VALUES {ROWS}) AS v ({NAMES})")
    con.execute(
        "CREATE TABLE p AS FROM (VALUES ('2026-01-01', 2, TIMESTAMPTZ '2026-01-01T17:00:00Z'),"
        " ('2026-01-02', 0, TIMESTAMPTZ '2026-01-02T17:00:00Z')) AS v (_partition, absent, ends)"
    )
    return con


def measured(
    con: duckdb.DuckDBPyConnection,
    kind: str,
    arguments: dict[str, Any],
    dataset: Dataset,
    references: dict[str, tuple[str, ...]] | None = None,
) -> list[float | None]:
    rule = Rule("x", kind, "partition", None, arguments)
    found = con.execute(
        f"SELECT {figure(rule, dataset, references or {})} FROM p LEFT JOIN b ON b._partition ="
        " p._partition GROUP BY p._partition ORDER BY p._partition"
    ).fetchall()
    return [value for (value,) in found]


@pytest.mark.parametrize(
    ("kind", "arguments", "figures"),
    [
        ("rows", {}, [4, 0]),
        ("quarantine_share", {}, [0.6, 0]),
        ("coverage", COVERAGE, [0.75, 0]),
        ("freshness", FRESHNESS, [6.5, None]),
        ("schema", {}, [2, 0]),
    ],
)
def test_a_figure_is_that_of_its_partition(
    kind: str,
    arguments: dict[str, Any],
    figures: list[float],
    con: duckdb.DuckDBPyConnection,
    sample: Dataset,
) -> None:
    assert measured(con, kind, arguments, sample) == figures


@pytest.mark.parametrize(
    ("key", "delivery", "by", "repeated"),
    [
        (("rain_mm",), "events", "measured_at", 1),
        (("gauge", "rain_mm"), "events", "measured_at", 1),
        (("gauge", "kind"), "events", "measured_at", 0),
        (("rain_mm",), "changes", "measured_at", 0),
        (("rain_mm", "gauge"), "changes", "gauge", 1),
    ],
)
def test_a_key_is_repeated_among_the_rows_that_are_good(
    key: tuple[str, ...],
    delivery: str,
    by: str,
    repeated: int,
    con: duckdb.DuckDBPyConnection,
    sample: Dataset,
) -> None:
    dataset = replace(sample, key=key, delivery=delivery, partition_by=by)  # type: ignore[arg-type]
    assert measured(con, "key", {}, dataset)[0] == repeated
    once = con.execute("CREATE TEMP TABLE b AS SELECT * REPLACE (false AS _again) FROM main.b")
    assert measured(once, "key", {}, dataset)[0] == 0, "it is not looked at what comes once"
    con.execute("DROP TABLE temp.b")


def test_the_newest_day_begins_at_midnight_in_the_datasets_zone(
    con: duckdb.DuckDBPyConnection, sample: Dataset
) -> None:
    con.execute("ALTER TABLE b ADD COLUMN IF NOT EXISTS made_on DATE DEFAULT DATE '2026-01-01'")
    made_on = replace(sample.column("measured_at"), name="made_on", type="date")
    dataset = replace(sample, columns=(*sample.columns, made_on), timezone="Asia/Jakarta")
    assert measured(con, "freshness", {"column": "made_on", "hours": 1}, dataset)[0] == 24


def test_orphans_are_the_share_of_values_that_the_others_do_not_have(
    con: duckdb.DuckDBPyConnection, sample: Dataset, tmp_path: Path
) -> None:
    files = (str(tmp_path / "it's.parquet"), str(tmp_path / "b.parquet"))
    duckdb.sql("SELECT 'a' AS code").write_parquet(files[0])
    duckdb.sql("SELECT 1 AS other, NULL::VARCHAR AS code").write_parquet(files[1])
    known = {"pos.kinds": files}
    assert measured(con, "reference", REFERENCE, sample, known) == [0.5, 0]
    assert measured(con, "reference", REFERENCE, sample, {"pos.kinds": ()}) == [1, 0]
    assert measured(con, "reference", REFERENCE, sample) == [1, 0]


@pytest.mark.parametrize(
    ("kind", "arguments", "allowed", "unit"),
    [
        ("rows", {"between": (3, 9)}, (3, 9), None),
        ("rows", {"between": (3, inf)}, (3, None), None),
        ("coverage", COVERAGE, (0.5, None), "%"),
        ("quarantine_share", {"quarantine_share": 0.1}, (None, 0.1), "%"),
        ("reference", REFERENCE, (None, 0.25), "%"),
        ("freshness", FRESHNESS, (None, 6), "h"),
        ("key", {}, (None, 0), None),
        ("schema", {}, (None, 0), None),
    ],
)
def test_what_a_figure_may_be_and_its_unit(
    kind: str, arguments: dict[str, Any], allowed: tuple[float | None, ...], unit: str | None
) -> None:
    rule = Rule("x", kind, "partition", None, arguments)
    assert (limits(rule), unit_of(rule)) == (allowed, unit)


@pytest.mark.parametrize(
    ("between", "broken"),
    [
        ((3, 9), [0.1, 0.3, 2, 10]),
        ((0.1, 0.3), [2, 3, 9, 10]),
        ((3, inf), [0.1, 0.3, 2]),
    ],
)
def test_a_figure_is_within_its_limits_or_not_known(
    between: tuple[float, float], broken: list[float], con: duckdb.DuckDBPyConnection
) -> None:
    rule = Rule("it's", "rows", "partition", None, {"between": between})
    figures = "(NULL), (0.1::DOUBLE), (0.3), (2), (3), (9), (10)"
    sql = f'SELECT "it\'s" FROM (VALUES {figures}) AS v ("it\'s") WHERE NOT ({within(rule)})'
    assert [figure for (figure,) in con.execute(sql).fetchall()] == broken
