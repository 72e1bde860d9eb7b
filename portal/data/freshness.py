"""How fresh a dataset is, held against what its contract promises; by the release's verdicts and
the day it is, so it ages while no release is made.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pipelines.contract.model import Dataset
from pipelines.harvest.lifecycle import standing
from pipelines.lake.partitions import following, last_complete
from pipelines.release.release import Release
from portal.data.rows import rows_of


@dataclass(frozen=True)
class Freshness:
    """How a dataset stands: ``state`` as ``lifecycle.standing`` says it, its newest good partition,
    the hours it is behind, the hours promised.

    Behind is what lies between the newest good partition and the last one that is over by now; None
    where nothing is awaited or nothing ever passed.
    """

    state: str
    newest: str | None
    behind: float | None
    promised: float

    @property
    def is_kept(self) -> bool | None:
        """Whether the promise is kept at this moment; None where there is none to keep."""
        return None if self.behind is None else self.behind <= self.promised


def freshness(release: Release) -> dict[str, Freshness]:
    """Return, by dataset, how fresh it is."""
    by_dataset: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(
        release.folder,
        "SELECT dataset, partition, verdict FROM lumbung.verdicts ORDER BY dataset, partition",
        (),
    ):
        by_dataset.setdefault(row["dataset"], []).append(row)
    return {
        dataset.id: _of(dataset, by_dataset.get(dataset.id, []))
        for contract in release.contracts
        for dataset in contract.datasets
    }


def _of(dataset: Dataset, rows: list[dict[str, Any]]) -> Freshness:
    status = standing(dataset, rows)
    if status.newest is None or status.state == "stopped":
        return Freshness(status.state, status.newest, None, dataset.freshness_hours)
    behind = last_complete(dataset) - following(status.newest) + timedelta(days=1)
    return Freshness(
        status.state, status.newest, max(0.0, behind / timedelta(hours=1)), dataset.freshness_hours
    )
