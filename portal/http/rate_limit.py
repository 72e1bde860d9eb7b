"""What every answer for programs has, whatever it says: open to other sites' pages (CORS); the
API's also counted by client address, of bounded length.

The count is a token bucket an address, told in ``RateLimit`` and ``RateLimit-Policy`` (IETF draft
httpapi-ratelimit-headers, since 08). Of an IPv6 address the first half counts, since one customer
has all of the rest. Nothing is written down, and the buckets last used go first. Behind a proxy the
server must be told whose ``X-Forwarded-For`` to believe (uvicorn: the proxy on the same machine).
"""

import math
import time
from collections import OrderedDict
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from threading import Lock

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.settings import settings
from portal.http.answers import problem
from portal.http.security import OPEN, PREFLIGHT

LONGEST = 8192
"""Bytes of a query string."""
ADDRESSES = 10_000
"""How many clients are remembered at once."""
WINDOW = 60


@dataclass
class Buckets:
    """What each client address may still ask: ``rate`` requests a window, filled up evenly."""

    held: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def take(self, client: str, rate: int, now: float) -> float:
        """Take a request and return how many are left, negative when there was none: the share
        of one that is missing.
        """
        with self.lock:
            remaining, last = self.held.pop(client, (float(rate), now))
            remaining = min(float(rate), remaining + max(0.0, now - last) * rate / WINDOW)
            taken = remaining >= 1
            self.held[client] = (remaining - 1 if taken else remaining, now)
            while len(self.held) > ADDRESSES:
                self.held.popitem(last=False)
        return remaining - 1


BUCKETS = Buckets()


def client_of(scope: Scope) -> str:
    """Return what a client is counted by: its address, or the first half of an IPv6 one."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else host


def counted(scope: Scope, headers: MutableMapping[str, str]) -> int:
    """Count a request, put what its client may still ask into ``headers``, and return the seconds
    to wait when it was one too many, else 0.
    """
    allowed = settings().rate
    if not allowed:
        return 0
    remaining = BUCKETS.take(client_of(scope), allowed, time.monotonic())
    headers["RateLimit-Policy"] = f'"address";q={allowed};w={WINDOW}'
    until_full = math.ceil(min(allowed, allowed - remaining) * WINDOW / allowed)
    headers["RateLimit"] = f'"address";r={max(0, math.floor(remaining))};t={until_full}'
    return max(1, math.ceil(-remaining * WINDOW / allowed)) if remaining < 0 else 0


def too_many(wait: int) -> str:
    """Say that a client asks too often, and what to do."""
    return (
        f"one address may ask {settings().rate} times a minute; wait {wait} seconds, or take the"
        " whole table as a file: /download/<table>.parquet is not limited"
    )


class Shared:
    """What any site's page may read: every answer says so, and so does the one to a page that
    asks beforehand (OPTIONS).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is refused here, and pass the rest on."""
        headers = dict(OPEN)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        answer = self._refused(scope, headers)
        await (answer or self.app)(scope, receive, sent)

    def _refused(self, scope: Scope, headers: dict[str, str]) -> Response | None:
        return (
            Response(status_code=204, headers=PREFLIGHT) if scope["method"] == "OPTIONS" else None
        )


def shared(*routes: Route) -> list[BaseRoute]:
    """Return routes that are read only, each of them shared with any site's page."""
    return [
        Route(
            route.path, route.endpoint, methods=["GET", "OPTIONS"], middleware=[Middleware(Shared)]
        )
        for route in routes
    ]


class Limited(Shared):
    """The routes of an API, each answer shared, counted, and of a question of bounded length."""

    def _refused(self, scope: Scope, headers: dict[str, str]) -> Response | None:
        if scope["method"] == "OPTIONS":
            return super()._refused(scope, headers)
        if scope["method"] not in ("GET", "HEAD"):
            return problem(
                405,
                "Method not allowed",
                "this API only reads: GET, HEAD or OPTIONS",
                {"Allow": "GET, HEAD, OPTIONS"},
            )
        if wait := counted(scope, headers):
            return problem(429, "Too many requests", too_many(wait), {"Retry-After": str(wait)})
        if len(scope["query_string"]) > LONGEST:
            return problem(
                414,
                "Query too long",
                f"a query string may have {LONGEST} bytes; filter with fewer values, or take the"
                " whole table as a file",
            )
        return None
