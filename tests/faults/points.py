"""Which calls are made to fail, and what lies in a lake afterwards.

``LUMBUNG_FAULTS=all`` means every point (``make faults``), else a slice that rotates with the date.
"""

import os
import random
from collections.abc import Callable
from datetime import date
from typing import Any

from pipelines.lake.lake import Lake

DAY = date(2026, 1, 1)
KINDS = ("KILL", "ENOSPC", "EIO", "SHORT")
Ordered = Callable[..., dict[str, Any]]
"""Runs what is ordered, with the fault at a call, and says how it ended."""


def points(calls: int, size: int) -> list[tuple[int, str]]:
    """Return the calls that fail, each with how: all, or a slice of this size."""
    every = [(n, kind) for n in range(1, calls + 1) for kind in KINDS]
    if os.environ.get("LUMBUNG_FAULTS") == "all":
        return every
    seed = int(os.environ.get("LUMBUNG_FAULTS", date.today().toordinal()))
    print(f"a slice of {size} of {len(every)} fault points, LUMBUNG_FAULTS={seed}")
    return sorted(random.Random(seed).sample(every, size))


def rows(lake: Lake, layer: str, columns: str) -> list[str]:
    """Return the rows of rain in one layer, as texts."""
    files = lake.files(lake.table(layer, "hujan", "rain"))
    if not files:
        return []
    with lake.connect() as con:
        found = con.execute(
            f"SELECT {columns} FROM read_parquet($1, hive_partitioning = true, hive_types ="
            " {'_partition': VARCHAR})",
            [files],
        ).fetchall()
    return sorted(map(repr, found))
