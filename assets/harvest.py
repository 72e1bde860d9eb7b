"""One dataset's way through the house for a range of partitions: fetch, land, refine, judge,
commit, publish, record.

The order is the promise: judge, then commit, then announce; what a run that was killed before its
verdict left half done is ended by whoever comes next (``lake.intents``). A source that fails is a
verdict of its own and holds up nobody else. Dagster's part is in ``ingest``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from assets.profile import Profile
from pipelines.connectors.registry import fetch_of
from pipelines.contract.model import Contract, Dataset
from pipelines.contract.server import reachable
from pipelines.errors import LumbungError, SourceError
from pipelines.harvest import publish
from pipelines.harvest.refine import refine
from pipelines.harvest.usual import usual
from pipelines.lake import intents, verdicts
from pipelines.lake.delivery import MEMORY, Batch, Landed
from pipelines.lake.lake import COMMITS, Connection, Lake
from pipelines.lake.partitions import window_of
from pipelines.reference.table import SCHEMA
from pipelines.reference.tables import REFERENCE
from quality.gate import judge
from quality.verdict import Verdict, unread


@dataclass(frozen=True)
class Harvest:
    """What one harvest brought: the verdict and the delivery, empty when the source could not be
    read.
    """

    verdict: Verdict
    landed: tuple[Landed, ...] = field(default=())
    profile: Profile = field(default_factory=Profile)


def harvest(
    lake: Lake,
    sql: Path,
    contract: Contract,
    dataset: Dataset,
    keys: Sequence[str],
    run_id: str,
    docs: bool = False,
    accepted: str | None = None,
) -> Harvest:
    """Bring ``keys`` of one dataset into the lake; safe to repeat, and a repetition ends in the
    same state.

    One harvest of a dataset at a time. ``docs`` also builds Great Expectations' Data Docs of the
    gate in the lake; ``accepted`` is who takes these days' volume for right, and why. A mistake of
    ours is a verdict too, and then raised.
    """
    with (
        lake.lock(dataset.id),
        lake.workspace(f"{dataset.id}-{run_id}") as work,
        lake.lent(MEMORY, work / "spill") as con,
    ):
        profile = Profile()
        intents.settle_own(lake, dataset.id)
        try:
            landed, batch, unreadable = _read(con, lake, sql, dataset, keys, run_id, work, profile)
        except LumbungError as error:
            verdict = unread(dataset.id, dict.fromkeys(keys, str(error)))
            _record(lake, _rows(contract, verdict, run_id, ""))
            return Harvest(verdict, profile=profile)
        except Exception as error:
            verdict = unread(dataset.id, dict.fromkeys(keys, f"{type(error).__name__}: {error}"))
            _record(lake, _rows(contract, verdict, run_id, ""))
            raise
        verdict, delivery = unread(dataset.id, unreadable), publish.delivery_id(landed)
        if batch is not None:
            with profile.step("judge"):
                before = usual(dataset, verdicts.every_passed(lake, dataset.id), batch.partitions)
                batch = replace(batch, usual=before, accepted=accepted)
                folder = lake.data_docs(dataset.id) if docs else None
                verdict = judge(batch, dataset, work, folder).also(verdict)
        rows = _rows(contract, verdict, run_id, delivery)
        if batch is None or verdict.quarantine is None:
            _record(lake, rows)
            return Harvest(verdict, landed, profile)
        by, passed = _maker(lake, sql, contract, dataset, run_id), verdict.passed
        with lake.lock(COMMITS, shared=True):
            intents.intend(lake, dataset.id, run_id, publish.layers(dataset, passed), rows)
            with profile.step("quarantine"):
                publish.quarantine(con, lake, dataset, batch, verdict.quarantine, delivery, by)
                publish.withhold(con, lake, dataset, batch, verdict.quarantine, passed, by)
            with profile.step("commit"):
                kept = publish.kept(con, batch, verdict.quarantine)
                publish.commit(con, lake, dataset, kept, passed, by)
            with profile.step("publish"):
                publish.publish(con, lake, dataset, kept, passed, by)
            with profile.step("record"):
                verdicts.record(lake, rows)
                intents.clear(lake, dataset.id)
        return Harvest(verdict, landed, profile)


def _read(
    con: Connection,
    lake: Lake,
    sql: Path,
    dataset: Dataset,
    keys: Sequence[str],
    run_id: str,
    work: Path,
    profile: Profile,
) -> tuple[tuple[Landed, ...], Batch | None, dict[str, str]]:
    """Fetch, land and refine; a dated file that cannot be read fails its own partition, which is
    returned with the reason, and no other.
    """
    source, window, landed = reachable(dataset), window_of(dataset, keys), None
    fetch = fetch_of(source.source.connector)
    unreadable: dict[str, str] = {}
    while True:
        request = replace(
            window, partitions=tuple(key for key in window.partitions if key not in unreadable)
        )
        if not request.partitions:
            return landed or (), None, unreadable
        try:
            if landed is None:
                with profile.step("fetch"):
                    parts = fetch(source, request)
                    landed = lake.land(dataset.id, run_id, parts, request.partitions)
                profile.bytes["delivered"] = sum(part.path.stat().st_size for part in landed)
            readable = [part for part in landed if part.partition not in unreadable]
            with profile.step("refine"):
                known = references(lake, dataset, work)
                batch = refine(con, readable, source, request, work, known, sql)
            profile.bytes["staged"] = batch.staged.stat().st_size
            return landed, batch, unreadable
        except SourceError as error:
            if error.partition not in request.partitions:
                raise
            unreadable[error.partition] = str(error)


def references(lake: Lake, dataset: Dataset, work: Path) -> dict[str, tuple[str, ...]]:
    """Return the clean files of every dataset, and a file of every reference table, that
    ``dataset`` refers to.
    """
    paths: dict[str, tuple[str, ...]] = {}
    for referred in {
        str(rule.argument("to")).rpartition(".")[0]
        for rule in dataset.all_rules
        if rule.kind == "reference"
    }:
        schema, _, name = referred.partition(".")
        if schema == SCHEMA:
            pq.write_table(REFERENCE[name](), work / f"{referred}.parquet")
            paths[referred] = (str(work / f"{referred}.parquet"),)
        else:
            paths[referred] = tuple(lake.files(lake.dataset_table("clean", referred)))
    return paths


def _maker(
    lake: Lake, sql: Path, contract: Contract, dataset: Dataset, run_id: str
) -> dict[str, str]:
    """Return what a commit says of how it was made, and keep the contract and the clean SQL
    under their hashes.
    """
    lake.store(contract.content, "yaml")
    clean = sql / "clean" / f"{dataset.id}.sql"
    return {
        "run_id": run_id,
        "contract": contract.sha256,
        **({"clean_sql": lake.store(clean.read_bytes(), "sql")} if clean.is_file() else {}),
    }


def _record(lake: Lake, rows: Sequence[Mapping[str, Any]]) -> None:
    """Record a verdict that comes without rows, though not while a release is made: its figures
    and what it pins come from the same verdicts.
    """
    with lake.lock(COMMITS, shared=True):
        verdicts.record(lake, rows)


def _rows(contract: Contract, verdict: Verdict, run_id: str, delivery: str) -> list[dict[str, Any]]:
    """Return the rows by which a verdict is recorded."""
    shared = {
        "dataset": verdict.dataset_id,
        "run_id": run_id,
        "delivery": delivery,
        "contract_version": contract.version,
        "contract_sha256": contract.sha256,
    }
    return [{**asdict(partition), **shared} for partition in verdict.partitions]
