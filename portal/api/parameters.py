"""What a query string may say to the row API, declared once: read here into a ``Query``, and
written by ``openapi`` into the document.

A name that the table does not have is refused with those it has; that a column exists and is closed
is told by nothing.
"""

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from starlette.datastructures import QueryParams

from pipelines.query.rows import MEASURES, OPERATORS, Filter, Measure, Query, Sort, Value
from portal.data.entry import Entry, Field

FORMS = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
"""The forms of an answer with their media types."""
DEFAULT, MOST, MOST_FIELDS, MOST_FILTERS, MOST_VALUES = 100, 10_000, 50, 20, 500
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
WORD = "[A-Za-z_][A-Za-z0-9_]*"


class BadQuery(ValueError):
    """A query string that cannot be answered: which parameter, and in the text what is allowed
    and what to do.
    """

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter = parameter


@dataclass(frozen=True)
class Parameter:
    """One parameter: what it means, its JSON schema, whether it may be said several times."""

    meaning: str
    schema: Mapping[str, Any]
    many: bool = False


_FILTER = Parameter(
    "A condition, `column:operator:value`; several are all to hold. Operators: "
    + "; ".join(f"`{name}` {meaning}" for name, meaning in OPERATORS.items())
    + ". Values of `in` are separated by commas, one that holds a comma stands in double quotes:"
    ' `kind:in:a,"b, c"`. A time without an offset is one of the city\'s zone.',
    {
        "type": "string",
        "pattern": f"^{WORD}:({'|'.join(OPERATORS)})(:[\\s\\S]*)?$",
        "maxLength": 2000,
    },
    many=True,
)
_ROUND = {
    "format": Parameter(
        "The form of the answer; without it, what `Accept` asks for. `json` comes in pages; the"
        " others hold every row that matches unless `limit` is given.",
        {"type": "string", "enum": list(FORMS)},
    ),
    "as_of": Parameter(
        "The release that stood when this day ended in the city (YYYY-MM-DD).",
        {"type": "string", "format": "date"},
    ),
    "release": Parameter(
        "The id of a release, instead of the current one.",
        {"type": "string", "pattern": r"^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8,16}$"},
    ),
    "total": Parameter(
        "`exact` counts all rows that match, `none` does not.",
        {"type": "string", "enum": ["exact", "none"], "default": "exact"},
    ),
    "limit": Parameter(
        "Rows of a page.", {"type": "integer", "minimum": 0, "maximum": MOST, "default": DEFAULT}
    ),
}
RELEASE = {name: _ROUND[name] for name in ("as_of", "release")}
"""Parameters of what is said of tables: which release."""
_LIST = f"^-?{WORD}(,-?{WORD})*$"
ROWS = {
    "filter": _FILTER,
    "sort": Parameter(
        "Columns to sort by, in order; `-column` for descending. Empty values come last.",
        {"type": "string", "pattern": _LIST},
    ),
    "fields": Parameter(
        "Columns wanted; all unless given.",
        {"type": "string", "pattern": f"^{WORD}(,{WORD}){{0,{MOST_FIELDS - 1}}}$"},
    ),
    "cursor": Parameter(
        "Where the page begins, as `next` of the page before says.",
        {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
    ),
    **_ROUND,
}
"""Parameters of rows."""
AGGREGATE = {
    "group": Parameter(
        "Columns whose equal values make a group; one group of all rows unless given.",
        {"type": "string", "pattern": f"^{WORD}(,{WORD})*$"},
    ),
    "measure": Parameter(
        "What is computed of each group, separated by commas: `count`, or one of"
        f" {', '.join(f'`{name}:column`' for name in MEASURES if name != 'count')}.",
        {
            "type": "string",
            "pattern": f"^{WORD}(:{WORD})?(,{WORD}(:{WORD})?)*$",
            "default": "count",
        },
        many=True,
    ),
    "filter": _FILTER,
    "sort": Parameter(
        "Groups or figures to sort by, such as `-count` or `-mean_column`.",
        {"type": "string", "pattern": _LIST},
    ),
    **_ROUND,
}
"""Parameters of aggregates."""


@dataclass(frozen=True)
class Asked:
    """A query string, each parameter known and said no more often than it may be."""

    said: QueryParams
    known: Mapping[str, Parameter]

    def __post_init__(self) -> None:
        for name in self.said:
            if name not in self.known:
                raise BadQuery(
                    "",
                    "there is a parameter that is not known here; known are"
                    f" {', '.join(self.known)}",
                )
            if not self.known[name].many and len(self.said.getlist(name)) > 1:
                raise BadQuery(
                    name,
                    f"{name} is said twice; say it once"
                    + (
                        ", its columns separated by commas"
                        if name in ("sort", "fields", "group")
                        else ""
                    ),
                )

    def choice(self, name: str, default: str) -> str:
        """Return one of the words a parameter may be."""
        value = self.said.get(name, default)
        if value not in self.known[name].schema["enum"]:
            raise BadQuery(name, f"{name} may be {', '.join(self.known[name].schema['enum'])}")
        return value

    def names(self, name: str) -> list[str]:
        """Return the words of a comma-separated list; empty when the parameter is not there."""
        if name not in self.said:
            return []
        found = self.said[name].split(",")
        if not all(found):
            raise BadQuery(
                name, f"{name} is a list of columns separated by commas, none of them empty"
            )
        return found

    @property
    def limit(self) -> int | None:
        """How many rows are wanted, None when nothing is said of it."""
        text = self.said.get("limit")
        if text is None:
            return None
        if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) > MOST:
            raise BadQuery(
                "limit",
                f"limit is a whole number from 0 to {MOST}; the next page begins where `next` of"
                " the answer says",
            )
        return int(text)

    @property
    def day(self) -> date | None:
        """The day of ``as_of``."""
        text = self.said.get("as_of")
        return None if text is None else _date("as_of", text)


def query_of(entry: Entry, file: Any, asked: Asked) -> Query:
    """Return what a query string asks of a table's rows, or of its groups when it may speak of
    measures. BadQuery says what is wrong.
    """
    fields = {each.name: each for each in entry.fields}
    types = tuple((each.name, each.type) for each in entry.fields)
    filters = tuple(
        _filter(text, fields) for text in _few("filter", asked.said.getlist("filter"), MOST_FILTERS)
    )
    if asked.known is AGGREGATE:
        group = tuple(_known("group", _few("group", asked.names("group"), MOST_FIELDS), fields))
        measures = _measures(asked.said.getlist("measure") or ["count"], fields)
        query = Query(file, types, (), filters, (), asked.limit, None, group, measures)
        names = list(query.shown)
        if len(names) < len(group) + len(measures):
            raise BadQuery(
                "measure",
                "a group or figure is asked for twice, or a figure has the name of a group; leave"
                " one out",
            )
        return Query(
            file, types, (), filters, _sort(asked, query.shown), asked.limit, None, group, measures
        )
    wanted = tuple(_known("fields", _few("fields", asked.names("fields"), MOST_FIELDS), fields))
    return Query(file, types, wanted, filters, _sort(asked, fields), asked.limit)


def _few(name: str, found: list[str], most: int) -> list[str]:
    if len(found) > most:
        raise BadQuery(
            name,
            f"{name} may have {most} parts, not {len(found)}"
            + ("; leave fields out for all columns" if name == "fields" else ""),
        )
    return found


def _known(name: str, found: list[str], known: Mapping[str, Any]) -> list[str]:
    if not set(found) <= set(known):
        raise BadQuery(
            name, f"{name} names a column that is not there; there are {', '.join(known)}"
        )
    if len(set(found)) < len(found):
        raise BadQuery(name, f"{name} names a column twice; name it once")
    return found


def _sort(asked: Asked, known: Mapping[str, Any]) -> tuple[Sort, ...]:
    found = [
        Sort(each.removeprefix("-"), each.startswith("-"))
        for each in _few("sort", asked.names("sort"), MOST_FIELDS)
    ]
    _known("sort", [each.column for each in found], known)
    return tuple(found)


def _measures(said: list[str], fields: Mapping[str, Field]) -> tuple[Measure, ...]:
    found = []
    for text in _few("measure", [each for one in said for each in one.split(",")], MOST_FIELDS):
        kind, _, column = text.partition(":")
        if kind not in MEASURES or (kind == "count") != (column == ""):
            raise BadQuery(
                "measure",
                "a measure is count, or"
                f" {', '.join(f'{name}:<column>' for name in MEASURES if name != 'count')}",
            )
        if column:
            _known("measure", [column], fields)
            suited = (
                NUMBERS
                if kind in ("sum", "mean", "median")
                else ORDERED
                if kind in ("min", "max")
                else tuple(LIKE)
            )
            if fields[column].type not in suited:
                able = [each.name for each in fields.values() if each.type in suited]
                raise BadQuery(
                    "measure",
                    f"{kind} is of columns of type {', '.join(suited)}:"
                    f" {', '.join(able) or 'this table has none'}",
                )
        found.append(Measure(kind, column))
    return tuple(found)


def _filter(text: str, fields: Mapping[str, Field]) -> Filter:
    column, _, rest = text.partition(":")
    operator, colon, written = rest.partition(":")
    if operator not in OPERATORS:
        raise BadQuery(
            "filter",
            "a filter is written <column>:<operator>:<value>; operators are"
            f" {', '.join(OPERATORS)}",
        )
    field = fields[_known("filter", [column], fields)[0]]
    if operator in ("null", "not_null"):
        if written:
            raise BadQuery("filter", f"{operator} has no value; write {column}:{operator}")
        return Filter(column, operator)
    if not colon:
        raise BadQuery(
            "filter", f"{operator} needs a value; write {column}:{operator}:{_example(field)}"
        )
    suited = (
        ("string",)
        if operator in ("contains", "starts")
        else ORDERED
        if operator in ("gt", "gte", "lt", "lte")
        else tuple(LIKE)
    )
    if field.type not in suited:
        raise BadQuery(
            "filter",
            f"{operator} asks of columns of type {', '.join(suited)}, and {column} is of type"
            f" {field.type}; null and not_null ask of any",
        )
    if operator != "in":
        return Filter(column, operator, (value_of(field, written),))
    try:
        values = next(csv.reader([written], strict=True), None) or [""]
    except csv.Error as error:
        raise BadQuery(
            "filter",
            "values of in are separated by commas, and one that holds a comma stands in double"
            f' quotes: {column}:in:a,"b, c"',
        ) from error
    return Filter(
        column,
        operator,
        tuple(value_of(field, each) for each in _few("filter", values, MOST_VALUES)),
    )


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
        "filter", f"{field.name} is of type {field.type}; write a value like {_example(field)}"
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


def _example(field: Field) -> str:
    example = field.examples[0] if field.examples else None
    return (
        LIKE[field.type]
        if example is None or isinstance(example, bool | list | dict)
        else str(example)
    )


def _date(name: str, text: str) -> date:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise BadQuery(name, f"{name} is a date that there is, written YYYY-MM-DD")
