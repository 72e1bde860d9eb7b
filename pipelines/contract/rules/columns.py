"""The rules of one column: its type, whether it is required, limits and lists of allowed values,
each named ``<column>.<kind>``.

Limits are checked here against the column's own type and examples, so that a contract cannot
contradict itself.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal

from pipelines.contract.engine import pattern_problem
from pipelines.contract.model import Rule
from pipelines.errors import nearest
from pipelines.yamltext import Key, YamlText

OPTIONS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
    "pattern": "pattern",
    "minLength": "min_length",
    "maxLength": "max_length",
}
"""ODCS ``logicalTypeOptions`` that become rules; ``defaultTimezone`` says how to read instead."""
READING = ("defaultTimezone",)
ORDERED, TEXT = ("integer", "number", "date", "timestamp"), ("string",)
APPLIES = {"pattern": TEXT, "minLength": TEXT, "maxLength": TEXT}
"""Option -> the logical types it makes sense for, ``ORDERED`` for the others."""


def column_rules(
    text: YamlText, key: Key, item: Mapping[str, Any], unit_field: str | None
) -> tuple[Rule, ...]:
    """Return the rules of one column: type and required first, then limits, then lists."""
    name = str(item.get("name", ""))
    rules = [_row(name, "type", {})] if item.get("logicalType") != "string" else []
    if item.get("required") or item.get("primaryKey"):
        rules.append(_row(name, "required", {}))
    if unit_field:
        rules.append(_row(name, "unit", {}))
    for option, value in (item.get("logicalTypeOptions") or {}).items():
        if option in OPTIONS:
            _option(text, (*key, "logicalTypeOptions", option), item, option, value)
            rules.append(_row(name, OPTIONS[option], {OPTIONS[option]: value}))
        elif option not in READING:
            text.problem(
                (*key, "logicalTypeOptions"),
                f"'{option}' is not checked by Lumbung; {nearest(option, (*OPTIONS, *READING))}",
            )
    for i, entry in enumerate(item.get("quality") or ()):
        values = (entry.get("arguments") or {}).get("validValues")
        if (
            entry.get("metric") != "invalidValues"
            or not isinstance(values, list)
            or not values
            or entry.get("mustBe") != 0
        ):
            text.problem(
                (*key, "quality", i),
                "a column's quality is a list of allowed values: {metric: invalidValues, mustBe: 0,"
                " arguments: {validValues: [...]}}; limits go under logicalTypeOptions, conditions"
                " between columns under the dataset's quality",
            )
            continue
        if any(rule.kind == "one_of" for rule in rules):
            text.problem(
                (*key, "quality", i), "a second list of allowed values; put all values into one"
            )
        severity = severity_of(text, (*key, "quality", i), entry)
        rules.append(replace(_row(name, "one_of", {"one_of": tuple(values)}), severity=severity))
    _examples(text, key, item, rules)
    return tuple(rules)


def _row(column: str, kind: str, arguments: Mapping[str, Any]) -> Rule:
    return Rule(f"{column}.{kind}", kind, "row", column, arguments)


def _option(text: YamlText, key: Key, item: Mapping[str, Any], option: str, value: Any) -> None:
    kind = item.get("logicalType")
    if kind not in APPLIES.get(option, ORDERED):
        text.problem(
            key,
            f"{option} says nothing about a {kind}; it is for"
            f" {', '.join(APPLIES.get(option, ORDERED))}",
        )
    wrong = pattern_problem(str(value)) if option == "pattern" else None
    if wrong:
        text.problem(key, f"pattern {value!r} is not a regular expression (RE2): {wrong}")
    elif item.get("logicalType") in ("date", "timestamp"):
        try:
            datetime.fromisoformat(str(value))
        except ValueError:
            text.problem(
                key,
                f"{value!r} is not an ISO date or time, such as 2026-01-31 or"
                " 2026-01-31T00:00:00+07:00",
            )
    elif kind in ("integer", "number") and not is_type(value, "number"):
        text.problem(
            key, f"{option} is no number that can be compared with; write one of at most 300 digits"
        )
    options = item.get("logicalTypeOptions") or {}
    if (
        option == "minimum"
        and "maximum" in options
        and type(value) is type(options["maximum"])
        and value > options["maximum"]
    ):
        text.problem(
            key, f"minimum {value} lies above maximum {options['maximum']}: no value could pass"
        )


def _examples(text: YamlText, key: Key, item: Mapping[str, Any], rules: Sequence[Rule]) -> None:
    for i, example in enumerate(item.get("examples") or ()):
        for rule in rules:
            if not _satisfies(example, rule, item.get("logicalType")):
                allowed = (
                    f": {rule.argument(rule.kind)!r}"
                    if rule.argument(rule.kind) is not None
                    else f" as {item.get('logicalType')}"
                )
                text.problem(
                    (*key, "examples", i),
                    f"example {example!r} breaks the column's own rule {rule.name}{allowed}",
                )


def _satisfies(example: Any, rule: Rule, kind: Any) -> bool:
    limit = rule.argument(rule.kind)
    if rule.kind == "type":
        return is_type(example, str(kind))
    if rule.kind == "one_of":
        return example in limit
    if rule.kind == "pattern":
        try:
            return re.search(limit, str(example)) is not None
        except re.error:
            return True
    if rule.kind in ("min_length", "max_length"):
        return (
            len(str(example)) >= limit if rule.kind == "min_length" else len(str(example)) <= limit
        )
    if rule.kind not in ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum"):
        return True
    try:
        value, bound = (
            (_moment(example).timestamp(), _moment(limit).timestamp())
            if kind in ("date", "timestamp")
            else (float(example), float(limit))
        )
    except (TypeError, ValueError, OverflowError):
        return True  # the type rule, or the option's own check, has said so already
    return {
        "minimum": value >= bound,
        "maximum": value <= bound,
        "exclusive_minimum": value > bound,
        "exclusive_maximum": value < bound,
    }[rule.kind]


def _moment(value: Any) -> datetime:
    return datetime.fromisoformat(str(value)).replace(tzinfo=None)


def is_type(example: Any, kind: str) -> bool:
    """Say whether an example is of a logical type, as a contract writes it."""
    try:
        match kind:
            case "integer":
                return isinstance(example, int) and not isinstance(example, bool)
            case "number":
                return (
                    isinstance(example, int | float)
                    and not isinstance(example, bool)
                    and math.isfinite(example)
                )
            case "boolean":
                return isinstance(example, bool)
            case "date":
                return bool(date.fromisoformat(str(example)))
            case "timestamp":
                return bool(datetime.fromisoformat(str(example)))
            case "object":
                return isinstance(example, Mapping)
            case "array":
                return isinstance(example, list)
    except (ValueError, OverflowError):
        return False
    return True


def severity_of(
    text: YamlText, place: Key, entry: Mapping[str, Any]
) -> Literal["error", "warning"]:
    """Return the severity a rule states, an error unless given; record one that is neither."""
    stated = str(entry.get("severity", "error"))
    if stated not in ("error", "warning"):
        text.problem(place, f"severity {stated!r}: {nearest(stated, ('error', 'warning'))}")
    return "warning" if stated == "warning" else "error"
