"""The rules of one dataset: those that every dataset has, and those its contract states, each under
the name the contract gives. ``kinds`` declares what they are.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pipelines.contract.model import Column, Rule
from pipelines.contract.rules.kinds import Custom, customs
from pipelines.contract.terms import NAME
from pipelines.contract.words import severity_of
from pipelines.errors import nearest
from pipelines.yamltext import Key, YamlText

OWN = ("_row", "_partition", "_refused", "_texts", "_again", "_bad", "absent", "ends")
"""Names the gate's own tables use."""
DEFAULTS: tuple[Rule, ...] = (
    Rule("volume", "rows", "partition", None, {"between": (1, math.inf)}),
    Rule("quarantine_share", "quarantine_share", "partition", None, {"quarantine_share": 0.05}),
    Rule("shrink", "shrink", "partition", None, {"share": 0.65, "deviations": 6}),
    Rule("growth", "growth", "partition", None, {"times": 3, "deviations": 6}, "warning"),
    Rule("redelivery", "redelivery", "partition", None, {"share": 0.5}),
)
"""Rules every dataset has unless its contract states its own of that kind: at least one row, at
most 5 % quarantined, about as many rows as comparable partitions had, and half at least of those
that stand.
"""


def dataset_rules(
    text: YamlText,
    key: Key,
    item: Mapping[str, Any],
    columns: Sequence[Column],
    references: Sequence[Rule],
) -> tuple[Rule, ...]:
    """Return the dataset's rules: the ones every dataset has (placed, shape, schema, key,
    volume, quarantine share) and its own, ``references`` among them.
    """
    rules = [
        Rule("shape", "shape", "row"),
        Rule("placed", "placed", "row"),
        Rule("schema", "schema", "partition"),
        Rule("key", "key", "partition"),
    ]
    names: set[str] = {rule.name for rule in rules}
    for i, entry in enumerate(item.get("quality") or ()):
        place = (*key, "quality", i)
        rule = _dataset_rule(text, place, entry, {column.name: column.type for column in columns})
        if rule is None:
            continue
        taken = names | (
            {column.name for column in columns} | set(OWN) if rule.level == "row" else set()
        )
        if rule.name in taken:
            text.problem(
                place,
                f"the rule name '{rule.name}' is already taken by another rule or a column; each"
                " has its own",
            )
        names.add(rule.name)
        rules.append(rule)
    rules += references
    kinds = {rule.kind for rule in rules}
    for rule in DEFAULTS:
        if rule.kind not in kinds:
            if rule.name in names:
                text.problem(
                    key,
                    f"the rule name '{rule.name}' belongs to the rule every dataset has; give yours"
                    " another name",
                )
            rules.append(rule)
    return tuple(rules)


def _dataset_rule(
    text: YamlText, place: Key, entry: Mapping[str, Any], columns: Mapping[str, str]
) -> Rule | None:
    name = str(entry.get("name", ""))
    described = str(entry.get("description", ""))
    if not re.fullmatch(NAME, name):
        text.problem(place, f"a rule needs a name that matches {NAME}; found {name!r}")
    severity = severity_of(text, place, entry)
    if entry.get("metric") == "rowCount":
        band = _band(entry)
        if band is None:
            text.problem(
                place,
                "the volume band is written mustBeBetween: [least, most], mustBeGreaterOrEqualTo: n"
                " or mustBe: n",
            )
            return None
        return Rule(name, "rows", "partition", None, {"between": band}, severity, described)
    stated = entry.get("implementation")
    kind = next(iter(stated), "") if isinstance(stated, Mapping) and len(stated) == 1 else ""
    if entry.get("type") != "custom" or entry.get("engine") != "lumbung" or kind not in customs():
        text.problem(
            place,
            "a dataset's quality is rowCount, or type: custom, engine: lumbung with one"
            f" implementation; {nearest(kind, customs())}",
        )
        return None
    assert isinstance(stated, Mapping)
    return _custom(text, place, name, customs()[kind], stated[kind], columns, severity, described)


def _custom(
    text: YamlText,
    place: Key,
    name: str,
    kind: Custom,
    value: Any,
    columns: Mapping[str, str],
    severity: Literal["error", "warning"],
    described: str,
) -> Rule | None:
    try:
        is_shape = kind.is_shape(value, columns)
    except (TypeError, KeyError):
        is_shape = False
    wrong = (
        kind.wrong(value, columns) if is_shape else f"{kind.name}: {value!r} is not {kind.shape}"
    )
    if wrong:
        text.problem((*place, "implementation"), wrong)
        return None
    arguments = value if isinstance(value, Mapping) else {kind.name: value}
    return Rule(
        name, kind.name, kind.level, arguments.get("column"), arguments, severity, described
    )


def _band(entry: Mapping[str, Any]) -> tuple[float, float] | None:
    if "mustBeBetween" in entry:
        low, high = entry["mustBeBetween"]
        return (low, high) if low <= high else None
    if "mustBe" in entry:
        return (entry["mustBe"], entry["mustBe"])
    return (
        (entry["mustBeGreaterOrEqualTo"], math.inf) if "mustBeGreaterOrEqualTo" in entry else None
    )
