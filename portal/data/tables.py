"""Datasets, published marts and states of applications, as the pages list them; rows for a
preview.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.contract.model import Contract, Dataset, Text
from pipelines.harvest.lifecycle import state_of
from pipelines.lake.tables import partition_of
from pipelines.lake.views import HISTORY
from pipelines.models.header import Header
from pipelines.release.release import Release
from pipelines.sqltext import identifier
from portal.data.release import rows_of

MART = "mart."
"""How the address of a published mart begins."""


@dataclass(frozen=True)
class Aggregate:
    """One published mart: its header, its columns' meanings, and the tables it is made of."""

    name: str
    header: Header
    columns: Mapping[str, Text]
    reads: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its address."""
        return f"{MART}{self.name}"

    @property
    def is_suppressed(self) -> bool:
        """Whether small counts are emptied in it."""
        return self.header.counts_persons


def datasets(release: Release) -> list[tuple[Contract, Dataset]]:
    """Return every dataset with its contract, the closed ones too: that they exist is public."""
    return [(contract, dataset) for contract in release.contracts for dataset in contract.datasets]


def find(release: Release, dataset_id: str) -> tuple[Contract, Dataset] | None:
    """Return the dataset called ``dataset_id``, None when there is none."""
    return next((each for each in datasets(release) if each[1].id == dataset_id), None)


def aggregates(release: Release) -> list[Aggregate]:
    """Return the published marts, by name."""
    models = release.manifest.models
    return [
        Aggregate(
            name.removeprefix(MART), models[name].header, models[name].columns, models[name].reads
        )
        for name in release.manifest.tables
        if name.startswith(MART)
    ]


def made_of(release: Release, dataset_id: str) -> list[Aggregate]:
    """Return the published marts that are made of a dataset."""
    return [
        each for each in aggregates(release) if {dataset_id, dataset_id + HISTORY} & set(each.reads)
    ]


def states(release: Release) -> dict[str, str]:
    """Return each application's state: planned, active, degraded or retired."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(
        release.folder,
        "SELECT dataset, partition, verdict FROM lumbung.verdicts ORDER BY dataset, partition",
        (),
    ):
        found.setdefault(row["dataset"], []).append(row)
    return {contract.application: state_of(contract, found)[0] for contract in release.contracts}


def aggregate_rows(release: Release, aggregate: Aggregate, most: int) -> tuple[dict[str, Any], ...]:
    """Return rows of a mart, newest first; those of which nothing is emptied before the others."""
    order = [f"{identifier(name)} DESC" for name in aggregate.header.key]
    ordered = ", ".join([*(["suppressed"] if aggregate.is_suppressed else []), *order]) or "ALL"
    return rows_of(
        release.folder,
        f"SELECT * FROM {table_of(aggregate.id)} ORDER BY {ordered} LIMIT {int(most)}",
        (),
    )


def table_of(table: str) -> str:
    """Return the name of a mart of the release, quoted."""
    return f"mart.{identifier(table.removeprefix(MART))}"


def view_of(dataset: Dataset) -> str:
    """Return the name of a dataset's view in the release, quoted."""
    return f"{identifier(dataset.application)}.{identifier(dataset.name)}"


def published(release: Release, dataset: Dataset) -> set[str]:
    """Return the partitions of which the release holds rows."""
    pinned = release.manifest.tables.get(dataset.id)
    return {partition_of(file) for file in pinned.files} if pinned else set()


def preview(release: Release, dataset: Dataset, rows: int) -> tuple[dict[str, Any], ...]:
    """Return the newest rows a visitor may see."""
    order = "_partition DESC"
    return rows_of(
        release.folder,
        f"SELECT * EXCLUDE (_partition) FROM {view_of(dataset)} ORDER BY {order} LIMIT {int(rows)}",
        (),
    )


def count(release: Release, dataset: Dataset) -> int:
    """Return how many rows the dataset's view has."""
    return int(rows_of(release.folder, f"SELECT count(*) AS n FROM {view_of(dataset)}", ())[0]["n"])
