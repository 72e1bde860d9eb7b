"""A value of a filter, read as its column's type: what is written in an address becomes what the
engine compares, or is refused with the column, its type and an example.
"""

import math
import re
from datetime import UTC, date, datetime

from pipelines.files.table import Field
from pipelines.query.query import Value
from portal.api.parameters import BadQuery

LIKE = {
    "string": "text",
    "integer": "42",
    "number": "12.5",
    "boolean": "true",
    "date": "2026-06-01",
    "timestamp": "2026-06-01T00:00:00Z",
}
"""What a value of each type looks like, where the column has no example of its own."""
ORDERED = ("string", "integer", "number", "date", "timestamp")
NUMBERS = ("integer", "number")


def value_of(field: Field, text: str) -> Value:
    """Return a value of a filter as its column's type. BadQuery names column, type and an
    example.
    """
    try:
        match field.type:
            case "integer" if (
                re.fullmatch(r"[+-]?[0-9]{1,19}", text) and -(2**63) <= int(text) < 2**63
            ):
                return int(text)
            case "number" if re.fullmatch(
                r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?", text
            ) and math.isfinite(float(text)):
                return float(text)
            case "boolean" if text in ("true", "false"):
                return text == "true"
            case "date" if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                return date.fromisoformat(text).isoformat()
            case "timestamp" if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?", text):
                return _time(
                    re.sub(r" (?=[0-9]{2}:?[0-9]{2}$)", "+", text)
                    if re.search(":.* ", text)
                    else text
                )
            case "string":
                return text
    except ValueError:
        pass
    raise BadQuery(
        "filter", f"{field.name} is of type {field.type}; write a value like {example_of(field)}"
    )


def _time(text: str) -> str:
    """Return a time as the engine reads it: in UTC where it states an offset, which may have
    seconds that the engine does not know.
    """
    time = datetime.fromisoformat(text)
    try:
        return (time.astimezone(UTC) if time.tzinfo else time).isoformat()
    except OverflowError as error:  # the first or last hours there are
        raise ValueError(text) from error


def example_of(field: Field) -> str:
    """Return what a value of a column looks like."""
    example = field.examples[0] if field.examples else None
    return (
        LIKE[field.type]
        if example is None or isinstance(example, bool | list | dict)
        else str(example)
    )
