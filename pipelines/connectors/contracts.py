"""Contracts as the house reads them: held against what each connector declares, and against the
reference tables. How one is read is ``contract``'s business, which lies below both.
"""

from pathlib import Path

from pipelines.connectors.registry import connectors
from pipelines.contract import contracts, reader
from pipelines.contract.contracts import Contracts, LastGood
from pipelines.contract.model import Contract
from pipelines.contract.reader import Known
from pipelines.reference.tables import REFERENCE


def read_contracts(folder: Path) -> tuple[Contract, ...]:
    """Read every contract of ``folder``, by name; ContractError lists the problems of all files
    together.
    """
    return contracts.read_contracts(folder, _registered())


def readable_contracts(folder: Path) -> tuple[list[Contract], dict[str, str]]:
    """Return the contracts of ``folder`` whose file reads by itself, and what is wrong with each
    other one by application.
    """
    return contracts.readable_contracts(folder, _registered())


def standing_contracts(folder: Path, last_good: LastGood) -> Contracts:
    """Read what there is to read of ``folder``; a contract that is wrong is set aside alone."""
    return contracts.standing_contracts(folder, _registered(), last_good)


def read_contract(path: Path, timezone: str | None = None) -> Contract:
    """Read one contract file; ContractError carries every problem found in it. A dataset that
    states no zone has ``timezone``, the city's unless given.
    """
    return reader.read_contract(path, _registered(), timezone)


def read_kept_contract(path: Path, timezone: str | None = None) -> Contract:
    """Read one contract file as a lake keeps it."""
    return reader.read_contract(path, Known(connectors(), REFERENCE, are_kept=True), timezone)


def _registered() -> Known:
    return Known(connectors(), REFERENCE)
