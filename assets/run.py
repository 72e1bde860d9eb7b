"""Launches materializations from a live process, through Dagster: one run per dataset for a range
of partitions, then models and release.

The command line and tests use it; ``dagster dev`` and its daemon launch the same assets themselves.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg

from assets.due import keys_to_harvest
from assets.instance import QUIET, failures
from assets.profile import Profile, profile_of
from assets.release import RELEASE, release_assets, withheld_models
from assets.workers import (
    WORTHWHILE,
    CodeLocation,
    DatasetRun,
    Selection,
    contained,
    harvested,
    job_of,
    materialize,
)
from pipelines.city import municipality
from pipelines.contract.contracts import Contracts
from pipelines.contract.model import Contract, Dataset
from pipelines.errors import LakeError, LumbungError, SourceError, nearest
from pipelines.harvest.revisit import changed
from pipelines.lake import intents
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import spans, today
from pipelines.lineage.openlineage.sender import sender
from pipelines.models.plan import planned
from pipelines.reference.regions import regions_of
from pipelines.release.clock import runs_behind
from pipelines.release.last_good import standing_contracts
from pipelines.release.release import open_release

Progress = Callable[[str, int, int], None]
NOTHING_ASKED = (
    "nothing was asked of any source: no system was active from {} on; their contracts say"
    " activeFrom and activeTo"
)


@dataclass
class Report:
    """What a run did: verdict rows by dataset, the release made, what went wrong besides bad data,
    what there is to know beside that, and where its time went, by dataset and for ``release``.
    """

    datasets: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    release: str | None = None
    errors: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    profiles: dict[str, list[Profile]] = field(default_factory=dict)

    @property
    def withheld(self) -> bool:
        """Whether any partition was withheld."""
        return any(row["verdict"] != "passed" for rows in self.datasets.values() for row in rows)

    def add(self, harvest: DatasetRun) -> None:
        """Take over what the harvest of one dataset brought."""
        self.datasets[harvest.dataset] += harvest.rows
        self.errors += harvest.failures
        self.profiles.setdefault(harvest.dataset, []).append(harvest.profile)
        self.finished.append(harvest.dataset)


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
    """Materialize ``applications`` (all when empty), then the models and the release;
    ``progress(what, done, of)`` is told each step.

    ``tags`` are put on every dataset's run. Of a system that stopped before ``first`` its last
    ``stopped_days`` days are asked for.
    """
    _check(first, last)
    notes, every = _noted(lake), standing_contracts(contracts, lake)
    chosen = in_order(
        [dataset for contract in select(every, applications) for dataset in contract.datasets]
    )
    location = CodeLocation(every, planned(sql, every.standing), lake, sql)
    report = Report({dataset.id: [] for dataset in chosen}, errors=[*every.said], notes=notes)
    pending = [
        request
        for dataset in chosen
        for request in _requests(
            lake, dataset, _span(dataset, first, last, stopped_days), report.errors
        )
    ]
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
    if first and chosen and not any(report.datasets.values()):
        report.errors.append(NOTHING_ASKED.format(first))
    progress("marts, kpi, release", steps - 1, steps)
    release = release_assets(lake, every, location.plan, sql)
    result = job_of(release).execute_in_process(
        instance=instance, run_config=QUIET, raise_on_error=False
    )
    told = _told_of_release(result)
    report.errors += [*failures(result), *_withheld(told)]
    report.profiles[RELEASE.to_user_string()] = [profile_of(told)]
    if result.success:
        report.release = open_release(lake).id
    progress("", steps, steps)
    return report


def _requests(
    lake: Lake, dataset: Dataset, days: tuple[date | None, date | None], errors: list[str]
) -> list[Selection]:
    """Return what is asked of one dataset, an unbroken span each: the days that are due and, in a
    run without a first one, the passed days that were corrected at the source since.
    """
    keys = keys_to_harvest(lake, dataset, *days)
    if days[0] is None:
        try:
            keys += changed(lake, dataset)
        except (SourceError, LakeError) as error:
            errors.append(f"{error} (passed days could not be looked at for corrections)")
    return [
        Selection(dataset, tuple(key for key in sorted({*keys}) if first <= key <= last))
        for first, last in spans({*keys})
    ]


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


def _check(first: date | None, last: date | None) -> None:
    """End a run before it harvests: for days there are none of, a library that is missing, or
    regions of another city.
    """
    if first and last and first > last:
        raise LumbungError(f"--from {first} lies after --to {last}; give the earlier day first")
    if last and last >= today():
        raise LumbungError(
            f"--to {last} is not over yet; the last complete day is {today() - timedelta(days=1)}"
        )
    sender()
    regions_of(municipality())


def _noted(lake: Lake) -> list[str]:
    """End what killed harvests left half done, and return what there is to know of the lake before
    a run begins.
    """
    behind = runs_behind(lake)
    return [*([behind] if behind else []), *intents.settle(lake)]


def _span(
    dataset: Dataset, first: date | None, last: date | None, stopped_days: int
) -> tuple[date | None, date | None]:
    """Return the days asked of one dataset: as asked, or the last days of a system that stopped
    before them.
    """
    if stopped_days and first and dataset.active_to and dataset.active_to < first:
        return dataset.active_to - timedelta(days=stopped_days - 1), dataset.active_to
    return first, last


def select(contracts: Contracts, applications: Sequence[str]) -> list[Contract]:
    """Return the contracts asked for that read; LumbungError names an application nobody has."""
    names = {contract.application for contract in contracts.read} | {*contracts.problems}
    for name in applications:
        if name not in names:
            raise LumbungError(f"there is no application '{name}'; {nearest(name, names)}")
    return [
        contract
        for contract in contracts.read
        if not applications or contract.application in applications
    ]


def in_order(datasets: Sequence[Dataset]) -> list[Dataset]:
    """Return the datasets so that one comes after those it refers to, as far as references
    allow.
    """
    remaining, ordered = list(datasets), []
    ids = {dataset.id for dataset in datasets}
    while remaining:
        placed = {dataset.id for dataset in ordered}
        ready = [
            dataset for dataset in remaining if dataset.refers_to & ids <= placed | {dataset.id}
        ] or remaining[:1]
        ordered += ready
        remaining = [dataset for dataset in remaining if dataset not in ready]
    return ordered
