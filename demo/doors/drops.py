"""Writes the files that offices drop: CSV of several dialects, XLSX, an HTML table named .xls,
JSON, NDJSON, each also inside a ZIP.

Same city, same bytes. Cells are written as their programs write them: dates ISO unless the row
already holds a text.
"""

import csv
import html
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from demo.city import City
from demo.door import Drop
from demo.table import Row, Table, build

CREATED = datetime(2026, 1, 1)
BEYOND = "_beyond"
"""Field of a row that holds cells beyond the header: a ragged line."""
SAID = "Data sintetis / synthetic data"


def write(city: City, table: Table, folder: Path) -> None:
    """Write the files of ``table``'s window under ``folder``, which is the city's."""
    door = table.door
    assert isinstance(door, Drop)
    place = folder / door.folder
    place.mkdir(parents=True, exist_ok=True)
    days = build(city, table).days
    if "{date}" not in door.files:
        _put(place / door.files, content(door, days[max(days)]))
        return
    for day in table.seen_by(city).window:
        if days.get(day):
            _put(place / door.files.replace("{date}", day.isoformat()), content(door, days[day]))


def _put(path: Path, body: bytes) -> None:
    """Write a file, unless it is there as it should be: an office does not touch an old one."""
    if not path.is_file() or path.read_bytes() != body:
        path.write_bytes(body)


def content(door: Drop, rows: Sequence[Row]) -> bytes:
    """Return the bytes of one file."""
    fields = list(dict.fromkeys(name for row in rows for name in row if name != BEYOND))
    header = [door.names.get(name, name) for name in fields]
    cells = [[*(row.get(name) for name in fields), *row.get(BEYOND, ())] for row in rows]
    body = {"csv": _csv, "xlsx": _xlsx, "html": _html, "json": _json, "ndjson": _ndjson}[door.form](
        door, header, cells
    )
    return _zipped(door, body) if door.files.endswith(".zip") else body


def _text(door: Drop, cell: Any) -> str:
    return door.missing if cell is None else str(cell)


def _csv(door: Drop, header: list[str], cells: list[list[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=door.delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_text(door, cell) for cell in row] for row in cells)
    return text.getvalue().encode(door.encoding)


def _xlsx(door: Drop, header: list[str], cells: list[list[Any]]) -> bytes:
    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink, {"in_memory": True})
    book.set_properties({"created": CREATED, "comments": SAID})
    sheet = book.add_worksheet(door.title or "Data")
    sheet.write_row(0, 0, header)
    for n, row in enumerate(cells, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                sheet.write_number(n, column, cell)
            elif cell is not None:
                sheet.write_string(n, column, str(cell))
    book.close()
    return sink.getvalue()


def _html(door: Drop, header: list[str], cells: list[list[Any]]) -> bytes:
    lines = ["<html><head><meta charset='utf-8'></head><body><table border=1>"]
    lines += ["<tr>" + "".join(f"<th>{html.escape(name)}</th>" for name in header) + "</tr>"]
    lines += [
        "<tr>" + "".join(f"<td>{html.escape(_text(door, cell))}</td>" for cell in row) + "</tr>"
        for row in cells
    ]
    return "\n".join([*lines, "</table></body></html>"]).encode()


def _json(_: Drop, header: list[str], cells: list[list[Any]]) -> bytes:
    return json.dumps(
        [dict(zip(header, row, strict=True)) for row in cells], ensure_ascii=False, default=str
    ).encode()


def _ndjson(_: Drop, header: list[str], cells: list[list[Any]]) -> bytes:
    return "".join(
        json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False, default=str) + "\n"
        for row in cells
    ).encode()


def _zipped(door: Drop, body: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            zipfile.ZipInfo(
                f"{Path(door.files).stem.replace('{date}', 'data')}.{door.form}",
                CREATED.timetuple()[:6],
            ),
            body,
        )
    return sink.getvalue()
