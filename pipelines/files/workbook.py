"""One open table as an Excel workbook: its rows typed, its dictionary, and what it is; never a
formula, never a link, never the whole in memory.

What Excel cannot hold is not squeezed in: beyond its rows, or its length of a text, there is no
workbook and a reason. It keeps 15 digits of a number and knows no zones, no days before 1900
and none after 9999: longer whole numbers and such days are text, and times are the city's.
https://support.microsoft.com (limits)
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.format import Format

from pipelines.city import municipality
from pipelines.contract.model import Text
from pipelines.files.sheet import Cell, Sheet, repeated
from pipelines.files.table import Field, Table
from pipelines.sqltext import finite, identifier, quoted

ROWS = 1_048_576
"""Rows of a sheet, its header among them."""
CHARACTERS = 32_767
EXACT = 10**15
"""From here on Excel would put zeros for a whole number's last digits."""
LARGEST = 1e307
"""No number beyond it is a number to Excel."""
FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a 29 February 1900 that never was."""
BATCH = 10_000
MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""What every workbook says of when it was made: the same rows are the same bytes."""
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
DICTIONARY = ("Kolom / Column", "Tipe / Type", "Satuan / Unit", "Arti", "Meaning")
SYNTHETIC = Text(
    "Data ini buatan untuk peragaan; tidak ada orang atau kejadian nyata.",
    "These are made-up data for demonstration: no real person or event.",
)


def unfit(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> str | None:
    """Return why the rows do not fit into a workbook: ``rows``, ``text``, or None when they do."""
    texts = [
        f"coalesce(max(length({identifier(field.name)}::VARCHAR)), 0)"
        for field in table.fields
        if field.type in ("string", "object", "array")
    ]
    count, longest = con.execute(
        f"SELECT count(*), greatest(0, {', '.join(texts) or 0}) FROM {rows}"
    ).fetchall()[0]
    return "rows" if count >= ROWS else "text" if longest > CHARACTERS else None


def write_xlsx(con: duckdb.DuckDBPyConnection, table: Table, rows: str, path: Path) -> None:
    """Write the workbook; what ``unfit`` refuses must not come here."""
    with xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)}) as book:
        book.set_properties({"title": table.title.id, "author": table.publisher, "created": MADE})
        bold = book.add_format({"bold": True})
        data = _sheet(book, "Data", [18] * len(table.fields))
        words, about = (
            _sheet(book, "Kamus", (24, 12, 12, 60, 60)),
            _sheet(book, "Tentang", (24, 90)),
        )
        _row(data, 0, [field.name for field in table.fields], bold)
        data.freeze_panes(1, 0)
        day, time = (
            book.add_format({"num_format": "yyyy-mm-dd"}),
            book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        )
        cells = [
            _cell(data, field, time if field.type == "timestamp" else day) for field in table.fields
        ]
        result = con.execute(
            f"SELECT {', '.join(_value(field) for field in table.fields)} FROM {rows}"
        )
        written = 0
        while batch := result.fetchmany(BATCH):
            data.write_rows(written, batch, cells)
            written += len(batch)
        _row(words, 0, DICTIONARY, bold)
        for number, field in enumerate(table.fields, 1):
            _row(
                words,
                number,
                (field.name, field.type, field.unit or "", field.meaning.id, field.meaning.en),
            )
        for number, fact in enumerate(_about(table)):
            _row(about, number, fact)


def _about(table: Table) -> list[tuple[str, str]]:
    city = municipality()
    facts = [
        ("Judul", table.title.id),
        ("Title", table.title.en),
        ("Nama / Name", table.name),
        ("Penerbit / Publisher", table.publisher),
        ("Lisensi / Licence", table.licence),
        ("Alamat / Address", table.address or ""),
        ("Bukti isi / Receipt", f"sha256:{table.content}" if table.content else ""),
        ("Waktu", f"Waktu ditulis dalam {city.clock}."),
        ("Times", f"Times are in {city.short}'s time, {city.clock}."),
    ]
    notice = [("Peringatan", SYNTHETIC.id), ("Notice", SYNTHETIC.en)] if table.synthetic else []
    return [*notice, *((key, value) for key, value in facts if value)]


def _sheet(book: xlsxwriter.Workbook, name: str, widths: Sequence[int]) -> Sheet:
    sheet: Any = book.add_worksheet(name, Sheet)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    return sheet


def _row(sheet: Sheet, number: int, cells: Any, style: Format | None = None) -> None:
    for column, text in enumerate(cells):
        sheet.write_string(number, column, text, style)


def _value(column: Field) -> str:
    name = identifier(column.name)
    if column.type == "timestamp":
        return f"({name}::TIMESTAMPTZ AT TIME ZONE {quoted(municipality().zone.key)})::VARCHAR"
    if column.type == "number":
        return finite(name)
    return name if column.type in ("integer", "boolean") else f"{name}::VARCHAR"


def _cell(sheet: Sheet, column: Field, style: Format) -> Cell:
    """Return what makes a column's cells, by its type; a day or a time has a ``style``."""
    limit, moment = LARGEST if column.type == "number" else EXACT, sheet.moments(style)

    def number(value: Any) -> str:
        return sheet.number(value) if abs(value) < limit else sheet.text(str(value))

    def dated(value: str) -> str:
        with suppress(ValueError):  # infinity, a year of five digits, a year before our era
            told = datetime.fromisoformat(value)
            if told.date() >= FIRST_DAY:
                return moment(told)
        return sheet.text(value)

    return {
        "integer": number,
        "number": number,
        "date": repeated(dated),
        "timestamp": repeated(dated),
        "boolean": sheet.boolean,
    }.get(column.type, repeated(sheet.text))
