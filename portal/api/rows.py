"""Rows and aggregates of an open table over HTTP: parameters in, JSON, CSV, NDJSON, Parquet or
Arrow out. Queries are made in ``pipelines``.

Under ``/api/v1/tables/<name>``, ``/rows`` and ``/aggregate`` answer; what a table is, is answered
by ``tables``. Every answer is of one release and says which. Aggregates disclose nothing new: they
are of rows that everybody may download, and those of marts and indicators had their small counts
emptied before they were published (``pipelines.models.disclosure``).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from pipelines.errors import LakeError
from pipelines.query.engine import Page, export, page_of, total_of
from pipelines.query.query import Query
from pipelines.receipts.canonical import canonical
from pipelines.release.release import Release
from portal.api import continuation, described
from portal.api.answer_cache import ANSWERS
from portal.api.continuation import Continuation
from portal.api.parameters import (
    AGGREGATE,
    DEFAULT,
    FORMS,
    ROWS,
    BadQuery,
    RequestParameters,
)
from portal.api.query import query_of
from portal.api.row_request import answer_in_thread, form_requested, open_entry, release_requested
from portal.data.entry import Entry
from portal.http.address import file_of, url
from portal.http.answers import FOREVER, LATEST, absent
from portal.http.negotiation import client_has
from portal.http.rate_limit import Limited

VERSION = 1
"""Raised when the same question gets another answer of the same release, so that no old one is
kept.
"""
CHUNK = 1 << 18
AHEAD = 300
"""Rows that a page looks ahead for the end of what a filter leaves: fewer than counting costs."""


async def rows(request: Request) -> Response:
    """Answer with rows of a table."""
    return await answer_in_thread(request, ROWS, _rows)


async def aggregate(request: Request) -> Response:
    """Answer with figures of groups of a table's rows."""
    return await answer_in_thread(request, AGGREGATE, _rows)


def _rows(request: Request, parameters: RequestParameters) -> Response:
    at = _continuation(parameters)
    release = at.release if at else release_requested(parameters)
    entry = open_entry(release, request.path_params["name"])
    stored = entry.published.file("parquet") if entry else None
    if release is None or entry is None or stored is None:
        return absent()
    root = release.folder.parents[1]
    query, form, counted = (
        query_of(entry, root / stored.path, parameters),
        form_requested(request, parameters),
        parameters.choice("total", "exact") == "exact",
    )
    if at:
        if at.question != continuation.question_of(entry.name, query):
            raise BadQuery(
                "cursor",
                "the cursor belongs to another table, filter or sort; leave these as they were, or"
                f" {continuation.AGAIN}",
            )
        query = replace(query, after=at.after)
    identity = [VERSION, release.id, entry.name, repr(query), form, counted, url()]
    cache = FOREVER if at or "release" in parameters.given else LATEST
    headers = {
        "ETag": f'W/"{hashlib.sha256(canonical(identity)).hexdigest()[:32]}"',
        "Cache-Control": cache,
        "Vary": "Accept",
        "X-Lumbung-Release": release.id,
    }
    if client_has(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    whole = (
        form != "json"
        and set(parameters.given) <= {"format", "total", "release", "as_of"}
        and not query.measures
    )
    if whole and entry.published.file(form):
        pinned = release.id if {"release", "as_of"} & set(parameters.given) else None
        return RedirectResponse(file_of(entry.name, form, release=pinned), 307, headers)
    if form != "json" and query.limit is None and not at:
        return _whole(root, entry, query, form, counted, headers)
    key = (headers["ETag"], request.scope["query_string"])
    if remembered := ANSWERS.get(key):
        return remembered
    page = _page(
        request,
        release,
        entry,
        replace(query, limit=DEFAULT if query.limit is None else query.limit),
        form,
        counted,
        at,
        headers,
    )
    return ANSWERS.keep(key, page, headers)


def _whole(
    root: Path, entry: Entry, query: Query, form: str, counted: bool, headers: dict[str, str]
) -> Response:
    """Answer with all rows that match, as a file."""
    if counted:
        headers["X-Total-Count"] = str(
            entry.published.rows
            if not query.filters and not query.measures
            else total_of(root, query)
        )
    return _file(export(root, query, form), entry, form, headers)


def _page(
    request: Request,
    release: Release,
    entry: Entry,
    query: Query,
    form: str,
    counted: bool,
    at: Continuation | None,
    headers: dict[str, str],
) -> Response:
    """Answer with a page, and where the next one is."""
    root = release.folder.parents[1]
    is_selected = bool(query.filters or query.measures)
    page = page_of(root, query, form, AHEAD if counted and is_selected and at is None else 0)
    total = _total(root, entry, query, page, at) if counted else None
    following = _following(request, release, entry, query, page, total)
    if following:
        headers["Link"] = f'<{following}>; rel="next"'
    if total is not None:
        headers["X-Total-Count"] = str(total)
    if form == "ndjson":
        return Response(page.lines("\n"), media_type=FORMS[form], headers=headers)
    if form != "json":
        return _file(export(root, page.table, form), entry, form, headers)
    head = {"table": entry.name, "release": release.id, "total": total}
    tail = {
        "next": following,
        "receipt": described.receipt_url(entry),
        "licence": entry.licence,
        "synthetic": entry.synthetic,
    }
    content = (
        json.dumps(head).encode()[:-1]
        + b', "rows": ['
        + page.lines(",")
        + b"], "
        + json.dumps(tail).encode()[1:]
    )
    return Response(content, media_type=FORMS[form], headers=headers)


def _total(root: Path, entry: Entry, query: Query, page: Page, at: Continuation | None) -> int:
    if at and at.total is not None:
        return at.total
    if page.total is not None:
        return page.total
    if not query.filters and not query.measures:
        return entry.published.rows
    return total_of(root, query)


def _following(
    request: Request, release: Release, entry: Entry, query: Query, page: Page, total: int | None
) -> str | None:
    """Return where the next page is, None after the last."""
    if page.last is None:
        return None
    try:
        cursor = continuation.write(
            Continuation(release, continuation.question_of(entry.name, query), page.last, total)
        )
    except LakeError as error:
        raise BadQuery("sort", str(error)) from error
    others = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name not in ("cursor", "as_of", "release")
    ]
    return url(f"/api/v1/tables/{entry.name}/rows?{urlencode([*others, ('cursor', cursor)])}")


def _file(opened: BinaryIO, entry: Entry, form: str, headers: dict[str, str]) -> Response:
    """Stream a file that is on the disk under no name any more."""

    def chunks() -> Iterator[bytes]:
        with opened:
            while chunk := opened.read(CHUNK):
                yield chunk

    size = opened.seek(0, 2)
    opened.seek(0)
    more = {
        "Content-Length": str(size),
        "Content-Disposition": f'attachment; filename="{entry.name}.{form}"',
    }
    return StreamingResponse(chunks(), media_type=FORMS[form], headers={**headers, **more})


def _continuation(parameters: RequestParameters) -> Continuation | None:
    if "cursor" not in parameters.given:
        return None
    if {"as_of", "release"} & set(parameters.given):
        raise BadQuery(
            "cursor", "the cursor says itself which release it reads; leave out as_of and release"
        )
    try:
        return continuation.read(parameters.given["cursor"])
    except LakeError as error:
        raise BadQuery("cursor", str(error)) from error


async def nothing(_: Request) -> Response:
    """Answer for any other address under the API."""
    return absent()


_TABLE = "/tables/{name}"
ROUTES: list[BaseRoute] = [
    Mount(
        "/api/v1",
        routes=[
            Route(f"{_TABLE}/rows", rows),
            Route(f"{_TABLE}/aggregate", aggregate),
            Route("/{rest:path}", nothing),
        ],
        middleware=[Middleware(Limited)],
    ),
]
