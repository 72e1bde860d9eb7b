"""The city's inventory as a table, read from the contracts and the SQL alone: system, datasets,
protocol, class, where published.

``docs/systems.md`` shows the same table; a test holds the two together, and ``make docs`` writes
it.
"""

from collections.abc import Sequence
from typing import Any

from pipelines.contract.model import UNDESCRIBED, Contract, Dataset
from pipelines.lake.views import HISTORY
from pipelines.models.sqlfile import SqlFile

COLUMNS = ("row", "system", "dataset", "protocol", "class", "published")


def rows(contracts: Sequence[Contract], models: Sequence[SqlFile]) -> list[dict[str, Any]]:
    """Return one row per dataset, by the system's row in the inventory."""
    ordered = sorted(
        contracts, key=lambda contract: (contract.inventory_id or "~", contract.application)
    )
    return [
        {
            "row": contract.inventory_id or "",
            "system": contract.title.en,
            "dataset": dataset.id,
            "protocol": dataset.source.connector,
            "class": dataset.information_class,
            "published": ", ".join(_published(contract, dataset, models)),
        }
        for contract in ordered
        for dataset in contract.datasets
    ]


def _published(contract: Contract, dataset: Dataset, models: Sequence[SqlFile]) -> list[str]:
    """Return the addresses in a release: the dataset itself when it is open, and every published
    model that reads it.
    """
    names = {(dataset.application, dataset.name), (dataset.application, dataset.name + HISTORY)}
    own = [dataset.id] if dataset.is_public else []
    published = [
        *own,
        *(model.id for model in models if model.is_public and names & set(model.reads)),
    ]
    return published or [
        "nothing: "
        + (
            "not yet described by its owner"
            if contract.status in UNDESCRIBED
            else dataset.exemption or "no open column"
        )
    ]


def markdown(table: Sequence[dict[str, Any]]) -> str:
    """Return the rows as a Markdown table."""
    lines = [" | ".join(COLUMNS), " | ".join("---" for _ in COLUMNS)]
    lines += [
        " | ".join(
            f"`{row[name]}`" if name in ("dataset", "protocol") else str(row[name])
            for name in COLUMNS
        )
        for row in table
    ]
    return "".join(f"| {line} |\n" for line in lines)
