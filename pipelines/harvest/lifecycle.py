"""Where a source stands in its life: planned, active, degraded or retired; and how each of its
datasets is doing.

Read from the contract and the latest verdicts alone, so the command line and the portal say the
same. A retired source is silent by right: it is never late, and what it delivered stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from pipelines.contract.model import UNDESCRIBED, Contract, Dataset
from pipelines.lake.partitions import following, last_complete, last_day, today

State = Literal["planned", "active", "degraded", "retired"]
STATES = {
    "planned": "proposed or not yet described by its owner, or nothing was harvested yet",
    "active": "harvested, and every dataset is in time",
    "degraded": "a dataset is late, or its newest partition is withheld",
    "retired": "the system has stopped; what it delivered stays",
}
Verdicts = Mapping[str, Sequence[Mapping[str, Any]]]
"""Dataset id -> its latest verdict rows, by partition."""


@dataclass(frozen=True)
class Standing:
    """How one dataset is doing: ``fresh``, ``late``, ``withheld`` (its newest partition),
    ``never harvested`` or ``stopped``.
    """

    state: Literal["fresh", "late", "withheld", "never harvested", "stopped"]
    newest: str | None


def is_retired(contract: Contract) -> bool:
    """Whether the system has stopped for good."""
    return contract.status == "retired" or (
        contract.active_to is not None and contract.active_to < today()
    )


def standing(dataset: Dataset, rows: Sequence[Mapping[str, Any]]) -> Standing:
    """Return how a dataset is doing by its latest verdicts, in order of partition."""
    passed = [row["partition"] for row in rows if row["verdict"] == "passed"]
    newest = passed[-1] if passed else None
    if last_day(dataset):
        return Standing("stopped", newest)
    if not rows:
        return Standing("never harvested", None)
    if rows[-1]["verdict"] != "passed":
        return Standing("withheld", newest)
    age = last_complete(dataset) - following(rows[-1]["partition"]) + timedelta(days=1)
    return Standing("late" if age > timedelta(hours=dataset.freshness_hours) else "fresh", newest)


def state_of(contract: Contract, verdicts: Verdicts) -> tuple[State, str]:
    """Return a source's state, and why."""
    if is_retired(contract):
        return "retired", (
            f"stopped {contract.active_to}" if contract.active_to else STATES["retired"]
        )
    if contract.status in UNDESCRIBED:
        return "planned", "not yet described by its owner"
    states = {
        dataset.name: standing(dataset, verdicts.get(dataset.id, ())).state
        for dataset in contract.datasets
    }
    if contract.active_from > today():
        return "planned", f"begins {contract.active_from}"
    if set(states.values()) == {"never harvested"}:
        return "planned", "nothing was harvested yet"
    wrong = [f"{name} {state}" for name, state in states.items() if state != "fresh"]
    return ("degraded", ", ".join(wrong)) if wrong else ("active", STATES["active"])
