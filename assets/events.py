"""Where Dagster keeps the events of its runs beside the lake: its own SQLite files, as it makes and
reads them, at a third of the cost.

Dagster makes an engine for every event, and SQLAlchemy then compiles each statement again; here a
file keeps its engine and its connection as long as it is written. A run's file is a copy of an
empty one, which Alembic need not be loaded for. ``instance`` names this class to Dagster; its base
is no public class, which is why the version of Dagster is pinned.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS

KEPT = 4
"""So many files stay open: the index of all runs and the runs last written or read."""


class Events(SqliteEventLogStorage):
    """Events in one file a run and an index of all, each opened once."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        self._opening = threading.RLock()
        self._empty = b""
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "Events":
        """Make the storage that Dagster's settings name."""
        return cls(inst_data=inst_data, **config_value)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[sa.Connection]:
        """Connect to a run's file, alone, until the block ends."""
        return self._connected(run_id or "")

    def index_connection(self) -> AbstractContextManager[sa.Connection]:
        """Connect to the index, alone, until the block ends."""
        return self._connected(INDEX_SHARD_NAME)

    def wipe(self) -> None:
        """Delete every file."""
        self.dispose()
        super().wipe()

    def dispose(self) -> None:
        """Close every file."""
        with self._opening:
            while self._engines:
                self._engines.popitem()[1].dispose()
        super().dispose()

    @contextmanager
    def _connected(self, shard: str) -> Iterator[sa.Connection]:
        with self._opening:
            engine = self._engines.pop(shard, None) or self._opened(shard)
            self._engines[shard] = engine  # the last one used is the last one closed
            while len(self._engines) > KEPT:
                self._engines.pop(next(iter(self._engines))).dispose()
            with engine.begin() as con:
                yield con

    def _opened(self, shard: str) -> sa.Engine:
        """Open a file, a new one made by Dagster or copied from an empty one that it made."""
        path = Path(self.path_for_shard(shard))
        is_new = not path.exists()
        if is_new and self._empty:
            path.write_bytes(self._empty)
        else:
            with super().run_connection(shard) as con:
                if is_new:
                    self._empty = con.connection.driver_connection.serialize()
        return sa.create_engine(
            self.conn_string_for_shard(shard),
            poolclass=sa.pool.StaticPool,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
