"""Logical types of the Open Data Contract Standard: what DuckDB calls each, and which values
written in a contract are of it; the forms of a time that no format of strptime says. How a
delivered text becomes a value is ``contract.cast``'s business.
"""

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

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
UNIX_MILLISECONDS = "unix-milliseconds"


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


def is_type(example: Any, kind: str) -> bool:
    """Say whether a value is of a logical type, as a contract writes it (an example, a limit)."""
    try:
        match kind:
            case "integer":
                return isinstance(example, int) and not isinstance(example, bool)
            case "number":
                return (
                    isinstance(example, int | float)
                    and not isinstance(example, bool)
                    and math.isfinite(example)
                )
            case "boolean":
                return isinstance(example, bool)
            case "date":
                return bool(date.fromisoformat(str(example)))
            case "timestamp":
                return bool(datetime.fromisoformat(str(example)))
            case "object":
                return isinstance(example, Mapping)
            case "array":
                return isinstance(example, list)
    except (ValueError, OverflowError):
        return False
    return True
