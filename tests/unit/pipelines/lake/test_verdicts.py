"""The table of verdicts, whose rows from before there were figures stay as they are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipelines.lake import clock, verdicts
from pipelines.lake.lake import Lake
from pipelines.release.views import SHOWN

EARLIER = ("rule", "kind", "column", "level", "severity", "rows", "examples", "message")
"""What a finding had before there were figures."""


def finding(**changed: Any) -> dict[str, Any]:
    return {
        "rule": "volume",
        "kind": "rows",
        "level": "partition",
        "severity": "error",
        "rows": 1,
        "examples": ["P1"],
        **changed,
    }


def verdict(partition: str, run_id: str, *findings: dict[str, Any]) -> dict[str, Any]:
    counts = dict.fromkeys(("delivered", "passed", "quarantined", "duplicates"), 1)
    withheld = {"dataset": "hujan.rain", "partition": partition, "verdict": "withheld"}
    return {**withheld, **counts, "findings": findings, "run_id": run_id}


def record_earlier(lake: Lake, *rows: dict[str, Any]) -> None:
    """Append verdicts as they were kept before there were figures."""
    kept = pa.struct([verdicts.FINDING.field(name) for name in EARLIER])
    at = verdicts.SCHEMA.get_field_index("findings")
    schema = verdicts.SCHEMA.set(at, pa.field("findings", pa.list_(kept)))
    schema = schema.remove(schema.get_field_index("cells_withheld"))
    judged = [{**row, "judged_at": datetime(2026, 1, 2, tzinfo=UTC)} for row in rows]
    table = pa.Table.from_pylist(judged, schema=schema)
    lake.append(lake.table("lumbung", "verdicts"), table)


def shown(lake: Lake) -> list[dict[str, Any]]:
    """Return the findings of every verdict as a release shows them, oldest verdict first."""
    files = lake.files(lake.table("lumbung", "verdicts"))
    every = f"SELECT {SHOWN} FROM ({verdicts.every_sql(files)})"
    rows = duckdb.sql(f"SELECT unnest(findings) AS f FROM ({every}) ORDER BY judged_at").fetchall()
    return [finding for (finding,) in rows]


def test_a_table_of_before_there_were_figures_opens_and_goes_on(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    old = verdict("2026-01-01", "one", finding(message="1 (>= 3)"))
    assert "cells_withheld" not in old
    record_earlier(lake, old)
    (only,) = verdicts.latest(lake)
    assert only["findings"][0] == {
        **dict.fromkeys(verdicts.FINDING.names),
        **finding(message="1 (>= 3)"),
    }
    assert shown(lake)[0]["message"] == "1 (>= 3)" and shown(lake)[0]["value"] is None

    new = verdict("2026-01-02", "two", finding(value=2, low=3, absent=["a"], nonresponse="item"))
    verdicts.record(lake, [{**new, "cells_withheld": 3}])
    first, second = verdicts.latest(lake)
    assert first["findings"] == only["findings"]
    assert (first["cells_withheld"], second["cells_withheld"]) == (None, 3)
    told = second["findings"][0]
    assert (told["value"], told["low"], told["high"], told["absent"]) == (2, 3, None, ["a"])
    assert told["nonresponse"] == "item" and "nonresponse" in shown(lake)[1]
    assert [(finding["message"], finding["value"]) for finding in shown(lake)] == [
        ("1 (>= 3)", None),
        (None, 2),
    ]


def test_a_release_shows_no_example_and_no_words_of_a_source(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    kinds = ("source", "gate", "rows")
    told = [finding(kind=kind, message="Rahasia" if kind != "rows" else None) for kind in kinds]
    verdicts.record(lake, [verdict("2026-01-01", "one", *told)])
    assert len(shown(lake)) == 3
    shown_names = {name for row in shown(lake) for name in row}
    assert set(verdicts.FINDING.names) - shown_names == {"examples", "accepted"}
    assert {row["message"] for row in shown(lake)} == {None}


def passed(rows: int, run_id: str) -> dict[str, Any]:
    return {**verdict("2026-01-01", run_id), "verdict": "passed", "passed": rows}


def test_the_latest_is_the_one_recorded_last_whatever_the_clock_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, right = Lake(tmp_path), datetime(2026, 1, 2, tzinfo=UTC)
    record_earlier(lake, passed(1, "before there were sequences"))
    for days, run_id in ((60, "ahead"), (0, "right"), (-400, "back")):
        at = right + timedelta(days=days)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        verdicts.record(lake, [passed(2, run_id)])
        (latest,) = verdicts.latest(lake)
        assert latest["run_id"] == run_id and latest["judged_at"] == at
        assert [row["run_id"] for row in verdicts.passed(lake, "hujan.rain")] == [run_id]
        assert [row["run_id"] for row in verdicts.newest(lake)] == [run_id]


def test_verdicts_recorded_at_once_have_a_sequence_each(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: verdicts.record(lake, [passed(n, str(n))]), range(8)))
    (latest,) = verdicts.latest(lake)
    with lake.connect() as con:
        every = con.execute(verdicts.every_sql(lake.files(lake.table("lumbung", "verdicts"))))
        sequences = [row["sequence"] for row in every.to_arrow_table().to_pylist()]
    assert sorted(sequences) == list(range(8)) and latest["sequence"] == 7


def test_a_table_of_many_harvests_stays_a_few_files_and_loses_nothing(tmp_path: Path) -> None:
    lake, every = Lake(tmp_path), 40
    for number in range(every):
        verdicts.record(lake, [verdict(f"2026-01-{1 + number % 20:02d}", f"run {number}")])
    files = lake.files(lake.table("lumbung", "verdicts"))
    assert len(files) <= verdicts.COMPACTED[0]
    rows = duckdb.sql(f"SELECT run_id, sequence FROM ({verdicts.every_sql(files)}) ORDER BY 2")
    assert [run for run, _ in rows.fetchall()] == [f"run {number}" for number in range(every)]
    assert {row["run_id"] for row in verdicts.latest(lake)} == {f"run {n}" for n in range(20, 40)}
    assert len(lake.files(lake.table("lumbung", "verdicts"), version=9)) == 10


def test_what_made_the_rows_that_stand_is_read_once_of_all_datasets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, names = Lake(tmp_path), ("hujan.rain", "hujan.gauges", "udara.readings")
    assert verdicts.makers(lake, "hujan.rain") == []
    for run_id in ("first", "second"):
        days = ("2026-01-02", "2026-01-01") if run_id == "first" else ("2026-01-02",)
        rows = [
            passed(1, run_id) | {"dataset": name, "partition": d} for name in names for d in days
        ]
        verdicts.record(lake, rows)
    asked = list[str]()
    select = verdicts.passed_sql
    monkeypatch.setattr(verdicts, "passed_sql", lambda files: asked.append("") or select(files))
    for name in names:
        made = verdicts.makers(lake, name)
        assert [(row["partition"], row["run_id"]) for row in made] == [
            ("2026-01-01", "first"),
            ("2026-01-02", "second"),
        ]
        assert all(row["dataset"] == name for row in made)
    assert len(asked) == 1
    verdicts.record(lake, [passed(1, "third") | {"partition": "2026-01-03"}])
    assert verdicts.makers(lake, "hujan.rain")[-1]["run_id"] == "third", "what is new is seen"
