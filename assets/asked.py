"""What a run is asked for: contracts and models as they are read once, and which partitions of
which dataset are wanted, in which order.

Nothing of it needs Dagster, so a run that has nothing to do need not open it. Who carries it out is
``run``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from assets.due import keys_to_harvest
from assets.report import Report
from pipelines.city import municipality
from pipelines.contract.contracts import Contracts
from pipelines.contract.model import Contract, Dataset
from pipelines.errors import LakeError, LumbungError, SourceError, nearest
from pipelines.harvest.revisit import changed
from pipelines.lake import intents
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import spans, today
from pipelines.lineage.openlineage.sender import sender
from pipelines.models.plan import Plan, planned
from pipelines.reference.regions import regions_of
from pipelines.release.clock import runs_behind
from pipelines.release.last_good import standing_contracts

NOTHING_ASKED = (
    "nothing was asked of any source: no system was active from {} on; their contracts say"
    " activeFrom and activeTo"
)
DATA_DOCS = "lumbung/data_docs"
"""Tag of a run that also builds Great Expectations' Data Docs."""
ACCEPTED = "lumbung/accept_volume"
"""Tag of a run whose days may have another number of rows than is usual: who says so, and why."""


@dataclass(frozen=True)
class CodeLocation:
    """What the code location of a run is made of: contracts and models as they were read once,
    lake, folder of SQL. A file that changes meanwhile changes nothing of the run.
    """

    contracts: Contracts
    plan: Plan
    lake: Lake
    sql: Path


@dataclass(frozen=True)
class Selection:
    """Which partitions of one dataset are wanted."""

    dataset: Dataset
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What a run is asked for, in order, and its report as far as it is known before."""

    location: CodeLocation
    pending: Sequence[Selection]
    report: Report


def ask(
    contracts: Path,
    lake: Lake,
    sql: Path,
    applications: Sequence[str],
    first: date | None,
    last: date | None,
    stopped_days: int = 0,
) -> Asked:
    """Return what a run of ``applications`` (all when empty) is asked for. Of a system that stopped
    before ``first`` its last ``stopped_days`` days are wanted.
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
    if first and chosen and not pending:
        report.errors.append(NOTHING_ASKED.format(first))
    return Asked(location, pending, report)


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
