"""uvicorn's fast HTTP protocol with the limits it has none of: the head of a request is short and
comes soon, an answer that nobody reads is dropped.

Without them one slow client holds a connection for ever (slowloris), and one endless header fills
the memory before any app is asked.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""How long the head of a request may take to arrive, and how long a new connection may say
nothing.
"""
HEAD_BYTES = 64 * 1024
"""How long a head may be that is not whole yet; what a whole one may hold says
``portal.http.guard``.
"""
STALL_SECONDS = 60.0
"""How long a client may read nothing of an answer."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection; its clock runs whenever no request is being answered."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take what uvicorn gives its protocols."""
        super().__init__(*args, **options)
        self._clock: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._held = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        super().connection_made(transport)
        self._start()

    def data_received(self, data: bytes) -> None:
        """Hold what arrives between requests against the limits."""
        if self._clock is None and (self.cycle is None or self.cycle.response_complete):
            self._start()
        super().data_received(data)
        if self._clock is not None:
            self._held += len(data)
            if self._held > HEAD_BYTES:
                self._end()

    def on_headers_complete(self) -> None:
        """Stop the clock: the app has the request."""
        self._stop()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Give the next request its own time, or the rest of this one's body."""
        super().on_response_complete()
        self._held = 0

    def pause_writing(self) -> None:
        """Wait for a client that reads slowly, not for ever."""
        super().pause_writing()
        self._stalled = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        self._read()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._stop()
        self._read()
        super().connection_lost(exc)

    def _start(self) -> None:
        self._held = 0
        self._clock = self.loop.call_later(HEAD_SECONDS, self._end)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _read(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _end(self) -> None:
        self._clock = None
        if not self.transport.is_closing():
            self.transport.close()
