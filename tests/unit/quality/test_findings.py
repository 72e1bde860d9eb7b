"""What broke which rule, what was measured and what is allowed, as figures and as the command line
says them.
"""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipelines.contract.model import Dataset, Rule
from pipelines.lake.delivery import Batch
from quality.database import connected, run
from quality.figures import unit_of
from quality.findings import add_partition_findings, measured, row_findings
from quality.verdict import Finding
from quality.words import says
from tests.sample import sample_dataset

COVERAGE = {"expected": 48, "minimum": 0.75}
FRESHNESS = {"column": "measured_at", "hours": 30}


@pytest.mark.parametrize(
    ("kind", "arguments", "figure", "told", "said"),
    [
        ("coverage", COVERAGE, 0.494, (49.4, 75, None), "49.4 % (>= 75 %)"),
        ("coverage", COVERAGE, 0.7496, (74.96, 75, None), "74.96 % (>= 75 %)"),
        ("coverage", COVERAGE, 0.749_999_98, (74.999_998, 75, None), "74.999998 % (>= 75 %)"),
        ("coverage", {"expected": 1, "minimum": 0.755}, 0.7, (70, 75.5, None), "70 % (>= 75.5 %)"),
        ("coverage", {"expected": 1, "minimum": 0.55}, 0.1, (10, 55, None), "10 % (>= 55 %)"),
        (
            "rows",
            {"between": (1, 15_000)},
            15_001,
            (15_001, 1, 15_000),
            "15001 (>= 1 and <= 15000)",
        ),
        ("rows", {"between": (3, float("inf"))}, 2, (2, 3, None), "2 (>= 3)"),
        ("freshness", FRESHNESS, 30.004, (30.004, None, 30), "30.004 h (<= 30 h)"),
        ("freshness", FRESHNESS, 33.137_222_2, (33.1, None, 30), "33.1 h (<= 30 h)"),
        (
            "quarantine_share",
            {"quarantine_share": 0.5},
            2 / 3,
            (66.7, None, 50),
            "66.7 % (<= 50 %)",
        ),
        ("reference", {"share": 0}, 0.000_001, (0.0001, None, 0), "0.0001 % (<= 0 %)"),
        ("key", {}, 3, (3, None, 0), "3 (<= 0)"),
    ],
)
def test_what_was_measured_has_the_decimals_that_tell_it_from_what_is_allowed_and_no_more(
    kind: str,
    arguments: dict[str, object],
    figure: float,
    told: tuple[float | None, ...],
    said: str,
) -> None:
    rule = Rule("x", kind, "partition", None, arguments)
    figures = measured(rule, figure)
    assert figures == told
    finding = Finding("x", kind, None, "partition", "error", 0, *figures, unit_of(rule))
    assert says(asdict(finding)) == said


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (Finding("x", "type", "rain_mm", "row", "error", 1), "1 row"),
        (Finding("x", "minimum", "rain_mm", "row", "error", 2, low=0), "2 rows"),
        (Finding("x", "minimum", "rain_mm", "row", "error", 2, nonresponse="item"), "2 cells"),
        (
            Finding(
                "schema", "schema", None, "partition", "error", 0, 2, None, 0, None, ("a", "b")
            ),
            "a, b",
        ),
        (
            Finding("empty", "rows", None, "partition", "warning", value=0),
            "the source delivered no rows; the contract allows that",
        ),
        (
            Finding("source", "source", None, "partition", "error", message="no answer"),
            "no answer",
        ),
    ],
)
def test_a_finding_without_a_measure_is_said_too(finding: Finding, said: str) -> None:
    assert says(asdict(finding)) == said


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return sample_dataset(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def con(tmp_path: Path) -> Iterator[sa.Connection]:
    """The gate's database with a batch of two days, the second of one row alone."""
    with connected(tmp_path / "spill") as con:
        run(
            con,
            "CREATE TABLE batch AS SELECT range AS _row, IF(range = 9, '2026-01-02', '2026-01-01')"
            " AS _partition, 'G' || range AS gauge, 'at ' || range AS measured_at,"
            " IF(range = 1, NULL, -range)::DOUBLE AS rain_mm, repeat('x', 90) || range AS kind,"
            " 'Warga' AS observer, IF(range = 2, '{\"rain_mm\": \"two\"}', NULL) AS _texts"
            " FROM range(10)",
        )
        run(con, "CREATE TABLE violations (_row BIGINT, _partition VARCHAR, rules VARCHAR[])")
        yield con


def broken(con: sa.Connection, rule: str, *rows: int) -> None:
    for number in rows:
        run(
            con,
            "INSERT INTO violations SELECT _row, _partition, [?] FROM batch WHERE _row = ?",
            [rule, number],
        )


def found(con: sa.Connection, dataset: Dataset, *rules: Rule) -> dict[str, list[Finding]]:
    return row_findings(con, dataset, rules)


@pytest.mark.parametrize(
    ("kind", "limit", "low", "high"),
    [
        ("minimum", 5, 5, None),
        ("exclusive_minimum", 5.5, 5.5, None),
        ("min_length", 3, 3, None),
        ("maximum", 5, None, 5),
        ("exclusive_maximum", 5.5, None, 5.5),
        ("max_length", 3, None, 3),
        ("minimum", "2026-01-01", None, None),
        ("pattern", "^G", None, None),
        ("one_of", 5, None, None),
    ],
)
def test_a_row_rules_finding_says_what_it_allows_in_numbers(
    kind: str,
    limit: Any,
    low: float | None,
    high: float | None,
    con: sa.Connection,
    dataset: Dataset,
) -> None:
    broken(con, "x", 3, 9)
    rule = Rule("x", kind, "row", "observer", {kind: limit}, "warning")
    finding = Finding("x", kind, "observer", "row", "warning", 1, None, low, high)
    assert found(con, dataset, rule) == {"2026-01-01": [finding], "2026-01-02": [finding]}


def test_findings_are_those_of_each_rule_in_each_partition(
    con: sa.Connection, dataset: Dataset
) -> None:
    rules = [Rule(name, "type", "row", "observer") for name in ("b", "a", "none")]
    broken(con, "b", 1, 2)
    broken(con, "a", 1, 9)
    told = found(con, dataset, *rules)
    assert {
        key: [(finding.rule, finding.rows) for finding in day] for key, day in told.items()
    } == {
        "2026-01-01": [("a", 1), ("b", 2)],
        "2026-01-02": [("a", 1)],
    }


@pytest.mark.parametrize(
    ("column", "kind", "rows", "examples"),
    [
        ("rain_mm", "minimum", (3, 4, 9), ("-3.0", "-4.0")),
        ("rain_mm", "type", (1, 2), ("two",)),
        ("rain_mm", "minimum", range(3, 9), ("-3.0", "-4.0", "-5.0", "-6.0", "-7.0")),
        ("kind", "pattern", (1, 2), ("x" * 80,)),
        ("observer", "min_length", (1, 2), ()),
        (None, "row", (1, 2), ("G1 at 1", "G2 at 2")),
        (None, "shape", (1, 2), ()),
    ],
)
def test_examples_are_a_few_short_values_that_are_public(
    column: str | None,
    kind: str,
    rows: tuple[int, ...],
    examples: tuple[str, ...],
    con: sa.Connection,
    dataset: Dataset,
) -> None:
    broken(con, "x", *rows)
    broken(con, "y", 0, 5, 6)
    told = found(con, dataset, Rule("x", kind, "row", column), Rule("y", "type", "row", "observer"))
    assert [finding.examples for finding in told["2026-01-01"] if finding.rule == "x"] == [examples]
    closed = replace(dataset, key=("gauge", "observer"))
    (x, _) = found(con, closed, Rule("x", kind, "row", column), Rule("y", "type", "row", "gauge"))[
        "2026-01-01"
    ]
    assert x.examples == (examples if column else ())


@pytest.mark.parametrize(
    ("kind", "arguments", "figure", "held", "finding"),
    [
        ("rows", {"between": (3, 9)}, 2, 3, (2, 2, 3, 9, None, ())),
        ("key", {}, 4, 0, (4, 4, None, 0, None, ())),
        ("schema", {}, 2, 0, (0, 2, None, 0, None, ("a", "b"))),
        ("coverage", COVERAGE, 0.5, 0.75, (0, 50, 75, None, "%", ())),
        ("freshness", FRESHNESS, 31.25, 30, (0, 31.2, None, 30, "h", ())),
    ],
)
def test_a_partition_rules_finding_says_what_was_measured(
    kind: str,
    arguments: dict[str, Any],
    figure: float,
    held: float,
    finding: tuple[Any, ...],
    con: Any,
) -> None:
    days = ("2026-01-01", "2026-01-02")
    batch = Batch(Path(), days, {}, {}, {days[0]: ("a", "b")}, {})
    rule = Rule("it's", kind, "partition", "rain_mm", arguments, "warning")
    run(
        con,
        f"CREATE TABLE profile AS FROM (VALUES ('{days[0]}', {figure}::DOUBLE), ('fine', {held}),"
        " ('nothing is known', NULL)) AS v (_partition, \"it's\")",
    )
    earlier = Finding("x", "type", None, "row", "error")
    findings = {days[0]: [earlier]}
    add_partition_findings(con, rule, batch, findings)
    told = Finding("it's", kind, "rain_mm", "partition", "warning", *finding)
    assert findings == {days[0]: [earlier, told]}
    findings = {}
    run(con, f"UPDATE profile SET _partition = '{days[1]}' WHERE _partition = '{days[0]}'")
    add_partition_findings(con, rule, batch, findings)
    assert findings == {days[1]: [replace(told, absent=())]}
