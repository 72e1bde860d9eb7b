"""What was measured and what is allowed, as figures and as the command line says them."""

from dataclasses import asdict

import pytest

from pipelines.contract.model import Rule
from quality.figures import unit_of
from quality.findings import measured
from quality.verdict import Finding
from quality.words import says

COVERAGE = {"expected": 48, "minimum": 0.75}
FRESHNESS = {"column": "measured_at", "hours": 30}


@pytest.mark.parametrize(
    ("kind", "arguments", "figure", "told", "said"),
    [
        ("coverage", COVERAGE, 0.494, (49.4, 75, None), "49.4 % (>= 75 %)"),
        ("coverage", COVERAGE, 0.7496, (74.96, 75, None), "74.96 % (>= 75 %)"),
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
