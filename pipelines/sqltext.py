"""Words of SQL made of values: a literal, an identifier, a number that is one. Whoever writes
SQL in Python quotes by these and by nothing else.
"""


def quoted(text: str) -> str:
    """Return ``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return ``name`` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def finite(number: str) -> str:
    """Return the expression that is NULL where the number expression ``number`` is NaN or
    infinite, which no JSON can say (RFC 8259, 6).
    """
    return f"CASE WHEN isfinite(CAST({number} AS DOUBLE)) THEN {number} END"
