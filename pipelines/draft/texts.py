"""As what type a field's texts read: every candidate is tried by the cast that a harvest uses, so
what is drafted is what will be read. What else there is to say of a field is ``field``'s business.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import duckdb
import polars as pl

from pipelines.contract.cast import cast, repaired
from pipelines.contract.model import PLAIN, Column, Writing
from pipelines.contract.types import EXCEL_SERIAL
from pipelines.contract.writing import NUMBERS
from pipelines.draft.candidates import DATED, ISO, Candidate, candidates, days, is_dated, moments
from pipelines.draft.found import NOTHING, slug

MOSTLY, HALF = 0.9, 0.5
"""Share of the texts that must read as a type for the field to be of it, and for it to be tried on
all of them."""
TRIED = 1_000
"""So many distinct texts say which types are tried on all."""
MOST_FORMATS = 3
CODES = {
    *("id", "kode", "code", "no", "nomor", "nik", "kk", "nip", "npwp", "telp", "telepon", "hp"),
    *("phone", "kodepos", "zip", "zipcode", "imei", "nop", "ref", "rt", "rw", "key", "bbl", "bin"),
}
COUNTED = {"jumlah", "jml", "total", "banyak", "banyaknya", "count", "sum", "rata"}
"""Words of names that make digits a code, or a count of what else the name says."""
LONG, LONGEST_NUMBER = 9, 15
"""Digits that all of several numbers have by intent alone, and the most that a number has."""
WORDS = {"tt", "tidak ada", "kosong", "nihil", "tidak ada data", "x", "?", "belum ada"}
"""Texts, in small letters, that mean no value where a number or a date is expected."""
ANSWERS = {"ya": "tidak", "y": "t", "yes": "no", "benar": "salah", "ada": "tidak ada"}
"""Yes and no, in small letters."""


@dataclass(frozen=True)
class Reading:
    """How texts are read: as which column; the texts that do not read so, with their counts, and
    what a person has to know.
    """

    column: Column
    unread: tuple[tuple[str, int], ...] = ()
    todo: tuple[str, ...] = ()


def read(
    con: duckdb.DuckDBPyConnection,
    name: str,
    texts: pl.DataFrame,
    zone: str,
    names_somebody: bool = False,
) -> Reading:
    """Return how the distinct ``texts`` (text, n) of the field ``name`` are read; no number is read
    where each ``names_somebody``.
    """
    words, column = set(slug(name).split("_")), texts["text"].str.strip_chars(" ")
    trims = bool((column != texts["text"]).any())
    is_text = _column(Candidate("string"), zone, trims)
    if set(column.str.to_lowercase()) <= {"true", "false"}:
        return Reading(_column(Candidate("boolean"), zone, trims))
    if said := _answers(column):
        return Reading(_column(Candidate("boolean", writing=Writing(values=said)), zone, trims))
    whole = column.str.contains("^[+-]?[0-9]+$")
    digits = column.filter(whole)
    if int(texts["n"].filter(whole).sum()) < MOSTLY * int(texts["n"].sum()):
        digits = digits.clear()
    elif names_somebody or _is_code(words, digits):
        return Reading(is_text)
    tried = [_column(one, zone, trims) for one in candidates(words, column, digits)]
    few = texts.head(TRIED)
    half = HALF * int(few["n"].sum())
    tried = [
        one for one, count in zip(tried, _counts(con, few, tried), strict=True) if count >= half
    ]
    total, counts = int(texts["n"].sum()), _counts(con, texts, tried)
    best = max(range(len(tried)), key=lambda n: (counts[n], -n), default=None)
    if best is None or counts[best] < MOSTLY * total:
        nearest = tried[best].type if best is not None else ""
        said = (f"{counts[best]:,} of {total:,} read as {nearest}",) if best is not None else ()
        return _mixed(con, texts, zone, trims) or Reading(is_text, (), said)
    if tried[best].type in NUMBERS and (names_somebody or _is_named_code(words)):
        return Reading(is_text)
    chosen = _at_midnight(column, tried[best], counts[best] == total)
    if chosen.type == "date" and counts[best] < total:
        chosen = _also(con, texts, chosen)
    equal = [one for n, one in enumerate(tried) if counts[n] == counts[best] and n != best]
    return Reading(chosen, _unread(con, texts, chosen), (*_doubts(column, chosen, equal),))


def value_of(column: Column, text: str) -> str:
    """Return the expression of the value that a text means, as a harvest reads it."""
    return f"({cast(column, repaired(column, text))})"


def _column(candidate: Candidate, zone: str, trims: bool = False) -> Column:
    needs_trim = trims and candidate.type not in NUMBERS
    return Column(
        "text",
        "text",
        candidate.type,
        NOTHING,
        "internal",
        (),
        formats=candidate.formats,
        timezone=zone,
        writing=replace(candidate.writing, trim=needs_trim),
    )


def _answers(column: pl.Series) -> dict[str, str]:
    """Return which texts mean true and false, where there are no others; else nothing."""
    said = set(column.str.strip_chars().str.to_lowercase())
    for yes, no in ANSWERS.items():
        if said == {yes, no}:
            return {
                text: "true" if text.strip().lower() == yes else "false" for text in sorted(column)
            }
    return {}


def _is_code(words: set[str], column: pl.Series) -> bool:
    """Whether whole numbers name something: by the field's name, a zero in front, equally many
    digits in all of them, or more than a number has.
    """
    zero = bool(column.str.contains("^0[0-9]").any())
    longest, shortest = column.str.len_bytes().max(), column.str.len_bytes().min()
    same = column.len() > 1 and longest == shortest and isinstance(longest, int) and longest >= LONG
    dated = bool(column.str.contains("^(19|20)[0-9]{6}$").all())
    too_long = isinstance(longest, int) and longest > LONGEST_NUMBER
    is_moment = not words.isdisjoint(DATED)
    return (_is_named_code(words) or zero or too_long or (same and not is_moment)) and not dated


def _is_named_code(words: set[str]) -> bool:
    return not words.isdisjoint(CODES) and words.isdisjoint(COUNTED)


def _counts(
    con: duckdb.DuckDBPyConnection, texts: pl.DataFrame, columns: Sequence[Column]
) -> list[int]:
    """Return of how many records each column reads the text."""
    if not columns:
        return []
    con.register("_texts", texts.to_arrow())
    sums = ", ".join(
        f"coalesce(sum(n) FILTER (WHERE {value_of(column, 'text')} IS NOT NULL), 0)"
        for column in columns
    )
    return [int(count) for count in con.execute(f"SELECT {sums} FROM _texts").fetchall()[0]]


def _unread(
    con: duckdb.DuckDBPyConnection, texts: pl.DataFrame, column: Column
) -> tuple[tuple[str, int], ...]:
    con.register("_texts", texts.to_arrow())
    return tuple(
        con.execute(
            f"SELECT text, n FROM _texts WHERE {value_of(column, 'text')} IS NULL"
            " ORDER BY n DESC, text"
        ).fetchall()
    )


def _mixed(
    con: duckdb.DuckDBPyConnection, texts: pl.DataFrame, zone: str, trims: bool
) -> Reading | None:
    """Return the reading of days or moments written in several ways, None where they are none."""
    total = int(texts["n"].sum())
    if not is_dated(texts["text"]):
        return None
    for written in (days(), moments()):
        columns = [_column(one, zone, trims) for one in written]
        chosen = _together(con, texts.head(TRIED), columns)
        unread = _unread(con, texts, chosen) if chosen else ()
        if chosen and sum(count for _, count in unread) <= total * (1 - MOSTLY):
            return Reading(chosen, unread, tuple(_doubts(texts["text"], chosen, ())))
    return None


def _together(
    con: duckdb.DuckDBPyConnection, texts: pl.DataFrame, columns: Sequence[Column]
) -> Column | None:
    """Return the column whose formats, few of them, read most of the texts, None where none do. A
    number is a day only beside days that are written as such.
    """
    chosen, left, total = None, texts, int(texts["n"].sum())
    for _ in range(MOST_FORMATS):
        tried = [one for one in columns if chosen or one.formats != (EXCEL_SERIAL,)]
        counts = _counts(con, left, tried)
        best = max(range(len(tried)), key=lambda n: (counts[n], -n))
        if counts[best] < total * (1 - MOSTLY) / 2:
            break
        before = chosen.formats if chosen else ()
        chosen = replace(tried[best], formats=(*before, *tried[best].formats))
        left = _as_frame(_unread(con, texts, chosen))
        if left.is_empty():
            break
    return chosen


def _as_frame(unread: Sequence[tuple[str, int]]) -> pl.DataFrame:
    return pl.DataFrame(list(unread), schema={"text": pl.String, "n": pl.Int64}, orient="row")


def _also(con: duckdb.DuckDBPyConnection, texts: pl.DataFrame, chosen: Column) -> Column:
    """Return days of which the few that are written otherwise read too, if one format more does."""
    left = _as_frame(_unread(con, texts, chosen))
    formats = chosen.formats or (ISO,)
    more = [one.formats[0] for one in days()]
    tried = [replace(chosen, formats=(*formats, form)) for form in more if form not in formats]
    counts = _counts(con, left, tried)
    best = max(range(len(tried)), key=lambda n: (counts[n], -n))
    return tried[best] if counts[best] else chosen


def _doubts(column: pl.Series, chosen: Column, equal: Sequence[Column]) -> Iterator[str]:
    """Say what else the texts may mean, where no value tells."""
    others = [form for one in equal if one.type == chosen.type for form in one.formats]
    if len(chosen.formats) > 1:
        yield f"days are written in several ways, tried in this order: {', '.join(chosen.formats)}"
    for form in chosen.formats:
        other = form.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
        if other != form and other in others:
            yield f"no day is above 12, so it may also be {other}: ask which"
    marks = {(one.writing.decimal, one.writing.thousands) for one in equal if one.type in NUMBERS}
    writing = chosen.writing
    if chosen.type != "number":
        return
    if writing == PLAIN and (",", ".") in marks and column.str.contains(r"\.").any():
        yield "each point has three digits behind it: decimals, or thousands (decimal, thousands)?"
    if (writing.decimal, writing.thousands) == (",", "") and (".", ",") in marks:
        yield "each comma has three digits behind it: decimals, or thousands?"


def _at_midnight(column: pl.Series, chosen: Column, is_whole: bool) -> Column:
    """Return moments that are all at midnight as days: so do spreadsheets write them."""
    if (chosen.type, chosen.formats) != ("timestamp", ()) or not is_whole:
        return chosen
    if not column.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]00:00:00$").all():
        return chosen
    apart = "T" if column.str.contains("T").all() else " "
    form = f"%Y-%m-%d{apart}%H:%M:%S"
    return _column(Candidate("date", (form,)), chosen.timezone)
