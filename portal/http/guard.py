"""Which requests come in: each is held against the limits below before anything of the portal sees
it, and one that breaks a limit is told which.

Decisions stand on the ASGI scope, never on an address made of what the request claims. The holes of
other servers that each rule answers are named beside the tests of this file.
"""

import asyncio
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.http.address import url
from portal.http.answers import absent, problem

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
METHODS = ("GET", "HEAD", "OPTIONS", "POST")
KNOWN = {"PUT", "DELETE", "PATCH", "TRACE", "CONNECT"}
"""Methods that HTTP has and the portal has no use for; any other name is no method at all."""
HEADERS = 100
"""How many header fields a request may have."""
HEADER_BYTES = 32 * 1024
"""How long all of them may be together."""
TARGET_BYTES = 8 * 1024
"""How long an address with its query may be (RFC 9110, 4.1 asks for 8000)."""
BODY_BYTES = 1024 * 1024
"""How long the body of a request may be."""
BODY_SECONDS = 20.0
"""How long a body may take to arrive."""
CLOSE = {"Connection": "close"}
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::[0-9]{1,5})?")
_NO_PATH = re.compile(r"[\x00-\x1f\x7f\\%]|//|(?:^|/)\.{1,2}(?:/|$)")
"""What no path of the portal holds: control characters, backslashes, what is still encoded,
empty and dotted segments.
"""


class Guard:
    """Let a request through, or answer it with what is allowed."""

    def __init__(self, app: ASGIApp, explore: str) -> None:
        """Guard ``app``; the pages under the path ``explore`` take no body."""
        self.app, self.explore = app, explore

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that breaks a limit, pass on any other."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = refused(scope, self.explore)
        if refusal and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif refusal:
            await refusal(scope, receive, send)
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            await self._within_limits(scope, receive, send)

    async def _within_limits(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, begun = _Body(receive), False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, body.receive, sent)
        except Stopped as error:
            if begun:
                raise
            await error.answer(scope, receive, send)


def refused(scope: Scope, explore: str) -> Response | None:
    """Return the answer to a request that breaks a limit, None for one that may come in."""
    fields: list[tuple[bytes, bytes]] = scope["headers"]
    if (
        len(fields) > HEADERS
        or sum(len(name) + len(value) for name, value in fields) > HEADER_BYTES
    ):
        return problem(
            431,
            "Request header fields too large",
            f"at most {HEADERS} header fields of {HEADER_BYTES} bytes together",
            CLOSE,
        )
    given = _given(fields)
    return (
        _host(given) or _target(scope) or _method(scope, explore) or _range(given) or _length(given)
    )


def hosts() -> set[str]:
    """Return the names the portal answers to: its public one (``LUMBUNG_URL``) and this
    machine's own.
    """
    return {*LOOPBACK, _bare(urlsplit(url()).netloc)}


def own_origin(scope: Scope) -> bool:
    """Whether a websocket is opened by a page of the portal, or by no page at all: a browser
    always says whose page it is.
    """
    given = _given(scope["headers"])
    origins = given.get(b"origin")
    if origins is None:
        return True
    places = {
        given.get(b"host", [b""])[0].decode("latin-1").lower(),
        urlsplit(url()).netloc.lower(),
    }
    return len(origins) == 1 and urlsplit(origins[0].decode("latin-1").lower()).netloc in places


def _given(fields: list[tuple[bytes, bytes]]) -> Mapping[bytes, list[bytes]]:
    given: dict[bytes, list[bytes]] = {}
    for name, value in fields:
        given.setdefault(name.lower(), []).append(value)
    return given


def _bare(host: str) -> str:
    """Return a host without its port, empty for what is no host."""
    match = _HOST.fullmatch(host.lower())
    return match[1] if match else ""


def _host(given: Mapping[bytes, list[bytes]]) -> Response | None:
    values = given.get(b"host", [])
    if len(values) == 1 and _bare(values[0].decode("latin-1")) in hosts():
        return None
    return problem(
        400,
        "Unknown host",
        "this portal answers to its public name, the setting LUMBUNG_URL, and on its own machine to"
        " 127.0.0.1",
        CLOSE,
    )


def _target(scope: Scope) -> Response | None:
    if len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) > TARGET_BYTES:
        return problem(
            414,
            "Address too long",
            f"an address with its query has at most {TARGET_BYTES} bytes; POST carries longer"
            " filters",
            CLOSE,
        )
    return absent() if not scope["path"].startswith("/") or _NO_PATH.search(scope["path"]) else None


def _method(scope: Scope, explore: str) -> Response | None:
    if scope["type"] == "websocket":
        return None
    below = scope["path"] == explore or scope["path"].startswith(explore + "/")
    allowed, method = METHODS[:3] if below else METHODS, scope["method"]
    if method in allowed:
        return None
    if method in KNOWN or method in METHODS:
        return problem(
            405,
            "Method not allowed",
            f"{', '.join(allowed)} are allowed here",
            {"Allow": ", ".join(allowed), **CLOSE},
        )
    return problem(501, "No such method", f"{', '.join(allowed)} are allowed here", CLOSE)


def _range(given: Mapping[bytes, list[bytes]]) -> Response | None:
    ranges = given.get(b"range", [])
    if len(ranges) <= 1 and not any(b"," in value for value in ranges):
        return None
    return problem(
        416,
        "One range at a time",
        "ask for one range of bytes, such as Range: bytes=0-65535, and for the next one after it",
    )


def _length(given: Mapping[bytes, list[bytes]]) -> Response | None:
    lengths = given.get(b"content-length", [])
    if len(lengths) > 1 or not all(value.isdigit() for value in lengths):
        return problem(400, "Length not understood", "Content-Length is one whole number", CLOSE)
    return _too_long() if lengths and int(lengths[0][:20]) > BODY_BYTES else None


def _too_long() -> Response:
    return problem(413, "Body too long", f"a body has at most {BODY_BYTES} bytes", CLOSE)


class Stopped(Exception):
    """A body broke a limit while it arrived."""

    def __init__(self, answer: Response) -> None:
        super().__init__("a body broke a limit")
        self.answer = answer


class _Body:
    """A request's body as it arrives: bounded in bytes and in time, until it is whole."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._taken, self._whole, self._until = (
            receive,
            0,
            False,
            asyncio.get_running_loop().time() + BODY_SECONDS,
        )

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise Stopped(
                problem(
                    408, "Body too slow", f"a body arrives within {BODY_SECONDS:.0f} seconds", CLOSE
                )
            ) from None
        self._taken += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._taken > BODY_BYTES:
            raise Stopped(_too_long())
        return message
