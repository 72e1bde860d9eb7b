"""HTTP manners every endpoint shares: conditional answers, caching, errors (RFC 9457), one and the
same 404 for what is not public.
"""

import hashlib
import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from portal.http.negotiation import client_has

LATEST = "public, max-age=60"
"""How long an answer of the current release may be kept: a minute, since a release may come at
any time.
"""
FOREVER = "public, max-age=31536000, immutable"
"""How long an answer of one named release may be kept."""


def answer(
    request: Request,
    content: bytes,
    media_type: str,
    headers: Mapping[str, str] | None = None,
    cache: str = LATEST,
) -> Response:
    """Answer with content that can be asked for again: its hash is its ETag, and 304 when the
    asker has it already.
    """
    fields = {
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Cache-Control": cache,
        **(headers or {}),
    }
    if client_has(request.headers, fields["ETag"]):
        return Response(status_code=304, headers=fields)
    return Response(content, media_type=media_type, headers=fields)


def problem(
    status: int, title: str, detail: str, headers: Mapping[str, str] | None = None, **more: object
) -> Response:
    """Answer with a problem document (RFC 9457): what is wrong, and in ``detail`` what is
    allowed and what to do.
    """
    content = json.dumps(
        {"type": "about:blank", "title": title, "status": status, "detail": detail, **more},
        ensure_ascii=False,
    ).encode()
    return Response(
        content,
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        "application/problem+json",
    )


def absent() -> Response:
    """Answer for what is not there and for what is not public, byte by byte the same."""
    return problem(
        404,
        "Not found",
        "there is no such open dataset, indicator, file or partition; /catalog lists what there is",
    )
