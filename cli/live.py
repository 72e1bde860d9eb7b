"""What ``lumbung check --live`` does: each dataset of one application as its source delivers it
now, against its contract.
"""

import tempfile
from pathlib import Path

import duckdb

from assets.run import select
from pipelines.connectors.registry import read_contracts
from pipelines.errors import LumbungError
from pipelines.harvest.drift import Change, differences, shown
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import key_of, last_complete


def compare(
    contracts: Path, lake: Lake, sql: Path, application: str
) -> tuple[list[Change], list[str]]:
    """Return every difference, and what could not be read."""
    found: list[Change] = []
    unread: list[str] = []
    (contract,) = select(read_contracts(contracts), [application])
    for dataset in contract.datasets:
        with lake.connect() as con, tempfile.TemporaryDirectory(prefix="lumbung-") as folder:
            try:
                found += differences(con, dataset, sql, Path(folder))
            except (LumbungError, duckdb.Error) as error:
                unread.append(
                    f"{dataset.id}: not read:"
                    f" {_printable(str(error).removeprefix(f'{dataset.id}: '))}"
                )
    return found, unread


def lines(contracts: Path, application: str, found: list[Change]) -> list[str]:
    """Return the differences as a reviewable diff against the contract file."""
    (contract,) = select(read_contracts(contracts), [application])
    told = [f"--- {contract.path} (version {contract.version})", "+++ live"] if found else []
    for dataset in contract.datasets:
        here = [each for each in found if each.dataset == dataset.id]
        if here:
            told.append(f"@@ {dataset.name}, {key_of(dataset, last_complete(dataset))} @@")
        for each in here:
            told += [f"# {shown(each.field)}: {each.says}", *each.line.splitlines()]
    return told


def _printable(said: str) -> str:
    """Return a message, which may quote what a source sent, as one line that tells a terminal
    nothing.
    """
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in " ".join(said.splitlines())
    )
