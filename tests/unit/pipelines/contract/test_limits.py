"""A column's limits, held against its own examples: what equals an inclusive limit passes, what
equals an exclusive one does not.
"""

from pathlib import Path

import pytest

from pipelines.connectors.contracts import read_contract
from pipelines.contract.model import Rule
from pipelines.errors import ContractError
from tests.sample import write_sample

RAIN = ("{minimum: 0, maximum: 500}", "[0, 12.5]")
OBSERVER = ("{minLength: 3}", "[Warga Sintetis 1]")
GAUGE = ('{pattern: "^G[0-9]+$", maxLength: 6}', "[G1, G22]")
MEASURED = '["2026-01-01T00:00:00+07:00"]'
TIME = (f"examples: {MEASURED}", f"examples: {MEASURED}\n        logicalTypeOptions: LIMITS")


def read(tmp: Path, *changes: tuple[str, str]) -> tuple[Rule, ...]:
    """Return every rule of the sample contract with these texts changed."""
    path = write_sample(tmp / "contracts", tmp / "drop")
    text = path.read_text("utf-8")
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    path.write_text(text, "utf-8")
    return read_contract(path).datasets[0].all_rules


@pytest.mark.parametrize(
    ("limits", "passes", "breaks"),
    [
        ("{minimum: 5}", "[5, 5.0, 6]", "[4.999]"),
        ("{maximum: 5}", "[5, 5.0, -6]", "[5.001]"),
        ("{exclusiveMinimum: 5}", "[5.001]", "[5]"),
        ("{exclusiveMaximum: 5}", "[4.999]", "[5]"),
        ("{minimum: 5, maximum: 5}", "[5]", "[5.001]"),
    ],
)
def test_an_example_that_equals_a_numbers_limit(
    limits: str, passes: str, breaks: str, tmp_path: Path
) -> None:
    assert read(tmp_path, (RAIN[0], limits), (RAIN[1], passes))
    with pytest.raises(ContractError, match="breaks the column's own rule rain_mm"):
        read(tmp_path, (RAIN[0], limits), (RAIN[1], breaks))


@pytest.mark.parametrize(
    ("limits", "holds"),
    [
        ('{minimum: "2026-01-01T00:00:00+07:00"}', True),
        ('{maximum: "2026-01-01T00:00:00+07:00"}', True),
        ('{minimum: "2026-01-01T00:00:01+07:00"}', False),
        ('{maximum: "2025-12-31T23:59:59+07:00"}', False),
        ('{exclusiveMinimum: "2026-01-01T00:00:00+07:00"}', False),
        ('{exclusiveMaximum: "2026-01-01T00:00:00+07:00"}', False),
        ('{exclusiveMinimum: "2025-12-31T23:59:59+07:00"}', True),
        ('{exclusiveMaximum: "2026-01-01T00:00:01+07:00"}', True),
    ],
)
def test_an_example_that_equals_a_moments_limit(limits: str, holds: bool, tmp_path: Path) -> None:
    change = (TIME[0], TIME[1].replace("LIMITS", limits))
    if holds:
        assert read(tmp_path, change)
    else:
        with pytest.raises(ContractError, match="breaks the column's own rule measured_at"):
            read(tmp_path, change)


@pytest.mark.parametrize(
    ("column", "limits", "passes", "breaks"),
    [
        (OBSERVER, "{minLength: 5}", "[Warga]", "[Warg]"),
        (OBSERVER, "{maxLength: 5}", "[Warga]", "[Warga1]"),
        (GAUGE, '{pattern: "^G[0-9]+$"}', "[G1]", "[H1]"),
    ],
)
def test_an_example_that_is_as_long_as_it_may_be(
    column: tuple[str, str], limits: str, passes: str, breaks: str, tmp_path: Path
) -> None:
    assert read(tmp_path, (column[0], limits), (column[1], passes))
    with pytest.raises(ContractError, match="breaks the column's own rule"):
        read(tmp_path, (column[0], limits), (column[1], breaks))


def test_limits_become_rules_of_the_rows_with_what_they_allow(tmp_path: Path) -> None:
    limits = "{minimum: 1, maximum: 9, exclusiveMinimum: 0, exclusiveMaximum: 10}"
    rules = read(tmp_path, (RAIN[0], limits), (RAIN[1], "[5]"))
    told = {
        rule.name: (rule.level, rule.severity, rule.argument(rule.kind))
        for rule in rules
        if rule.column == "rain_mm" and rule.kind != "type"
    }
    assert told == {
        "rain_mm.minimum": ("row", "error", 1),
        "rain_mm.maximum": ("row", "error", 9),
        "rain_mm.exclusive_minimum": ("row", "error", 0),
        "rain_mm.exclusive_maximum": ("row", "error", 10),
    }
