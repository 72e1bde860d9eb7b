"""Delivered files as one table of texts: every record a row, every field as it was written, nothing
lost.

A form of file is read by a module of this room, named in ``READERS``; here the files are joined,
numbered and named. No typing and no judging happens here: a line that does not fit its header keeps
its text in ``_shape``.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.columnar import read_html, read_parquet, scan_parquet
from pipelines.records.csv import read_csv, scan_csv
from pipelines.records.gtfs import read_feed, read_schedule
from pipelines.records.json import read_json, read_ndjson
from pipelines.records.ndjson import scan_ndjson
from pipelines.records.syntaxes import SYNTAXES
from pipelines.records.xlsx.read import read_xlsx
from pipelines.sqltext import identifier, quoted

Reader = Callable[[duckdb.DuckDBPyConnection, Landed, Dataset, str], None]


def _read_rdf(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str) -> None:
    from pipelines.records.rdf import read_rdf  # noqa: PLC0415  rdflib, which few deliveries need

    read_rdf(con, landed, dataset, table)


@dataclass(frozen=True)
class Form:
    """How files of one form are read: ``read(con, landed, dataset, table)`` makes a temporary
    ``table`` of text columns and ``_shape``, a record a row in the file's order. Where DuckDB reads
    them itself, ``scan(con, landed, dataset)`` is the SELECT that does, or None. In one that
    ``may_leave_out`` empty fields, as GTFS allows too, only a required column's absence is a change
    of schema.
    """

    read: Reader
    may_leave_out: bool = False
    scan: Callable[[duckdb.DuckDBPyConnection, Landed, Dataset], str | None] | None = None


READERS: dict[str, Form] = {
    ".csv": Form(read_csv, scan=scan_csv),
    ".json": Form(read_json, may_leave_out=True),
    ".ndjson": Form(read_ndjson, may_leave_out=True, scan=scan_ndjson),
    ".xlsx": Form(read_xlsx),
    ".html": Form(read_html),
    ".parquet": Form(read_parquet, scan=scan_parquet),
    ".zip": Form(read_schedule, may_leave_out=True),
    ".pb": Form(read_feed, may_leave_out=True),
    **dict.fromkeys(SYNTAXES, Form(_read_rdf, may_leave_out=True)),
}
"""File extension -> how such a file is read."""
OWN = ("_line", "_shape")
ON_THE_WAY = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
"""How a file is written that nobody reads who is not of its run: small, since a disk is slow."""
DELIVERED = {
    "_row": "BIGINT",
    "_file": "INTEGER",
    "_line": "BIGINT",
    "_hint": "VARCHAR",
    "_shape": "VARCHAR",
}
"""The columns of ``delivered`` beside the source's fields, which are all texts."""


def open_records(
    con: duckdb.DuckDBPyConnection, landed: Sequence[Landed], dataset: Dataset, folder: Path
) -> None:
    """Make ``delivered`` (VARCHAR fields, ``_row`` 1..n, ``_file``, ``_line``, ``_hint``,
    ``_shape``) and ``delivered_fields`` on ``con``; what DuckDB reads itself lies in ``folder``.

    SourceError names a file that is not what its name says.
    """
    if dataset.source.fetch.get("merge"):
        from pipelines.records.ocds import merged  # noqa: PLC0415  ocdsmerge, the same

        landed = merged(landed, dataset)
    if _streamed(con, landed, dataset, folder / "delivered.parquet"):
        return
    tables = []
    for number, part in enumerate(landed):
        table = f"_part_{number}"
        with _told(part, dataset):
            _form(part, dataset).read(con, part, dataset, table)
        tables.append(
            _unpivoted(con, table, dataset)
            if dataset.source.fetch.get("unpivot")
            else f"(SELECT *, rowid + 1 AS _line FROM {table})"
        )
    union = _joined(con, landed, tables, "_line, ") or (
        "SELECT NULL::INTEGER AS _file, NULL::BIGINT AS _line, NULL::VARCHAR AS _hint,"
        " NULL::VARCHAR AS _shape WHERE false"
    )
    if len(landed) == 1 and not dataset.source.fetch.get("unpivot"):
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW delivered AS SELECT _line AS _row, * FROM ({union})"
        )
        return
    con.execute(
        "CREATE OR REPLACE TEMP TABLE delivered AS SELECT row_number() OVER () AS _row, * FROM"
        f" ({union})"
    )
    for number in range(len(landed)):
        con.execute(f"DROP TABLE IF EXISTS _part_{number}")


def _streamed(
    con: duckdb.DuckDBPyConnection, landed: Sequence[Landed], dataset: Dataset, path: Path
) -> bool:
    """Bring the records of files that DuckDB reads itself to a Parquet file, which holds them in
    any size, and make ``delivered`` of it; say whether that could be done: not where a record does
    not fit its file.
    """
    if not landed or dataset.source.fetch.get("unpivot"):
        return False
    scans = []
    for part in landed:
        with _told(part, dataset):
            form = _form(part, dataset)
            scan = form.scan(con, part, dataset) if form.scan else None
        if scan is None:
            return False
        scans.append(f"({scan})")
    try:
        _stream(con, landed, scans, path)
    except (duckdb.Error, UnicodeError):  # DuckDB cuts what it quotes within a character
        return False
    return True


def _stream(
    con: duckdb.DuckDBPyConnection, landed: Sequence[Landed], scans: Sequence[str], path: Path
) -> None:
    union, is_one = _joined(con, landed, scans, ""), len(landed) == 1
    told = "_shape, _file, _hint" if is_one else "_shape"
    con.execute(
        f"COPY (SELECT * EXCLUDE ({told}) FROM ({union})) TO {quoted(str(path))} {ON_THE_WAY}"
    )
    rows = f"read_parquet({quoted(str(path))}, file_row_number = true)"
    said = {"_shape": "NULL::VARCHAR AS _shape"}
    if is_one:
        hint = quoted(landed[0].partition) if landed[0].partition else "NULL::VARCHAR"
        said |= {"_file": "0::INTEGER AS _file, _row AS _line", "_hint": f"{hint} AS _hint"}
    else:
        firsts = f"SELECT _file, min(file_row_number) FROM {rows} GROUP BY 1"
        before = "".join(f" WHEN {n} THEN {row}" for n, row in con.execute(firsts).fetchall())
        said["_file"] = f"_file, _row - CASE _file{before or ' WHEN 0 THEN 0'} END AS _line"
    names = [name for name, *_ in con.execute(f"DESCRIBE ({union})").fetchall()]
    columns = ", ".join(said.get(name, identifier(name)) for name in names)
    con.execute(
        "CREATE OR REPLACE TEMP VIEW delivered AS SELECT file_row_number + 1 AS _row,"
        f" {columns} FROM {rows}"
    )


def _joined(
    con: duckdb.DuckDBPyConnection, landed: Sequence[Landed], sources: Sequence[str], line: str
) -> str:
    """Return the records of all files, each with its file's place among them and its ``line`` in
    it, and make ``delivered_fields``.
    """
    selects, fields = [], ["SELECT NULL::INTEGER AS file, NULL::VARCHAR AS field WHERE false"]
    for number, (part, source) in enumerate(zip(landed, sources, strict=True)):
        fields.append(f"SELECT {number}, column_name FROM (DESCRIBE SELECT * FROM {source})")
        hint = quoted(part.partition) if part.partition else "NULL::VARCHAR"
        selects.append(
            f"SELECT * EXCLUDE ({line}_shape), {number}::INTEGER AS _file, {line}{hint} AS _hint,"
            f" _shape FROM {source}"
        )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE delivered_fields AS FROM"
        f" ({' UNION ALL '.join(fields)}) WHERE field NOT IN {OWN}"
    )
    return " UNION ALL BY NAME ".join(selects)


def may_leave_out(path: Path) -> bool:
    """Say whether a delivered file is of a form that may leave out an empty field."""
    return READERS[path.suffix.lower()].may_leave_out


def _form(landed: Landed, dataset: Dataset) -> Form:
    form = READERS.get(landed.path.suffix.lower())
    if form is None:
        raise SourceError(
            f"{dataset.id}: {landed.address}: '{landed.path.suffix}' files are not read; formats"
            f" are {', '.join(READERS)}"
        )
    return form


@contextmanager
def _told(landed: Landed, dataset: Dataset) -> Iterator[None]:
    """Tell which file could not be read, and of which partition."""
    try:
        yield
    except SourceError as error:
        error.partition = landed.partition
        raise
    except (
        duckdb.Error,
        UnicodeError,
        ValueError,
        RuntimeError,
        MemoryError,
        KeyError,
        SyntaxError,
    ) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        told = SourceError(
            f"{dataset.id}: {landed.address}: not readable as {landed.path.suffix[1:]}: {first}; "
            f"look at {landed.path}, then ask the owner for the file in the agreed format"
        )
        told.partition = landed.partition
        raise told from error


def _unpivoted(con: duckdb.DuckDBPyConnection, table: str, dataset: Dataset) -> str:
    """Make a wide table long: one row per cell that holds something, for every field not in
    ``keep``.
    """
    fact = dataset.source.fetch["unpivot"]
    present = [name for name, *_ in con.execute(f"DESCRIBE {table}").fetchall()]
    keep = [name for name in fact["keep"] if name in present]
    cells = [name for name in present if name not in (*keep, *OWN)]
    fixed = "".join(f"{identifier(name)}, " for name in keep)
    name, value = identifier(fact["name"]), identifier(fact["value"])
    if not cells:
        return (
            f"(SELECT {fixed}NULL::VARCHAR AS {name}, NULL::VARCHAR AS {value}, rowid + 1 AS _line,"
            f" _shape FROM {table} WHERE false)"
        )
    listed = ", ".join(identifier(cell) for cell in cells)
    wide = f"(SELECT *, rowid + 1 AS _line FROM {table})"
    return (
        f"(SELECT {fixed}{name}, {value}, _line, _shape FROM {wide} UNPIVOT INCLUDE NULLS ({value}"
        f" FOR {name} IN ({listed})) WHERE ({value} <> '' AND _shape IS NULL) OR (_shape IS NOT"
        f" NULL AND {name} = {quoted(cells[0])}))"
    )
