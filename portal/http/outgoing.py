"""How answers go out: with the security headers of their kind, compressed where that saves
something, counted, told in one record.

A record holds the method, the path without its query, status and time, never who asked: a query can
hold a person's number, an address is one.
"""

import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import (
    DEFAULT_EXCLUDED_CONTENT_TYPES,
    GZipResponder,
    IdentityResponder,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.http import counts
from portal.http.address import url
from portal.http.negotiation import takes_gzip
from portal.http.security import security_headers

LOG = logging.getLogger("portal.answers")
COMPRESSED = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)
"""Kinds of files that are compressed in themselves."""
SMALL, LEVEL = 1024, 5
"""Bytes of an answer that gains nothing by being compressed; how hard gzip tries."""


class Outgoing:
    """Complete the headers of every answer and record it."""

    def __init__(self, app: ASGIApp, explore: str) -> None:
        """Look after the answers of ``app``; the Streamlit pages under the path ``explore`` keep
        their own policy.
        """
        self.app, self.explore = app, explore

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500
        path, streamlit = scope["path"], self._inside(scope["path"])

        async def completed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(raw=message["headers"])
                headers.update(
                    security_headers(
                        headers.get("content-type", ""),
                        status,
                        streamlit=streamlit,
                        https=url().startswith("https://"),
                    )
                )
            await send(message)

        try:
            await self.app(scope, receive, completed)
        finally:
            fields = {
                "method": scope["method"],
                "path": path[:300],
                "status": status,
                "ms": round(1000 * (time.perf_counter() - begun), 1),
            }
            if not streamlit and scope["method"] == "GET":
                counts.note(path[:300], status)
            LOG.log(
                logging.WARNING if status >= 500 else logging.INFO,
                "answered",
                extra={"told": fields},
            )

    def _inside(self, path: str) -> bool:
        return path == self.explore or path.startswith(self.explore + "/")


class Compression:
    """Gzip for texts outside the Streamlit pages, which compress themselves, and for no file
    that can be asked for in ranges.
    """

    def __init__(self, app: ASGIApp, explore: str) -> None:
        """Compress the answers of ``app`` but those under the path ``explore``."""
        self.app, self.explore = app, explore

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and compress its answer if the asker can read that."""
        if scope["type"] != "http" or scope["path"].startswith(self.explore):
            responder = self.app
        elif takes_gzip(Headers(scope=scope)):
            responder = _Gzip(self.app, SMALL, LEVEL, exclude_content_types=COMPRESSED)
        else:
            responder = _Plain(self.app, SMALL, exclude_content_types=COMPRESSED)
        await responder(scope, receive, send)


class _Plain(IdentityResponder):
    """What could have been compressed says so (``Vary``), also where it is not sent again (RFC
    9110, 15.4.5); a file of ranges could not.
    """

    async def send_with_compression(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            if "accept-ranges" in headers:
                self.content_type_is_excluded = True
                self.initial_message = message
                await self.send(message)
                return
            if message["status"] == 304:
                headers.add_vary_header("Accept-Encoding")
        await super().send_with_compression(message)


class _Gzip(_Plain, GZipResponder):
    """What is compressed is another representation, so its strong ETag becomes a weak one (RFC
    9110, 8.8.3).
    """

    async def apply_compression(self, body: bytes, *, more_body: bool) -> bytes:
        headers = MutableHeaders(raw=self.initial_message["headers"])
        etag = headers.get("etag", "")
        if etag and not etag.startswith("W/"):
            headers["etag"] = f"W/{etag}"
        return await super().apply_compression(body, more_body=more_body)
