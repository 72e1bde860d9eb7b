"""CSV of any dialect as a table of texts: DuckDB's reader, told the dialect, keeping the lines that
do not fit.

Facts under ``fetch.csv``: ``delimiter`` (else sniffed among , ; tab |), ``encoding`` (else utf-8,
utf-16 by its mark), ``header_row`` (lines before the header). A blank line is no record. What RFC
4180 says of quotes holds; a ragged line becomes ``_shape``.
"""

import csv
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import duckdb
import pyarrow as pa

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.sqltext import quoted

USUAL_LINE, LONGEST_FIELD = 2 << 20, 64 << 20
"""Bytes: DuckDB reads a file in parallel while its records stay under the first; a field of more
than the second is refused, not held in memory.
"""
EVERY_TEXT = "nullstr = '\n', allow_quoted_nulls = false"
"""Options of DuckDB's reader by which no text is NULL: no field is a line's end without quotes."""
OURS = ("_row", "_file", "_line", "_hint", "_shape", "_partition")
"""Columns of delivered and placed rows that are no field of a source."""
LINES = 50_000
"""So many records of a file that DuckDB refuses are held at a time."""


def scan_csv(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset) -> str:
    """Return the SELECT of a CSV file's records, which fails where a line does not fit; SourceError
    when the file has no header.
    """
    path, delimiter, names, skip = _dialect(landed, dataset)
    columns = "{" + ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names) + "}"
    options = (
        f"columns={columns}, header=false, skip={skip + 1}, delim={quoted(delimiter)}, quote='\"',"
        f" escape='\"', auto_detect=false, null_padding=false, strict_mode=true, {EVERY_TEXT}"
    )
    source = f"read_csv({quoted(str(path))}, {options}, max_line_size={USUAL_LINE})"
    return f"SELECT *, NULL::VARCHAR AS _shape FROM {source}"


def read_csv(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str) -> None:
    """Make ``table`` of one CSV file; SourceError when it has no header or a field of more than
    64 MiB.
    """
    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {scan_csv(con, landed, dataset)}")
    except (duckdb.Error, UnicodeError):  # DuckDB cuts what it quotes within a character
        try:
            _line_by_line(con, *_dialect(landed, dataset), table)
        except csv.Error as error:
            raise SourceError(
                f"{dataset.id}: {landed.address}: {error}: no field is larger than"
                f" {LONGEST_FIELD >> 20} MiB; ask the owner for a sane file"
            ) from error


def _dialect(landed: Landed, dataset: Dataset) -> tuple[Path, str, list[str], int]:
    """Return the file as UTF-8, its delimiter, its header's names, and the lines before it."""
    facts: Mapping[str, Any] = dataset.source.fetch.get("csv", {})
    path = _as_utf8(landed.path, str(facts.get("encoding", "utf-8")))
    skip = int(facts.get("header_row", 0))
    where = f"{dataset.id}: {landed.address}"
    return path, *_header(path, facts.get("delimiter"), skip, where), skip


def _line_by_line(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    delimiter: str,
    names: list[str],
    skip: int,
    table: str,
) -> None:
    """Read a file DuckDB refuses record by record, so that the lines that do not fit are kept
    whole.
    """
    fields = ", ".join(
        f'"{name}" VARCHAR' for name in (field.replace('"', '""') for field in names)
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({fields}, _shape VARCHAR)")
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        csv.field_size_limit(LONGEST_FIELD)
        rows = (
            [*cells, None]
            if cells is not None and not any(_undecodable(cell) for cell in cells)
            else [*([None] * len(names)), _as_it_came(text)]
            for cells, text in islice(_records(stream, delimiter, len(names)), skip + 1, None)
            if cells is not None or text
        )
        while batch := list(islice(rows, LINES)):
            columns = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
            con.register("_arrow", pa.table(columns, [*names, "_shape"]))
            con.execute(f"INSERT INTO {table} FROM _arrow")
            con.unregister("_arrow")


def _as_it_came(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _records(stream: TextIO, delimiter: str, width: int) -> Iterator[tuple[list[str] | None, str]]:
    """Yield each record's cells and text; a line that begins no record of ``width`` cells comes
    alone, without cells.

    So a quote that is opened and never closed costs its own line, not the rest of the file.
    """
    waiting: deque[str] = deque()
    while waiting or (line := stream.readline()):
        if not waiting:
            waiting.append(line)
        if (cells := _cells([waiting[0]], delimiter, width)) is not None:
            yield cells, waiting.popleft()
            continue
        count, quotes, size = 1, waiting[0].count('"'), len(waiting[0])
        while quotes % 2 and size <= LONGEST_FIELD:
            if count == len(waiting):
                if not (line := stream.readline()):
                    break
                waiting.append(line)
            quotes, size, count = (
                quotes + waiting[count].count('"'),
                size + len(waiting[count]),
                count + 1,
            )
        lines = list(islice(waiting, count))
        cells = _cells(lines, delimiter, width) if quotes % 2 == 0 else None
        if cells is None:
            lines = lines[:1]
        if cells is None and len(lines[0]) > LONGEST_FIELD:
            raise csv.Error("a line too long")
        for _ in lines:
            waiting.popleft()
        yield cells, "".join(lines).rstrip("\r\n")


def _cells(lines: list[str], delimiter: str, width: int) -> list[str] | None:
    """Return the cells of the one record that ``lines`` are, None when they are none, or more
    than one.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        cells = next(reader, [])
    except csv.Error:
        return None
    return cells if len(cells) == width and reader.line_num == len(lines) else None


def _undecodable(cell: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in cell)


def _as_utf8(path: Path, encoding: str) -> Path:
    """Return ``path`` itself when it is UTF-8, else a transcoded copy beside it."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    if encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig", "ascii"):
        return path
    aside = path.with_name(f".{path.name}.utf8")
    with (
        path.open(encoding=encoding, newline="") as source,
        aside.open("w", encoding="utf-8", newline="") as target,
    ):
        while chunk := source.read(1 << 20):
            target.write(chunk)
    return aside


def _header(path: Path, delimiter: str | None, skip: int, where: str) -> tuple[str, list[str]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        line = next(islice(stream, skip, None), "")[: 1 << 20]
        if not line.strip():
            raise SourceError(
                f"{where}: the file has no header line; an export without records still carries its"
                " header"
            )
        if line.lstrip().startswith("<"):
            raise SourceError(
                f"{where}: looks like an HTML page, not CSV; the source answered with an error page"
                " or a spreadsheet saved as HTML"
            )
        chosen = delimiter or max(",;\t|", key=line.count)
        stream.seek(0)
        names = next(islice(csv.reader(stream, delimiter=chosen), skip, None))
    return chosen, unique_names(names)


def unique_names(names: list[str]) -> list[str]:
    """Return header names stripped, blank ones as ``column_<n>``, repeated ones and those of our
    own columns with ``_2``, ``_3`` behind.
    """
    unique: list[str] = []
    taken, tried = set(OURS), dict[str, int]()
    for position, name in enumerate(names, start=1):
        base = name.strip() or f"column_{position}"
        chosen, suffix = base, tried.get(base.lower(), 2)
        while chosen.lower() in taken:
            chosen, suffix = f"{base}_{suffix}", suffix + 1
        tried[base.lower()] = suffix
        taken.add(chosen.lower())
        unique.append(chosen)
    return unique
