"""How a delivered text becomes a typed value, as DuckDB expressions; a text that cannot be read is
NULL, never a guess.

Types are ODCS logical types. Times are stored in UTC; a time without an offset is read in the
column's own zone. What a text that cannot be read means is ``refine``'s business. DuckDB's formats:
https://duckdb.org/docs/sql/functions/dateformat
"""

import re

from pipelines.contract.model import Column, Writing
from pipelines.contract.types import EXCEL_SERIAL, UNIX_MILLISECONDS, UNIX_SECONDS
from pipelines.sqltext import finite, quoted

BLANKS = " \t\r\n\u00a0\u200b\ufeff"
"""What is left out around a text: spreadsheets and pages write blanks that are no space."""
MONTHS = {
    "January": "januari|jan",
    "February": "februari|pebruari|feb|peb",
    "March": "maret|mar",
    "April": "april|apr",
    "May": "mei",
    "June": "juni|jun",
    "July": "juli|jul",
    "August": "agustus|agst|agt|ags|agu|aug",
    "September": "september|sept|sep",
    "October": "oktober|okt|oct",
    "November": "november|nopember|nov|nop",
    "December": "desember|des|dec",
}
DAYS = {
    "Monday": "senin|sen",
    "Tuesday": "selasa|sel",
    "Wednesday": "rabu|rab",
    "Thursday": "kamis|kam",
    "Friday": "jumat|jum'at|jum",
    "Saturday": "sabtu|sab",
    "Sunday": "minggu|ahad|min",
}
"""English name -> how Indonesian writes it, and three letters where no language but these two does
(KBBI; ``Nopember``, ``Pebruari`` and ``Ahad`` are older writings still in use).
"""


def cast(column: Column, raw: str) -> str:
    """Return the expression that reads the text expression ``raw`` as ``column``'s type, NULL
    where it cannot be read.
    """
    match column.type:
        case "string":
            return raw
        case "integer":
            shape = rf"\s*[+-]?{_whole(column.writing)}\s*"
            digits = _plain_digits(column.writing, raw)
            return f"CASE WHEN {_is(raw, shape)} THEN TRY_CAST({digits} AS BIGINT) END"
        case "number":
            whole, point = _whole(column.writing), re.escape(column.writing.decimal)
            shape = rf"\s*[+-]?({whole}({point}[0-9]*)?|{point}[0-9]+)([eE][+-]?[0-9]+)?\s*"
            value = finite(f"TRY_CAST({_plain_digits(column.writing, raw)} AS DOUBLE)")
            return f"CASE WHEN {_is(raw, shape)} THEN {value} END"
        case "boolean":
            return (
                f"CASE WHEN lower({raw}) IN ('true', '1') THEN true WHEN lower({raw}) IN ('false',"
                " '0') THEN false END"
            )
        case "date":
            return _date(column, raw)
        case "timestamp":
            return _timestamp(column, raw)
    kind = "OBJECT" if column.type == "object" else "ARRAY"
    return (
        f"CASE WHEN json_valid({raw}) AND json_type({raw}) = '{kind}'"
        f" THEN {_kept_fields(column, raw)} END"
    )


def _is(raw: str, shape: str) -> str:
    return f"regexp_full_match({raw}, {quoted(shape)})"


def _whole(writing: Writing) -> str:
    """Return the pattern of a whole number: its thousands are marked everywhere or nowhere."""
    mark = re.escape(writing.thousands)
    return f"([0-9]{{1,3}}({mark}[0-9]{{3}})+|[0-9]+)" if mark else "[0-9]+"


def _plain_digits(writing: Writing, raw: str) -> str:
    """Return a number's text as the engine reads it."""
    if writing.thousands:
        raw = f"replace({raw}, {quoted(writing.thousands)}, '')"
    return raw if writing.decimal == "." else f"replace({raw}, {quoted(writing.decimal)}, '.')"


def repaired(column: Column, raw: str) -> str:
    """Return the expression of the text that is meant by the text expression ``raw``, NULL where it
    is one that means no value.
    """
    *_, (_, _, text) = ("", "", _there(column, raw)), *repairs(column, raw)
    return text


def repairs(column: Column, raw: str) -> list[tuple[str, str, str]]:
    """Return of each word that repairs the column's texts, in their order, the word, the condition
    that it repairs ``raw``, and the expression of what is meant after it.
    """
    writing, steps = column.writing, list[tuple[str, str, str]]()
    text = _there(column, f"trim({raw}, {quoted(BLANKS)})" if writing.trim else raw)
    if writing.trim:
        steps.append(("trim", f"{text} <> {raw}", text))
    if writing.extract:
        pattern = quoted(writing.extract)
        fits, value = f"regexp_matches({text}, {pattern})", f"regexp_extract({text}, {pattern}, 1)"
        is_other = f"{fits} AND {value} <> {text}"
        text = f"CASE WHEN {fits} THEN {value} ELSE {text} END"
        steps.append(("extract", is_other, text))
    if writing.values:
        written = ", ".join(map(quoted, writing.values))
        listed = " ".join(
            f"WHEN {quoted(said)} THEN {quoted(meant)}" for said, meant in writing.values.items()
        )
        is_other = f"{text} IN ({written})"
        steps.append(("values", is_other, f"CASE {text} {listed} ELSE {text} END"))
    return steps


def _there(column: Column, text: str) -> str:
    if not column.missing:
        return text
    listed = ", ".join(map(quoted, column.missing))
    return f"CASE WHEN {text} NOT IN ({listed}) THEN {text} END"


def _kept_fields(column: Column, raw: str) -> str:
    """Leave of an object, or of each element of a list, the kept fields with plain values."""
    if column.kept is None:
        return raw
    if column.type == "object":
        return f"({_fields(raw, column.kept)})::VARCHAR"
    element = _fields("x", column.kept) if column.kept else _plain("x")
    return f"to_json(list_transform(from_json({raw}, '[\"JSON\"]'), lambda x: {element}))::VARCHAR"


def _fields(record: str, names: tuple[str, ...]) -> str:
    pointers = [(name, quoted("/" + name.replace("~", "~0").replace("/", "~1"))) for name in names]
    pairs = (f"{quoted(name)}, {_plain(f'({record} -> {pointer})')}" for name, pointer in pointers)
    return f"json_object({', '.join(pairs)})"


def _plain(value: str) -> str:
    return f"CASE WHEN json_type({value}) NOT IN ('OBJECT', 'ARRAY') THEN {value} END"


def _date(column: Column, raw: str) -> str:
    iso = (
        f"CASE WHEN regexp_full_match({raw}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN"
        f" TRY_CAST({raw} AS DATE) END"
    )
    if not column.formats:
        return iso
    return _first(
        [
            (
                f"CAST({_serial(raw)} AS DATE)"
                if form == EXCEL_SERIAL
                else f"CAST({_strptime(raw, form)} AS DATE)"
            )
            for form in column.formats
        ]
    )


def _timestamp(column: Column, raw: str) -> str:
    zone = quoted(column.timezone)
    if column.formats:
        return _first([_moment(raw, form, zone) for form in column.formats])
    minute = "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}"
    shape = f"{minute}(:[0-9]{{2}}([.][0-9]+)?)?"
    # DuckDB wants seconds before an offset, ISO 8601 does not
    whole = (
        f"CASE WHEN {raw}[17] = ':' THEN {raw} ELSE"
        rf" regexp_replace({raw}, '^({minute})( ?[Z+-])', '\1:00\2') END"
    )
    offset = (
        f"CASE WHEN regexp_full_match({raw}, '{shape} ?(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)') THEN"
        f" TRY_CAST({whole} AS TIMESTAMPTZ) END"
    )
    local = (
        f"CASE WHEN regexp_full_match({raw}, '{shape}') THEN TRY_CAST({raw} AS TIMESTAMP) AT TIME"
        f" ZONE {zone} END"
    )
    return _first([offset, local])


def _moment(raw: str, form: str, zone: str) -> str:
    if form == EXCEL_SERIAL:
        return f"({_serial(raw)} AT TIME ZONE {zone})"
    if form == UNIX_SECONDS:
        return (
            f"CASE WHEN regexp_full_match({raw}, '[0-9]{{1,11}}') THEN to_timestamp(TRY_CAST({raw}"
            " AS DOUBLE)) END"
        )
    if form == UNIX_MILLISECONDS:
        return (
            f"CASE WHEN {_is(raw, '[0-9]{12,14}')} THEN"
            f" make_timestamp(TRY_CAST({raw} AS BIGINT) * 1000) AT TIME ZONE 'UTC' END"
        )
    return (
        _strptime(raw, form)
        if "%z" in form.lower()
        else f"({_strptime(raw, form)} AT TIME ZONE {zone})"
    )


def _strptime(raw: str, form: str) -> str:
    """Read by a format; ``%Y`` wants four digits, where DuckDB alone would read 26 as the year
    26.
    """
    moment = f"try_strptime({_in_english(raw, form)}, {quoted(form)})"
    return f"CASE WHEN year({moment}) >= 1000 THEN {moment} END" if "%Y" in form else moment


def _in_english(raw: str, form: str) -> str:
    """Return a text with Indonesian names of months and days as the engine knows them, where the
    format has names: whole for ``%B`` and ``%A``, three letters for ``%b`` and ``%a``.
    """
    for sign, names in (("B", MONTHS), ("b", MONTHS), ("A", DAYS), ("a", DAYS)):
        if f"%{sign}" in form:
            for name, written in names.items():
                pattern = quoted(rf"(?i)\b({written})\b")
                told = name if sign.isupper() else name[:3]
                raw = f"regexp_replace({raw}, {pattern}, '{told}')"
    return raw


def _serial(raw: str) -> str:
    """Days since 1899-12-30, as spreadsheets count from 1 March 1900 on; the fraction is the
    time of day.
    """
    number = (
        f"CASE WHEN regexp_full_match({raw}, '[0-9]{{1,7}}([.][0-9]+)?') THEN TRY_CAST({raw} AS"
        " DOUBLE) END"
    )
    return (
        f"(CASE WHEN {number} BETWEEN 61 AND 2958465 THEN TIMESTAMP '1899-12-30' +"
        f" to_microseconds(CAST(round({number} * 86400) AS BIGINT) * 1000000) END)"
    )


def _first(expressions: list[str]) -> str:
    return expressions[0] if len(expressions) == 1 else f"COALESCE({', '.join(expressions)})"
