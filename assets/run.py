"""Launches materializations from a live process, through Dagster: one run per dataset for a range of partitions, then models and release.

The command line and tests use it; ``dagster dev`` and its daemon launch the same assets themselves.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from assets.definitions import build_defs
from assets.ingest import key_of
from assets.release import CITY_ZONE, RELEASE, model_keys
from assets.timetable import range_tags
from pipelines import verdicts
from pipelines.contract import Contract, Dataset
from pipelines.contract_reader import read_contracts
from pipelines.contract_source import nearest
from pipelines.errors import LumbungError
from pipelines.lake import Lake
from pipelines.models import runnable
from pipelines.partitions import first_day, keys_between, last_complete, today
from pipelines.release import open_release
from pipelines.settings import HOUSE
from pipelines.sqlfile import read_sql_files

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
Progress = Callable[[str, int, int], None]


@dataclass
class Report:
    """What a run did: verdict rows by dataset, the release made, and what went wrong besides bad data."""

    datasets: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    release: str | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def withheld(self) -> bool:
        """Whether any partition was withheld."""
        return any(row["verdict"] != "passed" for rows in self.datasets.values() for row in rows)


def open_instance(lake: Lake) -> dg.DagsterInstance:
    """Open Dagster's instance beside the lake, configured by ``dagster.yaml``."""
    lake.state.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HOUSE / "dagster.yaml", lake.state / "dagster.yaml")
    return dg.DagsterInstance.from_config(str(lake.state))


def wanted_keys(lake: Lake, dataset: Dataset, first: date | None, last: date | None) -> tuple[str, ...]:
    """Return the partitions a run covers, complete ones only, look-back included.

    As asked; else from the first that has not passed, counted from the earliest ever judged (from ``activeFrom`` in a new lake).
    """
    last = min(last, last_complete(dataset)) if last else last_complete(dataset)
    if first is None:
        rows = verdicts.latest(lake, dataset.id)
        passed = {row["partition"] for row in rows if row["verdict"] == "passed"}
        since = first_day(rows[0]["partition"]) if rows else dataset.active_from
        waiting = [key for key in keys_between(dataset, since, last) if key not in passed]
        first = first_day(waiting[0]) if waiting else last + timedelta(days=1)
    keys = keys_between(dataset, first, last)
    before = keys_between(dataset, dataset.active_from, first)[-1 - dataset.lookback :] if keys and dataset.lookback else ()
    return tuple(sorted({*before, *keys}))


def run(
    instance: dg.DagsterInstance,
    contracts: Path,
    lake: Lake,
    sql: Path,
    applications: Sequence[str],
    first: date | None,
    last: date | None,
    progress: Progress,
    tags: Mapping[str, str] | None = None,
) -> Report:
    """Materialize ``applications`` (all when empty), then the models and the release; ``progress(what, done, of)`` is told each step.

    ``tags`` are put on every dataset's run.
    """
    if first and last and first > last:
        raise LumbungError(f"--from {first} lies after --to {last}; give the earlier day first")
    if last and last >= today(CITY_ZONE):
        raise LumbungError(f"--to {last} is not over yet; the last complete day is {today(CITY_ZONE) - timedelta(days=1)}")
    job = build_defs(contracts, lake, sql).resolve_implicit_global_asset_job_def()
    chosen = [dataset for contract in select(read_contracts(contracts), applications) for dataset in contract.datasets]
    report, steps = Report(), len(chosen) + 1
    for done, dataset in enumerate(in_order(chosen)):
        progress(dataset.id, done, steps)
        keys = wanted_keys(lake, dataset, first, last)
        report.datasets[dataset.id] = _dataset(job, instance, lake, dataset, keys, report, tags or {}) if keys else []
    if first and not any(report.datasets.values()):
        report.errors.append(f"nothing was asked of any source: no system was active from {first} on; their contracts say activeFrom and activeTo")
    progress("kpi, release", steps - 1, steps)
    selection = [*model_keys(runnable(read_sql_files(sql), read_contracts(contracts))), RELEASE]
    made = job.execute_in_process(instance=instance, asset_selection=selection, run_config=QUIET, raise_on_error=False)
    report.errors += _failures(made)
    if made.success:
        report.release = open_release(lake).id
    progress("", steps, steps)
    return report


def select(contracts: Sequence[Contract], applications: Sequence[str]) -> list[Contract]:
    """Return the contracts asked for; LumbungError names an application nobody has."""
    names = {contract.application for contract in contracts}
    for name in applications:
        if name not in names:
            raise LumbungError(f"there is no application '{name}'; {nearest(name, names)}")
    return [contract for contract in contracts if not applications or contract.application in applications]


def in_order(datasets: Sequence[Dataset]) -> list[Dataset]:
    """Return the datasets so that one comes after those it refers to, as far as references allow."""
    left, found = list(datasets), []
    ids = {dataset.id for dataset in datasets}
    while left:
        known = {dataset.id for dataset in found}
        ready = [each for each in left if _targets(each) & ids <= known | {each.id}] or left[:1]
        found += ready
        left = [each for each in left if each not in ready]
    return found


def _targets(dataset: Dataset) -> set[str]:
    return {str(rule.argument("to")).rpartition(".")[0] for rule in dataset.rules if rule.kind == "reference"}


def _dataset(
    job: dg.JobDefinition, instance: dg.DagsterInstance, lake: Lake, dataset: Dataset, keys: Sequence[str], report: Report, tags: Mapping[str, str]
) -> list[dict[str, Any]]:
    layers = ("raw", "clean", "public") if dataset.is_public else ("raw", "clean")
    result = job.execute_in_process(
        instance=instance,
        asset_selection=[key_of(layer, dataset.id) for layer in layers],
        tags={**range_tags(keys[0], keys[-1]), **tags},
        run_config=QUIET,
        raise_on_error=False,
    )
    report.errors += _failures(result)
    return [row for row in verdicts.latest(lake, dataset.id) if row["run_id"] == result.run_id]


def _failures(result: dg.ExecuteInProcessResult) -> list[str]:
    """Return what failed in a run besides the gate, which is a verdict and no failure."""
    found = []
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error is not None and error.cause is not None:
                error = error.cause
            if error is not None and error.cls_name != "DagsterAssetCheckFailedError":
                found.append(f"{event.step_key}: {error.message.strip()}")
    return found
