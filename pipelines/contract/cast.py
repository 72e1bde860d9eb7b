"""How a delivered text becomes a typed value, as DuckDB expressions; a text that cannot be read is
NULL, never a guess.

Types are ODCS logical types. Times are stored in UTC; a time without an offset is read in the
column's own zone. What a text that cannot be read means is ``refine``'s business. DuckDB's formats:
https://duckdb.org/docs/sql/functions/dateformat
"""

from pipelines.contract.model import Column
from pipelines.contract.types import EXCEL_SERIAL, UNIX_SECONDS
from pipelines.sqltext import finite, quoted


def cast(column: Column, raw: str) -> str:
    """Return the expression that reads the text expression ``raw`` as ``column``'s type, NULL
    where it cannot be read.
    """
    match column.type:
        case "string":
            return raw
        case "integer":
            return (
                f"CASE WHEN regexp_full_match({raw}, '\\s*[+-]?[0-9]+\\s*') THEN TRY_CAST({raw} AS"
                " BIGINT) END"
            )
        case "number":
            shape = r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"
            return (
                f"CASE WHEN regexp_full_match({raw}, '{shape}') THEN"
                f" {finite(f'TRY_CAST({raw} AS DOUBLE)')} END"
            )
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
    return (
        _strptime(raw, form)
        if "%z" in form.lower()
        else f"({_strptime(raw, form)} AT TIME ZONE {zone})"
    )


def _strptime(raw: str, form: str) -> str:
    """Read by a format; ``%Y`` wants four digits, where DuckDB alone would read 26 as the year
    26.
    """
    moment = f"try_strptime({raw}, {quoted(form)})"
    return f"CASE WHEN year({moment}) >= 1000 THEN {moment} END" if "%Y" in form else moment


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
