"""How many people explore at a time: a Streamlit session costs memory and a thread, so there is a
limit, and who comes when it is reached is told so.

The limit holds for the Streamlit pages alone; light pages, files and the row API go on for
everybody. No client may take more than half of it.
"""

from collections import Counter
from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime

from pipelines.settings import settings
from portal.http import counts
from portal.http.answers import problem
from portal.http.guard import own_origin
from portal.http.negotiation import is_for_people
from portal.words.say import offered, say

RETRY = {"Retry-After": "60", "Cache-Control": "no-store"}
INSTEAD = {"home": "/", "catalogue": "/catalog", "kpi": "/kpi"}
"""Words and addresses of the light pages that a full portal points to."""


class Sessions:
    """Count websockets, refuse one too many, and one that a page of somebody else opens."""

    def __init__(self, app: ASGIApp, explore: str) -> None:
        """Watch the Streamlit pages of ``app``, which are under the path ``explore``."""
        self.app, self.explore = app, explore
        self.open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it asks for a session that cannot be had."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif (
            scope["type"] == "http"
            and scope["path"].startswith(self.explore + "/")
            and is_for_people(Headers(scope=scope))
            and self.open.total() >= settings().sessions
        ):
            await busy(scope)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != self.explore + "/_stcore/stream" or not own_origin(scope):
            await send({"type": "websocket.close", "code": 1008})
            return
        client = (scope.get("client") or ("",))[0]
        limit = settings().sessions
        if self.open.total() >= limit or self.open[client] >= max(1, limit // 2):
            await _denied(scope, receive, send)
            return
        self.open[client] += 1
        counts.note(self.explore, 200)
        try:
            await self.app(scope, receive, send)
        finally:
            self.open[client] -= 1
            self.open += Counter()


def held_sessions() -> int:
    """Return how many sessions Streamlit holds; looking at them lets it drop those whose time
    (``server.disconnectedSessionTTL``) is over.
    """
    return len(runtime.get_instance()._session_mgr.list_sessions()) if runtime.exists() else 0


def busy(scope: Scope) -> Response:
    """Return the page that says the portal is full and what can be read all the same, in the
    language asked for.
    """
    lang = next(
        (code for code in offered() if f"lang={code}".encode() in scope["query_string"]),
        offered()[0],
    )
    spoken = "" if lang == offered()[0] else f"?lang={lang}"
    links = "".join(
        f'<li><a href="{path}{spoken}">{escape(say(word, lang))}</a></li>'
        for word, path in INSTEAD.items()
    )
    title, why = escape(say("busy", lang)), escape(say("busy_why", lang))
    head = (
        '<meta charset="utf-8"><meta name="viewport"'
        f' content="width=device-width"><title>{title}</title>'
    )
    return HTMLResponse(
        f'<!doctype html><html lang="{lang}"><head>{head}</head>'
        f"<body><h1>{title}</h1><p>{why}</p><ul>{links}</ul></body></html>",
        503,
        RETRY,
    )


async def _denied(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the handshake of a websocket with 503, where the server can, else close it."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1013})
        return

    async def before_handshake(message: Message) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    answer = problem(
        503,
        "All sessions are taken",
        "the light pages, files and the row API go on; try again in a minute",
        RETRY,
    )
    await answer({**scope, "type": "http", "method": "GET"}, receive, before_handshake)
