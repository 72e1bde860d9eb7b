"""The lake: the only place that knows a path or a table. land, replace, read, record verdicts.

Raw deliveries are files with a receipt; clean, quarantine, public, mart and kpi are Delta tables
partitioned by ``_partition`` (https://delta.io, written by delta-rs); verdicts are one Delta table
that only grows. A replace is one atomic commit and safe to repeat. What the public sees is decided
in ``release``, never here.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import stamina
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from pipelines.contract.terms import NAME
from pipelines.lake.delivery import Landed, Part
from pipelines.errors import LakeError

LAYERS = ("clean", "quarantine", "public", "mart", "kpi", "lumbung")
PARTITION = r"^\d{4}-\d{2}(-\d{2})?$"
Connection = duckdb.DuckDBPyConnection
COMMITS = "commits"
"""The lock that a harvest shares while it commits and a release holds alone: a release sees
every harvest whole or not at all.
"""
STALE = 2 * 24 * 3600
"""Seconds after which an untouched work folder belongs to no living run."""
KEEP_LOG = {"delta.logRetentionDuration": "interval 3660 days"}
"""A version can be opened as long as its log entry is there; Delta's own default is 30 days.
Files go by ``retention``.
"""
_DELTAS = {"operation", "engineInfo", "clientVersion", "isolationLevel", "userId", "userName"}  # what it says of a commit as text; all other text is ours
WHOLE = "all"
"""Partition key of a table that is replaced whole (marts and KPIs)."""


@dataclass(frozen=True)
class Lake:
    """A lake folder; every path and table below it is reached through these methods."""

    root: Path

    def table(self, layer: str, *names: str) -> Path:
        """Return the folder of one table; LakeError for a layer or name outside the strict
        pattern.
        """
        for name in names:
            if not re.fullmatch(NAME, name):
                raise LakeError(f"'{name}' is not a table name; names match {NAME}")
        if layer not in LAYERS:
            raise LakeError(f"'{layer}' is not a layer of the lake; layers are {', '.join(LAYERS)}")
        return self.root.joinpath(layer, *names)

    def dataset_table(self, layer: str, dataset_id: str) -> Path:
        """Return the folder of a dataset's table in one layer."""
        return self.table(layer, *dataset_id.split("."))

    @property
    def state(self) -> Path:
        """Folder of Dagster's own state."""
        return self.root / "dagster"

    @property
    def work(self) -> Path:
        """Folder for files that live no longer than one run."""
        return self.root / "work"

    @contextmanager
    def lock(self, name: str, shared: bool = False) -> Iterator[None]:
        """Hold the lake's lock of this name against every other run; it goes with the process,
        however that ends.
        """
        folder = self.root / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            yield

    @contextmanager
    def workspace(self, name: str) -> Iterator[Path]:
        """Yield an empty folder of this name under ``work`` and remove it afterwards, with what
        a killed run left there two days ago.
        """
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for other in self.work.iterdir():
            with suppress(FileNotFoundError):
                if other.stat().st_mtime < time.time() - STALE:
                    shutil.rmtree(other, ignore_errors=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def data_docs(self, dataset_id: str) -> Path:
        """Return the folder of a dataset's Data Docs; they show rows, so they stay in the lake."""
        return self.root.joinpath("docs", *dataset_id.split("."))

    def land(self, dataset_id: str, run_id: str, parts: Iterable[Part], asked: Sequence[str]) -> tuple[Landed, ...]:
        """Keep a delivery byte for byte under ``raw/<application>/<dataset>/<run>/`` and write its
        receipt last.

        A delivery without ``receipt.json`` is an interrupted one and is never read.
        """
        folder = self.root.joinpath("raw", *dataset_id.split("."), run_id)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        landed = tuple(_keep(folder, number, part) for number, part in enumerate(parts))
        receipt = {
            "dataset": dataset_id,
            "run": run_id,
            "asked": list(asked),
            "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "parts": [
                {"file": each.path.name, "sha256": each.sha256, "bytes": each.path.stat().st_size, "address": each.address,
                 "partition": each.partition}
                for each in landed
            ],
        }
        write_durably(folder / "receipt.json", json.dumps(receipt, indent=1).encode())
        return landed

    def keep(self, content: bytes, suffix: str) -> str:
        """Keep ``content`` under its own hash in ``receipts/`` and return the hash; what is kept
        there never changes.
        """
        digest = hashlib.sha256(content).hexdigest()
        path = self.root / "receipts" / f"{digest}.{suffix}"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, content)
        return digest

    def kept(self, digest: str, suffix: str) -> Path:
        """Return the file kept under a hash; LakeError when it is not there or its content is
        another.
        """
        path = self.root / "receipts" / f"{digest}.{suffix}"
        if not re.fullmatch(r"[0-9a-f]{64}", digest) or not path.is_file():
            raise LakeError(f"{path}: nothing is kept under this hash; the release that needs it cannot be rebuilt in this lake")
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise LakeError(f"{path}: its content is not the one its name is the hash of; it was changed after it was made")
        return path

    def replace(self, table: Path, partitions: Sequence[str], rows: Callable[[], pa.RecordBatchReader], metadata: dict[str, str] | None = None) -> int:
        """Replace ``partitions`` of a table by ``rows()`` in one atomic commit and return the
        table's new version.

        ``rows`` is called once a try, and what it reads carries ``_partition``; a row outside
        ``partitions`` is refused by delta-rs, so a mistake cannot touch another day. A lost commit
        race is tried again; partitions without rows become empty. LakeError names what failed and
        what to do.
        """
        for key in partitions:
            if key != WHOLE and not re.fullmatch(PARTITION, key):
                raise LakeError(f"'{key}' is not a partition key; keys are YYYY-MM-DD or YYYY-MM")
        if not partitions:
            raise LakeError(f"{table}: no partition was named, so nothing can be replaced")
        properties = CommitProperties(custom_metadata={"partitions": _span(partitions), **(metadata or {})})
        for attempt in stamina.retry_context(on=CommitFailedError, attempts=8, timeout=60, wait_initial=0.05, wait_max=2):
            with attempt:
                _write(table, partitions, rows(), properties)
        return self.version(table)

    def rewrite(self, table: Path, rows: pa.RecordBatchReader) -> None:
        """Replace the whole table, its columns too, in one commit."""
        _keep_log(table)
        write_deltalake(table, rows, mode="overwrite", schema_mode="overwrite", partition_by=["_partition"])

    def append(self, table: Path, rows: pa.Table, metadata: dict[str, str] | None = None) -> None:
        """Append ``rows`` to a table that only grows."""
        properties = CommitProperties(custom_metadata=metadata)
        for attempt in stamina.retry_context(on=CommitFailedError, attempts=8, timeout=60, wait_initial=0.05, wait_max=2):
            with attempt:
                _keep_log(table)
                write_deltalake(table, rows, mode="append", schema_mode="merge", configuration=KEEP_LOG, commit_properties=properties)

    def restore(self, table: Path, version: int) -> None:
        """Take a table back to what it was at ``version``, as a new version; what came in
        between stays in its history.
        """
        try:
            self._open(table).restore(version)
        except (OSError, ValueError, DeltaError) as error:
            raise LakeError(f"{table}: cannot be taken back to version {version}, which the current release pins: {error}") from error

    def exists(self, table: Path) -> bool:
        """Whether the table has been written."""
        return DeltaTable.is_deltatable(str(table))

    def version(self, table: Path) -> int:
        """Return the table's latest version; LakeError when it does not exist."""
        return self._open(table).version()

    def commits(self, table: Path, since: int | None = None) -> list[dict[str, Any]]:
        """Return what each commit says of itself, ``version`` and ``run_id`` among it, newest
        first, back to version ``since``; the latest when None.

        Always of the newest log: delta-rs counts a history backwards from the version that is open,
        and gets it wrong for an old one.
        """
        newest = self._open(table)
        return [dict(each) for each in newest.history(newest.version() - since + 1 if since is not None else 1)]

    def files(self, table: Path, version: int | None = None) -> list[str]:
        """Return the table's Parquet files at ``version``, sorted; empty for a table that does
        not exist yet.
        """
        if not self.exists(table):
            return []
        return sorted(_local(uri) for uri in self._open(table, version).file_uris())

    def partitions(self, table: Path, version: int | None = None) -> list[str]:
        """Return the partition keys that have rows, sorted."""
        return sorted({Path(file).parent.name.removeprefix("_partition=") for file in self.files(table, version)})

    def columns(self, table: Path, version: int | None = None) -> pa.Schema:
        """Return the table's Arrow schema."""
        return pa.schema(self._open(table, version).schema().to_arrow())

    def _open(self, table: Path, version: int | None = None) -> DeltaTable:
        try:
            return DeltaTable(table, version=version)
        except (OSError, ValueError, DeltaError) as error:
            if not self.exists(table):
                raise LakeError(f"{table}: no such table; `lumbung run` makes it, `lumbung status` lists what there is") from error
            told = f"its log cannot be read{'' if version is None else f' at version {version}'}: {str(error).partition(chr(10))[0]}"
            raise LakeError(f"{table}: {told}; put back what its `_delta_log` lacks from a backup") from error

    def vacuum(self, table: Path, keep: Collection[int], hours: int, dry_run: bool) -> list[str]:
        """Delete the files that no version in ``keep``, nor the latest, holds and that were
        replaced more than ``hours`` ago; return them.

        LakeError, and none of them is deleted, when the log has lost a version in ``keep``: what
        that one holds is not known.
        """
        try:
            return self._open(table).vacuum(hours, dry_run=dry_run, enforce_retention_duration=False, keep_versions=sorted(keep))
        except (OSError, ValueError, DeltaError) as error:
            for version in sorted(keep):
                self._open(table, version)
            raise LakeError(f"{table}: cannot be vacuumed: {error}; `lumbung vacuum` again goes on where it stopped") from error

    def tables(self) -> list[Path]:
        """Return every Delta table of the lake."""
        return sorted(log.parent for layer in LAYERS for log in (self.root / layer).rglob("_delta_log"))

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open a private in-memory DuckDB whose spill files stay inside the lake's work folder."""
        self.work.mkdir(parents=True, exist_ok=True)
        con = duckdb.connect(config={"temp_directory": str(self.work / "spill")})
        con.execute("SET TimeZone = 'UTC'")
        return con


def _keep_log(table: Path) -> None:
    """Give a table that was made without ``KEEP_LOG`` that property, in a commit that says what
    the last one says, as the latest is asked what it was.
    """
    found = DeltaTable(table) if DeltaTable.is_deltatable(str(table)) else None
    if found is not None and set(KEEP_LOG) - set(found.metadata().configuration):
        said = {key: value for key, value in found.history(1)[0].items() if key not in _DELTAS and isinstance(value, str)}
        no_cleanup = PostCommitHookProperties(cleanup_expired_logs=False)
        found.alter.set_table_properties(KEEP_LOG, commit_properties=CommitProperties(custom_metadata=said), post_commithook_properties=no_cleanup)


def _write(table: Path, partitions: Sequence[str], rows: pa.RecordBatchReader, properties: CommitProperties) -> None:
    common: dict[str, Any] = {"partition_by": ["_partition"], "commit_properties": properties}
    if not DeltaTable.is_deltatable(str(table)):
        DeltaTable.create(table, schema=rows.schema, partition_by=["_partition"], mode="ignore", configuration=KEEP_LOG)
    _keep_log(table)
    keys = ", ".join(f"'{key}'" for key in partitions)
    write_deltalake(table, rows, mode="overwrite", predicate=f"_partition IN ({keys})", schema_mode="merge", **common)


def _span(partitions: Sequence[str]) -> str:
    return partitions[0] if len(partitions) == 1 else f"{partitions[0]}..{partitions[-1]} ({len(partitions)})"


def _local(uri: str) -> str:
    return uri.removeprefix("file://")


def _keep(folder: Path, number: int, part: Part) -> Landed:
    path = folder / f"{number:05d}-{re.sub(r'[^A-Za-z0-9._-]', '_', part.name)[-80:]}"
    if isinstance(part.body, Path):
        shutil.copyfile(part.body, path)
    else:
        path.write_bytes(part.body)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
    return Landed(path, digest, part.address, part.partition)


def sha256_of(path: Path) -> str:
    """Return the hash of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_durably(path: Path, content: bytes) -> None:
    """Write ``content`` beside ``path``, sync it, swap it in by rename and sync the folder:
    there or not there, also after a power cut.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with aside.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Flush a file's content, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
