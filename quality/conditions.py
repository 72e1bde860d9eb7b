"""Row rules, each kind judged in one entry of ``ROWS``: the SQL condition that a row meets which
keeps the rule. Texts refused by refinement, RE2 patterns, times with zones, conditions between
columns, codes valid at a date.

NULL passes every rule but ``required``; a condition that is NULL passes, as an SQL CHECK does. What
a partition is measured by is in ``figures``.
"""

from collections.abc import Callable, Sequence
from typing import Any

from pipelines.contract.model import Column, Dataset, Rule
from pipelines.contract.rules.kinds import all_judged
from pipelines.reference.table import PARTITION
from pipelines.sqltext import identifier, number, quoted

COMPARED = {"minimum": ">=", "maximum": "<=", "exclusive_minimum": ">", "exclusive_maximum": "<"}


def condition(rule: Rule, dataset: Dataset) -> str:
    """Return the SQL condition over a row ``b`` of the batch that decides a rule."""
    return ROWS[rule.kind](rule, dataset)


def broken_sql(rows: str, conditions: Sequence[str]) -> str:
    """Return the aggregate that counts which of ``rows``, a table or a query in parentheses, break
    each of the conditions, in their order.
    """
    held = ", ".join(f"({sql}) AS _{number}" for number, sql in enumerate(conditions))
    counts = ", ".join(f"count(*) FILTER (WHERE NOT _{n})" for n in range(len(conditions)))
    return f"SELECT {counts} FROM (SELECT {held} FROM {rows} AS b)"


def reference_of(rule: Rule) -> tuple[str, str]:
    """Return the table a reference rule looks into and its column."""
    table, _, target = str(rule.argument("to")).rpartition(".")
    return table, target


def _in_reference(rule: Rule, dataset: Dataset) -> str:
    """Return the condition that the reference table, a table of the gate's own here, has the code,
    at the row's date when the table is dated.

    A value that is no code at all breaks its pattern and is not looked up.
    """
    table, target = reference_of(rule)
    here = f"b.{identifier(str(rule.column))}"
    column = dataset.column(str(rule.column))
    forms = [own.argument("pattern") for own in column.rules if own.kind == "pattern"]
    let = [
        f"{here} IS NULL",
        *(f"NOT regexp_matches({here}, {quoted(str(form))})" for form in forms),
    ]
    matches = f"r.{identifier(target)} = {here}"
    if rule.argument("at"):
        day = _day(str(rule.argument("at")), dataset)
        matches += (
            f" AND coalesce({day} >= r.valid_from, true) AND coalesce({day} < r.valid_to, true)"
        )
    return f"{' OR '.join(let)} OR EXISTS (SELECT 1 FROM {identifier(table)} AS r WHERE {matches})"


def _day(at: str, dataset: Dataset) -> str:
    """Return the day of column ``at``, or of the row's partition (a month counts as its first
    day).
    """
    moment = f"b.{identifier(at)}"
    if at == PARTITION:
        return f"CAST(rpad({moment}, 10, '-01') AS DATE)"
    return (
        f"CAST({moment} AT TIME ZONE {quoted(dataset.timezone)} AS DATE)"
        if dataset.column(at).type == "timestamp"
        else moment
    )


def _moment(column: Column, text: str) -> str:
    if column.type == "date":
        return f"DATE {quoted(text[:10])}"
    zoned = len(text) > 10 and (text.endswith("Z") or "+" in text[10:] or "-" in text[10:])
    return (
        f"TIMESTAMPTZ {quoted(text)}"
        if zoned
        else f"(TIMESTAMP {quoted(text)} AT TIME ZONE {quoted(column.timezone)})"
    )


def _not_refused(rule: Rule, dataset: Dataset) -> str:
    return f"_refused IS NULL OR NOT list_contains(_refused, {quoted(rule.name)})"


def _stated(rule: Rule, dataset: Dataset) -> str:
    return f"coalesce(({rule.argument('row')})::BOOLEAN, true)"


def _there(rule: Rule, dataset: Dataset) -> str:
    name = str(rule.column)
    return (
        f"{identifier(name)} IS NOT NULL OR coalesce(list_has_any(_refused,"
        f" [{quoted(name + '.type')}, 'shape']), false)"
    )


def _matching(rule: Rule, dataset: Dataset) -> str:
    pattern = quoted(str(rule.argument("pattern")))
    return f"coalesce(regexp_matches({identifier(str(rule.column))}, {pattern}), true)"


def _within(rule: Rule, dataset: Dataset) -> str:
    column, limit = dataset.column(str(rule.column)), rule.argument(rule.kind)
    bound = _moment(column, str(limit)) if column.type in ("date", "timestamp") else number(limit)
    return f"coalesce({identifier(column.name)} {COMPARED[rule.kind]} {bound}, true)"


def _long_enough(rule: Rule, dataset: Dataset) -> str:
    return _length(rule, ">=")


def _short_enough(rule: Rule, dataset: Dataset) -> str:
    return _length(rule, "<=")


def _length(rule: Rule, compared: str) -> str:
    limit = int(rule.argument(rule.kind))
    return f"coalesce(length({identifier(str(rule.column))}) {compared} {limit}, true)"


def _listed(rule: Rule, dataset: Dataset) -> str:
    values = ", ".join(map(_literal, rule.argument("one_of")))
    return f"coalesce({identifier(str(rule.column))} IN ({values}), true)"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else number(value)


ROWS: dict[str, Callable[[Rule, Dataset], str]] = {
    "type": _not_refused,
    "unit": _not_refused,
    "spellings": _not_refused,
    "repaired": _not_refused,
    "shape": _not_refused,
    "placed": _not_refused,
    "required": _there,
    "row": _stated,
    "reference": _in_reference,
    "pattern": _matching,
    "one_of": _listed,
    "min_length": _long_enough,
    "max_length": _short_enough,
    **dict.fromkeys(COMPARED, _within),
}
"""Kind of row rule -> what decides it."""
all_judged("row", ROWS, __file__)
