"""Numbers, dates and words as an Indonesian office writes them, read as its contract says and no
other way.
"""

from datetime import date, timedelta

import duckdb
import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contract.cast import cast, repaired, repairs
from pipelines.contract.model import PLAIN, Column, Text, Writing

RUPIAH = Writing(decimal=",", thousands=".")
READ = [
    ("number", RUPIAH, "1.234", "1234.0"),
    ("number", RUPIAH, "1.250.000", "1250000.0"),
    ("number", RUPIAH, "1.250.000,50", "1250000.5"),
    ("number", RUPIAH, "-12,5", "-12.5"),
    ("number", RUPIAH, "1250000,5", "1250000.5"),
    ("number", RUPIAH, ",5", "0.5"),
    ("number", RUPIAH, "1234.5", None),
    ("number", RUPIAH, "1.2345", None),
    ("number", RUPIAH, "12.34.567", None),
    ("number", RUPIAH, "1,234.5", None),
    ("number", RUPIAH, ".5", None),
    ("number", Writing(decimal=","), "1.234", None),
    ("number", Writing(thousands=","), "1,234.5", "1234.5"),
    ("number", Writing(thousands=" "), "1 234.5", "1234.5"),
    ("number", Writing(thousands="'"), "1'234", "1234.0"),
    ("integer", RUPIAH, "1.234", "1234"),
    ("integer", RUPIAH, "1.23", None),
    ("integer", RUPIAH, "1.234,0", None),
    ("integer", RUPIAH, "1234", "1234"),
]
DATES = [
    ("%d %B %Y", "1 Januari 2024", "2024-01-01"),
    ("%d %B %Y", "17 Agustus 2024", "2024-08-17"),
    ("%d %B %Y", "5 MEI 2024", "2024-05-05"),
    ("%d %B %Y", "9 Okt 2024", "2024-10-09"),
    ("%d %B %Y", "3 March 2024", "2024-03-03"),
    ("%d %B %Y", "12 April 2024", "2024-04-12"),
    ("%d %B %Y", "30 Nopember 2024", "2024-11-30"),
    ("%d %B %Y", "1 Pebruari 2024", "2024-02-01"),
    ("%d %B %Y", "31 Februari 2024", None),
    ("%d %B %Y", "1 Marsella 2024", None),
    ("%d-%b-%y", "9-Agt-24", "2024-08-09"),
    ("%A, %d %B %Y", "Jum'at, 2 Agustus 2024", "2024-08-02"),
    ("%A, %d %B %Y", "Minggu, 4 Agustus 2024", "2024-08-04"),
    ("%B %Y", "Desember 2023", "2023-12-01"),
    ("%Y%m", "202403", "2024-03-01"),
    ("%Y-%m", "2024-03", "2024-03-01"),
    ("%Y-%m", "2024-13", None),
]


def read(column: Column, text: str) -> str | None:
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        query = f"SELECT ({cast(column, 'raw')})::VARCHAR FROM (SELECT $1 AS raw)"
        return con.execute(query, [text]).fetchall()[0][0]


def column(kind: str, writing: Writing = PLAIN, formats: tuple[str, ...] = ()) -> Column:
    return Column(
        "x", "x", kind, Text("", ""), "public", (), missing=("", "-"), formats=formats,
        timezone="Asia/Jakarta", writing=writing,
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "writing", "text", "value"), READ)
def test_a_number_is_read_by_its_marks(
    kind: str, writing: Writing, text: str, value: str | None
) -> None:
    assert read(column(kind, writing), text) == value


@given(st.decimals(-(10**12), 10**12, places=3))
@settings(max_examples=60, deadline=None)
def test_what_is_written_with_marks_is_the_number_without(value: object) -> None:
    plain = f"{value:,.3f}"
    told = plain.replace(",", "_").replace(".", ",").replace("_", ".")
    assert read(column("number", RUPIAH), told) == read(column("number"), plain.replace(",", ""))


@pytest.mark.parametrize(("form", "text", "value"), DATES)
def test_a_date_is_read_by_its_name_of_the_month(form: str, text: str, value: str | None) -> None:
    assert read(column("date", formats=(form,)), text) == value


@pytest.mark.parametrize(
    ("pattern", "form"),
    [
        ("d MMMM y", "%d %B %Y"),
        ("d MMM y", "%d %B %Y"),
        ("d MMM y", "%d %b %Y"),
        ("EEEE, d MMMM y", "%A, %d %B %Y"),
        ("EEE, d MMM y", "%a, %d %b %Y"),
    ],
)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_day_of_a_year_is_read_as_unicode_writes_it(
    pattern: str, form: str, language: str
) -> None:
    if language == "en" and (pattern, form) == ("d MMM y", "%d %B %Y"):
        pattern = "d MMMM y"
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(0, 366, 5)]
    wanted = column("date", formats=(form,))
    for day in days:
        assert read(wanted, format_date(day, pattern, language)) == day.isoformat()


def test_thirteen_digits_are_milliseconds() -> None:
    moment = column("timestamp", formats=("unix-seconds", "unix-milliseconds"))
    assert read(moment, "1762000000") == "2025-11-01 12:26:40+00"
    assert read(moment, "1762000000123") == "2025-11-01 12:26:40.123+00"
    assert read(moment, "17620000001234567") is None
    assert read(column("timestamp", formats=("unix-milliseconds",)), "1762000000") is None


def meant(writing: Writing, text: str) -> tuple[str | None, list[str]]:
    """Return what a text means and by which words it was repaired."""
    wanted = column("string", writing)
    steps = ", ".join(f"{is_other} AS {word}" for word, is_other, _ in repairs(wanted, "raw"))
    query = f"SELECT {repaired(wanted, 'raw')}, {steps} FROM (SELECT $1 AS raw)"
    with duckdb.connect() as con:
        value, *done = con.execute(query, [text]).fetchall()[0]
    return value, [word for word, was in zip(writing.repairs, done, strict=True) if was]


@pytest.mark.parametrize(
    ("text", "value", "by"),
    [
        ("Rp 1.250", "1.250", ["extract"]),
        (" Rp 1.250 ", "1.250", ["trim", "extract"]),
        ("\u00a0Rp 1.250\t", "1.250", ["trim", "extract"]),
        ("1.250", "1.250", []),
        ("gratis", "0", ["values"]),
        ("Rp gratis", "0", ["extract", "values"]),
        (" - ", None, []),
        ("-", None, []),
        ("", None, []),
    ],
)
def test_a_repair_is_noted_where_it_was_one(text: str, value: str | None, by: list[str]) -> None:
    writing = Writing(trim=True, extract="^Rp *(.+)$", values={"gratis": "0"})
    assert meant(writing, text) == (value, by)
