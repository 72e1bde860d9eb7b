"""Partition rules, closed columns, failing closed, and the private seams of the Great
Expectations shim.
"""

import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.connectors.file.fetch import fetch
from pipelines.contract.model import Dataset, Rule
from pipelines.harvest.refine import refine
from pipelines.lake.delivery import Batch
from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT
from quality import gate
from quality.database import connected, run
from quality.gate import _all_of, _verdict, judge
from quality.verdict import Finding, PartitionVerdict, Verdict, unread
from quality.words import says
from tests.sample import drop, row, sample_dataset, window

DAY = date(2026, 1, 1)
pytestmark = pytest.mark.xdist_group("gate")


def staged(dataset: Dataset, tmp: Path, days: int, references: dict | None = None) -> Batch:
    span, lake = window(DAY, days), Lake(tmp / "lake")
    landed = lake.land(dataset.id, "run", fetch(dataset, span), span.partitions)
    with lake.connect() as con:
        return refine(con, landed, dataset, span, tmp / "work", references or {}, PROJECT / "sql")


def verdicts(
    dataset: Dataset, tmp: Path, days: int = 1, references: dict | None = None
) -> tuple[PartitionVerdict, ...]:
    return judge(staged(dataset, tmp, days, references), dataset, tmp / "work").partitions


def rules(verdict: PartitionVerdict) -> list[str]:
    return [finding.rule for finding in verdict.findings]


def test_a_good_day_passes(tmp_path: Path) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, n) for n in range(5)])
    (day,) = verdicts(sample_dataset(tmp_path), tmp_path)
    assert (day.verdict, day.delivered, day.passed, day.findings) == ("passed", 5, 5, ())


def test_an_empty_day_is_a_finding_and_withheld(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    (day,) = verdicts(sample_dataset(tmp_path), tmp_path)
    assert (day.verdict, rules(day)) == ("withheld", ["volume"])
    (volume,) = day.findings
    assert (volume.value, volume.low, volume.high, volume.unit) == (0, 1, 1_000_000, None)


def test_an_empty_day_the_contract_allows_passes_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    (day,) = verdicts(sample_dataset(tmp_path, least=0), tmp_path)
    assert (day.verdict, rules(day), day.findings[0].severity) == ("passed", ["empty"], "warning")


def test_every_finding_belongs_to_its_partition(tmp_path: Path) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, n) for n in range(3)])
    next_day = DAY + timedelta(days=1)
    drop(tmp_path / "drop", next_day, [row(next_day, 1), row(next_day, 1, rain="2")])
    first, second, third = verdicts(sample_dataset(tmp_path), tmp_path, 3)
    assert (first.verdict, rules(first)) == ("passed", [])
    assert (second.verdict, rules(second)) == ("withheld", ["key"])
    assert (third.verdict, rules(third)) == ("withheld", ["volume"])


def test_what_is_no_record_is_told_with_its_line(tmp_path: Path) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, 1), "G2,x", row(DAY, 3), 'G4,"x'])
    (day,) = verdicts(sample_dataset(tmp_path), tmp_path)
    shape = next(finding for finding in day.findings if finding.kind == "shape")
    assert says(asdict(shape)) == (
        "2 rows: line 3: 2 fields by the delimiter ,, the header has 5; line 5: a quote opened here"
        " is not closed"
    )


def test_too_large_a_share_in_quarantine_withholds(tmp_path: Path) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, 1), row(DAY, 2, rain="-4"), row(DAY, 3, rain="x")])
    (day,) = verdicts(sample_dataset(tmp_path), tmp_path)
    assert day.verdict == "withheld"
    assert rules(day) == ["rain_mm.minimum", "rain_mm.type", "quarantine_share"]
    below, _, share = day.findings
    assert (below.rows, below.value, below.low, below.high) == (1, None, 0, None)
    assert (share.rows, share.value, share.low, share.high, share.unit) == (0, 66.7, None, 50, "%")


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (
            (
                "{name: complete, type: custom, engine: lumbung, implementation: {coverage:"
                " {expected: 24, minimum: 0.5}}}"
            ),
            "complete",
        ),
        (
            (
                "{name: fresh, type: custom, engine: lumbung, implementation: {freshness: {column:"
                " measured_at, hours: 6}}}"
            ),
            "fresh",
        ),
    ],
)
def test_coverage_and_freshness_withhold(tmp_path: Path, rule: str, name: str) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, 1, hour=hour) for hour in range(3)])
    (day,) = verdicts(sample_dataset(tmp_path, quality=rule), tmp_path)
    assert (day.verdict, rules(day)) == ("withheld", [name])
    for hour in range(3, 24):
        drop(tmp_path / "drop", DAY, [row(DAY, 1, hour=number) for number in range(hour + 1)])
    (day,) = verdicts(sample_dataset(tmp_path, quality=rule), tmp_path)
    assert day.verdict == "passed"


def test_a_warning_withholds_nothing(tmp_path: Path) -> None:
    rule = (
        "{name: complete, severity: warning, type: custom, engine: lumbung, implementation:"
        " {coverage: {expected: 24, minimum: 0.5}}}"
    )
    drop(tmp_path / "drop", DAY, [row(DAY, 1)])
    (day,) = verdicts(sample_dataset(tmp_path, quality=rule), tmp_path)
    assert (day.verdict, rules(day)) == ("passed", ["complete"])


def test_a_warning_about_rows_quarantines_none_of_them(tmp_path: Path) -> None:
    rule = (
        "{name: calm, severity: warning, type: custom, engine: lumbung, implementation: {row:"
        " rain_mm < 5}}"
    )
    drop(tmp_path / "drop", DAY, [row(DAY, 1), row(DAY, 2, rain="7"), row(DAY, 3, rain="-4")])
    (day,) = verdicts(sample_dataset(tmp_path, quality=rule), tmp_path)
    assert {finding.rule: (finding.severity, finding.rows) for finding in day.findings} == {
        "calm": ("warning", 1),
        "rain_mm.minimum": ("error", 1),
    }
    assert (day.verdict, day.delivered, day.passed, day.quarantined) == ("passed", 3, 3, 0)
    assert day.cells_withheld == 1


def test_a_value_that_a_row_can_do_without_costs_its_cell_alone(tmp_path: Path) -> None:
    drop(
        tmp_path / "drop",
        DAY,
        [
            *(row(DAY, gauge) for gauge in (1, 3, 4, 5)),
            row(DAY, 2, rain="x", observer="Al"),
            row(DAY, 6, rain="-1", kind="dry"),
            row(DAY, 7, kind="dry"),
        ],
    )
    (day,) = verdicts(sample_dataset(tmp_path), tmp_path)
    assert (day.delivered, day.passed, day.quarantined, day.cells_withheld) == (7, 6, 1, 3)
    assert {finding.rule: (finding.nonresponse, finding.rows) for finding in day.findings} == {
        "rain_mm.type": ("item", 1),
        "rain_mm.minimum": ("item", 1),
        "observer.min_length": ("item", 1),
        "dry_has_no_rain": ("unit", 1),
    }


def test_a_column_the_source_dropped_withholds_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / f"rain_{DAY}.csv").write_text(
        f"gauge,measured_at,rain_mm,observer\nG1,{DAY}T08:00:00+07:00,1,Warga\n"
    )
    (day,) = verdicts(sample_dataset(tmp_path), tmp_path)
    assert (day.verdict, rules(day), day.findings[0].absent) == ("withheld", ["schema"], ("kind",))


def test_values_of_closed_columns_never_become_examples(tmp_path: Path) -> None:
    drop(
        tmp_path / "drop",
        DAY,
        [row(DAY, 1, observer="Al"), row(DAY, 2, rain="-7"), row(DAY, 3), row(DAY, 4), row(DAY, 5)],
    )
    (day,) = verdicts(sample_dataset(tmp_path), tmp_path)
    shown = {finding.rule: finding.examples for finding in day.findings}
    assert shown == {"observer.min_length": (), "rain_mm.minimum": ("-7.0",)}


def test_a_condition_that_breaks_fails_closed(tmp_path: Path) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, 1)])
    rule = (
        "{name: nonsense, type: custom, engine: lumbung, implementation: {row: CAST(kind AS"
        " INTEGER) > 1}}"
    )
    (day,) = verdicts(sample_dataset(tmp_path, quality=rule), tmp_path)
    assert (day.verdict, rules(day), day.passed) == ("withheld", ["gate"], 0)
    message = day.findings[0].message
    assert "rule 'nonsense'" in message and "Conversion Error" in message
    assert "wet" not in message, "no value of a row is told, whatever column it is of"


def test_a_staged_file_that_cannot_be_read_fails_closed(tmp_path: Path) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, 1)])
    dataset = sample_dataset(tmp_path)
    batch = staged(dataset, tmp_path, 1)
    batch.staged.write_bytes(b"PAR1 no more")
    (day,) = judge(batch, dataset, tmp_path / "work").partitions
    assert (day.verdict, rules(day)) == ("withheld", ["gate"])


EMPTY = Finding("empty", "rows", None, "partition", "warning", value=0)
WITHHOLDS = Finding("volume", "rows", None, "partition", "error", value=0)
WARNING = Finding("late", "freshness", None, "partition", "warning", value=9)


@pytest.mark.parametrize(
    ("delivered", "duplicates", "quarantined", "findings", "verdict", "told"),
    [
        (9, 2, 3, (), "passed", ()),
        (9, 8, 0, (WARNING,), "passed", (WARNING,)),
        (9, 2, 3, (WARNING, WITHHOLDS), "withheld", (WARNING, WITHHOLDS)),
        (0, 0, 0, (), "passed", (EMPTY,)),
        (2, 2, 0, (WARNING,), "passed", (WARNING, EMPTY)),
        (0, 0, 0, (WITHHOLDS,), "withheld", (WITHHOLDS,)),
        (9, 2, 7, (replace(WITHHOLDS, level="row"),), "passed", (replace(WITHHOLDS, level="row"),)),
    ],
)
def test_a_partitions_verdict_accounts_for_its_rows_and_says_that_it_is_empty(
    delivered: int,
    duplicates: int,
    quarantined: int,
    findings: tuple[Finding, ...],
    verdict: str,
    told: tuple[Finding, ...],
) -> None:
    batch = Batch(Path(), ("k",), {"k": delivered}, {"k": duplicates}, {}, {})
    passed = delivered - duplicates - quarantined
    expected = PartitionVerdict("k", verdict, delivered, passed, quarantined, duplicates, told, 4)  # type: ignore[arg-type]
    assert _verdict(batch, "k", findings, quarantined, 4) == expected


def test_what_cannot_be_judged_waits_in_quarantine_where_it_can_be_read(tmp_path: Path) -> None:
    batch = Batch(tmp_path / "it's.parquet", ("k",), {}, {}, {}, {})
    quarantine = tmp_path / "it's quarantine.parquet"
    assert _all_of(batch, quarantine) is None
    rows = duckdb.sql("FROM (VALUES (2, 'k', 'x'), (1, 'm', 'y')) AS v (_row, _partition, word)")
    rows.write_parquet(str(batch.staged))
    assert _all_of(batch, quarantine) == quarantine
    kept = duckdb.read_parquet(str(quarantine))
    assert (kept.columns, kept.fetchall()) == (
        ["_row", "_partition", "rules", "cells"],
        [(1, "m", ["gate"], None), (2, "k", ["gate"], None)],
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("rule 'x': no\nmore"), "rule 'x': no"),
        (RuntimeError("x" * 400), "x" * 300),
        (KeyError(), "KeyError"),
    ],
)
def test_whatever_goes_wrong_in_the_gate_withholds_every_partition_and_says_why(
    error: Exception, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(gate, "_judge", fails)
    batch = Batch(tmp_path / "x.parquet", ("k", "m"), {"k": 9, "m": 1}, {"k": 2, "m": 0}, {}, {})
    message = f"the gate could not judge the batch, so nothing of it is published: {said}"
    finding = Finding("gate", "gate", None, "partition", "error", message=message)
    assert judge(batch, sample_dataset(tmp_path), tmp_path) == Verdict(
        "hujan.rain",
        (
            PartitionVerdict("k", "withheld", 9, 0, 7, 2, (finding,)),
            PartitionVerdict("m", "withheld", 1, 0, 1, 0, (finding,)),
        ),
        None,
    )
    duckdb.sql("SELECT 1 AS _row, 'k' AS _partition").write_parquet(str(batch.staged))
    kept = judge(batch, sample_dataset(tmp_path), tmp_path).quarantine
    assert kept == tmp_path / "quarantine.parquet" and kept.is_file()


def test_references_are_counted_against_the_other_dataset(tmp_path: Path) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, 1), row(DAY, 2)])
    dataset = sample_dataset(tmp_path)
    rule = Rule(
        "gauge.reference",
        "reference",
        "partition",
        "gauge",
        {"column": "gauge", "to": "pos.gauges.gauge", "share": 0},
    )
    dataset = replace(dataset, rules=(*dataset.rules, rule))
    known = tmp_path / "known.parquet"
    with Lake(tmp_path / "lake").connect() as con:
        con.execute(f"COPY (SELECT 'G1' AS gauge) TO '{known}' (FORMAT parquet)")
        con.execute(
            f"COPY (SELECT unnest(['G1', 'G2']) AS gauge) TO '{tmp_path / 'both.parquet'}' (FORMAT"
            " parquet)"
        )
    (day,) = verdicts(dataset, tmp_path, references={"pos.gauges": (str(known),)})
    (orphans,) = day.findings
    assert (day.verdict, orphans.rule) == ("withheld", "gauge.reference")
    assert (orphans.value, orphans.low, orphans.high, orphans.unit) == (50, None, 0, "%")
    assert (
        verdicts(dataset, tmp_path, references={"pos.gauges": (str(tmp_path / "both.parquet"),)})[
            0
        ].verdict
        == "passed"
    )
    assert verdicts(dataset, tmp_path)[0].verdict == "withheld", "nothing is there to refer to"


def test_a_source_that_cannot_be_read_is_a_verdict() -> None:
    verdict = unread("hujan.rain", {"2026-01-01": "down", "2026-01-02": "down"})
    assert verdict.passed == ()
    assert [partition.findings[0].kind for partition in verdict.partitions] == ["source", "source"]


def test_great_expectations_decides_and_lists_every_rule(tmp_path: Path) -> None:
    from quality.duckdb_source import broken, build_docs

    rules = [
        ("all", "error", "n >= 0"),
        ("warns", "warning", "n < 8"),
        ("some", "error", "word <> 'a:b%s' OR n > 0"),
        ("unknown", "error", "NULL"),
    ]
    made = "CREATE TABLE t AS SELECT range % 10 AS n, 'a:b%s' AS word FROM range(100)"
    with connected(tmp_path / "it's") as con:
        run(con, made)
        con.commit()
        assert broken(con.engine, "t", rules) == {"warns": 20, "some": 10}
        build_docs(con.engine, {"t": rules}, tmp_path / "docs")
        for name in ("later", "odd"):
            run(con, f"CREATE VIEW {name} AS SELECT current_setting('TimeZone') AS z")
        con.commit()
        assert broken(con.engine, "later", [("zone", "error", "z = 'UTC'")]) == {}
        with pytest.raises(RuntimeError, match="no_column"):
            broken(con.engine, "odd", [("odd", "error", "no_column > 1"), *rules[3:]])
    (page,) = (tmp_path / "docs" / "validations").rglob("*.html")
    told = page.read_text("utf-8")
    assert all(name in told for name, *_ in rules)
    assert "warns: 20; some: 10" in told and "Failed" in told


def test_a_rule_that_only_warns_fails_no_validation(tmp_path: Path) -> None:
    from quality.duckdb_source import broken, build_docs

    rules = {"t": [("small", "warning", "n < 1")]}
    with connected(tmp_path / "spill") as con:
        run(con, "CREATE TABLE t AS SELECT 1 AS n")
        con.commit()
        assert broken(con.engine, "t", rules["t"]) == {"small": 1}
        build_docs(con.engine, rules, tmp_path / "docs")
    (page,) = (tmp_path / "docs" / "validations").rglob("*.html")
    assert "Succeeded" in page.read_text("utf-8")


def test_databases_that_are_judged_at_once_or_one_after_the_other_are_told_apart(
    tmp_path: Path,
) -> None:
    """GX closes what it has collected, and keeps what it knows of a table."""
    from quality.duckdb_source import broken

    def judged(number: int) -> list[dict[str, int]]:
        with connected(tmp_path / f"spill{number}") as con:
            run(con, f"CREATE TABLE t AS SELECT * FROM range({number}) AS t (n)")
            con.commit()
            told = []
            for _ in range(3):
                told.append(broken(con.engine, "t", [("none", "error", "n < 0")]))
                gc.collect()
            assert run(con, "SELECT count(*) FROM t") == [(number,)]
            return told

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(judged, range(1, 13)))
    assert told == [[{"none": number}] * 3 for number in range(1, 13)]


@pytest.mark.parametrize("at", ["measured_at", "_partition"])
def test_a_code_must_have_been_valid_at_the_rows_date_and_what_is_no_code_is_not_looked_up(
    at: str, tmp_path: Path
) -> None:
    drop(
        tmp_path / "drop",
        DAY,
        [row(DAY, 1), row(DAY, 2), row(DAY, 3), row(DAY, 4).replace("G4", "gone")],
    )
    dataset = sample_dataset(tmp_path)
    rule = Rule(
        "gauge.reference",
        "reference",
        "row",
        "gauge",
        {"column": "gauge", "to": "reference.regions.code", "share": 0, "at": at},
    )
    gauge = replace(dataset.column("gauge"), rules=(*dataset.column("gauge").rules, rule))
    dataset = replace(
        dataset,
        columns=tuple(gauge if column.name == "gauge" else column for column in dataset.columns),
    )
    known = tmp_path / "known.parquet"
    spans = "('G1', NULL, NULL), ('G2', NULL, DATE '2026-01-01'), ('G3', DATE '2026-01-01', NULL)"
    with Lake(tmp_path / "lake").connect() as con:
        con.execute(
            f"COPY (FROM (VALUES {spans}) AS v (code, valid_from, valid_to)) TO '{known}' (FORMAT"
            " parquet)"
        )
    (day,) = verdicts(dataset, tmp_path, references={"reference.regions": (str(known),)})
    assert {
        finding.rule: (finding.rows, finding.examples)
        for finding in day.findings
        if finding.rule.startswith("gauge.")
    } == {
        "gauge.reference": (1, ("G2",)),
        "gauge.pattern": (1, ("gone",)),
    }


def test_a_reference_is_judged_though_the_other_column_has_holes(tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    duckdb.sql(f"COPY (SELECT unnest(['G1', NULL]) AS gauge) TO '{other}'")
    dataset = sample_dataset(tmp_path)
    rule = Rule(
        "gauge.reference",
        "reference",
        "partition",
        "gauge",
        {"column": "gauge", "to": "other.gauges.gauge", "share": 0},
    )
    dataset = replace(dataset, rules=(*dataset.rules, rule))
    drop(tmp_path / "drop", DAY, [row(DAY, n) for n in range(1, 7)])
    (day,) = verdicts(dataset, tmp_path, references={"other.gauges": (str(other),)})
    assert rules(day) == ["gauge.reference"] and day.findings[0].value == 83.3


def test_data_docs_are_built_on_request_and_show_the_rules(tmp_path: Path) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, 1), row(DAY, 2, rain="-4")])
    dataset = sample_dataset(tmp_path)
    judge(staged(dataset, tmp_path, 1), dataset, tmp_path / "work", tmp_path / "docs")
    assert (tmp_path / "docs" / "index.html").is_file()
    pages = (tmp_path / "docs" / "validations").rglob("*.html")
    told = {page.relative_to(tmp_path / "docs").parts[1]: page.read_text("utf-8") for page in pages}
    assert set(told) == {"batch", "profile"}
    assert "Failed" in told["batch"] and "rain_mm.minimum: 1" in told["batch"]
    assert "Succeeded" in told["profile"] and "quarantine_share" in told["profile"]
