"""The rules of one column: its type, whether it is required, limits and lists of allowed values,
each named ``<column>.<kind>``.

Limits are checked here against the column's own type and examples, so that a contract cannot
contradict itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipelines.contract.model import PLAIN, Rule, Writing
from pipelines.contract.rules.kinds import Option, kind_of_row, options
from pipelines.contract.types import is_type
from pipelines.contract.words import severity_of
from pipelines.errors import nearest
from pipelines.yamltext import Key, YamlText

READING = ("defaultTimezone",)
"""``logicalTypeOptions`` that say how to read instead of what is allowed."""


def column_rules(
    text: YamlText,
    key: Key,
    item: Mapping[str, Any],
    unit_field: str | None,
    writing: Writing = PLAIN,
) -> tuple[Rule, ...]:
    """Return the rules of one column: type and required first, then what its writing brings, then
    limits, then lists. A text has the type of any value that is one, so no example breaks it.
    """
    name, own = str(item.get("name", "")), _row(str(item.get("name", "")), "type", {})
    rules = [own] if item.get("logicalType") != "string" else []
    if item.get("required") or item.get("primaryKey"):
        rules.append(_row(name, "required", {}))
    if unit_field:
        rules.append(_row(name, "unit", {}))
    if writing.spellings:
        rules.append(_row(name, "spellings", {}))
    rules += [
        Rule(f"{name}.{word}", "repaired", "row", name, {"repaired": word}, "warning")
        for word in writing.repairs
    ]
    limits = options()
    for option, value in (item.get("logicalTypeOptions") or {}).items():
        if option in limits:
            kind = limits[option]
            _check_limit(text, (*key, "logicalTypeOptions", option), item, kind, value)
            rules.append(_row(name, kind.name, {kind.name: value}))
        elif option not in READING:
            text.problem(
                (*key, "logicalTypeOptions"),
                f"'{option}' is not checked by Lumbung; {nearest(option, (*limits, *READING))}",
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
    return tuple(rules if own in rules else [own, *rules])


def _row(column: str, kind: str, arguments: Mapping[str, Any]) -> Rule:
    return Rule(f"{column}.{kind}", kind, "row", column, arguments)


def _check_limit(
    text: YamlText, key: Key, item: Mapping[str, Any], kind: Option, value: Any
) -> None:
    logical, option = item.get("logicalType"), kind.option
    if logical not in kind.types:
        text.problem(
            key, f"{option} says nothing about a {logical}; it is for {', '.join(kind.types)}"
        )
        return
    wrong = kind.wrong(value)
    if wrong:
        text.problem(key, wrong)
    elif logical in ("date", "timestamp"):
        try:
            datetime.fromisoformat(str(value))
        except ValueError:
            text.problem(
                key,
                f"{value!r} is not an ISO date or time, such as 2026-01-31 or"
                " 2026-01-31T00:00:00+07:00",
            )
    elif logical in ("integer", "number") and not is_type(value, "number"):
        text.problem(
            key, f"{option} is no number that can be compared with; write one of at most 300 digits"
        )
    stated = item.get("logicalTypeOptions") or {}
    if (
        option == "minimum"
        and "maximum" in stated
        and type(value) is type(stated["maximum"])
        and value > stated["maximum"]
    ):
        text.problem(
            key, f"minimum {value} lies above maximum {stated['maximum']}: no value could pass"
        )


def _examples(text: YamlText, key: Key, item: Mapping[str, Any], rules: Sequence[Rule]) -> None:
    logical = str(item.get("logicalType"))
    for i, example in enumerate(item.get("examples") or ()):
        for rule in rules:
            limit = rule.argument(rule.kind)
            if not kind_of_row(rule.kind).holds(example, limit, logical):
                allowed = f": {limit!r}" if limit is not None else f" as {logical}"
                text.problem(
                    (*key, "examples", i),
                    f"example {example!r} breaks the column's own rule {rule.name}{allowed}",
                )
