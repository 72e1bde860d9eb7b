"""Partition rules, each kind judged in one entry of ``PARTITIONS``: the SQL aggregate it looks at,
the least and most it allows, and the unit it is told in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipelines.contract.model import Dataset, Rule
from pipelines.contract.rules.kinds import all_judged
from pipelines.sqltext import identifier, number, quoted
from quality.conditions import reference_of
from quality.volume import BOUNDS, FEWEST

References = Mapping[str, tuple[str, ...]]
"""Other dataset -> the files that hold its rows."""
Limits = tuple[float | None, float | None]


@dataclass(frozen=True)
class Measured:
    """How a kind of partition rule is judged; ``unit`` is None for those that count, and a share
    is a hundredth of its figure.
    """

    figure: Callable[[Rule, Dataset, References], str]
    limits: Callable[[Rule], Limits] = lambda rule: (None, 0)
    unit: str | None = None


def limits(rule: Rule) -> Limits:
    """Return the least and most a partition rule allows its figure to be, None for no limit."""
    return PARTITIONS[rule.kind].limits(rule)


def within(rule: Rule) -> str:
    """Return the SQL condition over a row of the profile that decides a partition rule."""
    name, (low, high) = identifier(rule.name), limits(rule)
    bounds = [f"{name} >= {number(low)}"] if low is not None else []
    bounds += [f"{name} <= {number(high)}"] if high is not None else []
    return " AND ".join(bounds) or "true"


def unit_of(rule: Rule) -> str | None:
    """Return the unit a partition rule's figure is told in, None where it counts."""
    return PARTITIONS[rule.kind].unit


def figure(rule: Rule, dataset: Dataset, references: References) -> str:
    """Return the SQL aggregate, per partition of the ``judged`` rows ``b``, that a partition
    rule looks at; NULL when it says nothing.
    """
    return PARTITIONS[rule.kind].figure(rule, dataset, references)


def _rows(rule: Rule, dataset: Dataset, references: References) -> str:
    return "count(b._row) FILTER (WHERE NOT coalesce(list_contains(b._refused, 'placed'), false))"


def _band(rule: Rule) -> Limits:
    low, high = rule.argument("between")
    return low, None if high == float("inf") else high


def _quarantine_share(rule: Rule, dataset: Dataset, references: References) -> str:
    return "coalesce(count(*) FILTER (WHERE b._broken) / nullif(count(b._row), 0), 0)::DOUBLE"


def _coverage(rule: Rule, dataset: Dataset, references: References) -> str:
    return f"(count(*) FILTER (WHERE NOT b._bad) / {float(rule.argument('expected'))})::DOUBLE"


def _repeated(rule: Rule, dataset: Dataset, references: References) -> str:
    together = ", ".join(map(identifier, dataset.row_key))
    again = "FILTER (WHERE b._again AND NOT b._bad)"
    return f"count(*) {again} - count(DISTINCT ({together}, 0)) {again}"


def _age(rule: Rule, dataset: Dataset, references: References) -> str:
    column = dataset.column(str(rule.argument("column")))
    newest = f"max({identifier(column.name)}) FILTER (WHERE NOT b._bad)"
    zoned = (
        newest
        if column.type == "timestamp"
        else f"({newest})::TIMESTAMP AT TIME ZONE {quoted(dataset.timezone)}"
    )
    return f"(epoch(any_value(p.ends) - {zoned}) / 3600)::DOUBLE"


def _orphans(rule: Rule, dataset: Dataset, references: References) -> str:
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


def _beyond(rule: Rule, dataset: Dataset, references: References) -> str:
    """Return how many rows there are below the least, or above the most, that ``volume`` allows
    the partition; ``profile`` gives that as a column of ``p``.
    """
    name, nearest = identifier(rule.name), "least" if rule.kind in FEWEST else "greatest"
    return f"{nearest}(count(b._row) - any_value(p.{name}), 0)"


def _absent(rule: Rule, dataset: Dataset, references: References) -> str:
    return "any_value(p.absent)"


PARTITIONS: dict[str, Measured] = {
    "rows": Measured(_rows, _band),
    "coverage": Measured(_coverage, lambda rule: (rule.argument("minimum"), None), "%"),
    "quarantine_share": Measured(
        _quarantine_share, lambda rule: (None, rule.argument("quarantine_share")), "%"
    ),
    "reference": Measured(_orphans, lambda rule: (None, rule.argument("share")), "%"),
    "freshness": Measured(_age, lambda rule: (None, rule.argument("hours")), "h"),
    "key": Measured(_repeated),
    "schema": Measured(_absent),
    **dict.fromkeys(BOUNDS, Measured(_beyond, lambda rule: (0, 0))),
}
"""Kind of partition rule -> what decides it."""
all_judged("partition", PARTITIONS, __file__)
