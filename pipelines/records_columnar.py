"""Spreadsheets, HTML tables (often named .xls) and Parquet as tables of texts, each value as a person reading the file would write it.

XLSX through fastexcel (calamine), HTML through lxml. ``fetch.sheet`` names the sheet, else the first. The first row is the header.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import fastexcel
import pyarrow as pa
from lxml import etree, html

from pipelines.cast import identifier, quoted
from pipelines.contract import Dataset
from pipelines.delivery import Landed
from pipelines.errors import SourceError
from pipelines.records_csv import unique_names

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def read_xlsx(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str) -> None:
    """Make ``table`` of one sheet, every cell as text (dates ISO, whole numbers without .0); blank rows at the end are no records."""
    try:
        book = fastexcel.read_excel(str(landed.path))
        wanted = dataset.source.fetch.get("sheet")
        sheet = book.load_sheet(wanted if wanted in book.sheet_names else 0, dtypes="string", header_row=None) if wanted is None or (
            wanted in book.sheet_names) else None  # fmt: skip
    except fastexcel.FastExcelError as error:
        raise SourceError(f"{dataset.id}: {landed.address}: not a readable XLSX workbook: {error}; ask the owner to save it again") from error
    if sheet is None:
        raise SourceError(f"{dataset.id}: {landed.address}: no sheet '{wanted}'; the workbook has {', '.join(book.sheet_names)}")
    arrow = pa.table(sheet.to_arrow())
    rows = [list(row.values()) for row in arrow.to_pylist()]
    _put_errors(rows, landed.path, sheet.name)
    _fill(con, table, rows, f"{dataset.id}: {landed.address}")


def _put_errors(rows: list[list[str | None]], path: Path, sheet: str) -> None:
    """Write ``#DIV/0!`` and its kind back where a formula failed: calamine gives nothing there, and nothing is not what the sheet says."""
    if not zipfile.is_zipfile(path):  # the binary format of before 2007
        return
    with zipfile.ZipFile(path) as book:
        names = {each.get("name"): each.get(f"{RELATION}id") for each in _elements(book, "xl/workbook.xml", "sheet")}
        targets = {each.get("Id"): str(each.get("Target")) for each in _elements(book, "xl/_rels/workbook.xml.rels", "Relationship")}
        part = targets.get(names.get(sheet), "")
        cells = [(str(each.get("r")), each.get("t"), each.findtext("{*}v"), each.find("{*}is") is not None)
                 for each in _elements(book, part.removeprefix("/") if part.startswith("/") else f"xl/{part}", "c")]  # fmt: skip
    filled = [_position(place) for place, _, value, inline in cells if value is not None or inline]
    top, left = min((row for row, _ in filled), default=0), min((column for _, column in filled), default=0)
    for place, kind, value, _ in cells:
        row, column = _position(place)
        if kind == "e" and row - top < len(rows) and column - left < len(rows[row - top]):
            rows[row - top][column - left] = value


def _elements(book: zipfile.ZipFile, part: str, name: str) -> Iterator[etree._Element]:
    with book.open(part) as stream:
        for _, element in etree.iterparse(stream, tag=f"{{*}}{name}", resolve_entities=False, no_network=True):
            yield element


def _position(place: str) -> tuple[int, int]:
    """Return row and column of a cell such as ``AB12``, counted from 0."""
    letters = place.rstrip("0123456789")
    return int(place[len(letters) :]) - 1, sum((ord(letter) - 64) * 26**n for n, letter in enumerate(reversed(letters))) - 1


def read_html(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str) -> None:
    """Make ``table`` of the first HTML table of the page."""
    where = f"{dataset.id}: {landed.address}"
    tree = html.fromstring(landed.path.read_bytes())
    tables = tree.xpath("descendant-or-self::table")
    if not tables:
        raise SourceError(f"{where}: an HTML page without a table; the source answered with an error page")
    rows = [[" ".join(cell.text_content().split()) for cell in row.xpath("./td|./th")] for row in tables[0].xpath(".//tr")]
    _fill(con, table, [row for row in rows if row], where)


def read_parquet(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str) -> None:
    """Make ``table`` of a Parquet file, every column as text."""
    source = f"read_parquet({quoted(str(landed.path))})"
    columns = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    texts = ", ".join(f"{_as_text(name, kind)} AS {identifier(name)}" for name, kind, *_ in columns)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {texts}, NULL::VARCHAR AS _shape FROM {source}")


def _as_text(name: str, kind: str) -> str:
    column = identifier(name)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f"decode({column})" if kind == "BLOB" else f"CAST({column} AS VARCHAR)"


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: list[list[str | None]], where: str) -> None:
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise SourceError(f"{where}: the table has no header row; an export without records still carries its header")
    names = unique_names([name or "" for name in rows[0]])
    body = rows[1:]
    fits = [len(row) == len(names) for row in body]
    columns = {
        name: pa.array([row[position] if good else None for row, good in zip(body, fits, strict=True)], pa.string()) for position, name in enumerate(names)
    }
    columns["_shape"] = pa.array([None if good else " | ".join(cell or "" for cell in row) for row, good in zip(body, fits, strict=True)], pa.string())
    con.register("_arrow", pa.table(columns))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM _arrow")
    con.unregister("_arrow")
