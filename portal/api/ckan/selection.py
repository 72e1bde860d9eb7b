"""Which rows of a table a caller of CKAN's datastore asks for, read into a query.

Names of columns are held against the table's, values are bound. Words of ``q`` are found in the
texts of a row, or in the column it names. Empty values come last in any order, and rows that are
alike keep the file's.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.files.table import Field
from pipelines.query.query import Filter, Query, Sort, Words
from pipelines.settings import lake_path
from portal.api.ckan.parameters import ActionParameters, Refused, several, structured, whole, yes
from portal.api.parameters import BadQuery
from portal.api.values import LIKE, ORDERED, value_of
from portal.data.entry import Entry

TYPES = {
    "string": "text",
    "integer": "int",
    "number": "numeric",
    "boolean": "bool",
    "date": "date",
    "timestamp": "timestamp",
    "object": "json",
    "array": "json",
}
"""CKAN's type by ODCS logical type."""
RANGES = {"eq": "eq", "gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte", "in": "in"}
LIMIT, MOST, DEEPEST, MOST_PARTS = 100, 32_000, 2**53, 100
ORDER = re.compile(
    r'\s*(?:"(?P<quoted>[^"]+)"|(?P<name>\w+))(?:\s+(?P<way>asc|desc))?(?:\s+nulls\s+last)?\s*',
    re.IGNORECASE,
)
ROW = "_id"
"""What CKAN calls a row's number; an order by it is the file's."""


def query_of(entry: Entry, parameters: ActionParameters, default: int | None, most: int) -> Query:
    """Return what is asked of a table's rows; without ``limit`` and ``default`` all of them.
    Refused (Validation Error) names what is wrong.
    """
    fields, stored = {field.name: field for field in entry.fields}, entry.published.file("parquet")
    if stored is None:
        raise Refused(
            "not found",
            "Not found: this table has no rows that can be searched; package_show has its files",
        )
    wanted = tuple(_known_columns("fields", several(parameters, "fields", MOST_PARTS), fields))
    limit = whole(parameters, "limit", default if default is not None else -1, most)
    query = Query(
        lake_path() / stored.path,
        tuple((field.name, field.type) for field in entry.fields),
        wanted,
        limit=None if limit < 0 else limit,
    )
    if yes(parameters, "distinct"):
        query = replace(query, fields=(), group=wanted or tuple(fields))
    words = _words(parameters, fields)
    return replace(
        query,
        filters=_filters(parameters, fields),
        sort=_sort(parameters, query.shown),
        words=words,
        offset=whole(parameters, "offset", 0, DEEPEST),
    )


def _known_columns(parameter: str, columns: list[str], allowed: Mapping[str, Any]) -> list[str]:
    if not set(columns) <= set(allowed):
        raise Refused(
            "invalid",
            f"{parameter} names a column that is not there; there are {', '.join(allowed)}",
            parameter,
        )
    return columns


def _sort(parameters: ActionParameters, shown: Mapping[str, str]) -> tuple[Sort, ...]:
    order = []
    for part in several(parameters, "sort", MOST_PARTS):
        match = ORDER.fullmatch(part)
        if match is None:
            raise Refused(
                "invalid",
                "sort is columns between commas, each with asc or desc; empty values come last",
                "sort",
            )
        order.append(Sort(match["quoted"] or match["name"], (match["way"] or "").lower() == "desc"))
    if order == [Sort(ROW)]:
        return ()
    _known_columns("sort", [sort.column for sort in order], shown)
    return tuple(order)


def _filters(parameters: ActionParameters, fields: Mapping[str, Field]) -> tuple[Filter, ...]:
    """Read ``{"column": value}``, a list of values for one of them, or ``{"gte": value, "lt":
    value}``.
    """
    given = structured(parameters, "filters") or {}
    if not isinstance(given, dict):
        raise Refused(
            "invalid",
            'filters is an object: {"column": value, "column": [one, other], "column": {"gte":'
            ' value, "lt": value}}',
            "filters",
        )
    filters = []
    for column, value in given.items():
        field = fields[_known_columns("filters", [column], fields)[0]]
        conditions = (
            value if isinstance(value, dict) else {"in" if isinstance(value, list) else "eq": value}
        )
        for operator, wanted in conditions.items():
            if operator not in RANGES:
                raise Refused("invalid", f"filters compares by {', '.join(RANGES)}", "filters")
            filters.append(_filter(field, operator, wanted))
    return tuple(filters)


def _filter(field: Field, operator: str, wanted: Any) -> Filter:
    if wanted is None and operator == "eq":
        return Filter(field.name, "null")
    suited = ORDERED if operator in ("gt", "gte", "lt", "lte") else tuple(LIKE)
    if field.type not in suited:
        raise Refused(
            "invalid",
            f"{field.name} is of type {TYPES[field.type]}, which filters cannot compare by"
            f" {operator}",
            "filters",
        )
    values = wanted if operator == "in" and isinstance(wanted, list) else [wanted]
    if (
        not values
        or len(values) > MOST_PARTS * 5
        or any(isinstance(value, dict | list) or value is None for value in values)
    ):
        raise Refused(
            "invalid",
            f"filters: {field.name} is held against one value, or a list of 1 to {MOST_PARTS * 5}"
            " of them",
            "filters",
        )
    try:
        return Filter(
            field.name,
            operator,
            tuple(value_of(field, _written(value, field.type)) for value in values),
        )
    except BadQuery as error:
        raise Refused("invalid", f"filters: {error}", "filters") from None


def _written(value: Any, kind: str) -> str:
    """Return a JSON value as text: CKAN compares a text column with a number by how the number
    is written.
    """
    if isinstance(value, bool):
        return str(value).lower()
    return (
        str(int(value))
        if kind == "integer" and isinstance(value, float) and value.is_integer()
        else str(value)
    )


def _words(parameters: ActionParameters, fields: Mapping[str, Field]) -> tuple[Words, ...]:
    """Read ``q``: words that are all to be found in the texts of a row, or in the columns named."""
    given = parameters.get("q") or parameters.get("full_text")
    if isinstance(given, str) and given.lstrip().startswith("{"):
        given = structured(parameters, "q")
    named = given if isinstance(given, dict) else {"": given} if given else {}
    if not all(isinstance(name, str) for name in named.values()):
        raise Refused(
            "invalid", 'q is a text, or an object of texts by column: {"column": "words"}', "q"
        )
    _known_columns("q", [name for name in named if name], fields)
    texts = tuple(field.name for field in fields.values() if field.type == "string") or tuple(
        fields
    )
    searched = [
        Words((column,) if column else texts, word)
        for column, words in named.items()
        for word in words.split()
    ]
    if len(searched) > MOST_PARTS:
        raise Refused("invalid", f"q has {MOST_PARTS} words at most", "q")
    return tuple(searched)
