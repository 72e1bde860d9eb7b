"""Rows of a table as CKAN's datastore gives them: ``datastore_search``, ``datastore_info`` and
``/datastore/dump/<resource>``, answered by ``pipelines.query``.

A resource is the CSV file of a table; its own name is an alias. What is asked of it is read by
``selection``; totals are exact.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.errors import QueryError, UnreadableError, ValueQueryError
from pipelines.query.engine import Page, export, page_of, total_of
from pipelines.release.release import Release
from pipelines.settings import lake_path
from portal.api.ckan.catalogue import catalogue
from portal.api.ckan.package import DATASTORE
from portal.api.ckan.parameters import ActionParameters, Refused, needed, text, yes
from portal.api.ckan.selection import LIMIT, MOST, TYPES, query_of
from portal.data.entry import Entry
from portal.http.address import file_id
from portal.words.say import unit

FORMATS = ("objects", "lists", "csv", "tsv")


@dataclass(frozen=True)
class Records:
    """A result whose records are JSON already, so that no row becomes a Python object: they
    stand last in it.
    """

    head: Mapping[str, Any]
    lines: bytes


def datastore_search(
    release: Release | None, parameters: ActionParameters
) -> dict[str, Any] | Records:
    """Return rows of a resource. resource_id; filters, q, fields, distinct, sort; limit (100, at
    most 32000), offset; include_total, records_format.
    """
    entry = entry_of(release, parameters)
    query = query_of(entry, parameters, LIMIT, MOST)
    form = text(parameters, "records_format") or "objects"
    if form not in FORMATS:
        raise Refused("invalid", f"records_format is one of {', '.join(FORMATS)}", "records_format")
    shown = [field for field in fields_of(entry) if field["id"] in query.shown]
    head: dict[str, Any] = {
        "resource_id": str(file_id(entry.name, DATASTORE)),
        "fields": sorted(shown, key=lambda field: list(query.shown).index(field["id"])),
        "limit": query.limit,
        "offset": query.offset,
        "records_format": form,
        "include_total": yes(parameters, "include_total", True),
    }
    head |= {name: parameters[name] for name in ("filters", "q", "sort") if parameters.get(name)}
    try:
        if head["include_total"]:
            is_whole = not (query.filters or query.words or query.is_grouped)
            head |= {
                "total": entry.published.rows if is_whole else total_of(lake_path(), query),
                "total_was_estimated": False,
            }
        if form in ("objects", "lists"):
            page = page_of(lake_path(), query, "json")
            return Records(head, page.lines(", ") if form == "objects" else _lists(page))
        with export(lake_path(), page_of(lake_path(), query, "csv").table, form) as file:
            return head | {"records": file.read().decode().partition("\n")[2]}
    except QueryError as error:
        raise stopped(error) from None


def _lists(page: Page) -> bytes:
    """Return rows as JSON lists, written one by one: one call for all of them would hold up whoever
    else is answered for as long as it takes.
    """
    lines = (list(json.loads(line.as_py()).values()) for line in page.table["line"])
    return ", ".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()


def datastore_info(release: Release | None, parameters: ActionParameters) -> dict[str, Any]:
    """Return how many rows a resource has, and its columns. resource_id (or id)."""
    entry = entry_of(
        release,
        parameters if parameters.get("resource_id") else {"resource_id": parameters.get("id")},
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
            "native_type": TYPES[field.type],
            "notnull": field.required,
            "is_index": False,
            "index_name": "",
            "uniquekey": entry.key == (field.name,),
        }
        for field in entry.fields
    ]
    return {
        "meta": meta,
        "fields": [
            described | {"schema": schema}
            for described, schema in zip(fields_of(entry), schemas, strict=True)
        ],
    }


def fields_of(entry: Entry) -> list[dict[str, Any]]:
    """Return a table's columns with CKAN's types; what they mean in Indonesian is the label, in
    English with the unit a note.
    """
    return [
        {
            "id": field.name,
            "type": TYPES[field.type],
            "info": {
                "label": field.meaning.id,
                "notes": field.meaning.en + (f" ({unit(field.unit, 'en')})" if field.unit else ""),
                "unit": field.unit or "",
            },
        }
        for field in entry.fields
    ]


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


def entry_of(release: Release | None, parameters: ActionParameters) -> Entry:
    """Return the table whose rows are asked for, by its resource's id or its own name."""
    wanted = needed(parameters, "resource_id")
    for entry in catalogue(release).entries.values():
        if wanted in (str(file_id(entry.name, DATASTORE)), entry.name):
            return entry
    raise Refused(
        "not found",
        "Not found: there is no such resource with rows; package_show names those with"
        " datastore_active",
    )
