"""What the gate found, as values: each rule that did not hold, in which partition, in how many
rows, what was measured and what is allowed.

Words are made of them at the edge: ``words`` and the portal's ``telling.findings``.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import sqlalchemy as sa

from pipelines.contract.model import Dataset, Rule
from pipelines.contract.rules.nonresponse import nonresponse
from pipelines.lake.delivery import Batch
from pipelines.sqltext import identifier, quoted
from quality.database import run
from quality.figures import limits, unit_of, within
from quality.verdict import Finding
from quality.volume import BOUNDS, FEWEST, bounds

MOST_EXAMPLES = 5
LONGEST_EXAMPLE = 80
LEAST = ("minimum", "exclusive_minimum", "min_length")
MOST = ("maximum", "exclusive_maximum", "max_length")
"""Kinds of row rules that state the least and the most a value may be."""
MOST_DIGITS = 6


def row_findings(
    con: sa.Connection,
    dataset: Dataset,
    rules: Sequence[Rule],
    garbled: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> dict[str, list[Finding]]:
    """Return by partition what broke row rules, without what was measured: that is a row's. Of what
    is no record, what is wrong with the first stands for examples.
    """
    counts = run(
        con,
        "SELECT rule, _partition, count(*) FROM (SELECT unnest(rules) AS rule, _partition FROM"
        " violations) GROUP BY ALL ORDER BY ALL",
    )
    by_name = {rule.name: rule for rule in rules}
    findings: dict[str, list[Finding]] = {}
    for name, key, rows in counts:
        rule = by_name[name]
        findings.setdefault(key, []).append(
            Finding(
                name,
                rule.kind,
                rule.column,
                "row",
                rule.severity,
                rows,
                low=_bound(rule, LEAST),
                high=_bound(rule, MOST),
                examples=garbled.get(key, ())
                if rule.kind == "shape"
                else _examples(con, dataset, rule, key),
                nonresponse=nonresponse(rule, dataset),
            )
        )
    return findings


def _bound(rule: Rule, kinds: Sequence[str]) -> float | None:
    """Return the number a rule of ``kinds`` states, None where it states none or a moment."""
    bound = rule.argument(rule.kind) if rule.kind in kinds else None
    return bound if isinstance(bound, int | float) else None


def _examples(con: sa.Connection, dataset: Dataset, rule: Rule, key: str) -> tuple[str, ...]:
    """Return up to five values, of public columns only: the rule's own column, else the row's
    key.
    """
    public = {column.name for column in dataset.public_columns}
    if rule.column is not None:
        shown = (
            f"coalesce(json_extract_string(_texts, {quoted('$.' + identifier(rule.column))}),"
            f" {identifier(rule.column)}::VARCHAR)"
        )
        allowed = rule.column in public
    else:
        shown = "concat_ws(' ', " + ", ".join(identifier(name) for name in dataset.key) + ")"
        allowed = set(dataset.key) <= public and rule.kind != "shape"
    if not allowed:
        return ()
    examples = run(
        con,
        f"SELECT DISTINCT left({shown}, {LONGEST_EXAMPLE}) AS example FROM batch SEMI JOIN (SELECT"
        " _row FROM violations WHERE list_contains(rules, ?)) USING (_row) WHERE _partition = ? AND"
        f" example IS NOT NULL ORDER BY 1 LIMIT {MOST_EXAMPLES}",
        [rule.name, key],
    )
    return tuple(example for (example,) in examples)


def add_partition_findings(
    con: sa.Connection,
    rule: Rule,
    batch: Batch,
    findings: dict[str, list[Finding]],
) -> None:
    """Add to ``findings``, by partition, where a partition rule does not hold."""
    allowed = bounds(rule, batch) if rule.kind in BOUNDS else {}
    broken = f"SELECT _partition, {identifier(rule.name)} FROM profile WHERE NOT ({within(rule)})"
    for key, figure in run(con, broken):
        value, low, high = (
            counted(rule, figure, allowed[key]) if allowed else measured(rule, figure)
        )
        accepted = batch.accepted if allowed else None
        findings.setdefault(key, []).append(
            Finding(
                rule.name,
                rule.kind,
                rule.column,
                "partition",
                "warning" if accepted else rule.severity,
                int(figure) if rule.kind in ("rows", "key") else 0,
                value,
                low,
                high,
                unit_of(rule),
                batch.absent.get(key, ()) if rule.kind == "schema" else (),
                accepted=accepted,
            )
        )


def counted(rule: Rule, beyond: int, bound: int) -> tuple[float, float | None, float | None]:
    """Return how many rows came and the least and most that a rule of volume allows."""
    return (bound + beyond, bound, None) if rule.kind in FEWEST else (bound + beyond, None, bound)


def measured(rule: Rule, figure: float) -> tuple[float, float | None, float | None]:
    """Return what was measured and the least and most that is allowed, in the rule's unit.

    What was measured has the fewest decimals that tell it from what is allowed: more of them would
    give a closed column's newest moment away.
    """
    scale = 100 if unit_of(rule) == "%" else 1
    low, high = (
        None if bound is None else round(scale * bound, MOST_DIGITS) for bound in limits(rule)
    )
    value = scale * figure
    broken = low if low is not None and value < low else high
    for digits in range(1, MOST_DIGITS):
        if round(value, digits) != broken:
            return round(value, digits), low, high
    return round(value, MOST_DIGITS), low, high
