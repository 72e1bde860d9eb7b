"""Published marts and states of applications, as the pages list them; partitions and rows for a
preview.
"""

from typing import Any

from pipelines.contract.model import Dataset
from pipelines.harvest.lifecycle import state_of
from pipelines.lake.tables import partition_of
from pipelines.lake.views import HISTORY
from pipelines.models.model import Model
from pipelines.release.release import Release
from pipelines.sqltext import identifier
from portal.data.rows import rows_of


def marts(release: Release) -> list[Model]:
    """Return the published marts, by name."""
    manifest = release.manifest
    return [manifest.models[name] for name in manifest.tables if name.startswith("mart.")]


def made_of(release: Release, dataset_id: str) -> list[Model]:
    """Return the published marts that are made of a dataset."""
    return [mart for mart in marts(release) if {dataset_id, dataset_id + HISTORY} & set(mart.reads)]


def states(release: Release) -> dict[str, str]:
    """Return each application's state: planned, active, degraded or retired."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(
        release.folder,
        "SELECT dataset, partition, verdict FROM lumbung.verdicts ORDER BY dataset, partition",
        (),
    ):
        rows.setdefault(row["dataset"], []).append(row)
    return {contract.application: state_of(contract, rows)[0] for contract in release.contracts}


def mart_rows(release: Release, mart: Model, most: int) -> tuple[dict[str, Any], ...]:
    """Return rows of a mart, newest first; those of which nothing is emptied before the others."""
    order = [f"{identifier(name)} DESC" for name in mart.header.key]
    ordered = ", ".join([*(["suppressed"] if mart.header.counts_persons else []), *order]) or "ALL"
    return rows_of(
        release.folder,
        f"SELECT * FROM mart.{identifier(mart.stem)} ORDER BY {ordered} LIMIT {int(most)}",
        (),
    )


def _view(dataset: Dataset) -> str:
    """Return the name of a dataset's view in the release, quoted."""
    return f"{identifier(dataset.application)}.{identifier(dataset.name)}"


def published(release: Release, dataset: Dataset) -> set[str]:
    """Return the partitions of which the release holds rows."""
    pinned = release.manifest.tables.get(dataset.id)
    return {partition_of(file) for file in pinned.files} if pinned else set()


def preview(release: Release, dataset: Dataset, rows: int) -> tuple[dict[str, Any], ...]:
    """Return the newest rows a visitor may see."""
    return rows_of(
        release.folder,
        f"SELECT * EXCLUDE (_partition) FROM {_view(dataset)} ORDER BY _partition DESC"
        f" LIMIT {int(rows)}",
        (),
    )
