"""The difference between releases: applied to the first it gives the second, and it says what
the public sees of every kind of delivery.
"""

import json
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.connectors.contracts import read_contracts
from pipelines.errors import LakeError
from pipelines.lake import verdicts
from pipelines.lake.lake import Lake
from pipelines.models.sqlfile import read_sql_files
from pipelines.publication.make_release import make_release
from pipelines.release.diff import ReleaseDiff, diff
from pipelines.release.release import Release, open_release
from pipelines.release.table_diff import Rows, compare
from tests.sample import put, write_sample

COLUMNS = ("k", "j", "a", "b")
CELLS = st.one_of(st.none(), st.integers(0, 2))
NUMBERS = st.one_of(st.none(), st.sampled_from([0.0, -0.0, 1.5, float("nan"), float("inf")]))
ROWS = st.lists(
    st.tuples(CELLS, CELLS, NUMBERS, st.one_of(st.none(), st.text("x'\" ", max_size=2))), max_size=7
)
UNIQUE = st.lists(
    st.tuples(CELLS, CELLS, NUMBERS, st.one_of(st.none(), st.text("x'\" ", max_size=2))),
    max_size=7,
    unique_by=lambda row: row[:2],
)
SCHEMA = pa.schema({"k": pa.int64(), "j": pa.int64(), "a": pa.float64(), "b": pa.string()})


def compared(
    before: list[tuple[Any, ...]], after: list[tuple[Any, ...]], key: tuple[str, ...]
) -> Rows:
    with duckdb.connect() as con:
        for name, rows in (("one", before), ("two", after)):
            con.register(
                name,
                pa.Table.from_pylist(
                    [dict(zip(COLUMNS, row, strict=True)) for row in rows], schema=SCHEMA
                ),
            )
        return compare(con, "FROM one", "FROM two", COLUMNS, key, None)


def bag(rows: list[Any]) -> Counter[str]:
    """Rows as often as they are there, NULL and NaN like other values and -0.0 the same as 0.0."""
    return Counter(
        repr([cell + 0.0 if isinstance(cell, float) else cell for cell in row]) for row in rows
    )


@settings(max_examples=120, deadline=None)
@given(UNIQUE, UNIQUE)
def test_applied_to_the_first_table_the_difference_gives_the_second(
    before: list[Any], after: list[Any]
) -> None:
    found = compared(before, after, ("k", "j"))
    table = {row[:2]: dict(zip(COLUMNS, row, strict=True)) for row in before}
    for row in found.removed_rows:
        del table[row["k"], row["j"]]
    for row in found.added_rows:
        assert (row["k"], row["j"]) not in table
        table[row["k"], row["j"]] = row
    for value in found.changed_values:
        held = table[value["key"]["k"], value["key"]["j"]]
        assert bag([(held[value["column"]],)]) == bag([(value["old"],)]) != bag([(value["new"],)])
        held[value["column"]] = value["new"]
    assert bag([tuple(row[name] for name in COLUMNS) for row in table.values()]) == bag(after)
    assert (found.added, found.removed) == (len(found.added_rows), len(found.removed_rows))
    assert sum(found.columns.values()) == len(found.changed_values) >= found.changed
    assert found.changed == len({tuple(value["key"].values()) for value in found.changed_values})


@settings(max_examples=80, deadline=None)
@given(ROWS, ROWS, st.sampled_from([(), ("k",), ("k", "j")]))
def test_rows_whose_key_is_there_twice_are_still_accounted_for(
    before: list[Any], after: list[Any], key: tuple[str, ...]
) -> None:
    found = compared(before, after, key)
    assert len(before) - found.removed + found.added == len(after)
    assert sum((bag(before) & bag(after)).values()) == len(before) - found.removed - found.changed
    if not key:
        kept = bag(before) - bag([tuple(row.values()) for row in found.removed_rows])
        assert kept + bag([tuple(row.values()) for row in found.added_rows]) == bag(after)


@settings(max_examples=30, deadline=None)
@given(ROWS, st.sampled_from([(), ("k",), ("k", "j")]))
def test_a_table_does_not_differ_from_itself(rows: list[Any], key: tuple[str, ...]) -> None:
    assert compared(rows, rows[::-1], key) == Rows(0, 0, 0, {})


PUBLIC = pa.schema(
    {
        "gauge": pa.string(),
        "measured_at": pa.timestamp("us", tz="UTC"),
        "rain_mm": pa.float64(),
        "kind": pa.string(),
        "_partition": pa.string(),
    }
)
PASSED = {
    "dataset": "hujan.rain",
    "verdict": "passed",
    "run_id": "run",
    "delivery": "0" * 64,
    "contract_version": "1.0.0",
    "contract_sha256": "0" * 64,
}
DAYS = st.dictionaries(
    st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03"]),
    st.dictionaries(st.integers(1, 3), st.sampled_from([None, 0.0, 1.5, 2.0])),
)


def sample(tmp: Path, delivery: str) -> Lake:
    """A lake with the sample's contract; one that changes has one row a gauge, however often it
    is delivered.
    """
    path = write_sample(tmp / "contracts", tmp / "drop", delivery=delivery)
    if delivery == "changes":
        text = path.read_text("utf-8")
        path.write_text(
            text.replace("        primaryKey: true\n        primaryKeyPosition: 2\n", ""), "utf-8"
        )
    lake = Lake(tmp / "lake")
    lake.append(
        lake.table("quarantine", "hujan", "rain"), pa.table({"gauge": pa.array([], pa.string())})
    )
    return lake


def written(lake: Lake, days: dict[str, dict[int, float | None]]) -> Release:
    table = lake.dataset_table("public", "hujan.rain")
    for day, readings in days.items():
        at = date.fromisoformat(day)
        rows = [
            {
                "gauge": f"G{gauge}",
                "measured_at": f"{at}T05:00:00Z",
                "rain_mm": rain,
                "kind": "wet",
                "_partition": day,
            }
            for gauge, rain in readings.items()
        ]
        found = pa.Table.from_pylist([], schema=PUBLIC)
        if rows:
            columns = {name: [row[name] for row in rows] for name in PUBLIC.names}
            columns["measured_at"] = (
                pa.array([text.removesuffix("Z") for text in columns["measured_at"]])
                .cast(pa.timestamp("us"))
                .cast(PUBLIC.field(1).type)
            )
            found = pa.table(columns, schema=PUBLIC)
        put(lake, table, [day], found, {"run_id": "run"})
        verdicts.record(lake, [PASSED | {"partition": day}])
    return make_release(lake, read_contracts(lake.root.parent / "contracts"), [], "run")


def seen(release: Release) -> dict[tuple[Any, ...], dict[str, Any]]:
    key = next(iter(release.contracts)).datasets[0].key
    with release.connect() as con:
        rows = (
            con.execute("SELECT * EXCLUDE (_partition) FROM hujan.rain")
            .to_arrow_table()
            .to_pylist()
        )
    return {tuple(row[name] for name in key): row for row in rows}


@pytest.mark.parametrize("delivery", ["events", "changes", "snapshot"])
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=DAYS, then=DAYS)
def test_what_the_public_saw_becomes_what_it_sees(
    delivery: str, first: Any, then: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lake = sample(tmp_path_factory.mktemp(delivery), delivery)
    before = written(lake, {"2026-01-01": {9: 1.0}} | first)
    after = written(lake, then)
    found = diff(lake, before, after, None)
    rows, expected = seen(before), seen(after)
    for table in found.tables:
        for row in table.rows.removed_rows:
            del rows[tuple(row[name] for name in table.key)]
        for row in table.rows.added_rows:
            rows[tuple(row[name] for name in table.key)] = row
        for value in table.rows.changed_values:
            rows[tuple(value["key"].values())][value["column"]] = value["new"]
        assert table.unchanged + table.rows.changed + table.rows.removed == len(seen(before))
    assert rows == expected
    assert (rows != seen(before)) == bool(found.tables)
    assert (found.before, found.after, found.same_tables) == (
        before.id,
        after.id,
        1 - len(found.tables),
    )


def with_kpi(lake: Lake) -> Release:
    """A release that has a KPI too, whose rows stand in the lake already."""
    folder = lake.root.parent / "sql" / "kpi"
    folder.mkdir(parents=True, exist_ok=True)
    header = (
        "kpi: X1|title_id: a|title_en: a|question_id: a|question_en: a|row: a|key: period|unit:"
        " d|dimension: living|steward: a|rule_id: a"
    )
    header += "|rule_en: a|cells: none, a"
    (folder / "wet.sql").write_text(
        "".join(f"-- {line}\n" for line in header.split("|")) + "SELECT 1 AS period"
    )
    return make_release(
        lake, read_contracts(lake.root.parent / "contracts"), read_sql_files(folder.parent), "run"
    )


def only(found: ReleaseDiff) -> Any:
    (one,) = found.tables
    return one


def test_only_the_days_that_differ_are_read(tmp_path: Path) -> None:
    lake = sample(tmp_path, "events")
    before = written(lake, {"2026-01-01": {1: 1.0, 2: 2.0}, "2026-01-02": {1: 1.0}})
    after = written(lake, {"2026-01-02": {1: 3.0, 4: 4.0}})
    for file in {*before.manifest.tables["hujan.rain"].files} & {
        *after.manifest.tables["hujan.rain"].files
    }:
        path = lake.root / file
        content = path.read_bytes()
        path.write_bytes(
            b"\0" * (len(content) - 1000) + content[-1000:]
        )  # the footer with the number of rows stays
    one = only(diff(lake, before, after))
    assert (
        one.rows.added,
        one.rows.removed,
        one.rows.changed,
        one.unchanged,
        one.rows.columns,
    ) == (1, 0, 1, 2, {"rain_mm": 1})
    assert [
        (value["key"]["gauge"], value["old"], value["new"]) for value in one.rows.changed_values
    ] == [("G1", 1.0, 3.0)]


def test_examples_are_the_first_by_key_and_no_more_than_asked_for(tmp_path: Path) -> None:
    lake = sample(tmp_path, "events")
    before = written(lake, {"2026-01-01": dict.fromkeys(range(1, 9), 1.0)})
    after = written(lake, {"2026-01-01": dict.fromkeys(range(1, 9), 2.0)})
    one = only(diff(lake, before, after, 2))
    assert one.rows.changed == 8 and [
        value["key"]["gauge"] for value in one.rows.changed_values
    ] == ["G1", "G2"]
    assert only(diff(lake, before, after, 0)).rows.changed_values == ()


def test_a_release_does_not_differ_from_itself(tmp_path: Path) -> None:
    lake = sample(tmp_path, "events")
    release = written(lake, {"2026-01-01": {1: 1.0}})
    found = diff(lake, release, open_release(lake, "current"))
    assert (found.tables, found.same_tables, found.contracts, found.models, found.reference) == (
        (),
        1,
        {},
        {},
        {},
    )


def test_columns_contracts_models_and_tables_that_changed_are_named(tmp_path: Path) -> None:
    lake = sample(tmp_path, "events")
    before = written(lake, {"2026-01-01": {1: 1.0, 2: 2.0}})
    path = tmp_path / "contracts" / "hujan.odcs.yaml"
    text = path.read_text("utf-8").replace("version: 1.0.0", "version: 1.1.0")
    path.write_text(
        text.replace(
            "name: kind\n        logicalType: string\n        classification: public",
            "name: kind\n        logicalType: string\n        classification: internal",
        ),
        "utf-8",
    )
    put(
        lake,
        lake.table("kpi", "wet"),
        ["all"],
        pa.table({"period": ["2026"], "value": [1.5], "_partition": ["all"]}),
    )
    after = with_kpi(lake)
    found = diff(lake, before, after)
    assert {
        name: [release["version"] for release in pair] for name, pair in found.contracts.items()
    } == {"hujan": ["1.0.0", "1.1.0"]}
    assert list(found.models) == ["kpi.wet"] and found.models["kpi.wet"][0] is None
    states = {
        table.table: (
            table.state,
            table.schema,
            table.rows.added,
            table.rows.removed,
            table.unchanged,
        )
        for table in found.tables
    }
    assert states == {
        "hujan.rain": ("changed", {"kind": ("VARCHAR", None)}, 0, 0, 2),
        "kpi.wet": ("added", {}, 1, 0, 0),
    }
    back = {
        table.table: (table.state, table.rows.added, table.rows.removed)
        for table in diff(lake, after, before).tables
    }
    assert back["kpi.wet"] == ("removed", 0, 1)


def test_a_column_whose_type_changed_is_compared_as_text(tmp_path: Path) -> None:
    lake = sample(tmp_path, "events")
    wet = lake.table("kpi", "wet")
    releases = []
    for values in (pa.array([1, 2]), pa.array(["1", "3"])):
        both = {"period": ["2025", "2026"], "value": values, "_partition": ["all", "all"]}
        lake.rewrite(wet, pa.table(both).to_reader)
        releases.append(with_kpi(lake))
    one = only(diff(lake, *releases))
    assert one.schema == {"value": ("BIGINT", "VARCHAR")}
    assert [(value["old"], value["new"]) for value in one.rows.changed_values] == [
        ("2", "3")
    ] and one.unchanged == 1


def test_current_and_previous_have_names(tmp_path: Path) -> None:
    lake = sample(tmp_path, "events")
    first = written(lake, {"2026-01-01": {1: 1.0}})
    assert open_release(lake, "current").id == open_release(lake, first.id).id == first.id
    with pytest.raises(LakeError, match="no release before the current one"):
        open_release(lake, "previous")
    time.sleep(1.1)  # ids are of one second
    second = written(lake, {"2026-01-01": {1: 2.0}})
    assert (open_release(lake, "previous").id, open_release(lake, "current").id) == (
        first.id,
        second.id,
    )


def test_a_damaged_release_is_named(tmp_path: Path) -> None:
    lake = sample(tmp_path, "events")
    before = written(lake, {"2026-01-01": {1: 1.0}})
    after = written(lake, {"2026-01-01": {1: 2.0}})
    path = after.folder / "manifest.json"
    good = path.read_text()
    path.write_text(json.dumps(json.loads(good) | {"models": {"kpi.x": {}}}))
    with pytest.raises(LakeError, match="changed after it was made"):
        diff(lake, before, open_release(lake, after.id))
    path.write_text(good)
    (lake.root / after.manifest.tables["hujan.rain"].files[0]).unlink()
    with pytest.raises(LakeError, match=r"hujan\.rain of .* cannot be read"):
        diff(lake, before, open_release(lake, after.id))
    (before.folder / "release.duckdb").unlink()
    with pytest.raises(LakeError, match="its views cannot be read"):
        diff(lake, before, after)
