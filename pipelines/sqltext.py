"""Words of SQL made of values: a literal, an identifier, a number that is one. Whoever writes
SQL in Python quotes by these and by nothing else.
"""

import re

OF_STATEMENTS = ("Binder Error", "Catalog Error", "Parser Error", "Syntax Error", "IO Error")
"""DuckDB's errors that name statements and files; all others may quote a value of a row."""


UNTOLD = ", by a value that is not told here"


def quoted(text: str) -> str:
    """Return ``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return ``name`` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def pointer(name: str) -> str:
    """Return the JSON pointer of an object's field (RFC 6901)."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def number(value: float) -> str:
    """Return a whole number as it is, and any other as the DOUBLE that it is, to the last bit."""
    return str(value) if isinstance(value, int) else f"CAST({quoted(repr(value))} AS DOUBLE)"


def without_values(error: BaseException) -> str:
    """Return what an engine's error says, without the values of rows: only what it says of the
    statement itself, which is no data, is told whole.
    """
    said = str(error) or type(error).__name__
    kind = re.match(r"(?:\(\S+\) )?([\w ]+ Error):", said)
    if kind is None or kind[1] in OF_STATEMENTS:
        return said
    return f"{kind[1]}{UNTOLD}"


def finite(number: str) -> str:
    """Return the expression that is NULL where the number expression ``number`` is NaN or
    infinite, which no JSON can say (RFC 8259, 6).
    """
    return f"CASE WHEN isfinite(CAST({number} AS DOUBLE)) THEN {number} END"
