"""Rows of a table as CKAN's datastore gives them: ``datastore_search``, ``datastore_info`` and
``/datastore/dump/<resource>``, answered by ``pipelines.query.rows``.

A resource is the CSV file of a table; its own name is an alias. Names of columns are held against
the table's, values are bound, totals are exact. Words of ``q`` are found in the texts of a row, or
in the column it names. Empty values come last in any order, and rows that are alike keep the
file's.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.errors import QueryError, UnreadableError, ValueQueryError
from pipelines.query.engine import export, page_of, total_of
from pipelines.query.rows import Filter, Query, Sort, Words
from pipelines.release.release import Release
from pipelines.settings import lake_path
from portal.api.ckan.package import DATASTORE, catalogue
from portal.api.ckan.parameters import Asked, Refused, needed, several, structured, text, whole, yes
from portal.api.parameters import LIKE, ORDERED, BadQuery, value_of
from portal.data.entry import Entry, Field
from portal.http.address import file_id
from portal.words.say import unit

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
FORMATS = ("objects", "lists", "csv", "tsv")
ORDER = re.compile(
    r'\s*(?:"(?P<quoted>[^"]+)"|(?P<name>\w+))(?:\s+(?P<way>asc|desc))?(?:\s+nulls\s+last)?\s*',
    re.IGNORECASE,
)
ROW = "_id"
"""What CKAN calls a row's number; an order by it is the file's."""


@dataclass(frozen=True)
class Records:
    """A result whose records are JSON already, so that no row becomes a Python object: they
    stand last in it.
    """

    head: Mapping[str, Any]
    lines: bytes


def datastore_search(release: Release | None, asked: Asked) -> dict[str, Any] | Records:
    """Return rows of a resource. resource_id; filters, q, fields, distinct, sort; limit (100, at
    most 32000), offset; include_total, records_format.
    """
    entry = entry_of(release, asked)
    query = query_of(entry, asked, LIMIT, MOST)
    form = text(asked, "records_format") or "objects"
    if form not in FORMATS:
        raise Refused("invalid", f"records_format is one of {', '.join(FORMATS)}", "records_format")
    shown = [each for each in fields_of(entry) if each["id"] in query.shown]
    head: dict[str, Any] = {
        "resource_id": str(file_id(entry.name, DATASTORE)),
        "fields": sorted(shown, key=lambda each: list(query.shown).index(each["id"])),
        "limit": query.limit,
        "offset": query.offset,
        "records_format": form,
        "include_total": yes(asked, "include_total", True),
    }
    head |= {name: asked[name] for name in ("filters", "q", "sort") if asked.get(name)}
    try:
        if head["include_total"]:
            is_whole = not (query.filters or query.words or query.is_grouped)
            head |= {
                "total": entry.published.rows if is_whole else total_of(lake_path(), query),
                "total_was_estimated": False,
            }
        if form in ("objects", "lists"):
            page = page_of(lake_path(), query, "json")
            lists = (
                [list(json.loads(line.as_py()).values()) for line in page.table["line"]]
                if form == "lists"
                else []
            )
            return head | {"records": lists} if form == "lists" else Records(head, page.lines(", "))
        with export(lake_path(), page_of(lake_path(), query, "csv").table, form) as file:
            return head | {"records": file.read().decode().partition("\n")[2]}
    except QueryError as error:
        raise stopped(error) from None


def datastore_info(release: Release | None, asked: Asked) -> dict[str, Any]:
    """Return how many rows a resource has, and its columns. resource_id (or id)."""
    entry = entry_of(
        release, asked if asked.get("resource_id") else {"resource_id": asked.get("id")}
    )
    stored = entry.published.file("parquet")
    meta = {
        "id": str(file_id(entry.name, DATASTORE)),
        "count": entry.published.rows,
        "size": stored.bytes if stored else None,
        "aliases": [entry.name],
        "table_type": "BASE TABLE",
    }
    schemas = [
        {
            "native_type": TYPES[each.type],
            "notnull": each.required,
            "is_index": False,
            "index_name": "",
            "uniquekey": entry.key == (each.name,),
        }
        for each in entry.fields
    ]
    return {
        "meta": meta,
        "fields": [
            each | {"schema": schema}
            for each, schema in zip(fields_of(entry), schemas, strict=True)
        ],
    }


def fields_of(entry: Entry) -> list[dict[str, Any]]:
    """Return a table's columns with CKAN's types; what they mean in Indonesian is the label, in
    English with the unit a note.
    """
    return [
        {
            "id": each.name,
            "type": TYPES[each.type],
            "info": {
                "label": each.meaning.id,
                "notes": each.meaning.en + (f" ({unit(each.unit, 'en')})" if each.unit else ""),
                "unit": each.unit or "",
            },
        }
        for each in entry.fields
    ]


def query_of(entry: Entry, asked: Asked, default: int | None, most: int) -> Query:
    """Return what is asked of a table's rows; without ``limit`` and ``default`` all of them.
    Refused (Validation Error) names what is wrong.
    """
    fields, stored = {each.name: each for each in entry.fields}, entry.published.file("parquet")
    if stored is None:
        raise Refused(
            "not found",
            "Not found: this table has no rows that can be searched; package_show has its files",
        )
    wanted = tuple(_known("fields", several(asked, "fields", MOST_PARTS), fields))
    limit = whole(asked, "limit", default if default is not None else -1, most)
    query = Query(
        lake_path() / stored.path,
        tuple((each.name, each.type) for each in entry.fields),
        wanted,
        limit=None if limit < 0 else limit,
    )
    if yes(asked, "distinct"):
        query = replace(query, fields=(), group=wanted or tuple(fields))
    words = _words(asked, fields)
    return replace(
        query,
        filters=_filters(asked, fields),
        sort=_sort(asked, query.shown),
        words=words,
        offset=whole(asked, "offset", 0, DEEPEST),
    )


def stopped(error: QueryError) -> Refused:
    """Return the refusal of a question that took too much, asks for a value that is none, or
    whose table cannot be read.
    """
    if isinstance(error, ValueQueryError):
        return Refused("invalid", f"{error}; datastore_info has the types of columns")
    if isinstance(error, UnreadableError):
        return Refused("search", f"Search error: {error}", status=503)
    return Refused(
        "search", f"Search error: {error}; filter more, or query the whole file: /sql shows how"
    )


def entry_of(release: Release | None, asked: Asked) -> Entry:
    """Return the table whose rows are asked for, by its resource's id or its own name."""
    wanted = needed(asked, "resource_id")
    for entry in catalogue(release).entries.values():
        if wanted in (str(file_id(entry.name, DATASTORE)), entry.name):
            return entry
    raise Refused(
        "not found",
        "Not found: there is no such resource with rows; package_show names those with"
        " datastore_active",
    )


def _known(parameter: str, found: list[str], known: Mapping[str, Any]) -> list[str]:
    if not set(found) <= set(known):
        raise Refused(
            "invalid",
            f"{parameter} names a column that is not there; there are {', '.join(known)}",
            parameter,
        )
    return found


def _sort(asked: Asked, shown: Mapping[str, str]) -> tuple[Sort, ...]:
    found = []
    for part in several(asked, "sort", MOST_PARTS):
        match = ORDER.fullmatch(part)
        if match is None:
            raise Refused(
                "invalid",
                "sort is columns between commas, each with asc or desc; empty values come last",
                "sort",
            )
        found.append(Sort(match["quoted"] or match["name"], (match["way"] or "").lower() == "desc"))
    if found == [Sort(ROW)]:
        return ()
    _known("sort", [each.column for each in found], shown)
    return tuple(found)


def _filters(asked: Asked, fields: Mapping[str, Field]) -> tuple[Filter, ...]:
    """Read ``{"column": value}``, a list of values for one of them, or ``{"gte": value, "lt":
    value}``.
    """
    said = structured(asked, "filters") or {}
    if not isinstance(said, dict):
        raise Refused(
            "invalid",
            'filters is an object: {"column": value, "column": [one, other], "column": {"gte":'
            ' value, "lt": value}}',
            "filters",
        )
    found = []
    for column, value in said.items():
        field = fields[_known("filters", [column], fields)[0]]
        conditions = (
            value if isinstance(value, dict) else {"in" if isinstance(value, list) else "eq": value}
        )
        for operator, wanted in conditions.items():
            if operator not in RANGES:
                raise Refused("invalid", f"filters compares by {', '.join(RANGES)}", "filters")
            found.append(_filter(field, operator, wanted))
    return tuple(found)


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
        or any(isinstance(each, dict | list) or each is None for each in values)
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
            tuple(value_of(field, _written(each, field.type)) for each in values),
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


def _words(asked: Asked, fields: Mapping[str, Field]) -> tuple[Words, ...]:
    """Read ``q``: words that are all to be found in the texts of a row, or in the columns named."""
    said = asked.get("q") or asked.get("full_text")
    if isinstance(said, str) and said.lstrip().startswith("{"):
        said = structured(asked, "q")
    named = said if isinstance(said, dict) else {"": said} if said else {}
    if not all(isinstance(each, str) for each in named.values()):
        raise Refused(
            "invalid", 'q is a text, or an object of texts by column: {"column": "words"}', "q"
        )
    _known("q", [each for each in named if each], fields)
    texts = tuple(each.name for each in fields.values() if each.type == "string") or tuple(fields)
    found = [
        Words((column,) if column else texts, word)
        for column, words in named.items()
        for word in words.split()
    ]
    if len(found) > MOST_PARTS:
        raise Refused("invalid", f"q has {MOST_PARTS} words at most", "q")
    return tuple(found)
