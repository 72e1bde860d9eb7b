"""The query that a query string asks of a table: its parameters held against the table's columns.

A name that the table does not have is refused with those it has; that a column exists and is closed
is told by nothing.
"""

import csv
from collections.abc import Mapping
from typing import Any

from pipelines.files.table import Field
from pipelines.query.query import MEASURES, OPERATORS, Filter, Measure, Query, Sort
from portal.api.parameters import (
    AGGREGATE,
    MOST_FIELDS,
    MOST_FILTERS,
    MOST_VALUES,
    BadQuery,
    RequestParameters,
)
from portal.api.values import LIKE, NUMBERS, ORDERED, example_of, value_of
from portal.data.entry import Entry


def query_of(entry: Entry, file: Any, parameters: RequestParameters) -> Query:
    """Return what a query string asks of a table's rows, or of its groups when it may speak of
    measures. BadQuery says what is wrong.
    """
    fields = {field.name: field for field in entry.fields}
    types = tuple((field.name, field.type) for field in entry.fields)
    filters = tuple(
        _filter(text, fields)
        for text in _few("filter", parameters.given.getlist("filter"), MOST_FILTERS)
    )
    if parameters.declared is AGGREGATE:
        group = tuple(
            _known_columns("group", _few("group", parameters.names("group"), MOST_FIELDS), fields)
        )
        measures = _measures(parameters.given.getlist("measure") or ["count"], fields)
        query = Query(file, types, (), filters, (), parameters.limit, None, group, measures)
        names = list(query.shown)
        if len(names) < len(group) + len(measures):
            raise BadQuery(
                "measure",
                "a group or figure is asked for twice, or a figure has the name of a group; leave"
                " one out",
            )
        return Query(
            file,
            types,
            (),
            filters,
            _sort(parameters, query.shown),
            parameters.limit,
            None,
            group,
            measures,
        )
    wanted = tuple(
        _known_columns("fields", _few("fields", parameters.names("fields"), MOST_FIELDS), fields)
    )
    return Query(file, types, wanted, filters, _sort(parameters, fields), parameters.limit)


def _few(name: str, parts: list[str], most: int) -> list[str]:
    if len(parts) > most:
        raise BadQuery(
            name,
            f"{name} may have {most} parts, not {len(parts)}"
            + ("; leave fields out for all columns" if name == "fields" else ""),
        )
    return parts


def _known_columns(name: str, columns: list[str], allowed: Mapping[str, Any]) -> list[str]:
    if not set(columns) <= set(allowed):
        raise BadQuery(
            name, f"{name} names a column that is not there; there are {', '.join(allowed)}"
        )
    if len(set(columns)) < len(columns):
        raise BadQuery(name, f"{name} names a column twice; name it once")
    return columns


def _sort(parameters: RequestParameters, allowed: Mapping[str, Any]) -> tuple[Sort, ...]:
    order = [
        Sort(part.removeprefix("-"), part.startswith("-"))
        for part in _few("sort", parameters.names("sort"), MOST_FIELDS)
    ]
    _known_columns("sort", [part.column for part in order], allowed)
    return tuple(order)


def _measures(texts: list[str], fields: Mapping[str, Field]) -> tuple[Measure, ...]:
    measures = []
    for text in _few(
        "measure", [part for listed in texts for part in listed.split(",")], MOST_FIELDS
    ):
        kind, _, column = text.partition(":")
        if kind not in MEASURES or (kind == "count") != (column == ""):
            raise BadQuery(
                "measure",
                "a measure is count, or"
                f" {', '.join(f'{name}:<column>' for name in MEASURES if name != 'count')}",
            )
        if column:
            _known_columns("measure", [column], fields)
            suited = (
                NUMBERS
                if kind in ("sum", "mean", "median")
                else ORDERED
                if kind in ("min", "max")
                else tuple(LIKE)
            )
            if fields[column].type not in suited:
                able = [field.name for field in fields.values() if field.type in suited]
                raise BadQuery(
                    "measure",
                    f"{kind} is of columns of type {', '.join(suited)}:"
                    f" {', '.join(able) or 'this table has none'}",
                )
        measures.append(Measure(kind, column))
    return tuple(measures)


def _filter(text: str, fields: Mapping[str, Field]) -> Filter:
    column, _, rest = text.partition(":")
    operator, colon, written = rest.partition(":")
    if operator not in OPERATORS:
        raise BadQuery(
            "filter",
            "a filter is written <column>:<operator>:<value>; operators are"
            f" {', '.join(OPERATORS)}",
        )
    field = fields[_known_columns("filter", [column], fields)[0]]
    if operator in ("null", "not_null"):
        if written:
            raise BadQuery("filter", f"{operator} has no value; write {column}:{operator}")
        return Filter(column, operator)
    if not colon:
        raise BadQuery(
            "filter", f"{operator} needs a value; write {column}:{operator}:{example_of(field)}"
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
        tuple(value_of(field, value) for value in _few("filter", values, MOST_VALUES)),
    )
