r"""JSON and NDJSON as a table of texts: nested objects become dotted names, arrays stay JSON,
numbers keep the digits that were written.

``fetch.records`` says where the list stands: ``$`` (the document itself, the default) or a dotted
path such as ``value``. ``fetch.explode`` names a list inside every record, such as ``awards``: each
of its elements becomes a row, its fields under the list's own dotted name
(``awards.value.amount``), its record's other fields beside. What is delivered to such a dataset is
elements: a record without the list delivers none and counts as nothing (a dataset of the records
themselves, over the same address, counts it); a record whose "list" is something else keeps its
text in ``_shape``.

A table has a cell for every field of every record, so what has wide records is small on the wire
and large here: a record of more than 1,000 fields, or with fields that would be more than the
file's 1,000 most frequent, keeps its text in ``_shape`` too; so does one that holds half a
character (``\ud83d`` alone), which no text may.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.csv import LINES, unique_names
from pipelines.records.elements import elements
from pipelines.sqltext import identifier

MOST_FIELDS = 1_000
"""Fields of a record, and of all records of a file; no contract names a tenth of it."""
Row = dict[str, str | None] | str
"""A record's fields as texts, or the whole text of what is no record."""


class _Digits(str):
    """A number as it was written."""


DECODER = json.JSONDecoder(parse_float=_Digits, parse_int=_Digits, parse_constant=_Digits)


def read_json(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str) -> None:
    """Make ``table`` of the list of records in one JSON document; SourceError when there is no
    such list. Only a document that is not plainly one is held whole.
    """
    where = f"{dataset.id}: {landed.address}"

    def rows(records: Iterable[Any]) -> Iterator[Row]:
        return (row for record in records for row in _rows(record, dataset))

    try:
        fill(con, table, lambda: rows(elements(landed.path, _steps(dataset), DECODER)))
    except (ValueError, RecursionError):
        records = records_in(parse(landed.path.read_bytes(), where), dataset, where)
        fill(con, table, lambda: rows(records))


def read_ndjson(
    con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str
) -> None:
    """Make ``table`` of one JSON object a line; a line that is none keeps its text in
    ``_shape``.
    """
    path = landed.path
    fill(con, table, lambda: (row for text in _lines(path) for row in rows_of_line(text, dataset)))


def parse(content: bytes, where: str) -> Any:
    """Return a JSON document with numbers as written; SourceError when it is not JSON, or cut
    off.
    """
    try:
        return DECODER.decode(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        start = content[:60].decode("utf-8", "replace")
        raise SourceError(
            f"{where}: not whole JSON ({error}); it begins {start!r}. Ask again later, or the owner"
            " for a whole document"
        ) from error


def records_in(document: Any, dataset: Dataset, where: str) -> list[Any]:
    """Return the list of records of a parsed document."""
    path = str(dataset.source.fetch.get("records", "$"))
    node = document
    for step in _steps(dataset):
        node = node.get(step) if isinstance(node, dict) else None
    if not isinstance(node, list):
        described = (
            f"an object with {', '.join(list(document)[:8])}"
            if isinstance(document, dict)
            else f"a {type(document).__name__}"
        )
        raise SourceError(
            f"{where}: no list of records at '{path}'; the answer is {described}. Put the right"
            " path under fetch.records"
        )
    return node


def _steps(dataset: Dataset) -> list[str]:
    path = str(dataset.source.fetch.get("records", "$"))
    return [] if path == "$" else path.removeprefix("$.").split(".")


def flat(record: dict[str, Any], prefix: str = "") -> dict[str, str | None]:
    """Return one record with dotted names and texts only."""
    fields: dict[str, str | None] = {}
    for name, value in record.items():
        if isinstance(value, dict) and value:
            fields.update(flat(value, f"{prefix}{name}."))
        elif value is None or isinstance(value, str):
            fields[prefix + name] = None if value is None else str(value)
        else:
            fields[prefix + name] = dump(value)
    return fields


def dump(value: Any) -> str:
    """Return JSON text in which numbers keep their digits."""
    if isinstance(value, _Digits):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(dump(item) for item in value) + "]"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(
                f"{json.dumps(name, ensure_ascii=False)}: {dump(item)}"
                for name, item in value.items()
            )
            + "}"
        )
    return json.dumps(value, ensure_ascii=False)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", errors="backslashreplace") as lines:
        for line in lines:
            if line.strip():
                yield line.removesuffix("\n")


def rows_of_line(text: str, dataset: Dataset) -> list[Row]:
    """Return the rows of a line of NDJSON: of its record, or the line where it is none."""
    try:
        value = DECODER.decode(text)
    except (ValueError, RecursionError):
        return [text]
    return _rows(value, dataset) if isinstance(value, dict) else [text]


def _rows(record: Any, dataset: Dataset) -> list[Row]:
    """Return the rows of one record: itself, or the elements of its list where ``fetch.explode``
    names one.
    """
    if not isinstance(record, dict):
        return [dump(record)]
    path = dataset.source.fetch.get("explode")
    if not path:
        return [flat(record)]
    *steps, last = str(path).split(".")
    beside, inner = dict(record), record
    holder = beside
    for step in steps:
        inner = inner.get(step)
        if inner is None:
            return []
        if not isinstance(inner, dict):
            return [dump(record)]
        holder[step] = holder = dict(inner)
    elements = holder.pop(last, None)
    if elements is None:
        return []
    if not isinstance(elements, list):
        return [dump(record)]
    shared = flat(beside)
    return [{**shared, **flat({str(path): element})} for element in elements]


def fill(con: duckdb.DuckDBPyConnection, table: str, tell: Callable[[], Iterable[Row]]) -> None:
    """Make ``table`` of rows that need not have the same fields; what is no record, or too wide
    a one, stands in ``_shape``. The rows are told again where their fields are too many.
    """
    counts: Counter[str] = Counter()
    for number, rows in enumerate(_batches(tell())):
        counts.update(name for row in rows if isinstance(row, dict) for name in row)
        if len(counts) <= MOST_FIELDS:
            append(con, table, rows, list(counts), number)
    if len(counts) <= MOST_FIELDS:
        return
    common = {name for name, _ in counts.most_common(MOST_FIELDS)}
    fields = [name for name in counts if name in common]
    for number, rows in enumerate(_batches(tell())):
        told = [row if isinstance(row, str) or row.keys() <= common else dump(row) for row in rows]
        append(con, table, told, fields, number)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield rows some at a time, of a record that is too wide or holds half a character its text;
    once where there are none.
    """
    told = (whole(row) for row in rows)
    yield list(islice(told, LINES))
    while batch := list(islice(told, LINES)):
        yield batch


def whole(row: Row) -> Row:
    """Return a row, or its text where it is too wide or holds half a character."""
    text = row if isinstance(row, str) else "".join((*row, *filter(None, row.values())))
    try:
        text.encode()
    except UnicodeEncodeError:
        told = row if isinstance(row, str) else dump(row)
        return told.encode("utf-8", "backslashreplace").decode()
    return dump(row) if isinstance(row, dict) and len(row) > MOST_FIELDS else row


def append(
    con: duckdb.DuckDBPyConnection,
    table: str,
    rows: Sequence[Row],
    fields: list[str],
    number: int,
) -> None:
    """Make a table of the first rows; add later ones to it, and the columns it has not yet."""
    columns = {
        name: pa.array(
            [row.get(field) if isinstance(row, dict) else None for row in rows], pa.string()
        )
        for field, name in zip(fields, unique_names(fields), strict=True)
    }
    shapes = [None if isinstance(row, dict) else row for row in rows]
    con.register("_arrow", pa.table({**columns, "_shape": pa.array(shapes, pa.string())}))
    if number == 0:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM _arrow")
    else:
        held = set(con.table(table).columns)
        for name in (name for name in columns if name not in held):
            con.execute(f"ALTER TABLE {table} ADD COLUMN {identifier(name)} VARCHAR")
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM _arrow")
    con.unregister("_arrow")
