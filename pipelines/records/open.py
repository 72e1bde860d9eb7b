"""Delivered files as one table of texts: every record a row, every field as it was written, nothing
lost.

A form of file is read by a module of this room, named in ``READERS``; here the files are joined,
numbered and named. No typing and no judging happens here: a line that does not fit its header keeps
its text in ``_shape``.
"""

import csv
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
from pipelines.records.flat import MISPLACED
from pipelines.records.gtfs import read_feed, read_schedule
from pipelines.records.join import Records, joined
from pipelines.records.json import read_json, read_ndjson
from pipelines.records.ndjson import scan_ndjson
from pipelines.records.syntaxes import SYNTAXES
from pipelines.records.unpivot import unpivoted
from pipelines.records.xlsx.read import read_xlsx
from pipelines.sqltext import identifier, quoted

Scan = tuple[str, Sequence[str]]
Reader = Callable[[duckdb.DuckDBPyConnection, Landed, Dataset, str], Sequence[str] | None]


def _read_rdf(
    con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str
) -> Sequence[str]:
    from pipelines.records.rdf import read_rdf  # noqa: PLC0415  rdflib, which few deliveries need

    return read_rdf(con, landed, dataset, table)


@dataclass(frozen=True)
class Form:
    """How files of one form are read: ``read(con, landed, dataset, table)`` makes a temporary
    ``table`` of text columns and ``_shape``, a record a row in the file's order, and returns the
    fields' names where columns may be called otherwise. Where DuckDB reads them itself,
    ``scan(con, landed, dataset)`` is the SELECT that does and the fields' names, or None. In one
    that ``may_leave_out`` empty fields, as GTFS allows too, only a required column's absence is a
    change of schema.
    """

    read: Reader
    may_leave_out: bool = False
    scan: Callable[[duckdb.DuckDBPyConnection, Landed, Dataset], Scan | None] | None = None


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
TOLD = {"garbled": "_why", "misplaced": MISPLACED}
"""What is told of single records, in a table each, and the column of a file's table that has it."""
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
    ``_shape``), ``delivered_fields``, ``misplaced`` (the ``_row`` of a record that holds another
    thing where something is asked for, and its ``texts``, JSON by field) and ``garbled`` (the
    ``_row`` of what is no record, and what is wrong with it: ``texts``) on ``con``; what DuckDB
    reads itself lies in ``folder``.

    SourceError names a file that is not what its name says.
    """
    if dataset.source.fetch.get("merge"):
        from pipelines.records.ocds import merged  # noqa: PLC0415  ocdsmerge, the same

        landed = merged(landed, dataset, _told)
    for told in TOLD:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {told} (_row BIGINT, texts VARCHAR)")
    if _streamed(con, landed, dataset, folder / "delivered.parquet"):
        return
    tables = []
    for number, part in enumerate(landed):
        table = f"_part_{number}"
        with _told(part, dataset):
            fields = _form(part, dataset).read(con, part, dataset, table)
        tables.append(
            unpivoted(con, table, dataset, fields)
            if dataset.source.fetch.get("unpivot")
            else Records(f"(SELECT *, rowid + 1 AS _line FROM {table})", fields)
        )
    union = joined(con, landed, tables, dataset, "_line, ") or (
        "SELECT NULL::INTEGER AS _file, NULL::BIGINT AS _line, NULL::VARCHAR AS _hint,"
        " NULL::VARCHAR AS _shape WHERE false"
    )
    is_one = len(landed) == 1 and not dataset.source.fetch.get("unpivot")
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW delivered AS SELECT _line AS _row, * FROM ({union})"
        if is_one
        else "CREATE OR REPLACE TEMP TABLE delivered AS SELECT row_number() OVER () AS _row, *"
        f" FROM ({union})"
    )
    for number in range(len(landed)):
        for told, column in TOLD.items():
            if column in con.table(f"_part_{number}").columns:
                con.execute(
                    f"INSERT INTO {told} SELECT delivered._row, part.{column} FROM delivered JOIN"
                    f" _part_{number} AS part ON _file = {number} AND _line = part.rowid + 1"
                    f" WHERE part.{column} IS NOT NULL"
                )
        if not is_one:
            con.execute(f"DROP TABLE _part_{number}")


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
        scans.append(Records(f"({scan[0]})", scan[1]))
    try:
        _stream(con, landed, scans, dataset, path)
    except (duckdb.Error, UnicodeError):  # DuckDB cuts what it quotes within a character
        return False
    return True


def _stream(
    con: duckdb.DuckDBPyConnection,
    landed: Sequence[Landed],
    scans: Sequence[Records],
    dataset: Dataset,
    path: Path,
) -> None:
    union, is_one = joined(con, landed, scans, dataset, ""), len(landed) == 1
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
        LookupError,
        SyntaxError,
        csv.Error,
    ) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        told = SourceError(
            f"{dataset.id}: {landed.address}: not readable as {landed.path.suffix[1:]}: {first}; "
            f"look at {landed.path}, then ask the owner for the file in the agreed format"
        )
        told.partition = landed.partition
        raise told from error
