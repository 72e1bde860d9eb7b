"""One dataset's way through the house for a range of partitions: fetch, land, refine, judge, commit, record, publish.

The order is the promise: verdict, then commit, then announce. A source that fails is a verdict of its own and holds up nobody else.
Dagster's part is in ``ingest``.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path

from pipelines import publish, verdicts
from pipelines.contract import Contract, Dataset
from pipelines.delivery import Landed, Window
from pipelines.errors import SourceError
from pipelines.lake import Lake
from pipelines.partitions import window_of
from pipelines.refine import refine
from pipelines.settings import reachable
from quality.gate import judge
from quality.verdict import Verdict, unread


@dataclass(frozen=True)
class Harvest:
    """What one harvest brought: the verdict and the delivery, empty when the source could not be read."""

    verdict: Verdict
    landed: tuple[Landed, ...] = field(default=())


def harvest(lake: Lake, sql: Path, contract: Contract, dataset: Dataset, keys: Sequence[str], run_id: str, docs: bool = False) -> Harvest:
    """Bring ``keys`` of one dataset into the lake; safe to repeat, and a repetition ends in the same state.

    ``docs`` also builds Great Expectations' Data Docs of the gate in the lake.
    """
    with lake.workspace(f"{dataset.id}-{run_id}") as work:
        return _harvest(lake, sql, contract, dataset, window_of(dataset, keys), run_id, work, docs)


def _harvest(lake: Lake, sql: Path, contract: Contract, dataset: Dataset, window: Window, run_id: str, work: Path, docs: bool) -> Harvest:
    with lake.connect() as con:
        try:
            source = reachable(dataset)
            connector = import_module(f"pipelines.connectors.{source.source.connector}")
            landed = lake.land(dataset.id, run_id, connector.fetch(source, window), window.partitions)
            batch = refine(con, landed, source, window, work, references(lake, dataset), sql)
        except SourceError as error:
            failed = unread(dataset.id, window.partitions, str(error))
            _record(lake, contract, failed, run_id, "")
            return Harvest(failed)
        verdict, delivery = judge(batch, dataset, work, lake.data_docs(dataset.id) if docs else None), publish.delivery_id(landed)
        if verdict.quarantine is not None:
            publish.quarantine(con, lake, dataset, batch, verdict.quarantine, delivery, run_id)
            publish.commit(con, lake, dataset, batch, verdict.quarantine, verdict.passed, run_id)
        _record(lake, contract, verdict, run_id, delivery)
        if verdict.quarantine is not None:
            publish.publish(con, lake, dataset, batch, verdict.quarantine, verdict.passed, run_id)
    return Harvest(verdict, landed)


def references(lake: Lake, dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """Return the clean files of every dataset that ``dataset`` refers to."""
    others = {str(rule.argument("to")).rpartition(".")[0] for rule in dataset.rules if rule.kind == "reference"}
    return {other: tuple(lake.files(lake.dataset_table("clean", other))) for other in others}


def _record(lake: Lake, contract: Contract, verdict: Verdict, run_id: str, delivery: str) -> None:
    shared = {
        "dataset": verdict.dataset_id,
        "run_id": run_id,
        "delivery": delivery,
        "contract_version": contract.version,
        "contract_sha256": contract.sha256,
    }
    verdicts.record(lake, [{**asdict(each), **shared} for each in verdict.partitions])
