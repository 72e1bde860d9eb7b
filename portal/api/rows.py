"""Rows and aggregates of an open table over HTTP: parameters in, JSON, CSV, NDJSON, Parquet or
Arrow out. Queries are made in ``pipelines``.

``/api/v1/tables`` lists the tables, ``/tables/<name>`` describes one, ``/rows`` and ``/aggregate``
under it answer, ``/receipt`` says what it was made of. Every answer is of one release and says
which. Aggregates disclose nothing new: they are of rows that everybody may download, and those of
marts and indicators had their small counts emptied before they were published
(``pipelines.models.disclosure``).
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from pipelines.errors import LakeError, QueryError, UnreadableError, ValueQueryError
from pipelines.query.engine import export, page_of, total_of
from pipelines.query.rows import Query
from pipelines.receipts.receipt import canonical
from pipelines.release.release import Release
from pipelines.settings import lake_path
from portal.api import continuation, described
from portal.api.continuation import Continuation
from portal.api.parameters import (
    AGGREGATE,
    DEFAULT,
    FORMS,
    RELEASE,
    ROWS,
    Asked,
    BadQuery,
    query_of,
)
from portal.api.remembered import ANSWERS
from portal.data.dated import is_still_open, release_called, release_of
from portal.data.entry import Entry, entries
from portal.data.receipted import receipt_of
from portal.data.release import current
from portal.http.address import file_of, url
from portal.http.answers import FOREVER, LATEST, absent, answer, problem
from portal.http.limits import Limited
from portal.http.negotiation import is_kept, preferred

LIGHT, HEAVY = CapacityLimiter(8), CapacityLimiter(2)
"""How many pages, and how many whole tables, are made at the same time."""
QUEUE = 256
"""How many wait for their turn before the next one is sent away."""
VERSION = 1
"""Raised when the same question gets another answer of the same release, so that no old one is
kept.
"""
CHUNK = 1 << 18


async def _asked(
    request: Request, known: Any, answered: Callable[[Request, Asked], Response]
) -> Response:
    """Answer in a thread, or say what is wrong with the question."""
    try:
        asked = Asked(request.query_params, known)
        whole = asked.limit is None and "format" in known and _form(request, asked) != "json"
        limiter = HEAVY if whole else LIGHT
        if limiter.statistics().tasks_waiting >= QUEUE:
            return problem(
                503,
                "Busy",
                "too many are asking at this moment; ask again in some seconds",
                {"Retry-After": "5"},
            )
        return await to_thread.run_sync(answered, request, asked, limiter=limiter)
    except LakeError:  # the release cannot be read: it was damaged after it was made
        return absent()
    except BadQuery as error:
        return problem(400, "Bad query", str(error), parameter=error.parameter)
    except ValueQueryError as error:
        return problem(400, "Bad query", str(error))
    except UnreadableError as error:
        return problem(503, "Not readable", str(error), {"Retry-After": "60"})
    except QueryError as error:
        return problem(
            503,
            "Stopped",
            f"{error}; filter more, sort by fewer columns, or query the file itself:"
            " /download/<table>.parquet, as /sql shows",
            {"Retry-After": "60"},
        )


async def tables(request: Request) -> Response:
    """Answer with the list of open tables."""
    return await _asked(
        request,
        RELEASE,
        lambda _, asked: _said(request, asked, None, lambda release, _: described.tables(release)),
    )


async def table(request: Request) -> Response:
    """Answer with what a table is: its columns with type, unit and meaning, its files and links."""
    return await _asked(
        request,
        RELEASE,
        lambda _, asked: _said(request, asked, request.path_params["name"], described.table),
    )


async def receipt(request: Request) -> Response:
    """Answer with what the table of a release was made of."""
    found = lambda release, entry: receipt_of(release, entry.name, {})  # noqa: E731
    return await _asked(
        request, RELEASE, lambda _, asked: _said(request, asked, request.path_params["name"], found)
    )


async def rows(request: Request) -> Response:
    """Answer with rows of a table."""
    return await _asked(request, ROWS, _rows)


async def aggregate(request: Request) -> Response:
    """Answer with figures of groups of a table's rows."""
    return await _asked(request, AGGREGATE, _rows)


def _said(
    request: Request, asked: Asked, name: str | None, say: Callable[[Release, Any], Any]
) -> Response:
    release = _release(asked)
    entry = _open(release, name or "")
    if release is None or (name is not None and entry is None):
        return absent()
    content = say(release, entry)
    if content is None:
        return absent()
    told = {"X-Lumbung-Release": release.id}
    return answer(
        request,
        canonical(content),
        "application/json",
        told,
        FOREVER if "release" in asked.said else LATEST,
    )


def _open(release: Release | None, name: str) -> Entry | None:
    return entries(release).get(name) if release and is_still_open(release, name) else None


def _rows(request: Request, asked: Asked) -> Response:
    at = _continuation(asked)
    release = at.release if at else _release(asked)
    entry = _open(release, request.path_params["name"])
    stored = entry.published.file("parquet") if entry else None
    if release is None or entry is None or stored is None:
        return absent()
    query, form, counted = (
        query_of(entry, lake_path() / stored.path, asked),
        _form(request, asked),
        asked.choice("total", "exact") == "exact",
    )
    if at:
        if at.question != continuation.question_of(entry.name, query):
            raise BadQuery(
                "cursor",
                "the cursor belongs to another table, filter or sort; leave these as they were, or"
                f" {continuation.AGAIN}",
            )
        query = replace(query, after=at.after)
    said = [VERSION, release.id, entry.name, repr(query), form, counted, url()]
    cache = FOREVER if at or "release" in asked.said else LATEST
    told = {
        "ETag": f'W/"{hashlib.sha256(canonical(said)).hexdigest()[:32]}"',
        "Cache-Control": cache,
        "Vary": "Accept",
        "X-Lumbung-Release": release.id,
    }
    if is_kept(request.headers, told["ETag"]):
        return Response(status_code=304, headers=told)
    whole = (
        form != "json"
        and set(asked.said) <= {"format", "total", "release", "as_of"}
        and not query.measures
    )
    if whole and entry.published.file(form):
        pinned = release.id if {"release", "as_of"} & set(asked.said) else None
        return RedirectResponse(file_of(entry.name, form, release=pinned), 307, told)
    if form != "json" and query.limit is None and not at:
        return _whole(entry, query, form, counted, told)
    key = (told["ETag"], request.scope["query_string"])
    if kept := ANSWERS.get(key):
        return kept
    page = _page(
        request,
        release,
        entry,
        replace(query, limit=DEFAULT if query.limit is None else query.limit),
        form,
        counted,
        at,
        told,
    )
    return ANSWERS.keep(key, page, told)


def _whole(entry: Entry, query: Query, form: str, counted: bool, told: dict[str, str]) -> Response:
    """Answer with all rows that match, as a file."""
    if counted:
        told["X-Total-Count"] = str(
            entry.published.rows
            if not query.filters and not query.measures
            else total_of(lake_path(), query)
        )
    return _file(export(lake_path(), query, form), entry, form, told)


def _page(
    request: Request,
    release: Release,
    entry: Entry,
    query: Query,
    form: str,
    counted: bool,
    at: Continuation | None,
    told: dict[str, str],
) -> Response:
    """Answer with a page, and where the next one is."""
    root = lake_path()
    page = page_of(root, query, form)
    known = entry.published.rows if not query.filters and not query.measures else None
    if at is None and page.ended:
        known = page.table.num_rows
    total = (
        None
        if not counted
        else (
            at.total
            if at and at.total is not None
            else known
            if known is not None
            else total_of(root, query)
        )
    )
    following = None
    if page.last is not None:
        try:
            cursor = continuation.write(
                Continuation(release, continuation.question_of(entry.name, query), page.last, total)
            )
        except LakeError as error:
            raise BadQuery("sort", str(error)) from error
        kept = [
            each
            for each in request.query_params.multi_items()
            if each[0] not in ("cursor", "as_of", "release")
        ]
        following = url(
            f"/api/v1/tables/{entry.name}/rows?{urlencode([*kept, ('cursor', cursor)])}"
        )
        told["Link"] = f'<{following}>; rel="next"'
    if total is not None:
        told["X-Total-Count"] = str(total)
    if form == "ndjson":
        return Response(page.lines("\n"), media_type=FORMS[form], headers=told)
    if form != "json":
        return _file(export(root, page.table, form), entry, form, told)
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
    return Response(content, media_type=FORMS[form], headers=told)


def _file(opened: BinaryIO, entry: Entry, form: str, told: dict[str, str]) -> Response:
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
    return StreamingResponse(chunks(), media_type=FORMS[form], headers={**told, **more})


def _release(asked: Asked) -> Release | None:
    """Return the release that is asked for, the current one when nothing is said."""
    day = asked.day
    if day and "release" in asked.said:
        raise BadQuery("release", "as_of and release both say which release; leave one out")
    for name, found in (
        ("release", lambda: release_called(asked.said["release"])),
        ("as_of", lambda: release_of(day) if day else None),
    ):
        if name in asked.said:
            try:
                return found()
            except LakeError as error:
                raise BadQuery(name, f"{name}: {error}") from error
    return current()


def _continuation(asked: Asked) -> Continuation | None:
    if "cursor" not in asked.said:
        return None
    if {"as_of", "release"} & set(asked.said):
        raise BadQuery(
            "cursor", "the cursor says itself which release it reads; leave out as_of and release"
        )
    try:
        return continuation.read(asked.said["cursor"])
    except LakeError as error:
        raise BadQuery("cursor", str(error)) from error


def _form(request: Request, asked: Asked) -> str:
    """Return the form asked for: by ``format``, else the one that ``Accept`` likes best, JSON
    when it takes none.
    """
    by_type = {media.partition(";")[0]: form for form, media in FORMS.items()}
    return asked.choice("format", by_type.get(preferred(request.headers, by_type) or "", "json"))


async def nothing(_: Request) -> Response:
    """Answer for any other address under the API."""
    return absent()


_TABLE = "/tables/{name}"
ROUTES: list[BaseRoute] = [
    Mount(
        "/api/v1",
        routes=[
            Route("/tables", tables),
            Route(_TABLE, table),
            Route(f"{_TABLE}/rows", rows),
            Route(f"{_TABLE}/aggregate", aggregate),
            Route(f"{_TABLE}/receipt", receipt),
            Route("/{rest:path}", nothing),
        ],
        middleware=[Middleware(Limited)],
    ),
]
