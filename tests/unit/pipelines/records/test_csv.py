"""A line of CSV means one thing, whichever reader comes to read it, and what Python's own reader
says where it is well-formed; what is wrong with a file or a line names it.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records import csv as records
from pipelines.records.open import open_records
from tests.sample import sample_dataset

Rows = list[tuple[str | None, ...]]


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return sample_dataset(tmp_path)


def landed(folder: Path, content: bytes) -> Landed:
    path = folder / "x.csv"
    path.write_bytes(content)
    return Landed(path, "", "x.csv", None)


def opened(dataset: Dataset, folder: Path, content: bytes) -> tuple[list[str], Rows, list[str]]:
    """Return the columns, the rows with ``_shape`` behind, and what is told of garbled lines."""
    with duckdb.connect() as con:
        open_records(con, [landed(folder, content)], dataset, folder)
        rows = con.execute(
            "SELECT * EXCLUDE (_row, _line, _file, _hint) FROM delivered ORDER BY _row"
        )
        columns = [name for name, *_ in rows.description]
        found = rows.fetchall()
        told = con.execute("SELECT texts FROM garbled ORDER BY _row").fetchall()
        return columns, found, [text for (text,) in told]


def by_both(dataset: Dataset, folder: Path, content: bytes) -> tuple[Rows | None, Rows]:
    """Return a file's rows as DuckDB tells them, None where it is not asked or refuses, and as the
    reader of lines does.
    """
    file = landed(folder, content)
    with duckdb.connect() as con:
        scan = records.scan_csv(con, file, dataset)
        try:
            scanned = con.execute(scan[0]).fetchall() if scan else None
        except duckdb.Error:
            scanned = None
        records._line_by_line(con, records.dialect_of(file, dataset), "t")
        return scanned, con.execute("SELECT * EXCLUDE (_why) FROM t ORDER BY rowid").fetchall()


MANY = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
PIECES = st.sampled_from(
    [
        "a",
        '"',
        '""',
        " ",
        ",",
        ";",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "é",
        "\0",
        "\ufeff",
        'a"b',
        '"a"',
        ",,",
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)
FIELDS = st.one_of(
    st.text('a ;é"\n\r,', max_size=4), st.sampled_from(["", "1", " x", "x ", 'a "b" c', "\ufeff"])
)


@MANY
@example(body=' "a",b\n', delimiter=",", is_marked=False)
@example(body="a,b,\n", delimiter=",", is_marked=False)
@example(body='"a\nb","c",\n', delimiter=",", is_marked=False)
@example(body='"a" ,b\n"c","d, ""e"" "\n', delimiter=",", is_marked=False)
@example(body='"a\n",b",\n', delimiter=",", is_marked=False)
@given(body=TEXTS, delimiter=st.sampled_from(",;|"), is_marked=st.booleans())
def test_a_line_has_one_verdict_whoever_reads_it(
    body: str, delimiter: str, is_marked: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    dataset = sample_dataset(folder)
    dataset.source.fetch["csv"] = {"delimiter": delimiter}
    text = ("\ufeff" if is_marked else "") + f"x{delimiter}y\n{body}"
    scanned, by_line = by_both(dataset, folder, text.encode())
    assert scanned is None or scanned == by_line
    told = [shape for *_, shape in by_line if shape is not None]
    if not told:
        plain = csv.reader(
            io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter
        )
        assert [list(row[:-1]) for row in by_line] == [row for row in plain if row][1:]


@MANY
@given(
    rows=st.lists(st.lists(FIELDS, min_size=2, max_size=2).filter(any), max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    written=st.sampled_from(
        [(csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_MINIMAL, "\r\n")]
    ),
)
def test_what_is_well_formed_comes_back(
    rows: list[list[str]],
    delimiter: str,
    written: tuple[int, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    dataset, text = sample_dataset(folder), io.StringIO(newline="")
    dataset.source.fetch["csv"] = {"delimiter": delimiter}
    quoting, end = written
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([["x", "y"], *rows])
    _, found, told = opened(dataset, folder, text.getvalue().encode())
    assert ([list(row[:-1]) for row in found], told) == (rows, [])


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        (' "a",b', (' "a"', "b", None)),
        ('a, "b, c"', (None, None, 'a, "b, c"')),
        ('"a" ,b', (None, None, '"a" ,b')),
        ("a,b,", (None, None, "a,b,")),
        ("a,b,,,", (None, None, "a,b,,,")),
        ('"a","b",""', (None, None, '"a","b",""')),
        ("a,", ("a", "", None)),
        ('"x, ""y"" z",', ('x, "y" z', "", None)),
    ],
)
def test_a_line_means_the_same_beside_others(
    line: str, cells: tuple, dataset: Dataset, tmp_path: Path
) -> None:
    for others in ("", "1,2\n", "ragged\n"):
        _, found, _ = opened(dataset, tmp_path, f"x,y\n{others}{line}\n".encode())
        assert found[-1] == cells


def test_empty_last_fields_and_quoted_words_are_still_streamed(
    dataset: Dataset, tmp_path: Path
) -> None:
    lines = ["x,y,z", *(f'{n},"Toko ""A"", {n}",' for n in range(2000)), "1,,", '"a b",c,"d"']
    _, found, _ = opened(dataset, tmp_path, "\n".join(lines).encode())
    assert (tmp_path / "delivered.parquet").is_file() and len(found) == 2002
    assert found[7] == ("7", 'Toko "A", 7', "", None)


HEADED = "gauge;observer, kind;rain, mm, at\nG1;a;1\n"


@pytest.mark.parametrize(
    ("content", "header"),
    [
        (HEADED.encode(), ["gauge", "observer, kind", "rain, mm, at"]),
        (b"sep=;\r\ngauge;kind\r\nG1;a\r\n", ["gauge", "kind"]),
        (b'"sep=|"\ngauge|kind,x,y\nG1|a\n', ["gauge", "kind,x,y"]),
        ("gauge;kind\nG1;é\n".encode("utf-16-le"), ["gauge", "kind"]),
        ("gauge;kind\nG1;é\n".encode("utf-16-be"), ["gauge", "kind"]),
        ("gauge;kind\nG1;é\n".encode("utf-32"), ["gauge", "kind"]),
        (b"a, b;c\n1;2\n3;4\n", ["a, b", "c"]),
        (b'"gauge\nin town",kind\nG1,a\n', ["gauge\nin town", "kind"]),
    ],
)
def test_what_is_certain_of_a_file_need_not_be_stated(
    content: bytes, header: Sequence[str], dataset: Dataset, tmp_path: Path
) -> None:
    columns, found, told = opened(dataset, tmp_path, content)
    assert columns == [*header, "_shape"] and found[0][0] in ("G1", "1") and told == []


def test_a_contract_that_states_the_line_of_sep_is_read_as_before(
    dataset: Dataset, tmp_path: Path
) -> None:
    dataset.source.fetch["csv"] = {"header_row": 1}
    columns, found, _ = opened(dataset, tmp_path, b"sep=;\ngauge;kind\nG1;a\n")
    assert (columns, found) == (["gauge", "kind", "_shape"], [("G1", "a", None)])


CARDS = [
    (b"gauge,kind\nG1,a\nG2,caf\xe9\n", "line 3: byte 0xE9 is no UTF-8, so it may be windows-1252"),
    (b"gauge,kind\n\nG1,a\nG2\n", "line 4: 1 fields by the delimiter ,, the header has 2"),
    (b"gauge\tkind\nG1,a,b\n", "line 2: 1 fields by the delimiter a tab, the header has 2"),
    (b'gauge,kind\n"G1","a\nb"\nG2,"open\nG3,c\n', "line 4: a quote opened here is not closed"),
    (b'gauge,kind\nG1,"Bu"di\n', "line 2: a quote closes within a field"),
]


@pytest.mark.parametrize(("content", "says"), CARDS)
def test_what_is_wrong_with_a_line_is_told_with_its_number(
    content: bytes, says: str, dataset: Dataset, tmp_path: Path
) -> None:
    _, found, told = opened(dataset, tmp_path, content)
    assert told[0].startswith(says) and len(told) == sum(row[-1] is not None for row in found)


@pytest.mark.parametrize(
    ("content", "facts", "says"),
    [
        (b"nama;kat\xe9gori\nA;b\n", {}, "line 1, the header: byte 0xE9 is no UTF-8"),
        (b'gauge,"kind\nG1,a\nG2,b\n', {}, "line 1, the header: a quote opened here"),
        ("gauge,x\n".encode("utf-32-le"), {}, "line 1 is mostly zero bytes"),
        (b"gauge\n\x81\n", {"encoding": "windows-1252"}, "is not whole windows-1252"),
        (b"gauge\n", {"encoding": "latin"[:3]}, "fetch.csv.encoding is 'lat', which is none"),
        (b"gauge\n", {"delimiter": "tab"}, "delimiter is 'tab'; it is one character"),
        (b"gauge\n", {"delimiter": '"'}, "it is one character and no quote"),
        (b"PK\x03\x04....", {}, "is a ZIP archive, as an XLSX workbook is, no CSV"),
        (b"g" * (2 << 20), {}, "its header line has over 1 MiB"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    content: bytes, facts: dict, says: str, dataset: Dataset, tmp_path: Path
) -> None:
    dataset.source.fetch["csv"] = facts
    with pytest.raises(SourceError, match=says):
        opened(dataset, tmp_path, content)


def test_a_header_of_many_letters_is_one(dataset: Dataset, tmp_path: Path) -> None:
    long = "h" * (200 << 10)
    columns, found, _ = opened(dataset, tmp_path, f"gauge,{long}\nG1,2\n".encode())
    assert columns == ["gauge", long, "_shape"] and found == [("G1", "2", None)]
