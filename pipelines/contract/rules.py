"""From a contract's quality keys to Rules: what each column and each dataset must satisfy, under
which name.

A column's rules are named ``<column>.<kind>``; a dataset's carry the ``name`` the contract gives.
Limits are checked here against the column's own type and examples, so that a contract cannot
contradict itself. ``contract.terms`` lists the kinds.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pipelines.contract.engine import condition_problem, pattern_problem
from pipelines.contract.model import Column, Rule
from pipelines.contract.source import ContractText, Key, nearest
from pipelines.contract.terms import IMPLEMENTATIONS, NAME, TYPES
from pipelines.reference.tables import PARTITION, REFERENCE, SCHEMA, is_dated

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
OWN = ("_row", "_partition", "_refused", "_texts", "_bad", "absent", "ends")
"""Names the gate's own tables use."""
DEFAULTS = {
    "volume": ("rows", {"between": (1, math.inf)}),
    "quarantine_share": ("quarantine_share", {"quarantine_share": 0.05}),
}
"""Rules every dataset has unless its contract states its own of that kind: at least one row, at
most 5 % quarantined.
"""


def column_rules(
    text: ContractText, key: Key, item: Mapping[str, Any], unit_field: str | None
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
        severity = str(entry.get("severity", "error"))
        _check_severity(text, (*key, "quality", i), severity)
        rules.append(
            replace(_row(name, "one_of", {"one_of": tuple(values)}), severity=_severity(severity))
        )
    _examples(text, key, item, rules)
    return tuple(rules)


def _row(column: str, kind: str, arguments: Mapping[str, Any]) -> Rule:
    return Rule(f"{column}.{kind}", kind, "row", column, arguments)


def _option(text: ContractText, key: Key, item: Mapping[str, Any], option: str, value: Any) -> None:
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
    elif kind in ("integer", "number") and not _is_type(value, "number"):
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


def _examples(text: ContractText, key: Key, item: Mapping[str, Any], rules: Sequence[Rule]) -> None:
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
        return _is_type(example, str(kind))
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


def _is_type(example: Any, kind: str) -> bool:
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


def dataset_rules(
    text: ContractText, key: Key, item: Mapping[str, Any], columns: Sequence[Column], delivery: str
) -> tuple[Rule, ...]:
    """Return the dataset's rules: the ones every dataset has (placed, shape, schema, key,
    volume, quarantine share), then its own.
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
    for i, entry in enumerate(item.get("relationships") or ()):
        rules += _reference(
            text,
            (*key, "relationships", i),
            entry,
            {column.name: column.type for column in columns},
            str(item.get("name")),
            delivery,
        )
    kinds = {rule.kind for rule in rules}
    for name, (kind, arguments) in DEFAULTS.items():
        if kind not in kinds:
            if name in names:
                text.problem(
                    key,
                    f"the rule name '{name}' belongs to the rule every dataset has; give yours"
                    " another name",
                )
            rules.append(Rule(name, kind, "partition", arguments=arguments))
    return tuple(rules)


def _dataset_rule(
    text: ContractText, place: Key, entry: Mapping[str, Any], columns: Mapping[str, str]
) -> Rule | None:
    name = str(entry.get("name", ""))
    severity = str(entry.get("severity", "error"))
    described = str(entry.get("description", ""))
    if not re.fullmatch(NAME, name):
        text.problem(place, f"a rule needs a name that matches {NAME}; found {name!r}")
    _check_severity(text, place, severity)
    if entry.get("metric") == "rowCount":
        band = _band(entry)
        if band is None:
            text.problem(
                place,
                "the volume band is written mustBeBetween: [least, most], mustBeGreaterOrEqualTo: n"
                " or mustBe: n",
            )
            return None
        return Rule(
            name, "rows", "partition", None, {"between": band}, _severity(severity), described
        )
    stated = entry.get("implementation")
    kind = next(iter(stated), "") if isinstance(stated, Mapping) and len(stated) == 1 else ""
    if (
        entry.get("type") != "custom"
        or entry.get("engine") != "lumbung"
        or kind not in IMPLEMENTATIONS
    ):
        text.problem(
            place,
            "a dataset's quality is rowCount, or type: custom, engine: lumbung with one"
            f" implementation; {nearest(kind, IMPLEMENTATIONS)}",
        )
        return None
    assert isinstance(stated, Mapping)
    return _custom(text, place, name, kind, stated[kind], columns, severity, described)


def _check_severity(text: ContractText, place: Key, severity: str) -> None:
    if severity not in ("error", "warning"):
        text.problem(place, f"severity {severity!r}: {nearest(severity, ('error', 'warning'))}")


def _custom(
    text: ContractText,
    place: Key,
    name: str,
    kind: str,
    value: Any,
    columns: Mapping[str, str],
    severity: str,
    described: str,
) -> Rule | None:
    shapes = {
        "row": "a condition over the row's columns, such as closed_at >= received_at",
        "quarantine_share": "a share from 0 to 1",
        "coverage": "{expected: rows a partition should have, minimum: share from 0 to 1}",
        "freshness": (
            "{column: a time column, hours: most hours from the newest row to the partition's end}"
        ),
    }
    good = {
        "row": lambda: isinstance(value, str) and bool(value.strip()),
        "quarantine_share": lambda: _is_type(value, "number") and 0 <= value <= 1,
        "coverage": lambda: (
            set(value) == {"expected", "minimum"}
            and value["expected"] > 0
            and 0 <= value["minimum"] <= 1
        ),
        "freshness": lambda: (
            set(value) == {"column", "hours"} and value["column"] in columns and value["hours"] > 0
        ),
    }
    try:
        fine = good[kind]()
    except (TypeError, KeyError):
        fine = False
    if not fine:
        text.problem((*place, "implementation"), f"{kind}: {value!r} is not {shapes[kind]}")
        return None
    wrong = (
        condition_problem(value, columns)
        if kind == "row" and all(each in TYPES for each in columns.values())
        else None
    )
    if wrong:
        text.problem((*place, "implementation"), f"row: {value!r} cannot be computed: {wrong}")
        return None
    arguments = value if isinstance(value, Mapping) else {kind: value}
    return Rule(
        name,
        kind,
        "row" if kind == "row" else "partition",
        arguments.get("column"),
        arguments,
        _severity(severity),
        described,
    )


def _severity(word: str) -> Any:
    return "warning" if word == "warning" else "error"


def _band(entry: Mapping[str, Any]) -> tuple[float, float] | None:
    if "mustBeBetween" in entry:
        low, high = entry["mustBeBetween"]
        return (low, high) if low <= high else None
    if "mustBe" in entry:
        return (entry["mustBe"], entry["mustBe"])
    return (
        (entry["mustBeGreaterOrEqualTo"], math.inf) if "mustBeGreaterOrEqualTo" in entry else None
    )


def _reference(
    text: ContractText,
    place: Key,
    entry: Mapping[str, Any],
    columns: Mapping[str, str],
    table: str,
    delivery: str,
) -> list[Rule]:
    """Read ``{from: table.column, to: APPLICATION.odcs.yaml#schema/DATASET/properties/COLUMN}``;
    ``share`` is the share of orphans allowed.

    ``to: reference.yaml#schema/TABLE/properties/COLUMN`` refers to a reference table: an orphan row
    then goes to quarantine. Of a dated table the row must be valid at the date in column ``at``; a
    snapshot's rows, where none is given, at the snapshot's own date.
    """
    here, there = entry.get("from"), str(entry.get("to"))
    column = str(here).rpartition(".")[2]
    if (
        not isinstance(here, str)
        or here.rpartition(".")[0] not in ("", table)
        or column not in columns
    ):
        text.problem(
            place,
            f"from: {here!r} must be {table}.COLUMN, a column of this dataset;"
            f" {nearest(column, columns)}",
        )
        return []
    match = re.fullmatch(
        r"(?:([a-z0-9_]+)(?:[.]odcs)?[.]yaml#)?/?(?:schema/(\w+)/properties/(\w+)|(\w+)[.](\w+))",
        there,
    )
    if match is None:
        text.problem(
            place,
            f"to: {there!r} must be DATASET.COLUMN of this contract, or"
            " APPLICATION.odcs.yaml#schema/DATASET/properties/COLUMN",
        )
        return []
    application, target, named = (
        match[1] or text.path.name.partition(".")[0],
        match[2] or match[4],
        match[3] or match[5],
    )
    stated = {
        str(each.get("property")): each.get("value") for each in entry.get("customProperties") or ()
    }
    arguments = {
        "column": column,
        "to": f"{application}.{target}.{named}",
        "share": stated.get("share", 0),
    }
    if application != SCHEMA:
        return [Rule(f"{column}.reference", "reference", "partition", column, arguments)]
    at = stated.get("at")
    if target not in REFERENCE or named not in REFERENCE[target]().column_names:
        text.problem(
            place,
            f"to: there is no reference table '{target}' with a column '{named}'; tables are"
            f" {', '.join(REFERENCE)}",
        )
    elif is_dated(target) and at is None and delivery == "snapshot":
        at = PARTITION
    elif is_dated(target) and columns.get(str(at)) not in ("date", "timestamp"):
        text.problem(
            place,
            f"'{target}' is dated: add customProperties at: the date or timestamp column at which"
            " the row must be valid",
        )
    return [Rule(f"{column}.reference", "reference", "row", column, {**arguments, "at": at})]
