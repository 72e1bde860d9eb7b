"""What only the engine can tell of a contract: whether a pattern, a time format or a condition
between columns can be run at all.

Each function returns what is wrong, in the engine's words, or None. Texts are written into the
statement, not bound: DuckDB imports pandas at the first bound value, 0.8 s in every process that
reads a contract.
"""

from collections.abc import Mapping
from functools import cache

import duckdb

from pipelines.contract.types import EXCEL_SERIAL, STORED, UNIX_MILLISECONDS, UNIX_SECONDS
from pipelines.sqltext import identifier, quoted

MOMENT = "TIMESTAMP '2026-11-24 13:45:06'"


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    return con


def _error_of(sql: str) -> str | None:
    try:
        _engine().cursor().execute(sql).fetchall()
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return None


def pattern_problem(pattern: str) -> str | None:
    """Say what is wrong with a regular expression (RE2,
    https://github.com/google/re2/wiki/Syntax).
    """
    return _error_of(f"SELECT regexp_matches('', {quoted(pattern)})")


def group_problem(pattern: str) -> str | None:
    """Say what is wrong with a pattern that takes a value out of a text by its one group."""
    if wrong := pattern_problem(pattern):
        return wrong
    taken = f"SELECT regexp_extract('', {quoted(pattern)}, ['a'"
    if _error_of(f"{taken}])"):
        return f"{pattern!r} has no group"
    return None if _error_of(f"{taken}, 'b'])") else f"{pattern!r} has more groups than one"


def matches(pattern: str, text: str) -> bool:
    """Say whether a part of a text matches a regular expression that has no problem: by RE2, whose
    time grows with the text's length alone.
    """
    sql = f"SELECT regexp_matches({quoted(text)}, {quoted(pattern)})"
    return bool(_engine().cursor().execute(sql).fetchall()[0][0])


def format_problem(form: str, kind: str) -> str | None:
    """Say what is wrong with a strptime format of a date or timestamp column; it must state year,
    month and day, or of a date the month alone, which is its first day.
    """
    if form == EXCEL_SERIAL:
        return None
    if form in (UNIX_SECONDS, UNIX_MILLISECONDS):
        return (
            None
            if kind == "timestamp"
            else (
                "what is counted since 1970 is a moment, and which day that is depends on the"
                " zone: make the column a timestamp"
            )
        )
    try:
        said = f"strftime({MOMENT}, {quoted(form)})"
        cursor = (
            _engine().cursor().execute(f"SELECT strptime({said}, {quoted(form)})::DATE::VARCHAR")
        )
        (day,) = cursor.fetchall()[0]
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    stated = ("2026-11-24", "2026-11-01") if kind == "date" else ("2026-11-24",)
    return None if day in stated else f"it does not state the day, month and year of a {kind}"


def condition_problem(condition: str, columns: Mapping[str, str]) -> str | None:
    """Say what is wrong with a condition over ``columns`` (name -> logical type): not SQL, a
    column nobody has, no yes or no.
    """
    typed = ", ".join(
        f"NULL::{STORED[kind]} AS {identifier(name)}" for name, kind in columns.items()
    )
    return _error_of(f"SELECT ({condition})::BOOLEAN FROM (SELECT {typed}) WHERE false")
