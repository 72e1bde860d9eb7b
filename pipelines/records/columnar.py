"""HTML tables (often named .xls), through lxml, and Parquet as tables of texts, each value as a
person reading the file would write it. The first row of an HTML table is its header.
"""

import re
from collections.abc import Iterator

import duckdb
import pyarrow.parquet as pq
from lxml import etree, html

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.grid import Row, fill
from pipelines.records.table import unique_names
from pipelines.sqltext import identifier, quoted

ROWS_A_BYTE, FEW_ROWS = 100, 100_000
"""A Parquet file may have so many rows for each of its bytes, beside some."""
LARGEST_PAGE = 64 << 20
"""Bytes: a page is held whole, and takes sixteen times its size."""


def read_html(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str) -> None:
    """Make ``table`` of the first HTML table of the page."""
    where = f"{dataset.id}: {landed.address}"
    if landed.path.stat().st_size > LARGEST_PAGE:
        raise SourceError(
            f"{where}: a page of more than {LARGEST_PAGE >> 20} MiB; ask the owner for it as CSV or"
            " XLSX"
        )
    try:
        tables = html.fromstring(landed.path.read_bytes()).xpath("descendant-or-self::table")
    except etree.LxmlError:  # an empty page has no tree
        tables = []
    if not tables:
        raise SourceError(
            f"{where}: an HTML page without a table; the source answered with an error page"
        )
    fill(con, table, _rows(tables[0]), where, lambda _, cell: str(cell))


def _rows(table: html.HtmlElement) -> Iterator[Row]:
    """Yield the rows of a table up to the last that says something; one that has more cells than
    the header, or fewer, as a whole text.
    """
    width, blank = 0, list[Row]()
    for row in table.iterfind(".//tr"):
        cells = [" ".join(cell.text_content().split()) for cell in row if cell.tag in ("td", "th")]
        if not cells:
            continue
        width = width or len(cells)
        blank.append(dict(enumerate(cells)) if len(cells) == width else " | ".join(cells))
        if any(cells):
            yield from blank
            blank.clear()


def scan_parquet(
    con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset
) -> tuple[str, list[str]]:
    """Return the SELECT of a Parquet file's records, every column as text, and their names;
    SourceError where they are far more than its bytes warrant.
    """
    source = f"read_parquet({quoted(str(landed.path))})"
    _check_rows(con, landed, dataset)
    columns = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    names = unique_names([name for name, *_ in columns])
    texts = ", ".join(
        f"{_as_text(name, kind)} AS {identifier(name if told == name.strip() else told)}"
        for told, (name, kind, *_) in zip(names, columns, strict=True)
    )
    told = f"SELECT {texts}, NULL::VARCHAR AS _shape FROM {source}"
    numbered = any(re.search("_[0-9]+$", name) for name, *_ in columns)  # DuckDB's for twins
    own = pq.read_schema(landed.path).names if numbered else [name for name, *_ in columns]
    return told, own


def _check_rows(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset) -> None:
    told = f"SELECT sum(num_rows) FROM parquet_file_metadata({quoted(str(landed.path))})"
    rows, size = con.execute(told).fetchall()[0][0] or 0, landed.path.stat().st_size
    if rows > (most := FEW_ROWS + ROWS_A_BYTE * size):
        raise SourceError(
            f"{dataset.id}: {landed.address}: {size} bytes of Parquet give {rows} rows, which say"
            f" nothing; at most {most} are read. Ask the owner for a sane file"
        )


def read_parquet(
    con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str
) -> list[str]:
    """Make ``table`` of a Parquet file and return its columns' names."""
    scan, names = scan_parquet(con, landed, dataset)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {scan}")
    return names


def _as_text(name: str, kind: str) -> str:
    column = identifier(name)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f"decode({column})" if kind == "BLOB" else f"CAST({column} AS VARCHAR)"
