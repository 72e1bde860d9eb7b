"""What the open tables are over HTTP: ``/api/v1/tables`` lists them, ``/tables/<name>`` describes
one, ``/receipt`` under it says what it was made of. Their rows are the business of ``rows``.
"""

from collections.abc import Callable
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.receipts.canonical import canonical
from pipelines.release.release import Release
from portal.api import described
from portal.api.parameters import (
    RELEASE,
    RequestParameters,
)
from portal.api.row_request import answer_in_thread, open_entry, release_requested
from portal.data.receipted import receipt_of
from portal.http.answers import FOREVER, LATEST, absent, answer
from portal.http.rate_limit import Limited


async def tables(request: Request) -> Response:
    """Answer with the list of open tables."""
    return await answer_in_thread(
        request,
        RELEASE,
        lambda _, parameters: _described(
            request, parameters, None, lambda release, _: described.tables(release)
        ),
    )


async def table(request: Request) -> Response:
    """Answer with what a table is: its columns with type, unit and meaning, its files and links."""
    return await answer_in_thread(
        request,
        RELEASE,
        lambda _, parameters: _described(
            request, parameters, request.path_params["name"], described.table
        ),
    )


async def receipt(request: Request) -> Response:
    """Answer with what the table of a release was made of."""
    describe = lambda release, entry: receipt_of(release, entry.name, {})  # noqa: E731
    return await answer_in_thread(
        request,
        RELEASE,
        lambda _, parameters: _described(
            request, parameters, request.path_params["name"], describe
        ),
    )


def _described(
    request: Request,
    parameters: RequestParameters,
    name: str | None,
    say: Callable[[Release, Any], Any],
) -> Response:
    release = release_requested(parameters)
    entry = open_entry(release, name or "")
    if release is None or (name is not None and entry is None):
        return absent()
    content = say(release, entry)
    if content is None:
        return absent()
    headers = {"X-Lumbung-Release": release.id}
    return answer(
        request,
        canonical(content),
        "application/json",
        headers,
        FOREVER if "release" in parameters.given else LATEST,
    )


TABLES = "/api/v1/tables"
ROUTES: list[BaseRoute] = [
    Route(path, endpoint, middleware=[Middleware(Limited)])
    for path, endpoint in (
        (TABLES, tables),
        (f"{TABLES}/{{name}}", table),
        (f"{TABLES}/{{name}}/receipt", receipt),
    )
]
