"""Partition rules as figures: the SQL aggregate each looks at, the least and most it allows, and
the unit they are told in.
"""

from pipelines.contract.model import Dataset, Rule
from pipelines.sqltext import identifier, quoted
from quality.conditions import reference_of

UNITS = {"coverage": "%", "quarantine_share": "%", "reference": "%", "freshness": "h"}
"""The unit a rule's figure is told in, of the kinds that do not count; a share is a hundredth of
its figure.
"""


def limits(rule: Rule) -> tuple[float | None, float | None]:
    """Return the least and most a partition rule allows its figure to be, None for no limit."""
    match rule.kind:
        case "rows":
            low, high = rule.argument("between")
            return (low, None if high == float("inf") else high)
        case "coverage":
            return (rule.argument("minimum"), None)
        case "freshness":
            return (None, rule.argument("hours"))
        case "quarantine_share" | "reference":
            share = "share" if rule.kind == "reference" else "quarantine_share"
            return (None, rule.argument(share))
    return (None, 0)


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
