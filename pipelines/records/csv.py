"""CSV of any dialect as a table of texts: DuckDB's reader, told the dialect, for files that it and
the reader here tell the same, and the latter for all others.

What RFC 4180 says of quotes holds, and a quote within a field that does not begin with one is a
sign like any other: `` "a"`` behind a blank is a blank, a quote, an a and a quote. A blank line is
no record. A line that does not fit, ragged or garbled, becomes ``_shape``, and ``_why`` says what
is wrong with it, without its values. How a file is written is ``dialect``'s business.
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TextIO

import duckdb
import pyarrow as pa

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.dialect import LONGEST_FIELD, STATE, Dialect, dialect_of, undecodable
from pipelines.records.table import LINES, unique_names
from pipelines.sqltext import quoted

USUAL_LINE = 2 << 20
"""Bytes: DuckDB reads a file in parallel while its records stay under it."""
EVERY_TEXT = "nullstr = '\n', allow_quoted_nulls = false"
"""Options of DuckDB's reader by which no text is NULL: no field is a line's end without quotes."""
APART = "\x1f"
"""What DuckDB takes for a field's end where a line is to be one field."""
CHUNK, MOST_COUNTED = 1 << 20, 500
"""Bytes read at a time; fields of a record that are counted by a pattern."""


def scan_csv(
    con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset
) -> tuple[str, Sequence[str]] | None:
    """Return the SELECT of a CSV file's records, which fails where a line does not fit, and its
    header's names; None where DuckDB may tell a line otherwise than it is. SourceError when the
    file has no header.
    """
    return _scan(con, dialect_of(landed, dataset))


def _scan(con: duckdb.DuckDBPyConnection, dialect: Dialect) -> tuple[str, Sequence[str]] | None:
    if not dialect.is_plain or not _is_told_alike(con, dialect):
        return None
    names = unique_names([*dialect.header])
    columns = "{" + ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names) + "}"
    options = (
        f"columns={columns}, header=false, skip={dialect.lines},"
        f" delim={quoted(dialect.delimiter)}, quote='\"', escape='\"', auto_detect=false,"
        f" null_padding=false, strict_mode=true, {EVERY_TEXT}, max_line_size={USUAL_LINE}"
    )
    source = f"read_csv({quoted(str(dialect.path))}, {options})"
    return f"SELECT *, NULL::VARCHAR AS _shape FROM {source}", dialect.header


def _is_told_alike(con: duckdb.DuckDBPyConnection, dialect: Dialect) -> bool:
    """Say whether every line means to DuckDB what it means here. It drops blanks around quotes, and
    empty fields behind the last: lines with either are looked at one by one, which says nothing of
    one that ends a record of several.
    """
    sign = dialect.delimiter
    if not _may_differ(dialect):
        return True
    own, many = re.escape(sign), len(dialect.header) - 1
    if many > MOST_COUNTED:
        return False
    field = f'([^"{own}]*|"([^"]|"")*")'
    is_whole = f"regexp_full_match(line, {quoted(f'({field}{own}){{{many}}}{field}')})"
    count = f"len(line) - len(replace(line, {quoted(sign)}, ''))"
    odd = (
        f"CASE WHEN contains(line, '\"') THEN (ends_with(line, {quoted(sign)}) OR contains(line,"
        f" ' \"') OR contains(line, '\" ')) AND NOT {is_whole} ELSE ends_with(line, {quoted(sign)})"
        f" AND {count} <> {many} END"
    )
    whole_line = f'((|[^"{own}][^{own}]*|"([^"]|"")*"){own})*(|[^"{own}][^{own}]*|"([^"]|"")*")'
    is_open = f"NOT regexp_full_match(line, {quoted(whole_line)})"
    source = (
        f"(SELECT rtrim(line, chr(13)) AS line FROM read_csv({quoted(str(dialect.path))},"
        f" columns = {{'line': 'VARCHAR'}}, header = false, delim = {quoted(APART)}, quote = '',"
        f" escape = '', auto_detect = false, {EVERY_TEXT}, max_line_size = {USUAL_LINE}))"
    )
    try:
        odd, quotes = con.execute(
            f"SELECT count(*) FILTER ({odd}), count(*) FILTER (contains(line, '\"') AND"
            f" ends_with(line, {quoted(sign)})) FROM {source}"
        ).fetchall()[0]
        if odd or not quotes:
            return not odd
        found = f"SELECT EXISTS (FROM {source} WHERE contains(line, '\"') AND {is_open})"
        return not con.execute(found).fetchall()[0][0]
    except (duckdb.Error, UnicodeError):  # DuckDB cuts what it quotes within a character
        return False


def _may_differ(dialect: Dialect) -> bool:
    """Say whether a file has a delimiter at a line's end, or a blank beside a quote."""
    sign, kept = dialect.delimiter.encode(), b""
    with dialect.path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            text = kept + chunk
            if sign + b"\n" in text or (b"\r" in text and sign + b"\r" in text):
                return True
            if b'"' in text and (b' "' in text or b'" ' in text):
                return True
            kept = chunk[-len(sign) :]
    return kept == sign


def read_csv(
    con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str
) -> Sequence[str]:
    """Make ``table`` of one CSV file and return its header's names; SourceError when it has no
    header or a field of more than 64 MiB.
    """
    dialect = dialect_of(landed, dataset)
    scan = _scan(con, dialect)
    try:
        if scan is not None:
            con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {scan[0]}")
            return dialect.header
    except (duckdb.Error, UnicodeError):  # DuckDB cuts what it quotes within a character
        pass
    try:
        _line_by_line(con, dialect, table)
    except csv.Error as error:
        raise SourceError(
            f"{dataset.id}: {landed.address}: {error}: no field is larger than"
            f" {LONGEST_FIELD >> 20} MiB; ask the owner for a sane file"
        ) from error
    return dialect.header


def _line_by_line(con: duckdb.DuckDBPyConnection, dialect: Dialect, table: str) -> None:
    """Read a file DuckDB refuses record by record, so that the lines that do not fit are kept
    whole.
    """
    names = unique_names([*dialect.header])
    fields = ", ".join(
        f'"{name}" VARCHAR' for name in (field.replace('"', '""') for field in names)
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({fields}, _shape VARCHAR, _why VARCHAR)")
    nothing = [None] * len(names)
    with dialect.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        csv.field_size_limit(LONGEST_FIELD)
        for _ in range(dialect.lines):
            stream.readline()
        rows = (
            [*cells, None, None]
            if cells is not None and not any(map(undecodable, cells))
            else [*nothing, _as_it_came(text), f"line {line}: {_why(text, dialect)}"]
            for cells, text, line in _records(stream, dialect)
            if cells is not None or text
        )
        while batch := list(islice(rows, LINES)):
            columns = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
            con.register("_arrow", pa.table(columns, [*names, "_shape", "_why"]))
            con.execute(f"INSERT INTO {table} FROM _arrow")
            con.unregister("_arrow")


def _as_it_came(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _why(text: str, dialect: Dialect) -> str:
    """Return what is wrong with a record, without what it says."""
    if broken := undecodable(text):
        return f"{broken}; {STATE}"
    try:
        cells = next(csv.reader([text], delimiter=dialect.delimiter, strict=True), [])
    except csv.Error as error:
        is_open = "unexpected end" in str(error)
        return "a quote opened here is not closed" if is_open else "a quote closes within a field"
    sign = {"\t": "a tab"}.get(dialect.delimiter, dialect.delimiter)
    return f"{len(cells)} fields by the delimiter {sign}, the header has {len(dialect.header)}"


def _records(stream: TextIO, dialect: Dialect) -> Iterator[tuple[list[str] | None, str, int]]:
    """Yield each record's cells, text and line; a line that begins no record of the header's width
    comes alone, without cells.

    So a quote that is opened and never closed costs its own line, not the rest of the file.
    """
    delimiter, width = dialect.delimiter, len(dialect.header)
    waiting: deque[str] = deque()
    number = dialect.lines
    while waiting or (line := stream.readline()):
        if not waiting:
            waiting.append(line)
        number += 1
        if (cells := _cells([waiting[0]], delimiter, width)) is not None:
            yield cells, waiting.popleft(), number
            continue
        lines = list[str]()
        cells = _cells(_following(waiting, stream, lines), delimiter, width)
        if cells is None:
            lines = [waiting[0]]
        if cells is None and len(lines[0]) > LONGEST_FIELD:
            raise csv.Error("a line too long")
        for _ in lines:
            waiting.popleft()
        yield cells, "".join(lines).rstrip("\r\n"), number
        number += len(lines) - 1


def _following(waiting: deque[str], stream: TextIO, lines: list[str]) -> Iterator[str]:
    """Yield the next lines one by one, as far as a field may go, and list them."""
    size = 0
    while size <= LONGEST_FIELD:
        if len(lines) == len(waiting):
            if not (line := stream.readline()):
                return
            waiting.append(line)
        lines.append(waiting[len(lines)])
        size += len(lines[-1])
        yield lines[-1]


def _cells(lines: Iterable[str], delimiter: str, width: int) -> list[str] | None:
    """Return the cells of the record that begins with ``lines``, None when that is none of
    ``width`` cells.
    """
    try:
        cells = next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
    return cells if len(cells) == width else None
