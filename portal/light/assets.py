"""The files that light pages need, at addresses that hold the hash of what they say, so that
they may be kept for ever.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.city import Municipality, municipality
from portal.http.answers import FOREVER, absent, answer


@dataclass(frozen=True)
class Asset:
    """One file: what it holds, its media type, its path on the portal."""

    content: bytes
    media_type: str
    path: str


@cache
def style(city: Municipality) -> Asset:
    """Return the style of light pages, in the city's colours."""
    own = "".join(
        (
            f":root{{--city:{city.colours.light}}}",
            f"@media(prefers-color-scheme:dark){{:root{{--city:{city.colours.dark}}}}}\n",
        )
    )
    shared = Path(__file__).with_name("style.css").read_bytes()
    return _asset(own.encode() + shared, ".css", "text/css; charset=utf-8")


@cache
def icon(city: Municipality) -> Asset:
    """Return the city's logo."""
    return _asset(city.logo.read_bytes(), ".png", "image/png")


def _asset(content: bytes, suffix: str, media_type: str) -> Asset:
    return Asset(content, media_type, f"/assets/{hashlib.sha256(content).hexdigest()[:16]}{suffix}")


def asset(request: Request) -> Response:
    """Answer with a file, which may be kept for ever, or 404."""
    city = municipality()
    stored = {static.path: static for static in (style(city), icon(city))}.get(request.url.path)
    return answer(request, stored.content, stored.media_type, cache=FOREVER) if stored else absent()


ROUTES: list[BaseRoute] = [
    Route("/assets/{file}", asset),
]
