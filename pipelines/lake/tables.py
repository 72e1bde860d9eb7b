"""Delta tables (https://delta.io, written by delta-rs), wherever they lie: replaced, appended to,
read at a version, restored, vacuumed; and what the name of one of their files says.

Every table is partitioned by ``_partition``, and only this module knows how its folders are named.
A replace is one atomic commit and safe to repeat. Which tables there are is ``lake``'s business.
"""

import fcntl
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any

import duckdb
import pyarrow as pa
import stamina
from deltalake import (
    CommitProperties,
    DeltaTable,
    PostCommitHookProperties,
    Schema,
    write_deltalake,
)
from deltalake.exceptions import CommitFailedError, DeltaError

from pipelines.errors import LakeError
from pipelines.lake import snapshots
from pipelines.lake.snapshots import open_to_change, opened, unreadable
from pipelines.lake.write import in_types_of, write_partitions

PARTITION = r"^\d{4}-\d{2}(-\d{2})?$"
WHOLE = "all"
"""Partition key of a table that is replaced whole (marts and KPIs)."""
KEEP_LOG = {"delta.logRetentionDuration": "interval 3660 days"}
"""A version can be opened as long as its log entry is there; Delta's own default is 30 days.
Files go by ``retention``.
"""
_DELTAS = {"operation", "engineInfo", "clientVersion", "isolationLevel", "userId", "userName"}
"""What Delta says of a commit as text; all other text is ours."""
_RACE: dict[str, Any] = {"attempts": 8, "timeout": 60, "wait_initial": 0.05, "wait_max": 2}
"""How often a commit that lost a race is tried again."""
_PARTITION = "_partition"
_FOLDER = "_partition="


def partition_of(file: str | PurePath) -> str:
    """Return the partition that a table's file holds rows of, as the name of its folder says."""
    return PurePath(file).parent.name.removeprefix(_FOLDER)


def by_partition(files: Iterable[str]) -> dict[str, list[str]]:
    """Return a table's files by the partition they hold rows of, in the order of partitions."""
    parted: dict[str, list[str]] = {}
    for file in files:
        parted.setdefault(partition_of(file), []).append(file)
    return dict(sorted(parted.items()))


def without(files: Sequence[str], partitions: Collection[str]) -> list[str]:
    """Return a table's files except those that hold rows of ``partitions``."""
    return [file for file in files if partition_of(file) not in partitions]


class Tables:
    """What is done to a Delta table by its folder; each method names the remedy when it fails."""

    def replace(
        self,
        con: duckdb.DuckDBPyConnection,
        table: Path,
        partitions: Sequence[str],
        rows: str,
        metadata: dict[str, str] | None = None,
    ) -> int:
        """Replace ``partitions`` of a table by ``rows``, a SELECT on ``con``, in one atomic commit
        and return the table's new version.

        What it selects carries ``_partition``, in the order in which it is kept; a row outside
        ``partitions`` is refused, so a mistake cannot touch another day. A lost commit race is
        tried again; partitions without rows become empty. LakeError names the remedy.
        """
        for key in partitions:
            if key != WHOLE and not re.fullmatch(PARTITION, key):
                raise LakeError(f"'{key}' is not a partition key; keys are YYYY-MM-DD or YYYY-MM")
        if not partitions:
            raise LakeError(f"{table}: no partition was named, so nothing can be replaced")
        properties = CommitProperties(
            custom_metadata={"partitions": _span(partitions), **(metadata or {})}
        )
        if self.exists(table):
            rows = in_types_of(con, table, self.columns(table), rows)
        columns = pa.schema(con.sql(rows).limit(0).to_arrow_table().schema)
        folders = {key: f"{_FOLDER}{key}" for key in partitions}
        files = write_partitions(con, table, folders, rows)
        for attempt in stamina.retry_context(on=CommitFailedError, **_RACE):
            with attempt, _alone(table):
                there = _keep_log(table) or _made(table, columns)
                there.create_write_transaction(
                    files,
                    "overwrite",
                    _with_new(table, there.schema(), Schema.from_arrow(columns)),
                    [_PARTITION],
                    [(_PARTITION, "in", list(partitions))],
                    commit_properties=properties,
                )
        return snapshots.committed(table, there)

    def rewrite(
        self,
        table: Path,
        rows: Callable[[], pa.RecordBatchReader],
        metadata: dict[str, str] | None = None,
    ) -> None:
        """Replace the whole table, its columns and their types too, by ``rows()`` in one commit;
        a lost commit race is tried again.
        """
        how = {"mode": "overwrite", "schema_mode": "overwrite", "partition_by": ["_partition"]}
        _write(table, rows, metadata, how)

    def append(self, table: Path, rows: pa.Table, metadata: dict[str, str] | None = None) -> None:
        """Append ``rows`` to a table that only grows."""
        _write(table, lambda: rows, metadata, {"mode": "append", "schema_mode": "merge"})

    def compact(self, table: Path, every: int, size: int) -> None:
        """At every so many versions of a table, put the rows of its files below ``size`` bytes into
        files of that size, and its log into a checkpoint: each file and each entry costs whoever
        opens the table.
        """
        newest = open_to_change(table)
        if newest.version() % every == 0:
            newest.optimize.compact(target_size=size)
            newest.create_checkpoint()
        snapshots.keep(table, newest)

    def restore(self, table: Path, version: int, metadata: dict[str, str] | None = None) -> None:
        """Take a table back to what it was at ``version``, as a new version; what came in
        between stays in its history.
        """
        properties = CommitProperties(custom_metadata=metadata)
        try:
            open_to_change(table).restore(version, commit_properties=properties)
        except (OSError, ValueError, DeltaError) as error:
            raise LakeError(
                f"{table}: cannot be taken back to version {version}, the last that was recorded:"
                f" {error}; put back its files from a backup, then `lumbung run`"
            ) from error

    def exists(self, table: Path) -> bool:
        """Whether the table has been written."""
        return snapshots.exists(table)

    def version(self, table: Path) -> int:
        """Return the table's latest version; LakeError when it does not exist."""
        return snapshots.latest(table)

    def commits(self, table: Path, since: int | None = None) -> list[dict[str, Any]]:
        """Return what each commit says of itself, ``version`` and ``run_id`` among it, newest
        first, back to version ``since``; the latest when None.

        Always of the newest log: delta-rs counts a history backwards from the version that is open,
        and gets it wrong for an old one.
        """
        version = self.version(table)
        depth = 1 if since is None else version - since + 1
        try:
            with snapshots.lent(table, version) as newest:
                return [dict(commit) for commit in newest.history(depth)]
        except (OSError, ValueError, DeltaError) as error:
            raise unreadable(table, error) from error

    def files(self, table: Path, version: int | None = None) -> list[str]:
        """Return the table's Parquet files at ``version``, sorted; empty for a table that does
        not exist yet.
        """
        return list(snapshots.files(table, version)) if self.exists(table) else []

    def sizes(self, table: Path, version: int) -> dict[str, int]:
        """Return how many bytes each of the table's files at ``version`` has, by its place."""
        return dict(snapshots.sizes(table, version))

    def partitions(self, table: Path, version: int | None = None) -> list[str]:
        """Return the partition keys that have rows, sorted."""
        return sorted({partition_of(file) for file in self.files(table, version)})

    def columns(self, table: Path, version: int | None = None) -> pa.Schema:
        """Return the table's Arrow schema."""
        return snapshots.columns(table, version)

    def has_columns(self, table: Path, columns: pa.Schema) -> bool:
        """Whether the table's columns have just these names and types, ``_partition`` aside."""
        there = [field for field in opened(table).schema().fields if field.name != _PARTITION]
        wanted = Schema.from_arrow(columns).fields
        return [(field.name, field.type) for field in there] == [
            (field.name, field.type) for field in wanted
        ]

    def vacuum(self, table: Path, keep: Collection[int], hours: int, dry_run: bool) -> list[str]:
        """Delete the files that no version in ``keep``, nor the latest, holds and that were
        replaced more than ``hours`` ago; return them.

        LakeError, and none of them is deleted, when the log has lost a version in ``keep``: what
        that one holds is not known.
        """
        try:
            return open_to_change(table).vacuum(
                hours, dry_run=dry_run, enforce_retention_duration=False, keep_versions=sorted(keep)
            )
        except (OSError, ValueError, DeltaError) as error:
            for version in sorted(keep):
                opened(table, version)
            raise LakeError(
                f"{table}: cannot be vacuumed: {error}; `lumbung vacuum` again goes on where it"
                " stopped"
            ) from error


@contextmanager
def _alone(table: Path) -> Iterator[None]:
    """Let one replace at a time of a table be told to its log: Delta takes two that find a
    partition empty for no conflict, and keeps the rows of both.
    """
    table.mkdir(parents=True, exist_ok=True)
    folder = os.open(table, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _write(
    table: Path,
    rows: Callable[[], pa.RecordBatchReader | pa.Table],
    metadata: dict[str, str] | None,
    how: Any,
) -> None:
    for attempt in stamina.retry_context(on=CommitFailedError, **_RACE):
        with attempt:
            there = _keep_log(table)
            write_deltalake(
                there or table,
                rows(),
                configuration=KEEP_LOG,
                commit_properties=CommitProperties(custom_metadata=metadata),
                **how,
            )
            if there is not None:
                snapshots.keep(table, there)


def _keep_log(table: Path) -> DeltaTable | None:
    """Open a table to change it, None where there is none; give one that was made without
    ``KEEP_LOG`` that property, in a commit that says what the last one says, as the latest is asked
    what it was.
    """
    if not snapshots.exists(table):
        return None
    there = open_to_change(table)
    if set(KEEP_LOG) <= set(there.metadata().configuration):
        return there
    last = there.history(1)[0]
    said = {
        key: value for key, value in last.items() if key not in _DELTAS and isinstance(value, str)
    }
    there.alter.set_table_properties(
        KEEP_LOG,
        commit_properties=CommitProperties(custom_metadata=said),
        post_commithook_properties=PostCommitHookProperties(cleanup_expired_logs=False),
    )
    return there


def _made(table: Path, columns: pa.Schema) -> DeltaTable:
    """Make an empty table of these columns, or open the one that somebody made meanwhile."""
    return DeltaTable.create(
        table, schema=columns, partition_by=[_PARTITION], mode="ignore", configuration=KEEP_LOG
    )


def _with_new(table: Path, there: Schema, columns: Schema) -> Schema:
    """Return a table's schema with the columns that are new; LakeError where one has another type
    than it had.
    """
    types = {field.name: field.type for field in there.fields}
    for field in columns.fields:
        if types.get(field.name, field.type) != field.type:
            raise LakeError(
                f"{table}: column '{field.name}' is {types[field.name]} there and {field.type} in"
                " the new rows; a column keeps its type: give the new one another name"
            )
    return Schema([*there.fields, *(field for field in columns.fields if field.name not in types)])


def _span(partitions: Sequence[str]) -> str:
    first, *others = partitions
    return f"{first}..{others[-1]} ({len(partitions)})" if others else first
