"""A workbook is read to the last digit, cell by cell, whoever wrote it."""

import math
import re
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contract.model import Column, Text
from pipelines.errors import SourceError
from pipelines.records.table import OURS, unique_names
from pipelines.records.xlsx.cells import Form, form, number
from tests.unit.pipelines.records.books import (
    CLOCK,
    COUNT,
    DAY,
    HEAD,
    HOURS,
    MOMENT,
    NUMBER,
    PERCENT,
    packed,
    rows_of,
)

STRINGS = (
    f"{HEAD}<sst><si><t>a_x000D_b</t></si><si><r><t>ri</t></r><r><t>ch</t></r>"
    "<rPh><t>sound</t></rPh></si><si><t xml:space='preserve'> 007 </t></si><si><t/></si></sst>"
)
SAID = [
    (f'<c s="{NUMBER}"><v>2.5E-10</v></c>', "2.5e-10"),
    ("<c><v>0.33333333333333331</v></c>", "0.3333333333333333"),
    ("<c><v>103.55123456789</v></c>", "103.55123456789"),
    ("<c><v>1.0000000000000001E-5</v></c>", "0.00001"),
    ("<c><v>5.0</v></c>", "5"),
    ("<c><v>1571012345678901</v></c>", "1571012345678901"),
    ("<c><v>1.2345678901234567E+19</v></c>", "12345678901234567000"),
    ("<c><v>1E300</v></c>", "1e+300"),
    ("<c><v>-0</v></c>", "0"),
    ("<c><v>1_0</v></c>", "1_0"),
    ("<c><v>1E999</v></c>", "1E999"),
    (f'<c s="{PERCENT}"><v>0.1</v></c>', "0.1"),
    (f'<c s="{COUNT}"><v>5</v></c>', "5"),
    (f'<c s="{DAY}"><v>46327</v></c>', "2026-11-01"),
    (f'<c s="{DAY}"><v>46327.354166666664</v></c>', "2026-11-01 08:30:00"),
    (f'<c s="{MOMENT}"><v>46327</v></c>', "2026-11-01 00:00:00"),
    (f'<c s="{MOMENT}"><v>46327.123456789</v></c>', "2026-11-01 02:57:46.667"),
    (f'<c s="{MOMENT}"><v>46327.999999999999</v></c>', "2026-11-02 00:00:00"),
    (f'<c s="{DAY}"><v>1</v></c>', "1900-01-01"),
    (f'<c s="{DAY}"><v>60</v></c>', "1900-02-29"),
    (f'<c s="{DAY}"><v>61</v></c>', "1900-03-01"),
    (f'<c s="{DAY}"><v>0</v></c>', "00:00:00"),
    (f'<c s="{DAY}"><v>-1</v></c>', "-1"),
    (f'<c s="{DAY}"><v>2958465</v></c>', "9999-12-31"),
    (f'<c s="{DAY}"><v>2958466</v></c>', "2958466"),
    (f'<c s="{CLOCK}"><v>0.5</v></c>', "12:00:00"),
    (f'<c s="{CLOCK}"><v>46327.5</v></c>', "2026-11-01 12:00:00"),
    (f'<c s="{HOURS}"><v>1.75</v></c>', "42:00:00"),
    ('<c t="d"><v>2026-11-01</v></c>', "2026-11-01"),
    ('<c t="d"><v>2026-11-01T08:30:00</v></c>', "2026-11-01 08:30:00"),
    ('<c t="d"><v>besok</v></c>', "besok"),
    ('<c t="b"><v>1</v></c>', "true"),
    ('<c t="b"><v>0</v></c>', "false"),
    ('<c t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
    ('<c t="e"><f>1/0</f></c>', "#FORMULA"),
    ("<c><f>A1*2</f></c>", "#FORMULA"),
    ("<c><f>A1*2</f><v/></c>", "#FORMULA"),
    ('<c><f t="shared" si="0"/></c>', "#FORMULA"),
    ('<c t="str"><f>A1</f></c>', "#FORMULA"),
    ("<c><f>A1*2</f><v>0</v></c>", "0"),
    ('<c t="str"><f>""</f><v></v></c>', None),
    ('<c t="str"><f>A1</f><v>007</v></c>', "007"),
    ("<c/>", None),
    (f'<c s="{DAY}"/>', None),
    ('<c t="s"><v>0</v></c>', "a\rb"),
    ('<c t="s"><v>1</v></c>', "rich"),
    ('<c t="s"><v>2</v></c>', " 007 "),
    ('<c t="s"><v>3</v></c>', ""),
    ('<c t="inlineStr"><is><r><t>x</t></r><r><t>&amp;y</t></r></is></c>', "x&y"),
    ('<c t="inlineStr"><is><t>1.50</t></is></c>', "1.50"),
]


@pytest.mark.parametrize(("cell", "said"), SAID, ids=[cell for cell, _ in SAID])
def test_a_cell_says_what_is_in_it(cell: str, said: str | None, tmp_path: Path) -> None:
    head = '<row><c t="inlineStr"><is><t>k</t></is></c><c t="inlineStr"><is><t>v</t></is></c></row>'
    path = packed(tmp_path / "x.xlsx", f"{head}<row><c><v>1</v></c>{cell}</row>", strings=STRINGS)
    assert rows_of(path) == (["k", "v"], [("1", said, None)])


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", None),
        ("0.00E+00", None),
        ("#,##0", None),
        ('"Rp"#,##0;[Red]-"Rp"#,##0', None),
        ("[$Rp-421]#,##0", None),
        ('0 "days, months"', None),
        (r"0\d", None),
        ("_-* #,##0_d", None),
        ("@", None),
        ("yyyy-mm-dd", Form.DATE),
        ("mmm-yy", Form.DATE),
        ("mmmm", Form.DATE),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", Form.DATE),
        ("DD/MM/YYYY HH:MM", Form.MOMENT),
        ("h:mm AM/PM", Form.TIME),
        ("mm:ss", Form.TIME),
        ("[h]:mm:ss", Form.DURATION),
        ("[" * 100_000, None),
    ],
)
def test_a_format_is_of_a_date_or_of_a_number(code: str, kind: Form | None) -> None:
    assert form(code) is kind


def column(kind: str, *formats: str) -> Column:
    return Column("at", "at", kind, Text("x", "x"), "public", (), formats=formats)


@pytest.mark.parametrize(
    ("reads", "day", "moment"),
    [
        (column("date"), "2026-11-01", "2026-11-01"),
        (column("timestamp"), "2026-11-01 00:00:00", "2026-11-01 00:00:00"),
        (column("string"), "2026-11-01", "2026-11-01 00:00:00"),
        (column("date", "%d/%m/%Y", "%Y-%m-%d"), "2026-11-01", "2026-11-01"),
        (column("date", "%Y-%m-%d %H:%M:%S"), "2026-11-01 00:00:00", "2026-11-01 00:00:00"),
        (column("timestamp", "%Y-%m-%d"), "2026-11-01", "2026-11-01"),
    ],
    ids=str,
)
def test_a_midnight_is_told_as_its_column_reads_it(
    reads: Column, day: str, moment: str, tmp_path: Path
) -> None:
    path = packed(
        tmp_path / "x.xlsx",
        '<row><c t="inlineStr"><is><t> at </t></is></c></row>'
        f'<row><c s="{DAY}"><v>46327</v></c></row><row><c s="{MOMENT}"><v>46327</v></c></row>',
    )
    assert rows_of(path, [reads])[1] == [(day, None), (moment, None)]
    wide = {"keep": [], "name": "n", "value": "at"}
    assert rows_of(path, [reads], unpivot=wide)[1] == [(day, None), (moment, None)]


def test_a_day_in_the_header_is_named_as_the_contract_names_it(tmp_path: Path) -> None:
    days = "".join(f'<c s="{DAY}"><v>{day}</v></c>' for day in (46327, 46328))
    path = packed(tmp_path / "x.xlsx", f"<row>{days}</row><row><c><v>1</v></c></row>")
    named = Column("n", "2026-11-01 00:00:00", "string", Text("x", "x"), "public", ())
    assert rows_of(path, [named])[0] == ["2026-11-01 00:00:00", "2026-11-02"]
    for kind, day in (("date", "2026-11-01"), ("timestamp", "2026-11-01 00:00:00")):
        wide = {"keep": [], "name": "at", "value": "n"}
        assert rows_of(path, [column(kind)], unpivot=wide)[0][0] == day


def test_a_workbook_may_count_from_1904(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    moments = [datetime(1904, 1, 1), datetime(2026, 11, 1, 8, 30), datetime(9999, 12, 31)]
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet, shown = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write(0, 0, "at")
        for n, moment in enumerate(moments, start=1):
            sheet.write_datetime(n, 0, moment, shown)
        sheet.write_number(4, 0, 2957004, shown)
    assert [said for said, _ in rows_of(path)[1]] == [
        "1904-01-01",
        "2026-11-01 08:30:00",
        "9999-12-31",
        "2957004",
    ]


def test_a_table_stands_anywhere_in_its_sheet(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_blank(0, 0, None, book.add_format({"bold": True}))
        sheet.write_row(3, 2, ["a", None, "a"])
        sheet.write_row(4, 2, [1, 2, 3, 4])
        sheet.write_row(6, 2, [5])
        sheet.write_blank(9000, 500, None, book.add_format({"bold": True}))
    assert rows_of(path) == (
        ["a", "column_2", "a_2", "column_4"],
        [("1", "2", "3", "4", None), (None,) * 5, ("5", None, None, None, None)],
    )


def test_a_column_that_begins_far_below_is_one_too(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_column(0, 1, ["a", *range(30_000)])
        sheet.write(25_000, 0, "left")
        sheet.write(25_000, 3, "right")
    names, rows = rows_of(path)
    assert names == ["a", "column_0", "column_3"] and len(rows) == 30_000
    assert rows[24_999] == ("24999", "left", "right", None)
    assert rows[29_999] == ("29999", None, None, None)


def test_the_first_sheet_that_can_be_seen_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheets = [book.add_worksheet(name) for name in ("Lookup", "Lama", "Data", "Lain")]
        for sheet in sheets:
            sheet.write_column(0, 0, ["name", sheet.name])
        sheets[0].very_hidden()
        sheets[1].hide()
        sheets[2].activate()
    assert rows_of(path)[1] == [("Data", None)]
    assert rows_of(path, sheet="Lookup")[1] == [("Lookup", None)]
    hidden = packed(
        tmp_path / "y.xlsx",
        workbook=f'{HEAD}<workbook xmlns:r="r"><sheets><sheet name="S" state="hidden" r:id="rId1"/>'
        "</sheets></workbook>",
    )
    with pytest.raises(SourceError, match=r"every sheet is hidden \(S\); name one under"):
        rows_of(hidden)


def test_names_of_elements_may_have_a_prefix(tmp_path: Path) -> None:
    cells = '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    sheet = f'{HEAD}<worksheet xmlns:x="m"><sheetData>{cells}</sheetData></worksheet>'
    prefixed = re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet).encode()
    assert rows_of(packed(tmp_path / "x.xlsx", [prefixed])) == (["a"], [("1", None)])


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ('<row r="2"><c><v>1</v></c></row><row r="1"/>', "row 1 stands below row 2"),
        ('<row r="2"><c><v>1</v></c></row><row r="2"/>', "row 2 stands below row 2"),
        ('<row r="1"><c r="A7"><v>1</v></c></row>', "cell A7 stands in row 1"),
        ('<row r="1"><c r="?1"><v>1</v></c></row>', "a cell stands at '?'"),
        ('<row><c t="s"><v>4</v></c></row>', "row 1 has a text that the workbook has not"),
        ('<row><c t="s"><v>-1</v></c></row>', "row 1 has a text that the workbook has not"),
        ("<row><c>", "mismatched tag"),
        ("", "the table has no header row"),
    ],
)
def test_a_damaged_sheet_is_told(cells: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        rows_of(packed(tmp_path / "x.xlsx", cells, strings=STRINGS))
    assert (said in str(caught.value) and "ask the owner" in str(caught.value)) or not cells


def test_cells_may_leave_out_where_their_row_is(tmp_path: Path) -> None:
    cells = '<row><c r="A2" t="str"><v>a</v></c></row><row><c r="A5"><v>1</v></c></row>'
    assert rows_of(packed(tmp_path / "x.xlsx", cells)) == (
        ["a"],
        [(None, None)] * 2 + [("1", None)],
    )


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    old = tmp_path / "old.xlsx"
    old.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(SourceError, match="Excel before 2007, or one with a password; ask"):
        rows_of(old)
    other = tmp_path / "other.xlsx"
    with zipfile.ZipFile(other, "w") as packed_otherwise:
        packed_otherwise.writestr("content.xml", "<office/>")
    with pytest.raises(SourceError, match="no workbook in it, as in an XLSB or ODS file"):
        rows_of(other)


DOUBLES = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=300, deadline=None)
@given(value=DOUBLES)
def test_the_digits_of_a_number_are_those_of_its_double(value: float) -> None:
    for written in (repr(value), f"{value:.17G}"):
        said = number(written)
        assert float(said) == value and not said.endswith(".0")
        assert len(re.sub(r"e.*|\D", "", said).strip("0")) <= 17


LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="﻿"),
    max_size=8,
)
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    DOUBLES.filter(lambda value: value == 0 or 1e-300 < abs(value) < 1e300),
    LETTERS.filter(bool),
    st.dates(date(1900, 3, 1), date(9999, 12, 31)),
    st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 30)),
)
SHEETS = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8)


def expected(cell: Any) -> str | None:
    match cell:
        case None:
            return None
        case bool():
            return "true" if cell else "false"
        case int():
            return str(cell)
        case datetime():
            moment = datetime.min + timedelta(
                milliseconds=round((cell - datetime.min) / timedelta(milliseconds=1))
            )
            told = moment.isoformat(" ", "seconds")
            millisecond = moment.microsecond // 1000
            return f"{told}.{millisecond:03d}" if millisecond else told
        case date():
            return cell.isoformat()
    return cell


def is_said(cell: Any, said: str | None) -> bool:
    if isinstance(cell, datetime) and said is not None:
        off = abs(datetime.fromisoformat(said) - datetime.fromisoformat(str(expected(cell))))
        return off <= timedelta(milliseconds=1)
    if isinstance(cell, float):
        return said is not None and float(said) == cell
    return said == expected(cell)


def by_xlsxwriter(path: Path, rows: list[list[Any]]) -> None:
    with xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss.000"})
        for n, row in enumerate(rows):
            for place, cell in enumerate(row):
                match cell:
                    case str():
                        sheet.write_string(n, place, cell)
                    case datetime():
                        sheet.write_datetime(n, place, cell, moment)
                    case date():
                        sheet.write_datetime(n, place, datetime.combine(cell, time()), day)
                    case float():
                        sheet.write_number(n, place, cell)
                    case _ if cell is not None:
                        sheet.write(n, place, cell)


def by_openpyxl(path: Path, rows: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    for n, row in enumerate(rows, start=1):
        for place, cell in enumerate(row, start=1):
            if cell is not None:
                written = book.active.cell(n, place)
                written.value = cell
                if isinstance(cell, str):
                    written.data_type = "s"
    book.save(path)


@pytest.mark.parametrize("write", [by_xlsxwriter, by_openpyxl])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=SHEETS)
def test_what_others_wrote_comes_back(
    write: Any, rows: list[list[Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("book") / "x.xlsx"
    rows = [  # both write 16 digits of a number
        [float(f"{cell:.16G}") if isinstance(cell, float) else cell for cell in row] for row in rows
    ]
    write(path, [["a", "b", "c"], *rows])
    while rows and rows[-1] == [None] * 3:
        rows = rows[:-1]
    names, found = rows_of(path)
    assert names == ["a", "b", "c"] and len(found) == len(rows)
    for row, said in zip(rows, found, strict=True):
        assert all(map(is_said, row, said)), (row, said)
    others = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for theirs, said in zip(list(others.active.values)[1:], found, strict=False):
        for cell, text in zip(theirs, said, strict=False):
            if isinstance(cell, float) and math.isfinite(cell):
                assert float(text or "") == cell
    others.close()


@settings(max_examples=100, deadline=None)
@given(names=st.lists(st.sampled_from(["a", "A", "a_2", "a_2_2", " ", "_row", "column_3"])))
def test_names_are_made_unique_one_after_the_other(names: list[str]) -> None:
    unique: list[str] = []
    for position, name in enumerate(names, start=1):
        base = name.strip() or f"column_{position}"
        tried = [base, *(f"{base}_{n}" for n in range(2, len(names) + 3))]
        held = {*OURS, *(earlier.lower() for earlier in unique)}
        unique.append(next(chosen for chosen in tried if chosen.lower() not in held))
    assert unique_names(names) == unique


def test_equal_names_cost_no_more_than_others() -> None:
    assert unique_names(["a"] * 200_000)[-1] == "a_200000"
