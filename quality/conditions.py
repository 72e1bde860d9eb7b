"""Row rules as SQL conditions, for what Great Expectations has no expectation for: texts refused by
refinement, RE2 patterns, times with zones, conditions between columns, codes valid at a date.

NULL passes every rule but ``required``; a condition that is NULL passes, as an SQL CHECK does. What
a partition is measured by is in ``figures``.
"""

from pipelines.contract.model import Column, Dataset, Rule
from pipelines.reference.tables import PARTITION
from pipelines.sqltext import identifier, quoted

LIMITS = {"minimum": ">=", "maximum": "<=", "exclusive_minimum": ">", "exclusive_maximum": "<"}
REFUSED = ("type", "unit", "shape", "placed")


def condition(rule: Rule, dataset: Dataset) -> str | None:
    """Return the SQL condition of a rule that GX has no expectation for, None where it has one."""
    if rule.kind in REFUSED:
        return f"NOT list_contains(_refused, {quoted(rule.name)})"
    if rule.kind == "row":
        return f"coalesce(({rule.argument('row')})::BOOLEAN, true)"
    column = dataset.column(str(rule.column))
    name = identifier(column.name)
    if rule.kind == "reference":
        return _known(rule, dataset)
    if rule.kind == "required":
        return (
            f"{name} IS NOT NULL OR list_contains(_refused, {quoted(column.name + '.type')}) OR"
            " list_contains(_refused, 'shape')"
        )
    if rule.kind == "pattern":
        return f"coalesce(regexp_matches({name}, {quoted(str(rule.argument('pattern')))}), true)"
    if rule.kind in LIMITS and column.type in ("date", "timestamp"):
        return (
            f"coalesce({name} {LIMITS[rule.kind]} {_moment(column, str(rule.argument(rule.kind)))},"
            " true)"
        )
    if rule.kind == "one_of" and column.type == "boolean":
        return (
            f"coalesce({name} IN"
            f" ({', '.join(str(each).lower() for each in rule.argument('one_of'))}), true)"
        )
    return None


def reference_of(rule: Rule) -> tuple[str, str]:
    """Return the table a reference rule looks into and its column."""
    table, _, target = str(rule.argument("to")).rpartition(".")
    return table, target


def _known(rule: Rule, dataset: Dataset) -> str:
    """Return the condition that the reference table, a table of the gate's own here, has the code,
    at the row's date when the table is dated.

    A value that is no code at all breaks its pattern and is not looked up.
    """
    table, target = reference_of(rule)
    here = f"b.{identifier(str(rule.column))}"
    forms = [each for each in dataset.column(str(rule.column)).rules if each.kind == "pattern"]
    let = [
        f"{here} IS NULL",
        *(f"NOT regexp_matches({here}, {quoted(str(each.argument('pattern')))})" for each in forms),
    ]
    found = f"r.{identifier(target)} = {here}"
    if rule.argument("at"):
        day = _day(str(rule.argument("at")), dataset)
        found += (
            f" AND coalesce({day} >= r.valid_from, true) AND coalesce({day} < r.valid_to, true)"
        )
    return f"{' OR '.join(let)} OR EXISTS (SELECT 1 FROM {identifier(table)} AS r WHERE {found})"


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
