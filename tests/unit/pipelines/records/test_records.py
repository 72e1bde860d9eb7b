"""Every record of every format becomes a row of texts as written; what does not fit is kept
whole.
"""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.csv import LONGEST_FIELD
from pipelines.records.flat import MOST_FIELDS
from pipelines.records.ndjson import scan_ndjson
from pipelines.records.open import READERS, Form, may_leave_out, open_records
from tests.sample import sample_dataset


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return sample_dataset(tmp_path)


def opened(
    dataset: Dataset, *files: tuple[str, bytes], folder: Path, **fetch: object
) -> list[dict]:
    from dataclasses import replace

    dataset = replace(dataset, source=replace(dataset.source, fetch=fetch))
    landed = []
    for name, content in files:
        path = folder / name
        path.write_bytes(content)
        landed.append(Landed(path, "", name, None))
    with duckdb.connect() as con:
        open_records(con, landed, dataset, folder)
        result = con.execute("SELECT * EXCLUDE (_hint) FROM delivered ORDER BY _row")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def values(rows: list[dict]) -> list[dict]:
    return [
        {name: value for name, value in row.items() if not name.startswith("_")} for row in rows
    ]


CELLS = st.text(
    st.characters(
        codec="utf-8", exclude_characters="\x00\r\ufeff", exclude_categories=("Cs", "Cc")
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3).filter(any), max_size=20))
def test_texts_come_back_as_written(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *rows])
    found = opened(
        sample_dataset(folder),
        ("x.csv", text.getvalue().encode()),
        folder=folder,
        csv={"delimiter": ","},
    )
    assert [list(row.values()) for row in values(found)] == rows
    assert [row["_row"] for row in found] == list(range(1, len(rows) + 1))


def test_lines_that_do_not_fit_keep_their_text(dataset: Dataset, tmp_path: Path) -> None:
    found = opened(dataset, ("x.csv", b'a,b\n1,2\n3\n4,5,6\n"x\ny",\xff\n\n7,8\n'), folder=tmp_path)
    assert [(row["a"], row["b"], row["_shape"]) for row in found] == [
        ("1", "2", None),
        (None, None, "3"),
        (None, None, "4,5,6"),
        (None, None, '"x\ny",\\xff'),
        ("7", "8", None),
    ]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ('3,"open', '3,"open'),
        ('3,"Bu"di', '3,"Bu"di'),
        ('3,Bu"di,x', '3,Bu"di,x'),
        ('"3\n4","x","y"', '"3'),
    ],
)
def test_a_garbled_line_costs_itself_and_nothing_behind_it(
    line: str, kept: str, dataset: Dataset, tmp_path: Path
) -> None:
    found = opened(
        dataset, ("x.csv", f'a,b\n1,"2"\n{line}\n5,"6\n6"\n7,8\n'.encode()), folder=tmp_path
    )
    rest = [(row["a"], row["b"]) for row in found if row["_shape"] is None]
    assert rest == [("1", "2"), ("5", "6\n6"), ("7", "8")] and kept in [
        row["_shape"] for row in found
    ]


def test_quotes_inside_plain_fields_take_no_lines_along(dataset: Dataset, tmp_path: Path) -> None:
    lines = [f"{n},Warga {n}" for n in range(90)]
    content = "\n".join(["a,b", 'x,Pak 5" A', *lines, 'y,Pak 6" B', "ragged"]) + "\n"
    found = opened(dataset, ("x.csv", content.encode()), folder=tmp_path)
    assert len(found) == 93 and [row["_shape"] for row in found if row["_shape"]] == ["ragged"]
    assert (found[0]["b"], found[91]["b"]) == ('Pak 5" A', 'Pak 6" B')


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        ("a;b\r\né;2\r\n".encode("latin-1"), {"encoding": "latin-1"}),
        ("\ufeffa,b\né,2\n".encode(), {}),
        ("a\tb\né\t2\n".encode("utf-16"), {}),
        (" a , b \né,2".encode(), {}),
        ("title of the sheet\na|b\né|2\n".encode(), {"header_row": 1}),
    ],
)
def test_dialects_and_encodings(
    content: bytes, facts: dict, dataset: Dataset, tmp_path: Path
) -> None:
    assert values(opened(dataset, ("x.csv", content), folder=tmp_path, csv=facts)) == [
        {"a": "é", "b": "2"}
    ]


def test_headers_that_repeat_or_are_blank_stay_apart(dataset: Dataset, tmp_path: Path) -> None:
    assert values(opened(dataset, ("x.csv", b"a,A,,a\n1,2,3,4\n"), folder=tmp_path)) == [
        {"a": "1", "A_2": "2", "column_3": "3", "a_3": "4"}
    ]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.csv", b"", "no header line"),
        ("x.csv", b"<html>down</html>", "HTML page"),
        ("x.json", b'{"a": [1', "not whole JSON"),
        ("x.json", b'{"a": 1}', "no list of records"),
        ("x.xlsx", b"PK no", "XLSX"),
        ("x.html", b"<p>down</p>", "without a table"),
        ("x.parquet", b"PAR1", "not readable as parquet"),
        ("x.pdf", b"%PDF", "'.pdf' files are not read"),
    ],
)
def test_a_file_that_is_not_what_it_says(
    name: str, content: bytes, says: str, dataset: Dataset, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=says):
        opened(dataset, (name, content), folder=tmp_path)


def test_a_field_of_200_megabytes_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with path.open("wb") as stream:
        stream.write(b"a,b\n1,")
        for _ in range(200):
            stream.write(b"x" * (1 << 20))
        stream.write(b"\n2,3\n")
    with (
        duckdb.connect() as con,
        pytest.raises(SourceError, match=f"larger than {LONGEST_FIELD >> 20} MiB"),
    ):
        open_records(con, [Landed(path, "", "x.csv", None)], dataset, tmp_path)


def test_a_field_of_20_megabytes_is_read_whole(dataset: Dataset, tmp_path: Path) -> None:
    rows = opened(dataset, ("x.csv", b"a,b\n1," + b"x" * (20 << 20) + b"\n2,3\n"), folder=tmp_path)
    assert [(row["a"], len(row["b"])) for row in rows] == [("1", 20 << 20), ("2", 1)]


def test_json_keeps_digits_and_names_nested_fields(dataset: Dataset, tmp_path: Path) -> None:
    content = (
        b'{"value": [{"n": 1.10, "big": 12345678901234567890, "at": {"x": null, "y": [1, 2.50]},'
        b' "t": true}, {"n": 1e3}, 7]}'
    )
    rows = opened(dataset, ("x.json", content), folder=tmp_path, records="value")
    assert values(rows) == [
        {
            "n": "1.10",
            "big": "12345678901234567890",
            "at.x": None,
            "at.y": "[1, 2.50]",
            "t": "true",
        },
        {"n": "1e3", "big": None, "at.x": None, "at.y": None, "t": None},
        {"n": None, "big": None, "at.x": None, "at.y": None, "t": None},
    ]
    assert rows[2]["_shape"] == "7"


@pytest.mark.parametrize(
    "text", ["\\0", "\\N", "NULL", "null", "\0", "\n", "\r", "None", "NaN", " "]
)
def test_no_text_is_nothing(text: str, dataset: Dataset, tmp_path: Path) -> None:
    rows = opened(
        dataset, ("x.csv", f'a,b\n"{text}",1\n{text.strip()},2\n'.encode()), folder=tmp_path
    )
    assert [row["a"] for row in rows if row["b"]] == [text, text.strip()]
    lines = opened(dataset, ("x.ndjson", f'{{"a": 1}}\n{text}\n'.encode()), folder=tmp_path)
    assert [row["_shape"] for row in lines[1:]] == [text][: bool(text.strip())]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_what_duckdb_quotes_cut_within_a_character_costs_no_more_than_its_line(
    form: str, dataset: Dataset, tmp_path: Path
) -> None:
    for length in range(12):
        line = f'{{"a": "{"x" * length}“Melati” – kafe é 😀😀😀😀'
        good = '{"a": "1", "b": "2"}'
        text = f"a,b\n1,2\n{line * 500_000 if length == 11 else line}\n"
        text = text if form == "csv" else f"{good}\n{line}\n"
        rows = opened(dataset, (f"x.{form}", text.encode()), folder=tmp_path)
        assert [row["a"] for row in rows] == ["1", None] and rows[0]["_shape"] is None
        assert str(rows[1]["_shape"]).startswith(line)


FIELDS = [
    "file_row_number",
    "*",
    "_partition",
    "_row",
    "rules",
    "it's",
    "a.b",
    "$",
    "#",
    "[0]",
    "é",
]


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_a_field_may_have_any_name(form: str, name: str, dataset: Dataset, tmp_path: Path) -> None:
    source = tmp_path / "source.parquet"
    quoted = name.replace('"', '""')
    duckdb.sql(f"SELECT '1' AS \"{quoted}\", '2' AS z").write_parquet(str(source))
    content = {
        "csv": f"{name},z\n1,2\n".encode(),
        "ndjson": json.dumps({name: "1", "z": "2"}).encode(),
        "parquet": source.read_bytes(),
    }[form]
    (found,) = opened(dataset, (f"x.{form}", content), folder=tmp_path)
    told = f"{name}_2" if name in ("_row", "_partition") else name
    assert (found[told], found["z"]) == ("1", "2")
    both = opened(dataset, (f"x.{form}", content), (f"y.{form}", content), folder=tmp_path)
    assert [row[told] for row in both] == ["1", "1"]


def test_a_parquet_field_keeps_its_spaces(dataset: Dataset, tmp_path: Path) -> None:
    duckdb.sql('SELECT 1 AS " a ", 2 AS a').write_parquet(str(tmp_path / "s.parquet"))
    content = (tmp_path / "s.parquet").read_bytes()
    (found,) = opened(dataset, ("x.parquet", content), folder=tmp_path)
    assert (found[" a "], found["a_2"]) == ("1", "2")


@pytest.mark.parametrize(
    "value", ["nan", "NAN", "inf", "-inf", "INF", "Infinity", "-infinity", "+Inf"]
)
def test_what_is_no_number_of_json_is_no_record(
    value: str, dataset: Dataset, tmp_path: Path
) -> None:
    text = f'{{"a": "1", "b": 2}}\n{{"a": {value}, "b": 2}}\n{{"a": "nan", "b": "Info: inf"}}\n'
    rows = opened(dataset, ("x.ndjson", text.encode()), folder=tmp_path)
    try:
        expected = str(json.loads(value, parse_constant=str))
    except ValueError:
        expected = None
    assert [row["a"] for row in rows] == ["1", expected, "nan"]
    assert (rows[1]["_shape"] is None) == (expected is not None)


def test_a_sign_that_ends_a_line_of_ndjson_is_part_of_it(dataset: Dataset, tmp_path: Path) -> None:
    text = '{"a": 1}\n{"a": 2}\x1f\n'
    rows = opened(dataset, ("x.ndjson", text.encode()), folder=tmp_path)
    assert [(row["a"], row["_shape"]) for row in rows] == [("1", None), (None, '{"a": 2}\x1f')]


def test_texts_that_look_odd_in_their_quotes_are_streamed(dataset: Dataset, tmp_path: Path) -> None:
    told = ["1571020304050607", "[a] 3e5", "NaN", "Rp 1.50", "0.00001", "inf", "-0"]
    lines = [json.dumps({"a": text, "b": n}) for n, text in enumerate(told)]
    (tmp_path / "x.ndjson").write_text("\n".join(lines))
    landed = Landed(tmp_path / "x.ndjson", "", "x.ndjson", None)
    with duckdb.connect() as con:
        scan = scan_ndjson(con, landed, dataset)
        assert scan and [a for a, *_ in con.sql(scan[0]).fetchall()] == told


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_half_a_character_costs_its_own_record(form: str, dataset: Dataset, tmp_path: Path) -> None:
    records = [
        '{"a": "1"}',
        '{"a": "x\\ud83d", "b": 2.50}',
        '{"\\udc00": 1}',
        '["\\ud83d"]',
        '{"a": "\\ud83d\\ude00"}',
    ]
    text = f"[{','.join(records)}]" if form == "json" else "\n".join(records)
    rows = opened(dataset, (f"x.{form}", text.encode()), folder=tmp_path)
    assert [row["a"] for row in rows] == ["1", None, None, None, "\U0001f600"]
    told = [row["_shape"] for row in rows]
    assert told[0] is None is told[4] and "x\\ud83d" in str(told[1]) and "2.50" in str(told[1])
    assert "\\udc00" in str(told[2]) and "\\ud83d" in str(told[3])


def test_ndjson_keeps_the_line_it_cannot_read(dataset: Dataset, tmp_path: Path) -> None:
    rows = opened(dataset, ("x.ndjson", b'{"a": 1}\n{"a": \n\n[2]\n'), folder=tmp_path)
    assert [(row["a"], row["_shape"]) for row in rows] == [
        ("1", None),
        (None, '{"a": '),
        (None, "[2]"),
    ]


@pytest.mark.parametrize(
    "wide",
    [[range(5000)], [range(n, n + 900) for n in range(0, 9000, 900)]],
    ids=["one record", "together"],
)
def test_records_with_fields_without_end_are_set_aside_whole(
    wide: list[range], dataset: Dataset, tmp_path: Path
) -> None:
    records = [{f"k{n}": n for n in value} for value in wide] + [
        {"a": {"b": n}, "c": None} for n in range(20)
    ]
    found = opened(
        dataset, ("x.ndjson", "\n".join(map(json.dumps, records)).encode()), folder=tmp_path
    )
    aside = [row["_shape"] for row in found if row["_shape"]]
    assert len(found) == len(records) and len(found[0]) <= MOST_FIELDS + 5
    assert [json.loads(value) for value in aside] == [
        {f"k{n}": str(n) for n in value} for value in wide
    ][-len(aside) :]
    assert [(row["a.b"], row["_shape"]) for row in found[len(wide) :]] == [
        (str(n), None) for n in range(20)
    ]


def test_a_formula_that_failed_is_no_missing_value(dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("first")
    for n, cells in enumerate([["a", "b"], [1, None], [None, 2]], start=2):
        for column, cell in enumerate(cells, start=1):
            if cell is not None:
                sheet.write(n, column, cell)
    sheet.write_formula(3, 2, "=1/0", None, "#DIV/0!")
    book.close()
    assert values(opened(dataset, ("x.xlsx", path.read_bytes()), folder=tmp_path)) == [
        {"a": "1", "b": "#DIV/0!"},
        {"a": None, "b": "2"},
    ]


def test_a_failed_formula_finds_its_place_in_odd_workbooks(
    dataset: Dataset, tmp_path: Path
) -> None:
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("first")
    sheet.write_formula(0, 0, '=""', None, "")
    for n, cells in enumerate([["a", "b"], ["x1", 1], ["x2", None], ["x3", 3]], start=1):
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(n, column, cell)
    sheet.write_formula(3, 1, "=1/0", None, "#DIV/0!")
    book.close()
    expected = [{"a": "x1", "b": "1"}, {"a": "x2", "b": "#DIV/0!"}, {"a": "x3", "b": "3"}]
    assert values(opened(dataset, ("x.xlsx", path.read_bytes()), folder=tmp_path)) == expected
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bare, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(
                name,
                (
                    re.sub(rb'<(c|row) r="[A-Z]*[0-9]+"', rb"<\1", content)
                    if name.endswith("sheet1.xml")
                    else content
                ),
            )
    found = values(opened(dataset, ("y.xlsx", bare.read_bytes()), folder=tmp_path))
    assert len(found) >= 3, "cells may leave out their address"


def test_a_sheet_as_a_person_reads_it(dataset: Dataset, tmp_path: Path) -> None:
    from datetime import datetime

    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Register")
    sheet.write_row(0, 0, ["a", "b", "c"])
    sheet.write_row(1, 0, ["x", 5])
    sheet.write_datetime(1, 2, datetime(2026, 1, 31), book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    assert values(
        opened(dataset, ("x.xlsx", path.read_bytes()), folder=tmp_path, sheet="Register")
    ) == [{"a": "x", "b": "5", "c": "2026-01-31"}]
    with pytest.raises(SourceError, match="no sheet 'Lain'; the workbook has Register"):
        opened(dataset, ("x.xlsx", path.read_bytes()), folder=tmp_path, sheet="Lain")


def test_a_wide_file_is_made_long_cell_by_cell(dataset: Dataset, tmp_path: Path) -> None:
    files = [("x.csv", b"t,p1,p2\n1,5,\n2,6,7\n"), ("y.csv", b"t,p3\n3,8\n")]
    rows = opened(
        dataset, *files, folder=tmp_path, unpivot={"keep": ["t"], "name": "lot", "value": "free"}
    )
    assert sorted((row["t"], row["lot"], row["free"]) for row in rows) == [
        ("1", "p1", "5"),
        ("2", "p1", "6"),
        ("2", "p2", "7"),
        ("3", "p3", "8"),
    ]


def test_a_form_of_file_is_one_entry(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_words(
        con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str
    ) -> None:
        words = [(word,) for word in landed.path.read_text("utf-8").split()]
        con.execute(f"CREATE TEMP TABLE {table} (word VARCHAR, _shape VARCHAR)")
        con.executemany(f"INSERT INTO {table} VALUES (?, NULL)", words)

    file = ("a.words", b"satu dua")
    with pytest.raises(SourceError, match=r"'.words' files are not read; formats are .csv, .json"):
        opened(dataset, file, folder=tmp_path)
    monkeypatch.setitem(READERS, ".words", Form(read_words, may_leave_out=True))
    rows = values(opened(dataset, file, folder=tmp_path))
    assert rows == [{"word": "satu"}, {"word": "dua"}]
    assert may_leave_out(tmp_path / "a.words") and not may_leave_out(tmp_path / "a.csv")


FILES = (
    ("one.csv", b"a,b\n1,\xc3\xa9\n2,\n"),
    ("two.csv", b"b,c\n"),
    ("three.csv", b'c,a\n"x\ny",3\nz,4\n'),
)


@pytest.mark.parametrize("files", [FILES[:1], FILES[1:2], FILES, FILES[1:]], ids=len)
def test_what_is_streamed_is_what_is_opened(
    files: tuple[tuple[str, bytes], ...],
    dataset: Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    streamed = opened(dataset, *files, folder=tmp_path)
    assert (tmp_path / "delivered.parquet").is_file()
    monkeypatch.setattr("pipelines.records.open._streamed", lambda *_: False)
    by_table = opened(dataset, *files, folder=tmp_path)
    assert streamed == by_table
    assert [list(row) for row in streamed] == [list(row) for row in by_table]


def test_a_line_that_does_not_fit_costs_no_other(dataset: Dataset, tmp_path: Path) -> None:
    lines = [f"{n},x" for n in range(120_000)]
    lines[70_000] = "70000"
    found = opened(dataset, ("x.csv", "\n".join(["a,b", *lines]).encode()), folder=tmp_path)
    assert [row["_shape"] for row in found if row["_shape"]] == ["70000"]
    assert [row["a"] for row in found] == [None if n == 70_000 else str(n) for n in range(120_000)]


NUMBERS = st.one_of(
    st.integers(-(10**18), 10**18).map(str),
    st.floats(-1000, 1000).map(repr),
    st.decimals(-99, 99, places=3).map(str),
    st.sampled_from(["-0", "-0.0", "1.0", "1e5", "1E-7", "0.00001", "NaN", "012", "1.", "0.10"]),
)
CELL = st.one_of(
    NUMBERS, CELLS.map(json.dumps), st.sampled_from(["true", "null", "[1]", '{"x": 1}', '"\\/"'])
)
OBJECT = st.dictionaries(st.sampled_from(["a", "b c", "d.e"]), CELL, min_size=1).map(
    lambda cells: "{" + ", ".join(f'"{name}": {cell}' for name, cell in cells.items()) + "}"
)
ODD_LINES = st.sampled_from(["", "1", "[1]", "{", "{}", '{"a":1,}', '{"a":1,"a":2}', '{"z":1} '])


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(st.one_of(OBJECT, OBJECT, OBJECT, ODD_LINES), min_size=1, max_size=3))
def test_ndjson_is_streamed_only_as_it_would_be_opened(
    lines: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("ndjson")
    dataset, file = sample_dataset(folder), ("x.ndjson", "\n".join(lines).encode())
    streamed = opened(dataset, file, folder=folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.records.open._streamed", lambda *_: False)
        by_table = opened(dataset, file, folder=folder)
    assert [list(row.items()) for row in streamed] == [list(row.items()) for row in by_table]


def test_flat_ndjson_is_streamed(dataset: Dataset, tmp_path: Path) -> None:
    lines = [f'{{"a": {n}, "b": {n}.5, "c": "é \\"{n}\\"", "d": null}}' for n in range(3000)]
    found = opened(dataset, ("x.ndjson", "\n".join(lines).encode()), folder=tmp_path)
    assert (tmp_path / "delivered.parquet").is_file()
    assert [(row["a"], row["b"], row["c"], row["d"]) for row in found] == [
        (str(n), f"{n}.5", f'é "{n}"', None) for n in range(3000)
    ]


@pytest.mark.parametrize("name", ["_row", "_file", "_File", "_line", "_hint", "_shape"])
@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_a_field_that_is_named_as_ours_is_kept_under_another_name(
    name: str, form: str, dataset: Dataset, tmp_path: Path
) -> None:
    path, options = tmp_path / "source", {"csv": "FORMAT csv, HEADER", "ndjson": "FORMAT json"}
    duckdb.execute(
        f"COPY (SELECT 'theirs' AS \"{name}\", '1' AS a) TO '{path}'"
        f" ({options.get(form, 'FORMAT parquet')})"
    )
    (row,) = opened(dataset, (f"x.{form}", path.read_bytes()), folder=tmp_path)
    told = {field: value for field, value in row.items() if field != f"{name}_2"}
    assert row[f"{name}_2"] == "theirs"
    assert told == {"_row": 1, "a": "1", "_file": 0, "_line": 1, "_shape": None}
