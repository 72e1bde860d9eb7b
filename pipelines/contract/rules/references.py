"""A dataset's ``relationships`` as rules: a column whose values stand in another dataset, or in a
reference table.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.contract.model import Column, Rule
from pipelines.errors import nearest
from pipelines.reference.table import PARTITION, SCHEMA, ReferenceTable
from pipelines.yamltext import Key, YamlText, items_of


def reference_rules(
    text: YamlText,
    key: Key,
    item: Mapping[str, Any],
    columns: Sequence[Column],
    delivery: str,
    references: Mapping[str, ReferenceTable],
) -> tuple[Rule, ...]:
    """Return the rules of the dataset that stands at ``key``, one a relationship; ``references``
    are the reference tables by name.
    """
    types = {column.name: column.type for column in columns}
    table = str(item.get("name"))
    rules = (
        _reference(text, (*key, "relationships", i), entry, types, table, delivery, references)
        for i, entry in items_of(item, "relationships")
    )
    return tuple(rule for rule in rules if rule is not None)


def _reference(
    text: YamlText,
    place: Key,
    entry: Mapping[str, Any],
    columns: Mapping[str, str],
    table: str,
    delivery: str,
    references: Mapping[str, ReferenceTable],
) -> Rule | None:
    """Read ``{from: table.column, to: APPLICATION.odcs.yaml#schema/DATASET/properties/COLUMN}``;
    ``share`` is the share of orphans allowed.

    ``to: reference.yaml#schema/TABLE/properties/COLUMN`` refers to a reference table: an orphan row
    then is withheld. Of a dated table the row must be valid at the date in column ``at``; a
    snapshot's rows, where none is given, at the snapshot's own date.
    """
    column = _column(text, place, entry, columns, table)
    target = _target(text, place, entry)
    if column is None or target is None:
        return None
    application, dataset, named = target
    stated = {
        str(term.get("property")): term.get("value") for term in entry.get("customProperties") or ()
    }
    arguments = {
        "column": column,
        "to": f"{application}.{dataset}.{named}",
        "share": stated.get("share", 0),
    }
    if application != SCHEMA:
        return Rule(f"{column}.reference", "reference", "partition", column, arguments)
    at = stated.get("at")
    wanted = references.get(dataset)
    if wanted is None or named not in wanted.schema.names:
        text.problem(
            place,
            f"to: there is no reference table '{dataset}' with a column '{named}'; tables are"
            f" {', '.join(references)}",
        )
    elif wanted.is_dated and at is None and delivery == "snapshot":
        at = PARTITION
    elif wanted.is_dated and columns.get(str(at)) not in ("date", "timestamp"):
        text.problem(
            place,
            f"'{dataset}' is dated: add customProperties at: the date or timestamp column at which"
            " the row must be valid",
        )
    return Rule(f"{column}.reference", "reference", "row", column, {**arguments, "at": at})


def _column(
    text: YamlText, place: Key, entry: Mapping[str, Any], columns: Mapping[str, str], table: str
) -> str | None:
    """Return the column whose values refer to others, None where it is none of this dataset."""
    here = entry.get("from")
    owner, _, column = str(here).rpartition(".")
    if owner == table and column in columns:
        return column
    text.problem(
        place,
        f"from: {here!r} must be {table}.COLUMN, a column of this dataset;"
        f" {nearest(column, columns)}",
    )
    return None


def _target(text: YamlText, place: Key, entry: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Return the application, dataset and column referred to, None where it is none of these."""
    there = str(entry.get("to"))
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
        return None
    own = text.path.name.partition(".")[0]
    return match[1] or own, match[2] or match[4], match[3] or match[5]
