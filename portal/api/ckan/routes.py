"""The CKAN Action API, the part of it that harvesters and clients use, so that the ecosystem works
unchanged: addresses, envelope, dispatch.

``/api/action/<name>`` and ``/api/3/action/<name>``, by GET or POST, never redirected. Every answer
is CKAN's envelope, and so is every refusal, whose HTTP status some harvesters do not look at. What
each action answers stands in ``actions``, ``search`` and ``datastore``.
https://docs.ckan.org/en/2.12/api/
"""

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.release.release import Release
from portal.api.ckan import actions, datastore, search
from portal.api.ckan.datastore import Records
from portal.api.ckan.parameters import ActionParameters, Refused, needed, read_json
from portal.api.concurrency import LIGHT, Busy, in_turn
from portal.data.release import current
from portal.http.address import url
from portal.http.answers import answer
from portal.http.guard import Stopped
from portal.http.rate_limit import counted, too_many
from portal.http.security import OPEN, PREFLIGHT

LOG = logging.getLogger("portal.ckan")
PACKAGES = CapacityLimiter(2)
"""How many calls for packages are answered at the same time: they are computed, so that more
would only take the others' threads.
"""
MOST_BYTES = 1_000_000
"""How long the body of a request may be."""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


Action = Callable[[Release | None, ActionParameters], Any]


def help_show(release: Release | None, parameters: ActionParameters) -> str:
    """Return what an action does. name: the action."""
    action = ACTIONS.get(needed(parameters, "name"))
    if action is None:
        raise Refused(
            "not found", f"Not found: there is no such action; there are {', '.join(ACTIONS)}"
        )
    return action.__doc__ or ""


ACTIONS: dict[str, Action] = {
    action.__name__: action
    for action in (
        actions.status_show,
        actions.site_read,
        help_show,
        actions.package_list,
        actions.package_show,
        search.package_search,
        actions.current_package_list_with_resources,
        actions.resource_show,
        search.resource_search,
        actions.organization_list,
        actions.organization_show,
        actions.group_list,
        actions.group_show,
        actions.tag_list,
        actions.license_list,
        datastore.datastore_search,
        datastore.datastore_info,
    )
}
"""The actions there are, by name; ``help_show`` shows their first lines."""


async def action(request: Request) -> Response:
    """Answer one action."""
    name = request.path_params["action"]
    head = {"help": url(f"/api/3/action/help_show?name={name if name in ACTIONS else 'help_show'}")}
    headers = dict(OPEN)
    try:
        result = await _answered(name, request, headers)
    except Refused as refusal:
        content = json.dumps(
            head | {"success": False, "error": refusal.error}, ensure_ascii=False
        ).encode()
        return Response(content, refusal.status, headers | {"Cache-Control": "no-store"}, JSON)
    records = isinstance(result, Records)
    content = json.dumps(
        head | {"success": True, "result": result.head if records else result}, ensure_ascii=False
    ).encode()
    if records:
        content = content[:-2] + b', "records": [' + result.lines + b"]}}"
    return (
        answer(request, content, JSON, headers)
        if request.method == "GET"
        else Response(content, headers=headers | {"Cache-Control": "no-store"}, media_type=JSON)
    )


async def _answered(name: str, request: Request, headers: dict[str, str]) -> Any:
    """Return an action's result; an error of ours is recorded, and Refused in the envelope
    without its words.
    """
    try:
        return await _result(name, request, headers)
    except (Refused, Stopped):
        raise
    except Exception:
        LOG.exception("an action failed", extra={"told": {"action": name}})
        raise Refused(
            "failed", "this is an error of the portal and has been recorded; try again later"
        ) from None


async def _result(name: str, request: Request, headers: dict[str, str]) -> Any:
    """Return an action's result. Those that read rows are counted and wait for their turn;
    harvesters' calls for packages are never refused.
    """
    if name not in ACTIONS:
        sql = (
            "; queries in SQL are for the files themselves, as /sql shows"
            if name.endswith("_sql")
            else ""
        )
        raise Refused("not found", f"Action name not known; there are {', '.join(ACTIONS)}{sql}")
    parameters = await _parameters(request)
    if not name.startswith("datastore_"):
        return await to_thread.run_sync(ACTIONS[name], current(), parameters, limiter=PACKAGES)
    if wait := counted(request.scope, headers):
        headers["Retry-After"] = str(wait)
        raise Refused("search", f"Search error: {too_many(wait)}", status=429)
    try:
        return await in_turn(request.scope, LIGHT, ACTIONS[name], current(), parameters)
    except Busy as error:
        headers["Retry-After"] = "5"
        raise Refused("search", f"Search error: {error}", status=error.status) from None


async def _parameters(request: Request) -> dict[str, Any]:
    """Return a request's parameters: of its body, JSON or a form; else of its address. One that
    is there twice is a list.
    """
    body = await _body(request) if request.method == "POST" else b""
    form = request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM
    if body and not (form and not body.lstrip().startswith(b"{")):
        content = read_json(body)
        if not isinstance(content, dict):
            raise Refused(
                "malformed",
                f"JSON Error: a JSON object of parameters is needed, not {type(content).__name__}",
            )
        return content
    try:
        pairs = parse_qs(
            body.decode() if body else request.scope["query_string"].decode("latin-1"),
            keep_blank_values=True,
            max_num_fields=100,
        )
    except ValueError:
        raise Refused("malformed", "the form cannot be read: UTF-8, at most 100 fields") from None
    return {name: values[0] if len(values) == 1 else values for name, values in pairs.items()}


async def _body(request: Request) -> bytes:
    """Return the body, of which no more is read than it may be long."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                raise Refused("malformed", f"the body has {MOST_BYTES} bytes at most", status=413)
    except ClientDisconnect:
        raise Refused("malformed", "the body is not whole") from None
    return bytes(body)


async def preflight(_: Request) -> Response:
    """Say that any site's page may ask."""
    return Response(
        status_code=204,
        headers={**OPEN, **PREFLIGHT, "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS"},
    )


_ACTION = [f"/api/{version}action/{{action}}{end}" for version in ("", "3/") for end in ("", "/")]
ROUTES: list[BaseRoute] = [
    *(Route(path, preflight, methods=["OPTIONS"]) for path in _ACTION),
    *(Route(path, action, methods=["GET", "POST"]) for path in _ACTION),
]
