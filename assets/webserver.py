"""Dagster's UI with a door before it: ``python -m assets.webserver`` takes what
``dagster-webserver`` takes. Whoever opens the UI may launch runs, and Dagster asks nobody who they
are; so only this machine is answered, by its own name, and the proxy that signs people in, by the
name in ``LUMBUNG_DAGSTER_URL``.

A page of somebody else's in the operator's browser is refused: it would come with a foreign
``Host`` (DNS rebinding), a foreign ``Origin``, or as a GET. The class that Dagster serves is put in
place of its own, a seam that is not public: a test holds it.
"""

from urllib.parse import urlsplit

import dagster_webserver.app
from dagster_webserver.cli import main
from dagster_webserver.webserver import DagsterWebserver
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.settings import settings

HERE = ("127.0.0.1", "localhost", "[::1]")
FOREIGN = (
    "refused: {} is not where this Dagster is. Open it at http://127.0.0.1:{}, or set"
    " LUMBUNG_DAGSTER_URL to the address at which your proxy signs people in and hands them on"
)


class Door:
    """Lets through what comes from the UI's own pages, by a name it is known under."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to whoever is refused, and close a foreign websocket."""
        why = refused(scope) if scope["type"] in ("http", "websocket") else None
        if why is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(why, 403)(scope, receive, send)


def refused(scope: Scope) -> str | None:
    """Return why a request is refused, None where it is not: somebody who follows a link to the UI
    only opens a page.
    """
    fields = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    port = (scope.get("server") or ("", 0))[1]
    origins = _origins(port)
    if fields.get("host") not in origins:
        return FOREIGN.format(repr(fields.get("host", ""))[:100], port)
    if "origin" in fields and fields["origin"] not in origins.values():
        return FOREIGN.format(f"a page of {fields['origin']!r}"[:100], port)
    is_opened = scope.get("method") == "GET" and fields.get("sec-fetch-mode") == "navigate"
    if fields.get("sec-fetch-site") in ("cross-site", "same-site") and not is_opened:
        return FOREIGN.format("the page that asks", port)
    if scope["type"] == "http" and scope["path"].endswith("/graphql") and scope["method"] != "POST":
        return "refused: /graphql is asked by POST alone; an address must not change anything"
    return None


def _origins(port: int) -> dict[str, str]:
    """Return by name and port of this server the origin of its pages."""
    own = {f"{name}:{port}": f"http://{name}:{port}" for name in HERE}
    proxied = urlsplit(settings().dagster_url)
    if proxied.netloc:
        own[proxied.netloc] = f"{proxied.scheme}://{proxied.netloc}"
    return own


class GuardedWebserver(DagsterWebserver):
    """Dagster's own, behind the door."""

    def build_middleware(self) -> list[Middleware]:
        """Put the door first."""
        return [Middleware(Door), *super().build_middleware()]


if __name__ == "__main__":
    dagster_webserver.app.DagsterWebserver = GuardedWebserver
    main()
