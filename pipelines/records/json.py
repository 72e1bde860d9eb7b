r"""JSON and NDJSON as a table of texts, a record a row; how a record becomes one is ``flat``'s
business.

``fetch.records`` says where the list stands: ``$`` (the document itself, the default) or a dotted
path such as ``value``. ``fetch.explode`` names a list inside every record, such as ``awards``: each
of its elements becomes a row, its fields under the list's own dotted name
(``awards.value.amount``), its record's other fields beside. What is delivered to such a dataset is
elements: a record without the list delivers none and counts as nothing (a dataset of the records
themselves, over the same address, counts it); a record whose "list" is something else keeps its
text in ``_shape``.

A table has a cell for every field of every record, so what has wide records is small on the wire
and large here: a record of more than 1,000 fields, or with fields that would be more than the
file's 1,000 most frequent, or that few of very many records have, keeps its text in ``_shape`` too.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.elements import elements
from pipelines.records.flat import (
    DECODER,
    MISPLACED,
    MOST_FIELDS,
    Misplacing,
    Repeated,
    Row,
    dump,
    reading_of,
    whole,
)
from pipelines.records.table import LINES, unique_names
from pipelines.sqltext import identifier

SPARSE, SMALL = 64, 1 << 20
"""A table has at most so many cells for each value that is told, and may have so many at least."""


def read_json(
    con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str
) -> Sequence[str]:
    """Make ``table`` of the list of records in one JSON document, and return its fields' names;
    SourceError when there is no such list. Only a document that is not plainly one is held whole.
    """
    where, reading = f"{dataset.id}: {landed.address}", reading_of(dataset)

    def rows(records: Iterable[Any]) -> Iterator[Row]:
        return (row for record in records for row in reading.rows(record))

    try:
        return fill(con, table, lambda: rows(elements(landed.path, _steps(dataset), DECODER)))
    except (ValueError, RecursionError):
        records = records_in(parse(landed.path.read_bytes(), where), dataset, where)
        return fill(con, table, lambda: rows(records))


def read_ndjson(
    con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str
) -> Sequence[str]:
    """Make ``table`` of one JSON object a line, and return its fields' names; a line that is none
    keeps its text in ``_shape``.
    """
    path, reading = landed.path, reading_of(dataset)
    return fill(con, table, lambda: (row for text in _lines(path) for row in reading.of_line(text)))


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
        if isinstance(node, Repeated) and [name for name, _ in node.pairs].count(step) > 1:
            raise SourceError(
                f"{where}: holds '{step}' more than once, so which is meant nobody can tell; ask"
                " the owner for a document that names it once"
            )
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


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", errors="backslashreplace") as lines:
        for line in lines:
            if line.strip():
                yield line.removesuffix("\n")


def fill(
    con: duckdb.DuckDBPyConnection, table: str, tell: Callable[[], Iterable[Row]]
) -> Sequence[str]:
    """Make ``table`` of rows that need not have the same fields, and return their names; what is no
    record, or too wide a one, stands in ``_shape``. The rows are told again where their cells are
    too many.
    """
    counts: Counter[str] = Counter()
    held, fits = 0, True
    for number, rows in enumerate(_batches(tell())):
        counts.update(name for row in rows if isinstance(row, dict) for name in row)
        held += len(rows)
        fits = fits and len(counts) <= _most(counts, held)
        if fits:
            append(con, table, rows, list(counts), number)
    if fits:
        return list(counts)
    common = {name for name, _ in counts.most_common(_most(counts, held))}
    fields = [name for name in counts if name in common]
    for number, rows in enumerate(_batches(tell())):
        told = [row if isinstance(row, str) or row.keys() <= common else dump(row) for row in rows]
        append(con, table, told, fields, number)
    return fields


def _most(counts: Counter[str], rows: int) -> int:
    """Return how many fields a table of so many rows may have."""
    return min(MOST_FIELDS, (SPARSE * counts.total() + SMALL) // max(rows, 1))


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield rows some at a time, of a record that is too wide or holds half a character its text;
    once where there are none.
    """
    told = (whole(row) for row in rows)
    yield list(islice(told, LINES))
    while batch := list(islice(told, LINES)):
        yield batch


def append(
    con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row], fields: list[str], number: int
) -> None:
    """Make a table of the first rows; add later ones to it, and the columns it has not yet."""
    columns = dict(zip(unique_names(fields), fields, strict=True))
    step = max(1, SMALL // max(len(columns), 1))
    for first in range(0, max(len(rows), 1), step):
        _put(con, table, rows[first : first + step], columns, is_new=number == first == 0)


def _put(
    con: duckdb.DuckDBPyConnection,
    table: str,
    rows: Sequence[Row],
    columns: Mapping[str, str],
    is_new: bool,
) -> None:
    cells = {
        name: pa.array(
            [row.get(field) if isinstance(row, dict) else None for row in rows], pa.string()
        )
        for name, field in columns.items()
    }
    cells["_shape"] = pa.array([None if isinstance(r, dict) else r for r in rows], pa.string())
    if any(isinstance(row, Misplacing) for row in rows):
        told = [dump(row.misplaced) if isinstance(row, Misplacing) else None for row in rows]
        cells[MISPLACED] = pa.array(told, pa.string())
    con.register("_arrow", pa.table(cells))
    if is_new:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM _arrow")
    else:
        held = set(con.table(table).columns)
        for name in (name for name in cells if name not in held):
            con.execute(f"ALTER TABLE {table} ADD COLUMN {identifier(name)} VARCHAR")
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM _arrow")
    con.unregister("_arrow")
