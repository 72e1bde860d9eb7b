"""The SQL of a query: the SELECT of its rows or groups in their order, and of how many there are.

Names come from the table's own columns and are quoted; what a reader wrote is bound, never part of
the text. Pages are found by keyset: the last row's sort values and its number in the file, so that
a deep page costs what the first does. What a query may be is said in ``query.query``, running the
SQL is the business of ``query.engine``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipelines.contract.types import STORED
from pipelines.query.query import MEASURES, Filter, Measure, Query, Value, Words
from pipelines.sqltext import finite, identifier, quoted

ROW = "file_row_number"
"""A row's number in its file, which breaks every tie of a sort."""
KEY = "_key"
"""Begins the names of a page's last columns, which hold where each row stands in the order asked
for, as text.
"""
COMPARED = {"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@dataclass(frozen=True)
class Statement:
    """SQL and the values bound to its question marks."""

    sql: str
    values: tuple[Value | None, ...]


def rows(query: Query, listed: Callable[[Mapping[str, str]], str]) -> Statement:
    """Return the SELECT of a query's rows in its order; ``listed`` writes what is selected, from
    the columns shown and their types.

    Where there is a limit, each row has its ``keys_of``. The file's own order is not asked for by
    sorting: DuckDB keeps it (``preserve_insertion_order``), and stops at the limit.
    """
    if query.is_grouped:
        return _aggregates(query, listed)
    kinds = dict(query.types)
    inner = dict.fromkeys([*query.shown, *(sort.column for sort in query.sort)])
    conditions, values = _conditions(query)
    places = [*(_typed(sort.column, kinds) for sort in query.sort), ROW]
    keys = [
        f", CAST({place} AS VARCHAR) AS {key}"
        for key, place in zip(keys_of(query), places, strict=True)
    ]
    order = f"ORDER BY {', '.join([*_order(query, kinds), ROW])}" if query.sort else ""
    select = (
        f"SELECT {', '.join([*map(identifier, inner), ROW])} FROM {_source(query)} {conditions}"
        f" {order} {_part(query)}"
    )
    shown = listed(query.shown) + ("" if query.limit is None else "".join(keys))
    return Statement(f"SELECT {shown} FROM ({select})", values)


def keys_of(query: Query) -> list[str]:
    """Return the columns, the last ones of a page, that say where each row stands: one for each
    column of the order and one for its number in the file; none of groups.
    """
    return [] if query.is_grouped else [f"{KEY}{place}" for place in range(len(query.sort) + 1)]


def count(query: Query) -> Statement:
    """Return the SELECT of how many rows, or groups, a query has on all its pages."""
    conditions, values = _conditions(query, paged=False)
    if not query.is_grouped:
        return Statement(f"SELECT count(*) FROM {_source(query)} {conditions}", values)
    groups = f"GROUP BY {', '.join(map(identifier, query.group))}" if query.group else ""
    return Statement(
        f"SELECT count(*) FROM (SELECT count(*) FROM {_source(query)} {conditions} {groups})",
        values,
    )


def as_text(shown: Mapping[str, str]) -> str:
    """List columns as text formats show them: times as ISO 8601 in UTC, lists and objects
    as JSON, numbers that are none (NaN, infinite) as empty.
    """
    return ", ".join(
        f"{_written(name, kind)} AS {identifier(name)}" for name, kind in shown.items()
    )


def as_stored(shown: Mapping[str, str]) -> str:
    """List columns with the types they have in the file."""
    return ", ".join(map(identifier, shown))


def as_line(shown: Mapping[str, str]) -> str:
    """List one column, ``line``: the row as a JSON object."""
    pairs = ", ".join(f"{quoted(name)}: {_written(name, kind)}" for name, kind in shown.items())
    return f"CAST(to_json({{{pairs}}}) AS VARCHAR) AS line"


def _written(name: str, kind: str) -> str:
    column = identifier(name)
    match kind:
        case "timestamp":
            return (
                f"replace(CAST(make_timestamp(epoch_us(CAST({column} AS TIMESTAMPTZ))) AS VARCHAR),"
                " ' ', 'T') || 'Z'"
            )
        case "number":
            return finite(column)
        case "array" | "object":
            return f"TRY_CAST({column} AS JSON)"
    return column


def _part(query: Query) -> str:
    limit = "" if query.limit is None else f"LIMIT {query.limit:d}"
    return f"{limit} OFFSET {query.offset:d}" if query.offset else limit


def _source(query: Query) -> str:
    return f"read_parquet({quoted(str(query.file))}, {ROW} = true)"


def _typed(name: str, kinds: Mapping[str, str]) -> str:
    return f"CAST({identifier(name)} AS {STORED[kinds[name]]})"


def _order(query: Query, kinds: Mapping[str, str]) -> list[str]:
    return [
        f"{_typed(sort.column, kinds)} {'DESC' if sort.descending else 'ASC'} NULLS LAST"
        for sort in query.sort
    ]


def _conditions(query: Query, paged: bool = True) -> tuple[str, tuple[Value | None, ...]]:
    kinds = dict(query.types)
    parts = [
        *(_condition(condition, kinds) for condition in query.filters),
        *map(_occurs, query.words),
    ]
    if paged and query.after is not None:
        parts.append(_after(query, query.after, kinds))
    text = " AND ".join(f"({part.sql})" for part in parts)
    return f"WHERE {text}" if parts else "", tuple(value for part in parts for value in part.values)


def _condition(condition: Filter, kinds: Mapping[str, str]) -> Statement:
    column, bound = _typed(condition.column, kinds), f"CAST(? AS {STORED[kinds[condition.column]]})"
    match condition.operator:
        case "null" | "not_null":
            return Statement(
                f"{column} IS {'NOT ' if condition.operator == 'not_null' else ''}NULL", ()
            )
        case "in":
            return Statement(
                f"{column} IN ({', '.join([bound] * len(condition.values))})", condition.values
            )
        case "contains" | "starts":
            function = "contains" if condition.operator == "contains" else "starts_with"
            return Statement(f"{function}(lower({column}), lower({bound}))", condition.values)
    return Statement(f"{column} {COMPARED[condition.operator]} {bound}", condition.values)


def _occurs(words: Words) -> Statement:
    written = ", ".join(f"CAST({identifier(column)} AS VARCHAR)" for column in words.columns)
    return Statement(
        f"contains(lower(concat_ws(chr(10), {written})), lower(CAST(? AS VARCHAR)))", (words.text,)
    )


def _after(query: Query, after: tuple[str | None, ...], kinds: Mapping[str, str]) -> Statement:
    """Return what comes after a row in the order asked for: the same in the first columns and
    later in the next one, for each of them.
    """
    alternatives: list[str] = []
    values: list[Value | None] = []
    same: list[str] = []
    passed: list[Value | None] = []
    for sort, last in zip(query.sort, after, strict=False):
        column, bound = _typed(sort.column, kinds), f"CAST(? AS {STORED[kinds[sort.column]]})"
        if last is not None:
            later = f"({column} {'<' if sort.descending else '>'} {bound} OR {column} IS NULL)"
            alternatives.append(" AND ".join([*same, later]))
            values += [*passed, last]
        same.append(f"{column} IS NULL" if last is None else f"{column} = {bound}")
        passed += [] if last is None else [last]
    alternatives.append(" AND ".join([*same, f"{ROW} > CAST(? AS BIGINT)"]))
    return Statement(
        " OR ".join(f"({alternative})" for alternative in alternatives),
        (*values, *passed, after[-1]),
    )


def _aggregates(query: Query, listed: Callable[[Mapping[str, str]], str]) -> Statement:
    kinds = dict(query.types)
    conditions, values = _conditions(query)
    selected = [
        *map(identifier, query.group),
        *(
            f"{_measured(measure, kinds)} AS {identifier(measure.name)}"
            for measure in query.measures
        ),
    ]
    by = f"GROUP BY {', '.join(map(identifier, query.group))}" if query.group else ""
    order = [
        f"{identifier(sort.column)} {'DESC' if sort.descending else 'ASC'} NULLS LAST"
        for sort in query.sort
    ]
    order += [f"{identifier(name)} ASC NULLS LAST" for name in query.group]
    select = f"SELECT {', '.join(selected)} FROM {_source(query)} {conditions} {by}"
    ordered = f"ORDER BY {', '.join(order)}" if order else ""
    return Statement(
        f"SELECT {listed(query.shown)} FROM (SELECT * FROM ({select}) {ordered} {_part(query)})",
        values,
    )


def _measured(measure: Measure, kinds: Mapping[str, str]) -> str:
    expression, kind = MEASURES[measure.kind]
    if not measure.column:
        return expression
    column = _typed(measure.column, kinds)
    exact = (
        "DECIMAL(38, 0)"
        if measure.kind == "sum" and kinds[measure.column] == "integer"
        else STORED[kinds[measure.column]]
    )
    return f"CAST({expression.format(column)} AS {kind or exact})"
