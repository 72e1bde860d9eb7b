"""How many answers that read rows are made at the same time, whichever interface asks for them, and
how many wait: of all clients, and of each, so that one who asks forty questions at once waits for
himself and holds up nobody else.

Where requests are not counted (``LUMBUNG_RATE=0``), clients are not told apart either.
"""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, Semaphore, to_thread
from starlette.types import Scope

from pipelines.settings import settings
from portal.http.rate_limit import client_of

LIGHT, HEAVY = CapacityLimiter(8), CapacityLimiter(2)
"""How many pages, and how many whole tables, are made at the same time."""
QUEUE = 256
"""How many wait for their turn before the next one is sent away."""
OWN, OWN_QUEUE = 2, 32
"""How many answers to one client are made at the same time, and how many more wait."""
_clients: dict[str, Semaphore] = {}
T = TypeVar("T")


class Busy(Exception):
    """No turn can be given now: of ``status`` 503 to anybody, 429 to this client."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


async def in_turn(
    scope: Scope, limiter: CapacityLimiter, work: Callable[..., T], *told: object
) -> T:
    """Return what ``work`` gives when it has its turn in a thread; Busy when too many wait."""
    if limiter.statistics().tasks_waiting >= QUEUE:
        raise Busy(503, "too many are asking at this moment; ask again in some seconds")
    if not settings().rate:
        return await to_thread.run_sync(work, *told, limiter=limiter)
    client = client_of(scope)
    own = _clients.setdefault(client, Semaphore(OWN))
    if own.statistics().tasks_waiting >= OWN_QUEUE:
        raise Busy(
            429,
            f"one address may have {OWN} questions answered at a time and {OWN_QUEUE} waiting; ask"
            " one after another, or take the whole table as a file: /download/<table>.parquet",
        )
    try:
        async with own:
            return await to_thread.run_sync(work, *told, limiter=limiter)
    finally:
        if own.value == OWN and not own.statistics().tasks_waiting:
            _clients.pop(client, None)
