"""The files that light pages need, at addresses that hold the hash of what they say, so that
they may be kept for ever.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from portal.http.answers import FOREVER, absent, answer


@dataclass(frozen=True)
class Asset:
    """One file: what it holds, its media type, its path on the portal."""

    content: bytes
    media_type: str
    path: str


def _read(file: Path, media_type: str) -> Asset:
    content = file.read_bytes()
    return Asset(
        content, media_type, f"/assets/{hashlib.sha256(content).hexdigest()[:16]}{file.suffix}"
    )


STYLE = _read(Path(__file__).with_name("style.css"), "text/css; charset=utf-8")
ICON = _read(Path(__file__).parent.with_name("lumbung.png"), "image/png")
_ASSETS = {each.path: each for each in (STYLE, ICON)}


def asset(request: Request) -> Response:
    """Answer with a file, which may be kept for ever, or 404."""
    found = _ASSETS.get(request.url.path)
    return answer(request, found.content, found.media_type, cache=FOREVER) if found else absent()
