"""The files of many tables made by two processes ahead of the one that lists them: writing a
workbook is Python's own work.

Each table is made by one process, the largest first. What fails here is tried again, and told, by
``make_files``, which makes what is not there.
"""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress

PROCESSES = 2
WORTHWHILE = 1 << 20
"""Bytes of tables to make files of: fewer are made by one process before a second one has begun."""


def made_ahead(sizes: dict[str, int], make: Callable[[Sequence[str]], None]) -> None:
    """Let two processes ``make`` the files of the tables named, each its share, when they are large
    enough; ``sizes`` are the bytes of each table.
    """
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    shares = [names[place::PROCESSES] for place in range(PROCESSES)]
    if sum(sizes.values()) < WORTHWHILE or len(names) < 2 or (os.cpu_count() or 1) < 2:
        return
    spawn = multiprocessing.get_context("spawn")
    with suppress(BrokenProcessPool), ProcessPoolExecutor(PROCESSES, spawn) as pool:
        wait([pool.submit(make, share) for share in shares])
