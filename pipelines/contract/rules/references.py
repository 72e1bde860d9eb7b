"""A dataset's ``relationships`` as rules: a column whose values stand in another dataset, or in a
reference table.
"""

import re
from collections.abc import Mapping
from typing import Any

from pipelines.contract.model import Rule
from pipelines.contract.source import ContractText, Key, nearest
from pipelines.reference.tables import PARTITION, REFERENCE, SCHEMA, is_dated


def reference_rules(
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
    if target not in REFERENCE or named not in REFERENCE[target].schema.names:
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
