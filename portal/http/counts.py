"""How often each address is fetched, by day: no client, no query, no cookie. ``/counts.json`` shows
the last 30 days.

Counted are answers with content (200, 206) outside the Streamlit pages, and sessions opened on
them. Counts are kept in memory and added to a small SQLite file (``LUMBUNG_COUNTS``) once a minute
and when the portal stops; a file that cannot be written costs counts, never an answer.
"""

import asyncio
import json
import logging
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.city import municipality
from pipelines.settings import settings
from portal.http.answers import answer
from portal.http.rate_limit import shared

LOG = logging.getLogger("portal.counts")
EVERY = 60.0
"""Seconds between two writes."""
MOST = 10_000
"""How many addresses are counted between two writes; the rest is counted together."""
WATCHERS = {"/healthz", "/readyz", "/counts.json"}
TABLE = (
    "CREATE TABLE IF NOT EXISTS counts (day TEXT, path TEXT, status INTEGER, count INTEGER, PRIMARY"
    " KEY (day, path, status)) WITHOUT ROWID"
)
ADD = (
    "INSERT INTO counts VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count +"
    " excluded.count"
)
LAST = (
    "SELECT day, path, status, count FROM counts WHERE day > date(?, '-30 days') ORDER BY day DESC,"
    " count DESC, path, status LIMIT 10000"
)
_SEEN: Counter[tuple[str, str, int]] = Counter()
_LOCK = Lock()


def today() -> str:
    """Return the day in the city."""
    return datetime.now(municipality().zone).date().isoformat()


def note(path: str, status: int) -> None:
    """Count one answer."""
    if status in (200, 206) and path not in WATCHERS:
        with _LOCK:
            key = (today(), path, status)
            _SEEN[key if key in _SEEN or len(_SEEN) < MOST else (key[0], "", status)] += 1


def write() -> None:
    """Add what was counted to the file; when it cannot be written, keep it for the next time."""
    with _LOCK:
        taken = dict(_SEEN)
        _SEEN.clear()
    if not taken:
        return
    place = settings().counts
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(place, timeout=10)) as con, con:
            con.execute(TABLE)
            con.executemany(ADD, [(*key, count) for key, count in taken.items()])
    except (OSError, sqlite3.Error) as error:
        LOG.warning(
            "counts cannot be written",
            extra={"told": {"place": str(place), "error": type(error).__name__}},
        )
        with _LOCK:
            _SEEN.update(taken)


def read() -> list[dict[str, str | int]]:
    """Return the counts of the last 30 days."""
    write()
    place = settings().counts
    if not place.is_file():
        return []
    with closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True, timeout=10)) as con:
        return [
            dict(zip(("day", "path", "status", "count"), row, strict=True))
            for row in con.execute(LAST, [today()])
        ]


@asynccontextmanager
async def counting() -> AsyncIterator[None]:
    """Write every minute as long as the portal runs, and once more at its end."""

    async def write_every_minute() -> None:
        while True:
            await asyncio.sleep(EVERY)
            await run_in_threadpool(write)

    task = asyncio.create_task(write_every_minute())
    try:
        yield
    finally:
        task.cancel()
        await run_in_threadpool(write)


def counts(request: Request) -> Response:
    """Answer with the counts."""
    return answer(
        request,
        json.dumps({"counts": read()}).encode(),
        "application/json",
    )


ROUTES: list[BaseRoute] = shared(Route("/counts.json", counts))
