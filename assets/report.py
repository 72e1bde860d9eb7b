"""What a run brought: of each dataset, and of all together with the release."""

from dataclasses import dataclass, field
from typing import Any

from assets.profile import Profile


@dataclass(frozen=True)
class DatasetRun:
    """What the harvest of one dataset brought: its verdict rows, what failed besides bad data, and
    where its time went.
    """

    dataset: str
    rows: list[dict[str, Any]]
    failures: list[str]
    profile: Profile = field(default_factory=Profile)


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
