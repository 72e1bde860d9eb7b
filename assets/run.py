"""Launches materializations from a live process, through Dagster: one run per dataset for a range
of partitions, then models and release.

The command line and tests use it; Dagster's UI and daemon launch the same assets themselves.
What is asked for is ``asked``'s business.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg

from assets.asked import Asked, ask
from assets.instance import QUIET, failures, profile_of
from assets.release import RELEASE, release_assets, withheld_models
from assets.report import Report
from assets.workers import WORTHWHILE, contained, harvested, job_of, materialize
from pipelines.lake.lake import Lake
from pipelines.release.release import open_release

Progress = Callable[[str, int, int], None]


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
    stopped_days: int = 0,
) -> Report:
    """Ask for days of ``applications`` (see ``asked.ask``), and carry it out."""
    asked = ask(contracts, lake, sql, applications, first, last, stopped_days)
    return carry_out(instance, asked, progress, tags)


def carry_out(
    instance: dg.DagsterInstance,
    asked: Asked,
    progress: Progress,
    tags: Mapping[str, str] | None = None,
) -> Report:
    """Materialize what is asked for, then the models and the release; ``progress(what, done, of)``
    is told each step. ``tags`` are put on every dataset's run.
    """
    location, pending, report = asked.location, asked.pending, asked.report
    steps = len(pending) + 1
    if len(pending) >= WORTHWHILE and not instance.is_ephemeral:
        harvests = harvested(
            location, pending, tags or {}, lambda name: progress(name, len(report.finished), steps)
        )
    else:
        harvests = (
            contained(request, partial(materialize, location, instance, request, tags or {}))
            for request in pending
        )
    for harvest in harvests:
        report.add(harvest)
        progress(harvest.dataset, len(report.finished), steps)
    progress("marts, kpi, release", steps - 1, steps)
    release = release_assets(location.lake, location.contracts, location.plan, location.sql)
    result = job_of(release).execute_in_process(
        instance=instance, run_config=QUIET, raise_on_error=False
    )
    told = _told_of_release(result)
    report.errors += [*failures(result), *_withheld(told)]
    report.profiles[RELEASE.to_user_string()] = [profile_of(told)]
    if result.success:
        report.release = open_release(location.lake).id
    progress("", steps, steps)
    return report


def _told_of_release(result: dg.ExecuteInProcessResult) -> Mapping[str, dg.MetadataValue[Any]]:
    """Return the metadata of the release, empty when none was made."""
    for event in result.get_asset_materialization_events():
        if event.asset_key == RELEASE:
            return event.materialization.metadata
    return {}


def _withheld(metadata: Mapping[str, dg.MetadataValue[Any]]) -> list[str]:
    """Return of every model that could not be made anew what was said, as the release tells it."""
    return [
        f"{name} is withheld and stays as it was last made: {why}"
        for name, why in withheld_models(metadata)
    ]
