"""Where Dagster keeps the events of its runs beside the lake: its own SQLite files, as it makes and
reads them, at a third of the cost.

Dagster makes an engine for every event, and SQLAlchemy then compiles each statement again; here a
file keeps its engine and its connection as long as it is written, and events that Dagster has in
its hands together are written together. A run's file is a copy of an empty one, which Alembic need
not be loaded for. ``instance`` names this class to Dagster; its base is no public class, which is
why the version of Dagster is pinned.
"""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dagster._core.events import (
    ASSET_CHECK_EVENTS,
    ASSET_EVENTS,
    EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
    DagsterEventType,
)
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS

KEPT = 4
"""So many files stay open: the index of all runs and the runs last written or read."""

BATCH = 1000
"""So many events at most are written together, unless the environment says otherwise."""

INDEXED = {*ASSET_EVENTS, *ASSET_CHECK_EVENTS, *EVENT_TYPE_TO_PIPELINE_RUN_STATUS}
"""The events that are in the index too."""

_CHECKS = AssetCheckExecutionsTable.c
EVALUATED = (
    sa.update(AssetCheckExecutionsTable)
    .where(
        _CHECKS.asset_key == sa.bindparam("of_asset"),
        _CHECKS.check_name == sa.bindparam("of_check"),
        _CHECKS.run_id == sa.bindparam("of_run"),
        _CHECKS.partition.is_not_distinct_from(sa.bindparam("of_partition")),
    )
    .values(
        {
            column: sa.bindparam(column.name)
            for column in (
                _CHECKS.execution_status,
                _CHECKS.evaluation_event,
                _CHECKS.evaluation_event_timestamp,
                _CHECKS.evaluation_event_storage_id,
                _CHECKS.materialization_event_storage_id,
            )
        }
    )
)
"""Notes what became of a planned check: Dagster builds the same statement for each anew."""


class Events(SqliteEventLogStorage):
    """Events in one file a run and an index of all, each opened once."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        self._begun: dict[str, sa.Connection] = {}
        self._opening = threading.RLock()
        self._empty = b""
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "Events":
        """Make the storage that Dagster's settings name, and let Dagster hand it batches."""
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", str(BATCH))
        return cls(inst_data=inst_data, **config_value)

    @cached_property
    def supports_asset_checks(self) -> bool:
        """Whether the index has a table of checks, which Dagster asks at each of them."""
        return super().supports_asset_checks

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[sa.Connection]:
        """Connect to a run's file, alone, until the block ends."""
        return self._connected(run_id or "")

    def index_connection(self) -> AbstractContextManager[sa.Connection]:
        """Connect to the index, alone, until the block ends."""
        return self._connected(INDEX_SHARD_NAME)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events of one run as ``store_event`` would store each in turn, in one transaction
        a file: the index, which is ended last, never knows what the run's file does not.
        """
        (run_id,) = {event.run_id for event in events}
        rows = [self._event_to_row(event) for event in events]
        indexed = [n for n, event in enumerate(events) if event.dagster_event_type in INDEXED]
        insert = SqlEventLogStorageTable.insert()
        returning = insert.returning(SqlEventLogStorageTable.c.id, sort_by_parameter_order=True)
        with self.index_connection() as index, self.run_connection(run_id) as run:
            run.execute(insert, rows)
            if indexed:
                ids = index.execute(returning, [rows[n] for n in indexed]).scalars().all()
                self._index(index, [events[n] for n in indexed], [rows[n] for n in indexed], ids)

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

    def _index(
        self,
        index: sa.Connection,
        events: Sequence[EventLogEntry],
        rows: Sequence[Mapping[str, Any]],
        ids: Sequence[int],
    ) -> None:
        """Tell the index what became of assets and checks."""
        latest: dict[tuple[str, DagsterEventType], tuple[EventLogEntry, int]] = {}
        for event, row, event_id in zip(events, rows, ids, strict=True):
            kind = event.get_dagster_event().event_type
            if kind in ASSET_CHECK_EVENTS:
                if kind is not DagsterEventType.ASSET_CHECK_EVALUATION or not self._was_planned(
                    index, event, row, event_id
                ):
                    self.store_asset_check_event(event, event_id)
            elif kind in ASSET_EVENTS:
                self._store_asset_event_tags(index, [event], [event_id])
                key = str(event.get_dagster_event().asset_key), kind
                latest.pop(key, None)  # an event of the same kind overwrites what an earlier wrote
                latest[key] = event, event_id
        for event, event_id in latest.values():
            self._store_asset_event(index, event, event_id)

    def _was_planned(
        self, index: sa.Connection, event: EventLogEntry, row: Mapping[str, Any], event_id: int
    ) -> bool:
        """Note what became of a check that its run has planned once, and say whether it had."""
        checked = event.get_dagster_event().asset_check_evaluation_data
        target, status = checked.target_materialization_data, AssetCheckExecutionRecordStatus
        noted = index.execute(
            EVALUATED,
            {
                "of_asset": checked.asset_key.to_string(),
                "of_check": checked.check_name,
                "of_run": event.run_id,
                "of_partition": checked.partition,
                "execution_status": (status.SUCCEEDED if checked.passed else status.FAILED).value,
                "evaluation_event": row["event"],
                "evaluation_event_timestamp": row["timestamp"],
                "evaluation_event_storage_id": event_id,
                "materialization_event_storage_id": target.storage_id if target else None,
            },
        )
        return noted.rowcount == 1

    @contextmanager
    def _connected(self, shard: str) -> Iterator[sa.Connection]:
        with self._opening:
            if shard in self._begun:
                yield self._begun[shard]
                return
            engine = self._engines.pop(shard, None) or self._opened(shard)
            self._engines[shard] = engine  # the last one used is the last one closed
            while len(self._engines) > KEPT:
                self._engines.pop(next(iter(self._engines))).dispose()
            with engine.begin() as con:
                self._begun[shard] = con
                try:
                    yield con
                finally:
                    del self._begun[shard]

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
