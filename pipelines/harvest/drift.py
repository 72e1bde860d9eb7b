"""What a live source delivers, held against its contract: fields that came, went or changed, as a
difference a person can review.

Reads the last complete partition into a folder of its own; nothing is landed, judged or changed.
Values are never shown but those of open columns with a list of allowed values, and whatever the
source wrote is shown so that it can end no line of the difference. What the gate does with such a
delivery is ``quality``'s business.
"""

import difflib
import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.connectors.registry import fetch_of
from pipelines.contract.cast import cast, repaired
from pipelines.contract.model import Column, Dataset, Text
from pipelines.contract.server import reachable
from pipelines.contract.terms import OWN as GIVEN
from pipelines.contract.terms import TYPES
from pipelines.errors import SourceError
from pipelines.harvest.refine import fields_in, shaped
from pipelines.harvest.typed import source
from pipelines.lake.delivery import Landed, Part
from pipelines.lake.partitions import key_of, last_complete, window_of
from pipelines.records.open import DELIVERED, may_leave_out, open_records
from pipelines.sqltext import identifier, quoted

UNREADABLE = 0.05
"""Share of a column's texts that must not read as its type for the type to be called changed."""
GUESSES = ("integer", "number", "boolean", "date", "timestamp", "object", "array")
PLAIN = r"[^\W\d](?:[\w .()@/%+-]|:(?=\w))*(?<! )"
"""Texts that are one word of YAML as they stand, and nothing else."""
OWN = tuple(DELIVERED)


@dataclass(frozen=True)
class Change:
    """One difference: ``kind`` added, absent, type or values; ``line`` is what the contract
    would say, with its sign (+ or -).
    """

    dataset: str
    kind: str
    field: str
    says: str
    line: str = ""


def shown(text: str) -> str:
    """Return a delivered text as one word of YAML: as it is where it is plain, else in quotes
    with everything else escaped.
    """
    return text if re.fullmatch(PLAIN, text) else json.dumps(text)


def differences(
    con: duckdb.DuckDBPyConnection, dataset: Dataset, sql: Path, folder: Path
) -> list[Change]:
    """Return how the last complete partition of ``dataset`` differs from its contract;
    SourceError when it cannot be read or holds nothing.
    """
    source = reachable(dataset)
    window = window_of(dataset, (key_of(dataset, last_complete(dataset)),))
    fetch = fetch_of(source.source.connector)
    landed = [_landed(folder, number, part) for number, part in enumerate(fetch(source, window))]
    open_records(con, landed, source, folder)
    relation = shaped(con, source, sql)
    fields = {field: name for field, name in fields_in(con, relation).items() if name not in OWN}
    if not con.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0]:
        raise SourceError(
            f"{dataset.id}: the source has no records for {window.partitions[0]}, so nothing can be"
            " compared; try again after its next delivery"
        )
    sparse = any(may_leave_out(part.path) for part in landed)
    return [
        *_names(con, relation, source, fields, sparse),
        *_contents(con, relation, source, fields),
    ]


def _landed(folder: Path, number: int, part: Part) -> Landed:
    path = folder / f"{number:05d}-{Path(part.name).name[-80:]}"
    if isinstance(part.body, Path):
        shutil.copyfile(part.body, path)
    else:
        path.write_bytes(part.body)
    return Landed(path, hashlib.sha256(path.read_bytes()).hexdigest(), part.address, part.partition)


def _names(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    dataset: Dataset,
    fields: Mapping[str, str],
    sparse: bool,
) -> Iterator[Change]:
    """Yield the fields that one side has and the other has not; an optional field that JSON may
    leave out is not missed.
    """
    described = {field for column in dataset.columns for field in column.fields} | {
        column.unit_field for column in dataset.columns if column.unit_field
    }
    objects = [column.field for column in dataset.columns if column.type == "object"]
    held = {fields[field] for field in described if field in fields}
    added = [
        field
        for name, field in {name: field for field, name in fields.items()}.items()
        if name not in held and not any(field.startswith(f"{above}.") for above in objects)
    ]
    for column in dataset.columns:
        if column.lacking((*fields, *GIVEN)) and (column.required or not sparse):
            near = difflib.get_close_matches(column.field, added, n=1, cutoff=0.5)
            hint = f"; {shown(near[0])} is new there: renamed?" if near else ""
            line = (
                f"- {{name: {column.name}, physicalName: {shown(column.field)}, logicalType:"
                f" {column.type}}}"
            )
            yield Change(
                dataset.id,
                "absent",
                column.field,
                f"the source delivers no field '{column.field}' any more{hint}",
                line,
            )
    for field in added:
        kind = _guess(con, relation, fields[field])
        name = "".join(letter if letter.isalnum() else "_" for letter in field.lower()).strip("_")
        line = (
            f"+ {{name: {name}, physicalName: {shown(field)}, logicalType: {kind}, classification:"
            " internal}"
        )
        yield Change(
            dataset.id,
            "added",
            field,
            f"the source delivers a field the contract does not name (it reads as {kind}); it stays"
            " closed",
            line,
        )


def _contents(
    con: duckdb.DuckDBPyConnection, relation: str, dataset: Dataset, fields: Mapping[str, str]
) -> Iterator[Change]:
    """Yield the columns whose texts do not read as the contract's type any more, and open lists
    that have grown.
    """
    for column in dataset.columns:
        if column.lacking(fields):
            continue
        texts = (
            f"(SELECT {repaired(column, source(column, fields))} AS text FROM {relation} WHERE text"
            " IS NOT NULL)"
        )
        filled, unread = con.execute(
            f"SELECT count(text), count(text) FILTER (WHERE ({cast(column, 'text')}) IS NULL) FROM"
            f" {texts}"
        ).fetchall()[0]
        if filled and unread / filled > UNREADABLE:
            kind = _guess(con, relation, fields[column.field])
            says = (
                f"{unread} of {filled} values do not read as {column.type}"
                f" ({', '.join(column.formats) or 'no formats'}); they read as {kind}"
            )
            yield Change(
                dataset.id,
                "type",
                column.field,
                says,
                f"- {{name: {column.name}, logicalType: {column.type}}}\n+ {{name: {column.name},"
                f" logicalType: {kind}}}",
            )
        yield from _lists(con, texts, dataset, column)


def _lists(
    con: duckdb.DuckDBPyConnection, texts: str, dataset: Dataset, column: Column
) -> Iterator[Change]:
    allowed = next(
        (rule.argument("one_of") for rule in column.rules if rule.kind == "one_of"), None
    )
    if allowed is None or column.type != "string":
        return
    listed = ", ".join(quoted(str(value)) for value in allowed)
    unlisted = [
        value
        for (value,) in con.execute(
            f"SELECT DISTINCT text FROM {texts} WHERE text NOT IN ({listed}) ORDER BY 1 LIMIT 20"
        ).fetchall()
    ]
    if unlisted:
        summary = (
            ", ".join(map(shown, unlisted))
            if column in dataset.public_columns
            else f"{len(unlisted)} values"
        )
        yield Change(
            dataset.id,
            "values",
            column.field,
            f"values that the contract's list does not have: {summary}",
            f"+ validValues: {summary}",
        )


def _guess(con: duckdb.DuckDBPyConnection, relation: str, field: str) -> str:
    """Return the narrowest logical type that every text of a field reads as, string when none
    does or there is no text.
    """
    for kind in GUESSES:
        probe = cast(_probe(kind), "text")
        filled, read = con.execute(
            f"SELECT count(text), count({probe}) FROM (SELECT {identifier(field)}::VARCHAR AS text"
            f" FROM {relation}) WHERE text <> ''"
        ).fetchall()[0]
        if filled and filled == read:
            return kind
    return TYPES[0]


def _probe(kind: str) -> Column:
    return Column("text", "text", kind, Text("", ""), "internal", ())
