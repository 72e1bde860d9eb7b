"""The records of all files of a delivery as one relation, in which every field has one column.

DuckDB's names do not tell ``nama`` from ``Nama``, a source does: of fields that differ in case only
each has a column of its own, the first that the contract names the plain name and the others one
with ``_2``, ``_3`` behind, the same in every file. ``delivered_fields`` says which column is which
field's. How a file is read is not known here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipelines.contract.model import Dataset
from pipelines.lake.delivery import Landed
from pipelines.records.flat import MISPLACED
from pipelines.records.table import OURS
from pipelines.sqltext import identifier, quoted

ASIDE = ("_why", MISPLACED)
"""What a file's relation may have to say of its records: what is wrong with one, without its
values, and what it holds in another place than is asked for.
"""
OWN = ("_line", "_shape", *ASIDE)
"""Columns of a file's relation that are no field of its source."""


@dataclass(frozen=True)
class Records:
    """A file's records: the relation that has them, and its fields as the source names them, in
    the order of the columns; none where the columns are named as the fields.
    """

    relation: str
    fields: Sequence[str] | None = None


def joined(
    con: duckdb.DuckDBPyConnection,
    landed: Sequence[Landed],
    sources: Sequence[Records],
    dataset: Dataset,
    line: str,
) -> str:
    """Return the records of all files, each with its file's place among them and its ``line`` in
    it, and make ``delivered_fields`` (file, field, and the column that has it).
    """
    columns = _columns(con, sources)
    fields = [
        fields_of([name for name in names if name not in OWN], source.fields)
        for names, source in zip(columns, sources, strict=True)
    ]
    named = _named(fields, [column.field for column in dataset.columns])
    told = [
        (file, field, named.get(field, column))
        for file, of_file in enumerate(fields)
        for column, field in of_file.items()
    ]
    listed = pa.table(
        {
            "file": pa.array([file for file, *_ in told], pa.int32()),
            "field": pa.array([field for _, field, _ in told], pa.string()),
            "name": pa.array([name for *_, name in told], pa.string()),
        }
    )
    con.register("_arrow", listed)
    con.execute("CREATE OR REPLACE TEMP TABLE delivered_fields AS FROM _arrow")
    con.unregister("_arrow")
    selects = []
    for number, (part, source) in enumerate(zip(landed, sources, strict=True)):
        hint = quoted(part.partition) if part.partition else "NULL::VARCHAR"
        aside = "".join(f", {name}" for name in ASIDE if name in columns[number])
        other = ", ".join(
            f"{identifier(column)} AS {identifier(named[field])}"
            for column, field in fields[number].items()
            if named.get(field, column) != column
        )
        selects.append(
            f"SELECT * EXCLUDE ({line}_shape{aside}){f' RENAME ({other})' if other else ''},"
            f" {number}::INTEGER AS _file, {line}{hint} AS _hint, _shape FROM {source.relation}"
        )
    return " UNION ALL BY NAME ".join(selects)


def _columns(con: duckdb.DuckDBPyConnection, sources: Sequence[Records]) -> list[list[str]]:
    """Return the columns of each file's relation, asked for by one statement."""
    asked = [
        f"SELECT {number} AS file, column_name FROM (DESCRIBE SELECT * FROM {source.relation})"
        for number, source in enumerate(sources)
    ]
    columns: list[list[str]] = [[] for _ in sources]
    for file, column in con.execute(" UNION ALL ".join(asked)).fetchall() if asked else ():
        columns[file].append(column)
    return columns


def fields_of(columns: Sequence[str], fields: Sequence[str] | None) -> dict[str, str]:
    """Return which field each column of a file has; one that repeats another's name, or has none,
    is called as its column.
    """
    if fields is None or list(fields) == list(columns):
        return {column: column for column in columns}
    found: dict[str, str] = {}
    first = dict(zip(reversed(fields), reversed(columns), strict=True))
    for column, field in zip(columns, fields, strict=True):
        if field.strip() and first[field] == column:
            found[column] = field
        else:
            found[column] = next(name for name in _apart(column) if name not in first)
    return found


def _apart(name: str) -> Iterator[str]:
    while True:
        yield name
        name = f"{name}_2"


def _named(fields: Sequence[Mapping[str, str]], asked: Sequence[str]) -> dict[str, str]:
    """Return the columns of the delivery's fields, none where every file's own are these."""
    every = {column: None for of_file in fields for column in of_file}
    same = all(column == field for of_file in fields for column, field in of_file.items())
    if same and len({column.lower() for column in every}) == len(every):
        return {}
    there: dict[str, str] = {}
    for of_file in fields:
        for column, field in of_file.items():
            there.setdefault(field, column)
    first = {name: name for name in asked if name in there}
    first = {name: there[name] if there[name].strip() == name.strip() else name for name in first}
    return columns_of(first | {name: column for name, column in there.items() if name not in first})


def columns_of(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each field of a delivery: the one that it would have, but where this is
    ours, or an earlier one's if case does not count.
    """
    taken, last = set(OURS), dict[str, int]()
    named = {}
    for field, column in fields.items():
        chosen = column
        while chosen.lower() in taken:
            last[column.lower()] = number = last.get(column.lower(), 1) + 1
            chosen = f"{column}_{number}"
        taken.add(chosen.lower())
        named[field] = chosen
    return named
