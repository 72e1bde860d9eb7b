"""Two datasets at a time: processes that each hold Dagster and the gate once and harvest the
datasets they are given.

A dataset waits for those it refers to. What one harvest does is in ``harvest``; which partitions it
covers is ``run``'s business.
"""

import multiprocessing
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import stamina.instrumentation

from assets.definitions import build_defs
from assets.ingest import key_of
from assets.instance import QUIET, failures, open_instance
from assets.timetable import range_tags
from pipelines.contract.model import Dataset
from pipelines.lake import verdicts
from pipelines.lake.lake import Lake

WORTHWHILE = 8
"""Fewer datasets than this are harvested faster by one process than a second one takes to start."""


@dataclass(frozen=True)
class CodeLocation:
    """Where the code location of a run is: contracts, lake and SQL."""

    contracts: Path
    lake: Lake
    sql: Path


@dataclass(frozen=True)
class Done:
    """What the harvest of one dataset brought: its verdict rows, and what failed besides bad
    data.
    """

    dataset: str
    rows: list[dict[str, Any]]
    failures: list[str]


@dataclass(frozen=True)
class Selection:
    """Which partitions of one dataset are wanted."""

    dataset: Dataset
    keys: tuple[str, ...]


def job_of(location: CodeLocation) -> dg.JobDefinition:
    """Return the job of every asset of the location."""
    return build_defs(
        location.contracts, location.lake, location.sql
    ).resolve_implicit_global_asset_job_def()


def materialize(
    job: dg.JobDefinition,
    instance: dg.DagsterInstance,
    lake: Lake,
    asked: Selection,
    tags: Mapping[str, str],
) -> Done:
    """Harvest what is asked of one dataset in one Dagster run."""
    dataset = asked.dataset
    result = job.execute_in_process(
        instance=instance,
        asset_selection=[
            key_of(layer, dataset.id)
            for layer in (("raw", "clean", "public") if dataset.is_public else ("raw", "clean"))
        ],
        tags={**range_tags(asked.keys[0], asked.keys[-1]), **tags},
        run_config=QUIET,
        raise_on_error=False,
    )
    rows = [row for row in verdicts.latest(lake, dataset.id) if row["run_id"] == result.run_id]
    return Done(dataset.id, rows, failures(result))


def harvested(
    location: CodeLocation,
    every: Sequence[Selection],
    tags: Mapping[str, str],
    tell: Callable[[str], None],
) -> Iterator[Done]:
    """Harvest all of ``every`` in processes of their own, and yield each as it is done; ``tell``
    is told which one begins.
    """
    left, running = list(every), dict[Future[Done], str]()
    size = min(2, os.cpu_count() or 1)
    with ProcessPoolExecutor(size, multiprocessing.get_context("spawn"), _quietly) as pool:
        while left or running:
            for asked in _ready(left, list(running.values()))[: size - len(running)]:
                left.remove(asked)
                tell(asked.dataset.id)
                running[pool.submit(_one, location, asked, dict(tags))] = asked.dataset.id
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                del running[future]
                yield future.result()


def _ready(left: Sequence[Selection], running: Sequence[str]) -> list[Selection]:
    """Return those whose references are all harvested; when none is and nothing runs, references
    go in a circle and the first one begins.
    """
    waiting = {*running, *(each.dataset.id for each in left)}
    found = [each for each in left if not (each.dataset.refers_to - {each.dataset.id}) & waiting]
    return found or (list(left[:1]) if not running else [])


def _quietly() -> None:
    """Keep what Dagster and retries say off the terminal, where the progress of all processes is
    shown.
    """
    warnings.filterwarnings("ignore", module="dagster")
    stamina.instrumentation.set_on_retry_hooks([])


@cache
def _job(location: CodeLocation) -> dg.JobDefinition:
    return job_of(location)


def _one(location: CodeLocation, asked: Selection, tags: Mapping[str, str]) -> Done:
    with open_instance(location.lake) as instance:
        return materialize(_job(location), instance, location.lake, asked, tags)
