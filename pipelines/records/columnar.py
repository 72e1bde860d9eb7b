"""Spreadsheets, HTML tables (often named .xls) and Parquet as tables of texts, each value as a
person reading the file would write it.

XLSX through fastexcel (calamine), HTML through lxml. ``fetch.sheet`` names the sheet, else the
first. The first row is the header.
"""

import zipfile
from pathlib import Path

import duckdb
import fastexcel
import pyarrow as pa
from lxml import etree, html

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.csv import unique_names
from pipelines.sqltext import identifier, quoted

ERROR_CELL = b't="e"'


def read_xlsx(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str) -> None:
    """Make ``table`` of one sheet, every cell as text (dates ISO, whole numbers without .0);
    blank rows at the end are no records.
    """
    try:
        book = fastexcel.read_excel(str(landed.path))
        requested = dataset.source.fetch.get("sheet")
        sheet = (
            book.load_sheet(
                requested if requested in book.sheet_names else 0, dtypes="string", header_row=None
            )
            if requested is None or (requested in book.sheet_names)
            else None
        )
    except fastexcel.FastExcelError as error:
        raise SourceError(
            f"{dataset.id}: {landed.address}: not a readable XLSX workbook: {error}; ask the owner"
            " to save it again"
        ) from error
    if sheet is None:
        raise SourceError(
            f"{dataset.id}: {landed.address}: no sheet '{requested}'; the workbook has"
            f" {', '.join(book.sheet_names)}"
        )
    arrow = pa.table(sheet.to_arrow())
    rows = [list(row.values()) for row in arrow.to_pylist()]
    _put_errors(rows, landed.path, sheet.name)
    _fill(con, table, rows, f"{dataset.id}: {landed.address}")


def _put_errors(rows: list[list[str | None]], path: Path, sheet: str) -> None:
    """Write ``#DIV/0!`` and its kind back where a formula failed: calamine gives nothing there,
    and nothing is not what the sheet says.
    """
    if not zipfile.is_zipfile(path):  # the binary format of before 2007
        return
    with zipfile.ZipFile(path) as book:
        part = _part_of(book, sheet)
        if part is None or ERROR_CELL not in book.read(part):
            return
        errors, filled = [], []
        with book.open(part) as stream:
            for _, cell in etree.iterparse(
                stream, tag="{*}c", resolve_entities=False, no_network=True
            ):
                row = cell.getparent()
                place = cell.get("r") or ""
                column = _column(place) if place else row.index(cell)
                at = (int(row.get("r") or row.getparent().index(row) + 1), column)
                value = cell.findtext("{*}v")
                if value or cell.find("{*}is") is not None:
                    filled.append(at)
                if cell.get("t") == "e":
                    errors.append((at, value))
    top, left = (
        min((row for row, _ in filled), default=0),
        min((column for _, column in filled), default=0),
    )
    for (row, column), value in errors:
        if row - top < len(rows) and column - left < len(rows[row - top]):
            rows[row - top][column - left] = value


def _part_of(book: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the name of the archive's member that holds ``sheet``, None when the workbook does
    not say.
    """
    members = {name.lower(): name for name in book.namelist()}
    if "xl/workbook.xml" not in members or "xl/_rels/workbook.xml.rels" not in members:
        return None
    sheets = etree.fromstring(book.read(members["xl/workbook.xml"]))
    ids = {
        entry.get("name"): value
        for entry in sheets.iter("{*}sheet")
        for name, value in entry.attrib.items()
        if name.endswith("}id")
    }
    relations = etree.fromstring(book.read(members["xl/_rels/workbook.xml.rels"]))
    targets = {
        relation.get("Id"): str(relation.get("Target"))
        for relation in relations.iter("{*}Relationship")
    }
    target = targets.get(ids.get(sheet), "")
    return members.get(
        (target.removeprefix("/") if target.startswith("/") else f"xl/{target}").lower()
    )


def _column(place: str) -> int:
    """Return the column of a cell such as ``AB12``, counted from 0."""
    letters = place.rstrip("0123456789")
    return sum((ord(letter) - 64) * 26**n for n, letter in enumerate(reversed(letters))) - 1


def read_html(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str) -> None:
    """Make ``table`` of the first HTML table of the page."""
    where = f"{dataset.id}: {landed.address}"
    tree = html.fromstring(landed.path.read_bytes())
    tables = tree.xpath("descendant-or-self::table")
    if not tables:
        raise SourceError(
            f"{where}: an HTML page without a table; the source answered with an error page"
        )
    rows = [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./td|./th")]
        for row in tables[0].xpath(".//tr")
    ]
    _fill(con, table, [row for row in rows if row], where)


def scan_parquet(con: duckdb.DuckDBPyConnection, landed: Landed, _: Dataset) -> str:
    """Return the SELECT of a Parquet file's records, every column as text."""
    source = f"read_parquet({quoted(str(landed.path))})"
    columns = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    names = unique_names([name for name, *_ in columns])
    texts = ", ".join(
        f"{_as_text(name, kind)} AS {identifier(name if told == name.strip() else told)}"
        for told, (name, kind, *_) in zip(names, columns, strict=True)
    )
    return f"SELECT {texts}, NULL::VARCHAR AS _shape FROM {source}"


def read_parquet(
    con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str
) -> None:
    """Make ``table`` of a Parquet file."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {scan_parquet(con, landed, dataset)}")


def _as_text(name: str, kind: str) -> str:
    column = identifier(name)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f"decode({column})" if kind == "BLOB" else f"CAST({column} AS VARCHAR)"


def _fill(
    con: duckdb.DuckDBPyConnection, table: str, rows: list[list[str | None]], where: str
) -> None:
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise SourceError(
            f"{where}: the table has no header row; an export without records still carries its"
            " header"
        )
    names = unique_names([name or "" for name in rows[0]])
    body = rows[1:]
    fits = [len(row) == len(names) for row in body]
    columns = {
        name: pa.array(
            [row[position] if good else None for row, good in zip(body, fits, strict=True)],
            pa.string(),
        )
        for position, name in enumerate(names)
    }
    columns["_shape"] = pa.array(
        [
            None if good else " | ".join(cell or "" for cell in row)
            for row, good in zip(body, fits, strict=True)
        ],
        pa.string(),
    )
    con.register("_arrow", pa.table(columns))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM _arrow")
    con.unregister("_arrow")
