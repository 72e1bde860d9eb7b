"""The table of verdicts, whose rows from before there were figures stay as they are."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.lake import verdicts
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
    record_earlier(lake, old)
    (only,) = verdicts.latest(lake)
    assert only["findings"][0] == {
        **dict.fromkeys(verdicts.FINDING.names),
        **finding(message="1 (>= 3)"),
    }
    assert shown(lake)[0]["message"] == "1 (>= 3)" and shown(lake)[0]["value"] is None

    verdicts.record(lake, [verdict("2026-01-02", "two", finding(value=2, low=3, absent=["a"]))])
    first, second = verdicts.latest(lake)
    assert first["findings"] == only["findings"]
    told = second["findings"][0]
    assert (told["value"], told["low"], told["high"], told["absent"]) == (2, 3, None, ["a"])
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
    assert {name for row in shown(lake) for name in row} == set(verdicts.FINDING.names) - {
        "examples"
    }
    assert {row["message"] for row in shown(lake)} == {None}
