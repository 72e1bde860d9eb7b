"""Two datasets at a time: processes that each hold Dagster and the gate once and harvest the
datasets they are given.

A dataset waits for those it refers to. What one harvest does is in ``harvest``; which partitions it
covers is ``asked``'s business.
"""

import atexit
import multiprocessing
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import cache

import dagster as dg
import stamina.instrumentation

from assets.asked import CodeLocation, Selection
from assets.ingest import dataset_assets
from assets.instance import QUIET, failures, open_instance, profile_of
from assets.profile import Profile
from assets.report import DatasetRun
from assets.timetable import range_tags
from pipelines.lake import verdicts

WORTHWHILE = 8
"""Fewer datasets than this are harvested faster by one process than a second one takes to start."""

ENDED = (
    "{}: the process that harvested it was ended from outside, twice, most likely since memory ran"
    " out; `lumbung run` asks for its days again"
)


def job_of(*assets: dg.AssetsDefinition) -> dg.JobDefinition:
    """Return the job of these assets alone: Dagster takes a snapshot of the job with every run."""
    definitions = dg.Definitions(assets=assets, executor=dg.in_process_executor)
    return definitions.resolve_implicit_global_asset_job_def()


def contained(request: Selection, work: Callable[[], DatasetRun]) -> DatasetRun:
    """Return what the harvest of one dataset brought. What Dagster itself fails of, such as a
    database of its that is locked, costs this dataset alone.
    """
    try:
        return work()
    except Exception as error:  # noqa: BLE001  whatever it is, the other datasets are harvested
        said = f"{request.dataset.id}: {type(error).__name__}: {error}"
        return DatasetRun(
            request.dataset.id, [], [f"{said}; `lumbung run` asks for its days again"]
        )


def materialize(
    location: CodeLocation,
    instance: dg.DagsterInstance,
    request: Selection,
    tags: Mapping[str, str],
) -> DatasetRun:
    """Harvest what is asked of one dataset in one Dagster run."""
    dataset, lake = request.dataset, location.lake
    contract = next(read for read in location.contracts.read if dataset in read.datasets)
    result = job_of(dataset_assets(lake, location.sql, contract, dataset)).execute_in_process(
        instance=instance,
        tags={**range_tags(request.keys[0], request.keys[-1]), **tags},
        run_config=QUIET,
        raise_on_error=False,
    )
    rows = [row for row in verdicts.latest(lake, dataset.id) if row["run_id"] == result.run_id]
    profiles = [profile_of(check.metadata) for check in result.get_asset_check_evaluations()]
    profile = next((profile for profile in profiles if profile.seconds), Profile())
    return DatasetRun(dataset.id, rows, failures(result), profile)


def harvested(
    location: CodeLocation,
    every: Sequence[Selection],
    tags: Mapping[str, str],
    tell: Callable[[str], None],
) -> Iterator[DatasetRun]:
    """Harvest all of ``every`` in processes of their own, and yield each as it is done; ``tell``
    is told which one begins. A harvest that ends its process is tried once more by itself and holds
    up no other.
    """
    pending, running = list(every), dict[Future[DatasetRun], Selection]()
    size = min(2, os.cpu_count() or 1)
    while pending or running:
        doubted = list(running.values())
        running.clear()
        for request in doubted:  # which of them ended the process is known when each is alone
            try:
                yield from _pooled(location, [request], {}, 1, tags, tell)
            except BrokenProcessPool:
                yield DatasetRun(request.dataset.id, [], [ENDED.format(request.dataset.id)])
        with suppress(BrokenProcessPool):
            yield from _pooled(location, pending, running, size, tags, tell)


def _pooled(
    location: CodeLocation,
    pending: list[Selection],
    running: dict[Future[DatasetRun], Selection],
    size: int,
    tags: Mapping[str, str],
    tell: Callable[[str], None],
) -> Iterator[DatasetRun]:
    """Harvest what is ``pending`` in one pool; BrokenProcessPool when a process of it is ended, and
    those that were then harvested are ``running`` still.
    """
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(size, spawn, _begin, (location,)) as pool:
        while pending or running:
            busy = [request.dataset.id for request in running.values()]
            for request in _ready(pending, busy)[: size - len(running)]:
                tell(request.dataset.id)
                running[pool.submit(_harvest, request, dict(tags))] = request
                pending.remove(request)
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                done = future.result()
                del running[future]
                yield done


def _ready(pending: Sequence[Selection], running: Sequence[str]) -> list[Selection]:
    """Return those whose references are all harvested; when none is and nothing runs, references
    go in a circle and the first one begins.
    """
    waiting = {*running, *(request.dataset.id for request in pending)}
    ready = [
        request
        for request in pending
        if not (request.dataset.refers_to - {request.dataset.id}) & waiting
        and request.dataset.id not in running
    ]
    return ready or (list(pending[:1]) if not running else [])


_here: list[CodeLocation] = []
"""What a process of the pool harvests with, handed over once when it begins."""


def _begin(location: CodeLocation) -> None:
    """Keep what Dagster and retries say off the terminal, where the progress of all processes is
    shown.
    """
    warnings.filterwarnings("ignore", module="dagster")
    stamina.instrumentation.set_on_retry_hooks([])
    _here.append(location)


@cache
def _instance() -> dg.DagsterInstance:
    """Open Dagster's instance, once a process."""
    instance = open_instance(_here[0].lake)
    atexit.register(instance.dispose)
    return instance


def _harvest(request: Selection, tags: Mapping[str, str]) -> DatasetRun:
    return contained(request, lambda: materialize(_here[0], _instance(), request, tags))
