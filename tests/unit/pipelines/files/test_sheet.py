"""Rows written together are the bytes that xlsxwriter writes cell by cell, whatever they hold."""

import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import fastexcel
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.files.sheet import Sheet, repeated
from pipelines.files.workbook import MADE, OPTIONS

ODD = ["", " x", "x\n", "a&b<c>'\"", "_x0041_", "\x01\r\t", "\ufffe\uffff", "x" * 40_000]
texts = st.sampled_from([*ODD, "😀" * 16_384]) | st.text(st.characters(codec="utf-8"), max_size=9)
numbers = st.floats(-1e300, 1e300) | st.integers(-(10**15), 10**15)
moments = st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31))
row = st.tuples(*(st.none() | kind for kind in (texts, numbers, moments, st.booleans(), moments)))
Fill = Callable[[xlsxwriter.Workbook, Any], object]


def book(path: Path, kind: type | None, fill: Fill) -> bytes:
    with xlsxwriter.Workbook(str(path), OPTIONS) as made:
        made.set_properties({"created": MADE})
        sheet = made.add_worksheet("Data", kind)
        for column in range(5):
            sheet.write_string(0, column, f"c{column}", made.add_format({"bold": True}))
        fill(made, sheet)
    return path.read_bytes()


def together(rows: Sequence[Sequence[Any]], batch: int) -> Fill:
    def fill(made: xlsxwriter.Workbook, sheet: Any) -> None:
        day, time = (made.add_format({"num_format": said}) for said in ("yyyy", "hh:mm"))
        text, first, last = repeated(sheet.text), sheet.moments(day), repeated(sheet.moments(time))
        cells = [text, sheet.number, first, sheet.boolean, last]
        for start in range(0, len(rows), batch):
            sheet.write_rows(start, rows[start : start + batch], cells)

    return fill


def by_cell(rows: Sequence[Sequence[Any]]) -> Fill:
    def fill(made: xlsxwriter.Workbook, sheet: Any) -> None:
        day, time = (made.add_format({"num_format": said}) for said in ("yyyy", "hh:mm"))
        writers = [
            sheet.write_string,
            sheet.write_number,
            lambda *cell: sheet.write_datetime(*cell, day),
            sheet.write_boolean,
            lambda *cell: sheet.write_datetime(*cell, time),
        ]
        for number, values in enumerate(rows, 1):
            for column, value in enumerate(values):
                if value is not None:
                    writers[column](number, column, value)

    return fill


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(row, max_size=6), st.integers(1, 3))
@example([(None, None, None, None, datetime(2026, 1, 1)), (None,) * 5], 1)
@example([(text, -0.0, None, True, None) for text in ODD], 2)
def test_rows_are_the_bytes_that_their_cells_are(
    tmp_path: Path, rows: list[tuple[Any, ...]], batch: int
) -> None:
    told = book(tmp_path / "cells.xlsx", None, by_cell(rows))
    assert book(tmp_path / "rows.xlsx", Sheet, together(rows, batch)) == told


def test_a_text_that_looks_like_markup_is_a_text(tmp_path: Path) -> None:
    path, said = tmp_path / "out.xlsx", "<r></t></is></c></row></sheetData></r>"
    book(path, Sheet, together([(said, 1, None, None, None)], 1))
    assert b"&lt;r&gt;" in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    assert fastexcel.read_excel(path).load_sheet("Data").to_polars()["c0"].to_list() == [said], (
        "xlsxwriter's own cells take it for a rich text, and the workbook cannot be opened"
    )
