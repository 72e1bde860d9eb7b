"""The gate's own database step by step: the rows, what broke which rule, the
profile of each partition, and what goes to quarantine.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from pipelines.contract.model import Dataset, Rule
from pipelines.lake.delivery import Batch
from quality.conditions import broken_sql, condition
from quality.database import (
    blame,
    collect,
    connected,
    open_batch,
    profile,
    quarantine,
    run,
)
from tests.sample import sample_dataset

DAYS = ("2026-01-01", "2026-01-02")
STAGED = """
    (1, '2026-01-01', 'G1', 1.5, 'wet'),
    (2, '2026-01-01', 'G9', -1, 'dry'),
    (3, '2026-01-01', 'G1', 2, 'dry'),
    (4, '2026-01-02', NULL, -2, 'wet'),
    (5, '2026-01-02', 'G1', 0, 'dry')
"""
DRY = Rule("dry", "row", "row", None, {"row": "kind <> 'dry' OR rain_mm = 0"})
MINIMUM = Rule("rain_mm.minimum", "minimum", "row", "rain_mm", {"minimum": 0})
KNOWN = Rule(
    "known", "reference", "row", "gauge", {"column": "gauge", "to": "reference.pos.code"}, "warning"
)
RULES = (MINIMUM, DRY, KNOWN)


LISTED = Rule("kind.one_of", "one_of", "row", "kind", {"one_of": ("wet",)})
ONE_BAD = """
    FROM (VALUES (1, '2026-01-01', 'wet', 1.5, 'wet', 'Warga', []),
        (2, '2026-01-01', 'G9', -1, 'dry', NULL, []))
    AS v (_row, _partition, gauge, rain_mm, kind, observer, _refused)
"""
ALL = {rule.name for rule in RULES}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return sample_dataset(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    staged, known = tmp_path / "it's staged.parquet", str(tmp_path / "known.parquet")
    duckdb.sql(
        f"FROM (VALUES {STAGED}) AS v (_row, _partition, gauge, rain_mm, kind)"
    ).write_parquet(str(staged))
    duckdb.sql("SELECT 'G1' AS code").write_parquet(known)
    return Batch(staged, DAYS, {}, {}, {DAYS[1]: ("a", "b")}, {"reference.pos": (known,)})


@pytest.fixture
def con(tmp_path: Path) -> Iterator[sa.Connection]:
    with connected(tmp_path / "spill") as con:
        yield con


def test_whoever_reads_the_database_reads_the_same_one_and_each_gate_its_own(
    tmp_path: Path,
) -> None:
    with connected(tmp_path / "spill") as con, connected(tmp_path / "other") as other:
        assert run(con, "SELECT current_setting('TimeZone')") == [("UTC",)]
        assert run(con, "CREATE TABLE t (n BIGINT)") == []
        run(con, "INSERT INTO t VALUES (?), (?)", [1, 2])
        con.commit()
        with con.engine.connect() as again:
            assert run(again, "SELECT n FROM t WHERE n > ?", [1]) == [(2,)]
        run(other, "CREATE TABLE t (word VARCHAR)")


def test_what_breaks_each_condition_is_counted_and_what_is_not_known_breaks_none(
    con: sa.Connection, batch: Batch, dataset: Dataset
) -> None:
    open_batch(con, batch, RULES)
    assert run(con, "SELECT _row FROM batch ORDER BY 1") == [(1,), (2,), (3,), (4,), (5,)]
    conditions = [*(condition(rule, dataset) for rule in RULES), "NULL", "kind <> '%(x)s:y'"]
    assert run(con, broken_sql("batch", conditions)) == [(2, 2, 1, 0, 0)]
    assert run(con, broken_sql("(SELECT * FROM batch WHERE _row = 2)", conditions[:1])) == [(1,)]


def test_a_condition_that_cannot_be_computed_is_named_with_what_the_engine_says(
    con: sa.Connection, batch: Batch, dataset: Dataset
) -> None:
    open_batch(con, batch, ())
    rules = [("fine", "error", "true"), ("odd", "error", "CAST(kind AS INTEGER) > 1")]
    blame(con, "batch", rules[:1])
    with pytest.raises(RuntimeError, match=r"^rule 'odd': .*Conversion Error") as refused:
        blame(con, "batch", rules)
    assert "\n" not in str(refused.value)


def collected(con: sa.Connection, batch: Batch, dataset: Dataset) -> None:
    open_batch(con, batch, RULES)
    collect(con, dataset, RULES, ALL)


def test_a_row_is_bad_that_broke_a_rule_whose_severity_is_error_and_loses_a_cell_where_it_can(
    con: sa.Connection, batch: Batch, dataset: Dataset
) -> None:
    collected(con, batch, dataset)
    assert run(con, "SELECT _row, _partition, list_sort(rules) FROM violations ORDER BY 1") == [
        (2, DAYS[0], ["known", "rain_mm.minimum"]),
        (3, DAYS[0], ["dry"]),
        (4, DAYS[1], ["rain_mm.minimum"]),
    ], "a condition between columns is held against the row without what is withheld"
    assert run(con, "SELECT _row, _partition, rules, cells FROM bad ORDER BY ALL") == [
        (2, DAYS[0], ["rain_mm.minimum"], ["rain_mm"]),
        (3, DAYS[0], ["dry"], None),
        (4, DAYS[1], ["rain_mm.minimum"], ["rain_mm"]),
    ]
    assert run(con, "SELECT _row, rain_mm FROM judged ORDER BY 1") == [
        (1, 1.5),
        (2, None),
        (3, 2),
        (4, None),
        (5, 0),
    ]


def test_a_condition_that_no_withheld_cell_mends_costs_the_row(
    con: sa.Connection, batch: Batch, dataset: Dataset
) -> None:
    wet = replace(DRY, name="wet", arguments={"row": "kind = 'wet'"})
    open_batch(con, batch, (MINIMUM, wet))
    collect(con, dataset, (MINIMUM, wet), {MINIMUM.name, "wet"})
    assert run(con, "SELECT _row, rules, cells FROM bad ORDER BY 1") == [
        (2, ["rain_mm.minimum", "wet"], None),
        (3, ["wet"], None),
        (4, ["rain_mm.minimum"], ["rain_mm"]),
        (5, ["wet"], None),
    ]


def test_a_condition_that_needs_what_is_withheld_costs_the_row(
    con: sa.Connection, batch: Batch, dataset: Dataset
) -> None:
    measured = replace(DRY, name="measured", arguments={"row": "rain_mm IS NOT NULL"})
    noted = replace(measured, name="noted", severity="warning")
    open_batch(con, batch, (MINIMUM, measured, noted))
    collect(con, dataset, (MINIMUM, measured, noted), {MINIMUM.name})
    assert run(con, "SELECT _row, rules, cells FROM bad ORDER BY 1") == [
        (2, ["measured", "rain_mm.minimum"], None),
        (4, ["measured", "rain_mm.minimum"], None),
    ]
    every = (["measured", "noted", "rain_mm.minimum"],)
    assert run(con, "SELECT list_sort(rules) FROM violations") == [every, every]


@pytest.mark.parametrize(
    ("changes", "rule", "cells"),
    [
        ({}, MINIMUM, ["rain_mm"]),
        ({"key": ("rain_mm",)}, MINIMUM, None),
        ({"partition_by": "rain_mm"}, MINIMUM, None),
        ({}, Rule("observer.required", "required", "row", "observer"), None),
        ({}, replace(LISTED, column="gauge"), None),
        ({"key": ("gauge",), "partition_by": None}, LISTED, ["kind"]),
    ],
)
def test_a_value_that_the_row_cannot_do_without_costs_the_row(
    changes: dict[str, Any],
    rule: Rule,
    cells: list[str] | None,
    con: sa.Connection,
    batch: Batch,
    dataset: Dataset,
) -> None:
    changed = replace(dataset, **changes)
    run(con, f"CREATE VIEW batch AS {ONE_BAD}")
    collect(con, changed, (rule,), {rule.name})
    assert run(con, "SELECT _row, cells FROM bad") == [(2, cells)]


def test_two_rules_broken_by_one_value_withhold_one_cell(
    con: sa.Connection, batch: Batch, dataset: Dataset, tmp_path: Path
) -> None:
    rules = (MINIMUM, replace(MINIMUM, name="again"), LISTED)
    run(con, f"CREATE VIEW batch AS {ONE_BAD}")
    collect(con, dataset, rules, {rule.name for rule in rules})
    assert run(con, "SELECT cells FROM bad") == [(["kind", "rain_mm"],)]
    assert quarantine(con, [], tmp_path / "quarantine.parquet") == {DAYS[0]: (0, 2)}


def test_rules_that_hold_leave_nothing(con: sa.Connection, batch: Batch, dataset: Dataset) -> None:
    open_batch(con, batch, RULES)
    collect(con, dataset, RULES, ())
    assert run(con, "SELECT * FROM violations") == run(con, "SELECT * FROM bad") == []


@pytest.mark.parametrize(
    ("keys", "partition", "zone", "ends"),
    [
        (DAYS, "day", "Asia/Jakarta", ["2026-01-01 17:00", "2026-01-02 17:00"]),
        (("2026-01", "2026-12"), "month", "UTC", ["2026-02-01 00:00", "2027-01-01 00:00"]),
    ],
)
def test_a_profile_has_a_figure_of_each_partition_asked_for(
    keys: tuple[str, ...],
    partition: str,
    zone: str,
    ends: list[str],
    con: sa.Connection,
    batch: Batch,
    dataset: Dataset,
) -> None:
    collected(con, batch, dataset)
    asked = replace(batch, partitions=keys)
    kept = replace(dataset, partition=partition, timezone=zone)  # type: ignore[arg-type]
    profile(
        con,
        asked,
        kept,
        [
            Rule("rows it's", "coverage", "partition", None, {"expected": 1, "minimum": 1}),
            Rule("schema", "schema", "partition"),
        ],
    )
    good = [2, 2] if keys == DAYS else [0, 0]
    assert run(con, "SELECT * FROM profile ORDER BY 1") == [
        (keys[0], good[0], 0),
        (keys[1], good[1], 2 if keys == DAYS else 0),
    ]
    assert run(con, "SELECT strftime(ends, '%Y-%m-%d %H:%M') FROM asked ORDER BY ends") == [
        (end,) for end in ends
    ]


@pytest.mark.parametrize(
    ("changed", "counts", "kept"),
    [
        (
            [],
            {DAYS[0]: (1, 1), DAYS[1]: (0, 1)},
            [
                (2, DAYS[0], ["rain_mm.minimum"], ["rain_mm"]),
                (3, DAYS[0], ["dry"], None),
                (4, DAYS[1], ["rain_mm.minimum"], ["rain_mm"]),
            ],
        ),
        (
            [DAYS[1]],
            {DAYS[0]: (1, 1), DAYS[1]: (2, 0)},
            [
                (2, DAYS[0], ["rain_mm.minimum"], ["rain_mm"]),
                (3, DAYS[0], ["dry"], None),
                (4, DAYS[1], ["rain_mm.minimum", "schema"], None),
                (5, DAYS[1], ["schema"], None),
            ],
        ),
    ],
)
def test_bad_rows_go_to_quarantine_and_all_of_a_partition_whose_columns_changed(
    changed: list[str],
    counts: dict[str, tuple[int, int]],
    kept: list[Any],
    con: sa.Connection,
    batch: Batch,
    dataset: Dataset,
    tmp_path: Path,
) -> None:
    collected(con, batch, dataset)
    path = tmp_path / "it's quarantine.parquet"
    assert quarantine(con, changed, path) == counts
    assert duckdb.sql(f"FROM '{str(path).replace(chr(39), chr(39) * 2)}'").fetchall() == kept
