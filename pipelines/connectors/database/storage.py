"""SQLite's rows, each value as the storage class it has: a column has none, whatever it declares.

The driver takes a column's class from its first rows. So what the first rows hold is asked for
before, one row made up of it stands before all others, and every row says whether it holds anything
else; if one does, all is read again as texts. Bytes that are no UTF-8 cost their row.
https://www.sqlite.org/datatype3.html
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import adbc_driver_sqlite.dbapi
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.sqltext import identifier

FIRST, BATCH, LONGEST = 1_000, 65_536, 200
ARROW = {"integer": pa.int64(), "real": pa.float64(), "text": pa.string()}
EXAMPLES = {"integer": "0", "real": "0.0", "text": "''"}
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
"""What no text has that someone wrote into a column of bytes."""


class _OtherClassError(Exception):
    """A row holds a value of another storage class than its column's first ones."""


def read(file: Path, names: Sequence[str], rows: str, ordered: str, path: Path) -> list[str]:
    """Write columns ``names`` of ``rows`` (a FROM with its WHERE) to ``path``; return what is told
    of each row that holds bytes which are no text, and is not in it.
    """
    with (
        adbc_driver_sqlite.dbapi.connect(f"file:{file.resolve()}?mode=ro") as connection,
        connection.cursor() as cursor,
    ):
        cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": BATCH})
        classes = ", ".join(f"typeof({identifier(name)}) AS c{n}" for n, name in enumerate(names))
        cursor.execute(f"SELECT {classes} {rows} LIMIT {FIRST}")
        found = [set(column.to_pylist()) - {"null"} for column in cursor.fetch_arrow_table()]
        kinds = [_kind(classes) for classes in found]
        try:  # the driver refuses some of other classes itself
            return _written(cursor, names, kinds, f"{rows} {ordered}", path)
        except (_OtherClassError, adbc_driver_sqlite.dbapi.Error, OSError):
            return _written(cursor, names, ["mixed"] * len(names), f"{rows} {ordered}", path)


def _kind(classes: set[str]) -> str:
    kind = next(iter(classes), "text")
    return kind if len(classes) < 2 and kind in ARROW else "mixed"


def _written(
    cursor: adbc_driver_sqlite.dbapi.Cursor,
    names: Sequence[str],
    kinds: Sequence[str],
    rows: str,
    path: Path,
) -> list[str]:
    columns = [
        column
        for n, (name, kind) in enumerate(zip(names, kinds, strict=True))
        for column in _columns(n, identifier(name), kind)
    ]
    others = [
        f"typeof({identifier(name)}) NOT IN ('{kind}', 'null')"
        for name, kind in zip(names, kinds, strict=True)
        if kind != "mixed"
    ]
    columns.append(("0", f"{' OR '.join(others) or '0'} AS is_other"))
    made_up, asked = (", ".join(column) for column in zip(*columns, strict=True))
    cursor.execute(f"SELECT {made_up} UNION ALL SELECT * FROM (SELECT {asked} {rows})")
    schema = pa.schema(
        [(name, ARROW.get(kind, pa.string())) for name, kind in zip(names, kinds, strict=True)]
    )
    refused, begins = list[str](), 1
    with pq.ParquetWriter(path, schema) as writer:
        for batch in cursor.fetch_record_batch():
            part, begins = batch.slice(begins), 0
            if 1 in part.column(part.num_columns - 1).unique().to_pylist():
                raise _OtherClassError
            values, told = _values(part, names, kinds)
            refused += told
            writer.write_batch(pa.record_batch(values, schema=schema))
    return refused


def _columns(number: int, name: str, kind: str) -> list[tuple[str, str]]:
    """Return what the made-up row holds and what is asked for, for each column of the answer."""
    if kind != "mixed":
        return [(EXAMPLES[kind], f"{name} AS c{number}")]
    parts = (
        ("''", "IN ('text', 'integer')", f"CAST({name} AS TEXT)", "t"),
        ("0.0", "= 'real'", name, "r"),
        ("x''", "= 'blob'", name, "b"),
    )
    return [
        (example, f"CASE WHEN typeof({name}) {classes} THEN {value} END AS {letter}{number}")
        for example, classes, value, letter in parts
    ]


def _values(
    batch: pa.RecordBatch, names: Sequence[str], kinds: Sequence[str]
) -> tuple[list[pa.Array], list[str]]:
    """Return the columns of the rows that are texts, and what is told of each other row."""
    given, values, bad = iter(batch.columns), list[pa.Array](), dict[int, dict[str, str]]()
    for name, kind in zip(names, kinds, strict=True):
        column, unread = next(given), dict[int, bytes]()
        if kind in ("text", "mixed"):
            column, unread = _texts(column)
        if kind == "mixed":
            reals, raw = next(given), next(given)
            if reals.null_count < len(reals):
                told = [None if value is None else repr(value) for value in reals.to_pylist()]
                column = pc.call_function("coalesce", [column, pa.array(told, pa.string())])
            if raw.null_count < len(raw):
                texts, other = _decoded(raw.to_pylist(), is_text=False)
                column = pc.call_function("coalesce", [column, texts])
                unread |= other
        values.append(column)
        for row, value in unread.items():
            bad.setdefault(row, {})[name] = _shown(value)
    if not bad:
        return values, []
    shown = [
        " | ".join(
            f"{name}: {bad[row].get(name, column[row].as_py())}"
            for name, column in zip(names, values, strict=True)
        )
        for row in sorted(bad)
    ]
    is_good = pa.array([row not in bad for row in range(len(batch))])
    return [column.filter(is_good) for column in values], shown


def _texts(column: pa.Array) -> tuple[pa.Array, dict[int, bytes]]:
    """Return a column's texts, and by row the bytes of what says it is one and is not."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return _decoded(column.view(pa.binary()).to_pylist(), is_text=True)
    return column, {}


def _decoded(values: Iterable[bytes | None], *, is_text: bool) -> tuple[pa.Array, dict[int, bytes]]:
    texts, unread = list[str | None](), dict[int, bytes]()
    for row, value in enumerate(values):
        try:
            text = None if value is None else value.decode()
        except UnicodeDecodeError:
            text = "\0"
            is_read = False
        else:
            is_read = text is None or is_text or not CONTROL.search(text)
        if value is not None and not is_read:
            unread[row] = value
        texts.append(text)
    return pa.array(texts, pa.string()), unread


def _shown(value: bytes) -> str:
    """Return bytes escaped and cut."""
    return f"{repr(value[:LONGEST])[2:-1]} ({len(value)} bytes that are no UTF-8 text)"
