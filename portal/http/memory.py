"""Giving memory back: what sessions, questions and caches held goes to the system again, not only
to Python.

Two things keep it otherwise. Streamlit forgets a closed session when the next one is looked up, so
the last hundred of a busy hour stay for the night. And glibc keeps what was freed for the next who
asks, arena by arena, unless it is told to return it; Arrow's pool does the same.
"""

import asyncio
import ctypes
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pyarrow
from starlette.concurrency import run_in_threadpool

EVERY = 20.0
"""Seconds between two looks."""
GROWN = 8 * 1024 * 1024
"""Bytes above the least it has held that are worth an attempt."""
PAGE = 4096
_LIBC = ctypes.CDLL(None)


def held() -> int:
    """Return the memory of this process in bytes, 0 where the system does not tell."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * PAGE if status.exists() else 0


def give_back() -> None:
    """Return what is free to the system, where its allocator can be told to."""
    pyarrow.default_memory_pool().release_unused()
    if hasattr(_LIBC, "malloc_trim"):
        _LIBC.malloc_trim(0)


@asynccontextmanager
async def giving_back(sessions: Callable[[], int]) -> AsyncIterator[None]:
    """Look after the memory as long as the portal runs; ``sessions`` lets go of sessions whose
    time is over and says how many are left.
    """

    async def watch() -> None:
        least, open_before = held(), sessions()
        while True:
            await asyncio.sleep(EVERY)
            if (left := sessions()) < open_before:
                gc.collect()
            open_before = left
            if held() > least + GROWN:
                await run_in_threadpool(give_back)
            least = min(least, held())

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()
