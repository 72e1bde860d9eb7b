"""From a contract's rules to Great Expectations: one table of row rules, one of partition rules.

A row rule becomes an expectation on a column of the batch where GX has a fitting one, else on a
yes/no column that DuckDB computes (named after the rule): texts refused by refinement, RE2
patterns, times with zones, conditions between columns. A partition rule becomes an expectation on
the profile, a table with one row per partition and one figure per rule. NULL passes every rule but
``required``; a condition that is NULL passes, as an SQL CHECK does.
"""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from pipelines.contract.model import Column, Dataset, Rule
from pipelines.reference.tables import PARTITION
from pipelines.sqltext import identifier, quoted

LIMITS = {"minimum": ">=", "maximum": "<=", "exclusive_minimum": ">", "exclusive_maximum": "<"}
REFUSED = ("type", "unit", "shape", "placed")


def row_expectation(rule: Rule, dataset: Dataset) -> Expectation:
    """Return the expectation that decides a row rule; the batch has ``condition(rule)`` as
    column ``rule.name`` where that is not None.
    """
    if condition(rule, dataset) is not None:
        return gxe.ExpectColumnValuesToBeInSet(column=rule.name, value_set=[True])
    column, value = str(rule.column), rule.argument(rule.kind)
    if rule.kind == "one_of":
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=list(value))
    if rule.kind == "min_length":
        return gxe.ExpectColumnValueLengthsToBeBetween(column=column, min_value=value)
    if rule.kind == "max_length":
        return gxe.ExpectColumnValueLengthsToBeBetween(column=column, max_value=value)
    if rule.kind in ("minimum", "exclusive_minimum"):
        return gxe.ExpectColumnValuesToBeBetween(
            column=column, min_value=value, strict_min=rule.kind == "exclusive_minimum"
        )
    return gxe.ExpectColumnValuesToBeBetween(
        column=column, max_value=value, strict_max=rule.kind == "exclusive_maximum"
    )


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


def partition_expectation(rule: Rule) -> Expectation:
    """Return the expectation that decides a partition rule over its figure in the profile."""
    low, high = limits(rule)
    return gxe.ExpectColumnValuesToBeBetween(
        column=rule.name, min_value=low, max_value=None if high == float("inf") else high
    )


def limits(rule: Rule) -> tuple[float | None, float | None]:
    """Return the least and most a partition rule allows its figure to be."""
    match rule.kind:
        case "rows":
            return rule.argument("between")
        case "coverage":
            return (rule.argument("minimum"), None)
        case "freshness":
            return (None, rule.argument("hours"))
        case "quarantine_share" | "reference":
            return (0, rule.argument("share" if rule.kind == "reference" else "quarantine_share"))
    return (0, 0)


def figure(rule: Rule, dataset: Dataset, references: dict[str, tuple[str, ...]]) -> str:
    """Return the SQL aggregate, per partition of the ``judged`` rows ``b``, that a partition
    rule looks at; NULL when it says nothing.
    """
    match rule.kind:
        case "rows":
            return "count(b._row) FILTER (WHERE NOT list_contains(b._refused, 'placed'))"
        case "quarantine_share":
            return "coalesce(count(*) FILTER (WHERE b._bad) / nullif(count(b._row), 0), 0)::DOUBLE"
        case "coverage":
            return (
                f"(count(*) FILTER (WHERE NOT b._bad) / {float(rule.argument('expected'))})::DOUBLE"
            )
        case "key":
            names = [
                *dataset.key,
                *(
                    [dataset.partition_by]
                    if dataset.delivery == "changes" and dataset.partition_by not in dataset.key
                    else []
                ),
            ]
            together = ", ".join(identifier(str(name)) for name in names)
            return (
                f"count(*) FILTER (WHERE NOT b._bad) - count(DISTINCT ({together}, 0)) FILTER"
                " (WHERE NOT b._bad)"
            )
        case "freshness":
            column = dataset.column(str(rule.argument("column")))
            newest = f"max({identifier(column.name)}) FILTER (WHERE NOT b._bad)"
            zoned = (
                newest
                if column.type == "timestamp"
                else f"({newest})::TIMESTAMP AT TIME ZONE {quoted(dataset.timezone)}"
            )
            return f"(epoch(any_value(p.ends) - {zoned}) / 3600)::DOUBLE"
        case "reference":
            other, target = reference_of(rule)
            mine, files = identifier(str(rule.argument("column"))), references.get(other, ())
            known = (
                f"(SELECT {identifier(target)}::VARCHAR FROM"
                f" read_parquet([{', '.join(quoted(file) for file in files)}], union_by_name=true)"
                f" WHERE {identifier(target)} IS NOT NULL)"
                if files
                else "('')"
            )
            orphans = (
                f"count(*) FILTER (WHERE NOT b._bad AND {mine} IS NOT NULL AND {mine}::VARCHAR NOT"
                f" IN {known})"
            )
            return (
                f"coalesce({orphans} / nullif(count(*) FILTER (WHERE NOT b._bad AND {mine} IS NOT"
                " NULL), 0), 0)::DOUBLE"
            )
        case "schema":
            return "any_value(p.absent)"
    raise KeyError(rule.kind)
