"""Logical types of the Open Data Contract Standard, and what DuckDB calls each; the two forms of a
time that no format of strptime says. How a text becomes a value is ``contract.cast``'s business.
"""

STORED = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
    "object": "VARCHAR",
    "array": "VARCHAR",
}
"""Logical type -> DuckDB type in the lake; objects and arrays stay JSON text."""
LOGICAL = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "SMALLINT": "integer",
    "TINYINT": "integer",
    "HUGEINT": "integer",
    "UBIGINT": "integer",
    "UINTEGER": "integer",
    "DOUBLE": "number",
    "FLOAT": "number",
}
"""DuckDB type -> logical type; ``logical`` reads it."""
EXCEL_SERIAL, UNIX_SECONDS = "excel-serial", "unix-seconds"


def logical(stored: str) -> str:
    """Return the logical type of a column of a model, which no contract types, from its DuckDB
    type.
    """
    if stored.endswith("[]"):
        return "array"
    kind = stored.partition("(")[0]
    return (
        "number"
        if kind == "DECIMAL"
        else "object"
        if kind in ("STRUCT", "MAP")
        else LOGICAL.get(stored, "string")
    )
