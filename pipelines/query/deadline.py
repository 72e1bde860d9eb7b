"""One thread that interrupts what takes too long, for all of them: a thread for each question
costs more than a short question itself.
"""

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

AGAIN = 0.05
"""Seconds until a call is made again: DuckDB forgets an interruption that comes between two
statements.
"""


class Deadlines:
    """Calls to be made at a time unless they are withdrawn before; its thread starts with the
    first and ends with the process.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._pending: set[int] = set()
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @contextmanager
    def within(self, seconds: float, late: Callable[[], object]) -> Iterator[None]:
        """Call ``late`` from the thread when the block is still running after so many seconds,
        and again until it ends.
        """
        with self._changed:
            number = next(self._numbers)
            due = (time.monotonic() + seconds, number, late)
            heapq.heappush(self._due, due)
            self._pending.add(number)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
            elif self._due[0] is due:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._pending.discard(number)

    def _watch(self) -> None:
        with self._changed:
            while True:
                while self._due and self._due[0][1] not in self._pending:
                    heapq.heappop(self._due)
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    _, number, late = heapq.heappop(self._due)
                    late()
                    heapq.heappush(self._due, (time.monotonic() + AGAIN, number, late))
                else:
                    self._changed.wait(wait)
