"""The OpenAPI 3.1 document of the row API and the files, made of the code that answers:
parameters as they are read, the tables of the current release.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.files import export
from pipelines.receipts.canonical import canonical
from portal.api.parameters import (
    AGGREGATE,
    FORMS,
    MOST_FIELDS,
    MOST_FILTERS,
    RELEASE,
    ROWS,
    Parameter,
)
from portal.api.schemas import HEADERS, PROBLEMS, SCHEMAS, TEXT
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.data.release import current
from portal.http.address import url
from portal.http.answers import answer
from portal.http.rate_limit import shared


def document() -> dict[str, Any]:
    """Return the document, for the tables of the current release."""
    release = current()
    open_tables = entries(release) if release else {}
    about = (
        "Every open table of the city by rows, by groups or as a whole file. Every answer is of one"
        " release and has a receipt."
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lumbung",
            "version": "1",
            "description": about,
            "license": {
                "name": "CC BY 4.0, unless a table says otherwise",
                "url": "https://creativecommons.org/licenses/by/4.0/",
            },
        },
        "servers": [{"url": url("").rstrip("/")}],
        "paths": _paths(open_tables),
        "components": {"schemas": SCHEMAS},
    }


def _paths(open_tables: Mapping[str, Entry]) -> dict[str, Any]:
    example = next(iter(open_tables.values()), None)
    return {
        "/api/v1/tables": _operation(
            "tables", "The open tables", RELEASE, _json("Tables"), None, example
        ),
        "/api/v1/tables/{name}": _operation(
            "table",
            "A table: columns, units, meanings, files",
            RELEASE,
            _json("Table"),
            open_tables,
            example,
        ),
        "/api/v1/tables/{name}/rows": _operation(
            "rows",
            "Rows of a table: filtered, sorted, in pages",
            ROWS,
            _forms(),
            open_tables,
            example,
            {
                "307": {
                    "description": "The whole table is a file that is ready.",
                    "headers": {"Location": {"schema": TEXT}},
                }
            },
        ),
        "/api/v1/tables/{name}/aggregate": _operation(
            "aggregate",
            "Counts, sums, means and more by group",
            AGGREGATE,
            _forms(),
            open_tables,
            example,
        ),
        "/api/v1/tables/{name}/receipt": _operation(
            "receipt", "What a table was made of", RELEASE, _json("Receipt"), open_tables, example
        ),
        "/download/{name}.{form}": {"get": _download(open_tables)},
    }


def _operation(
    name: str,
    summary: str,
    declared_by_name: Mapping[str, Parameter],
    content: Mapping[str, Any],
    open_tables: Mapping[str, Entry] | None,
    example: Entry | None,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    parameters = [] if open_tables is None else [_name(open_tables)]
    parameters += [
        _parameter(
            parameter_name,
            declared,
            example if parameter_name != "sort" or declared_by_name is ROWS else None,
        )
        for parameter_name, declared in declared_by_name.items()
    ]
    problems = {code: _problem(meaning) for code, meaning in PROBLEMS.items()}
    answers = {
        "200": {"description": "The answer.", "headers": HEADERS, "content": content},
        "304": {"description": "Nothing has changed."},
    }
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": parameters,
            "responses": {**answers, **(more or {}), **problems},
        }
    }


def _name(open_tables: Mapping[str, Entry]) -> dict[str, Any]:
    schema = {"type": "string", **({"enum": list(open_tables)} if open_tables else {})}
    return {
        "name": "name",
        "in": "path",
        "required": True,
        "description": "The table's name.",
        "schema": schema,
    }


def _parameter(name: str, declared: Parameter, example: Entry | None) -> dict[str, Any]:
    schema = dict(declared.schema)
    if declared.many:
        schema = {
            "type": "array",
            "items": schema,
            "maxItems": MOST_FILTERS if name == "filter" else MOST_FIELDS,
        }
    shown = _example(name, example) if example else None
    examples = (
        {"examples": {"example": {"value": [shown] if declared.many else shown}}} if shown else {}
    )
    return {
        "name": name,
        "in": "query",
        "description": declared.meaning,
        "schema": schema,
        **examples,
    }


def _example(name: str, entry: Entry) -> str | None:
    first = entry.fields[0].name
    return {
        "filter": f"{first}:not_null",
        "sort": f"-{first}",
        "fields": first,
        "group": first,
        "measure": f"count_distinct:{first}",
    }.get(name)


def _forms() -> dict[str, Any]:
    binary = {"schema": {}}
    return {
        media: {"schema": {"$ref": "#/components/schemas/Answer"}} if form == "json" else binary
        for form, media in FORMS.items()
    }


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _problem(meaning: str) -> dict[str, Any]:
    return {
        "description": meaning,
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }


def _download(open_tables: Mapping[str, Entry]) -> dict[str, Any]:
    form = {
        "name": "form",
        "in": "path",
        "required": True,
        "description": "The form of the file.",
        "schema": {"type": "string", "enum": list(export.FORMS)},
    }
    answers = {
        "200": {
            "description": "The whole table of the current release.",
            "content": {"*/*": {"schema": {}}},
        },
        "206": {"description": "A part of it.", "content": {"*/*": {"schema": {}}}},
        "304": {"description": "Nothing has changed."},
        "404": {"description": "There is no such file.", "content": {"*/*": {"schema": {}}}},
    }
    return {
        "operationId": "download",
        "summary": "A whole table as a file, never limited",
        "parameters": [_name(open_tables), form],
        "responses": answers,
    }


def openapi(request: Request) -> Response:
    """Answer with the document."""
    return answer(request, canonical(document()), "application/json")


ROUTES: list[BaseRoute] = shared(Route("/openapi.json", openapi))
