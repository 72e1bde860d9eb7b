"""As what texts may be read, in the order in which it is preferred: types, formats of dates, how
offices write numbers. Nothing is tried here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.contract.model import PLAIN, Writing
from pipelines.contract.types import EXCEL_SERIAL, UNIX_MILLISECONDS, UNIX_SECONDS

ISO = "%Y-%m-%d"
DAYS = (
    *("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%m/%d/%Y", "%Y/%m/%d", "%d/%m/%y", "%d-%m-%y"),
    *("%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%A, %d %B %Y", "%A %d %B %Y"),
    *("%b %d, %Y", "%B %d, %Y", "%m/%d/%y"),
)
MONTHS = ("%B %Y", "%b %Y", "%b-%y", "%Y-%m", "%m/%Y", "%m-%Y")
CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%H.%M", "%H:%M:%S.%f")
DATED = {
    *("tanggal", "tgl", "date", "waktu", "time", "timestamp", "ts", "created", "updated", "at"),
    *("epoch", "mulai", "selesai", "lahir", "day", "hari", "datetime", "on", "periode", "bulan"),
    *("period", "month", "masa"),
}
"""Words of names that make a number a day, a month or a moment."""
MARKS = ((",", ""), (",", "."), (".", ","), (",", " "))
"""What stands before decimals and between thousands."""
DATEISH = r"[0-9]{1,4}[-/. ]+(?:[0-9]{1,2}|[A-Za-z]{3,})|[A-Za-z]{3,}[-, ]+[0-9]{2,4}"
MANY = 0.4
RUPIAH = r"^[Rr][Pp]\.? *([0-9.,]*[0-9])(?:,-)?$"
SHARE = r"^([+-]?[0-9.,]*[0-9]) *%$"


@dataclass(frozen=True)
class Candidate:
    """One way in which texts may be read."""

    type: str
    formats: tuple[str, ...] = ()
    writing: Writing = PLAIN


def candidates(words: set[str], column: pl.Series, digits: pl.Series) -> Iterator[Candidate]:
    """Yield as what the texts of ``column`` may be read, of a field whose name has these
    ``words``; ``digits`` are its whole numbers, where nearly all are.
    """
    if not digits.is_empty():
        yield from _digits(not words.isdisjoint(DATED), digits)
    if digits.len() == column.len():
        return
    yield from _numbers(column)
    if is_dated(column):
        yield from (Candidate("date"), Candidate("timestamp"))
        yield from (Candidate("date", (form,)) for form in (*DAYS, *MONTHS))
        for form in (ISO, *DAYS):
            yield from (Candidate("timestamp", (f"{form} {clock}",)) for clock in CLOCKS)
    yield from (Candidate("object"), Candidate("array"))


def is_dated(column: pl.Series) -> bool:
    """Whether many of the texts have the form of a date in some writing."""
    return int(column.str.contains(DATEISH).sum()) >= MANY * column.len()


def days() -> list[Candidate]:
    """Return the ways in which a day may be written beside others."""
    return [Candidate("date", (form,)) for form in (ISO, *DAYS, EXCEL_SERIAL)]


def moments() -> list[Candidate]:
    """Return the ways in which a moment may be written beside others; a day alone is its begin."""
    clocks = [f"{day}{sign}{clock}" for day in (ISO, *DAYS) for sign in " T" for clock in CLOCKS]
    return [Candidate("timestamp", (form,)) for form in (*clocks, ISO, *DAYS, EXCEL_SERIAL)]


def _digits(dated: bool, column: pl.Series) -> Iterator[Candidate]:
    """Yield what whole numbers may be: days and moments only where the name says so, or many of
    them could be nothing else.
    """
    numbers = column.cast(pl.Int64, strict=False)
    if column.str.contains("^(19|20)[0-9]{6}$").all() and (dated or column.len() >= 10):
        yield Candidate("date", ("%Y%m%d",))
    if dated and column.str.contains("^(19|20)[0-9]{2}(0[1-9]|1[0-2])$").all():
        yield Candidate("date", ("%Y%m",))
    if dated and numbers.is_between(10**9, 2 * 10**9).all():
        yield Candidate("timestamp", (UNIX_SECONDS,))
    if dated and numbers.is_between(10**12, 2 * 10**12).all():
        yield Candidate("timestamp", (UNIX_MILLISECONDS,))
    if dated and numbers.is_between(30_000, 60_000).all():
        yield Candidate("date", (EXCEL_SERIAL,))
    yield Candidate("integer")


def _numbers(column: pl.Series) -> Iterator[Candidate]:
    """Yield numbers as offices write them; of other marks than ISO's those alone that occur."""
    extract = next(
        (shape for shape in (RUPIAH, SHARE) if column.str.contains(shape).any()),
        "",
    )
    plain = Writing(extract=extract) if extract else PLAIN
    if extract == RUPIAH:  # 1.250 is more than a thousand there
        yield Candidate("integer", writing=Writing(",", ".", extract=extract))
    yield Candidate("integer", writing=plain)
    yield Candidate("number", writing=plain)
    for decimal, thousands in MARKS:
        writing = Writing(decimal=decimal, thousands=thousands, extract=extract)
        there = [mark for mark in (decimal, thousands) if mark and mark != "."]
        if thousands:
            yield Candidate("integer", writing=writing)
        if any(column.str.contains(mark, literal=True).any() for mark in there):
            yield Candidate("number", writing=writing)
