"""Dagster's instance of a test process, in memory: making one takes as long as a small harvest.

Who asks it what happened makes his own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import dagster as dg

_kept = cache(dg.DagsterInstance.ephemeral)


@contextmanager
def dagster_instance() -> Iterator[dg.DagsterInstance]:
    """Lend the process's instance."""
    yield _kept()
