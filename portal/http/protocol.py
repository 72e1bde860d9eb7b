"""uvicorn's fast HTTP protocol with the limits it has none of: the head of a request is short and
comes soon, few requests wait for an answer to the one before, and an answer that nobody reads is
dropped.

Without them one slow client holds a connection for ever (slowloris), and one endless header, or
thousands of requests sent ahead, fill the memory before any app is asked.
"""

import asyncio
from typing import Any

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_SECONDS = 10.0
"""How long the head of a request may take to arrive, and how long a new connection may say
nothing.
"""
HEAD_BYTES = 64 * 1024
"""How long a head may be that is not whole yet; what a whole one may hold says
``portal.http.guard``.
"""
MOST_WAITING = 32
"""How many requests of one connection may wait for the answers before theirs (pipelining)."""
STALL_SECONDS = 60.0
"""How long a client may read nothing of an answer."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection; its clock runs whenever no request is being answered."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take what uvicorn gives its protocols."""
        super().__init__(*args, **options)
        self._clock: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._held, self._is_whole = 0, False
        self._answered: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        super().connection_made(transport)
        self._start()

    def data_received(self, data: bytes) -> None:
        """Hold what arrives against the limits, where it is no body: also while a request is being
        answered.
        """
        is_idle = self.cycle is None or self.cycle.response_complete
        if self._clock is None and is_idle:
            self._start()
        is_head, self._is_whole = is_idle or not self.cycle.more_body, False
        super().data_received(data)
        if is_head and not self._is_whole:
            self._held += len(data)
            if self._held > HEAD_BYTES:
                self._end()

    def on_headers_complete(self) -> None:
        """Stop the clock: the app has the request. ValueError, which the parser takes for a wrong
        request, when too many wait already.
        """
        self._stop()
        self._held, self._is_whole = 0, True
        if len(self.pipeline) >= MOST_WAITING:
            self._give_up()
            self.transport.close()
            raise ValueError(f"more than {MOST_WAITING} requests sent ahead")
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """Wait for a client that reads slowly, not for ever."""
        super().pause_writing()
        self._stalled = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        self._read()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks, and the answer."""
        self._stop()
        self._read()
        self._give_up()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def _give_up(self) -> None:
        """Let the answer that is being made go nowhere: with requests sent ahead, uvicorn knows the
        newest of them alone.
        """
        if self._answered is not None:
            self._answered.disconnected = True

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
