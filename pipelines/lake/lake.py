"""The lake: the only place that knows where something lies. land, store, lock, and which tables
there are.

Raw deliveries are files with a receipt; clean, quarantine, withheld (versions of records), public,
mart, kpi and the lake's own are tables, and what is done to one stands in ``tables``. What the
public sees is decided in ``release``, never here.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from pipelines.contract.terms import NAME
from pipelines.errors import LakeError
from pipelines.lake.delivery import THREADS, Landed, Part
from pipelines.lake.durable import write_durably
from pipelines.lake.tables import Tables
from pipelines.sqltext import quoted

LAYERS = ("clean", "quarantine", "withheld", "public", "mart", "kpi", "lumbung")
Connection = duckdb.DuckDBPyConnection
COMMITS = "commits"
"""The lock that a harvest shares while it commits and a release holds alone: a release sees
every harvest whole or not at all.
"""
STALE = 2 * 24 * 3600
"""Seconds after which an untouched work folder belongs to no living run."""
_lending = Lock()


@dataclass(frozen=True)
class Lake(Tables):
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

    def may_have(self, model: str) -> bool:
        """Whether a model called so, ``layer.name``, may have a table; a file may have any name."""
        layer, _, name = model.partition(".")
        return layer in LAYERS and re.fullmatch(NAME, name) is not None

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

    def deliveries(self, dataset_id: str) -> Path:
        """Return the folder of what was delivered for a dataset, a folder a run."""
        return self.root.joinpath("raw", *dataset_id.split("."))

    def land(
        self, dataset_id: str, run_id: str, parts: Iterable[Part], requested: Sequence[str]
    ) -> tuple[Landed, ...]:
        """Keep a delivery byte for byte under ``raw/<application>/<dataset>/<run>/`` and write its
        receipt last.

        A delivery without ``receipt.json`` is an interrupted one and is never read.
        """
        folder = self.deliveries(dataset_id) / run_id
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        kept = [(_keep(folder, number, part), _prints(part)) for number, part in enumerate(parts)]
        receipt = {
            "dataset": dataset_id,
            "run": run_id,
            "asked": list(requested),
            "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "parts": [
                {
                    "file": part.path.name,
                    "sha256": part.sha256,
                    "bytes": part.path.stat().st_size,
                    "address": part.address,
                    "partition": part.partition,
                    **prints,
                }
                for part, prints in kept
            ],
        }
        write_durably(folder / "receipt.json", json.dumps(receipt, indent=1).encode())
        return tuple(part for part, _ in kept)

    def delivered(self, dataset_id: str, run_id: str) -> dict[str, Any] | None:
        """Return the receipt of one run's delivery, None where there is none (any more);
        LakeError when it cannot be read, or is none.
        """
        path = self.deliveries(dataset_id) / run_id / "receipt.json"
        if not path.is_file():
            return None
        try:
            receipt = json.loads(path.read_bytes())
            lacks = [name for name in ("parts", "asked", "fetched_at") if name not in receipt]
            if lacks:
                raise ValueError(f"it says nothing of {', '.join(lacks)}")
        except (OSError, ValueError, TypeError) as error:
            raise LakeError(
                f"{path}: the receipt of a delivery cannot be read ({error}), so what was made of"
                " it cannot be rebuilt; put the file back from a backup, or run its dataset again"
                " for its days"
            ) from error
        return receipt

    def store(self, content: bytes, suffix: str) -> str:
        """Keep ``content`` under its own hash in ``receipts/`` and return the hash; what is kept
        there never changes, and what was damaged is as it was again.
        """
        digest = hashlib.sha256(content).hexdigest()
        path = self.root / "receipts" / f"{digest}.{suffix}"
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, content)
        return digest

    def stored(self, digest: str, suffix: str) -> Path:
        """Return the file kept under a hash; LakeError when it is not there or its content is
        another.
        """
        path = self.root / "receipts" / f"{digest}.{suffix}"
        if not re.fullmatch(r"[0-9a-f]{64}", digest) or not path.is_file():
            raise LakeError(
                f"{path}: nothing is kept under this hash; the release that needs it cannot be"
                " rebuilt in this lake"
            )
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise LakeError(
                f"{path}: its content is not the one its name is the hash of; it was changed after"
                " it was made"
            )
        return path

    def tables(self) -> list[Path]:
        """Return every Delta table of the lake."""
        return sorted(
            log.parent for layer in LAYERS for log in (self.root / layer).rglob("_delta_log")
        )

    def connect(self, memory: str | None = None) -> duckdb.DuckDBPyConnection:
        """Open a private in-memory DuckDB of at most so much ``memory`` and few threads, DuckDB's
        own defaults when None. It spills into the lake's work folder, into a folder of its own:
        one that several had would go with the one that made it.
        """
        self.work.mkdir(parents=True, exist_ok=True)
        spill = {"temp_directory": str(self.work / f"spill-{uuid.uuid4().hex}")}
        limits = {"memory_limit": memory, "threads": THREADS} if memory else {}
        con = duckdb.connect(config={**spill, **limits})
        # a process of a pool has no main file, which DuckDB takes for somebody who watches
        con.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        return con

    @contextmanager
    def lent(self, memory: str, spill: Path) -> Iterator[Connection]:
        """Lend a connection to a DuckDB of at most so much ``memory`` that nobody else has
        meanwhile; only temporary tables are made on it, which go with it, and what does not fit
        lies in the folder ``spill`` as long. The process keeps it, as to open and to close one
        takes longer than what most harvests do on it; not one that spilled, nor after an error.
        """
        idle = _idle(self, memory)
        with _lending:
            whole = idle.pop() if idle else None
        whole = whole or self.connect(memory)
        con = whole.cursor()
        try:
            con.execute(f"SET temp_directory = {quoted(str(spill))}; SET TimeZone = 'UTC'")
            yield con
        except BaseException:
            con.close()
            whole.close()
            raise
        con.close()
        if spill.exists():
            whole.close()
        else:
            idle.append(whole)

    def reader(self) -> duckdb.DuckDBPyConnection:
        """Open a connection for statements that make nothing, to a DuckDB that the process keeps:
        to open one of its own takes longer than most of them.
        """
        con = _kept(self).cursor()
        con.execute("SET TimeZone = 'UTC'")
        return con


@lru_cache(1)
def _idle(lake: Lake, memory: str) -> list[Connection]:
    """Return the DuckDBs to be lent that nobody has."""
    return []


@lru_cache(1)
def _kept(lake: Lake) -> duckdb.DuckDBPyConnection:
    return lake.connect()


def _prints(part: Part) -> dict[str, Any]:
    """Return the fingerprints of a part as its receipt has them."""
    by_partition = {key: asdict(print_of) for key, print_of in part.fingerprints.items()}
    return {
        **({"fingerprint": asdict(part.fingerprint)} if part.fingerprint else {}),
        **({"fingerprints": by_partition} if by_partition else {}),
    }


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
