"""What ``lumbung check --live`` does: each dataset of one application as its source delivers it
now, against its contract.
"""

import tempfile
from pathlib import Path

import duckdb

from assets.asked import select
from cli.terminal import printable
from pipelines.connectors.contracts import readable_contracts
from pipelines.contract.contracts import Contracts
from pipelines.contract.model import Contract
from pipelines.errors import ContractError, LumbungError
from pipelines.harvest.drift import Change, differences, shown
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import key_of, last_complete


def compare(
    contracts: Path, lake: Lake, sql: Path, application: str
) -> tuple[list[Change], list[str]]:
    """Return every difference, and what could not be read."""
    changes: list[Change] = []
    unread: list[str] = []
    contract = _contract(contracts, application)
    for dataset in contract.datasets:
        with lake.connect() as con, tempfile.TemporaryDirectory(prefix="lumbung-") as folder:
            try:
                changes += differences(con, dataset, sql, Path(folder))
            except (LumbungError, duckdb.Error) as error:
                said = str(error).removeprefix(f"{dataset.id}: ")
                unread.append(f"{dataset.id}: not read: {printable(' '.join(said.splitlines()))}")
    return changes, unread


def lines(contracts: Path, application: str, changes: list[Change]) -> list[str]:
    """Return the differences as a reviewable diff against the contract file."""
    contract = _contract(contracts, application)
    output = [f"--- {contract.path} (version {contract.version})", "+++ live"] if changes else []
    for dataset in contract.datasets:
        of_dataset = [change for change in changes if change.dataset == dataset.id]
        if of_dataset:
            output.append(f"@@ {dataset.name}, {key_of(dataset, last_complete(dataset))} @@")
        for change in of_dataset:
            output += [f"# {shown(change.field)}: {change.says}", *change.line.splitlines()]
    return output


def _contract(contracts: Path, application: str) -> Contract:
    """Read the contract of one application; what is wrong with another's does not matter here."""
    read, problems = readable_contracts(contracts)
    if application in problems:
        raise ContractError(problems[application])
    return select(Contracts(tuple(read), (), problems), [application])[0]
