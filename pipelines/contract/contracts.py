"""The contracts of a folder, together: those that read, and those set aside because their file is
wrong or refers to what nobody has. One wrong file sets aside its own application and no other.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.city import municipality
from pipelines.contract.model import Contract
from pipelines.contract.reader import SUFFIX, Known, read_contract
from pipelines.errors import ContractError, nearest

LastGood = Callable[[str], Contract | None]
"""Gives the last good contract of an application, None when there is none."""


@dataclass(frozen=True)
class Contracts:
    """``read`` are those that may be harvested; of the applications set aside, ``problems`` says
    what is wrong, and ``kept`` are the last good ones, which go on describing what is published.
    """

    read: tuple[Contract, ...]
    kept: tuple[Contract, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def standing(self) -> tuple[Contract, ...]:
        """Every contract that describes something published, by application."""
        return tuple(sorted((*self.read, *self.kept), key=lambda contract: contract.application))

    @property
    def said(self) -> tuple[str, ...]:
        """What is told of each application that is set aside, by application."""
        kept = {contract.application for contract in self.kept}
        return tuple(
            f"{name} is set aside and not harvested"
            f"{'; its last good contract goes on describing what is published' * (name in kept)}:"
            f" {problem}"
            for name, problem in sorted(self.problems.items())
        )


def read_contracts(folder: Path, known: Known) -> tuple[Contract, ...]:
    """Read every ``*.odcs.yaml`` of ``folder``, by name; ContractError lists the problems of all
    files together.
    """
    read, problems = readable_contracts(folder, known)
    between = _between(read, read)
    if problems or between:
        raise ContractError("\n".join([*problems.values(), *between.values()]))
    return tuple(read)


def standing_contracts(folder: Path, known: Known, last_good: LastGood) -> Contracts:
    """Read what there is to read of ``folder``; ContractError only when it holds no contract.

    A contract that refers to what neither those that read nor the last good ones have is set aside
    too.
    """
    read, problems = readable_contracts(folder, known)
    kept: dict[str, Contract | None] = {}
    while True:
        kept |= {name: last_good(name) for name in problems if name not in kept}
        good = [contract for contract in kept.values() if contract is not None]
        wrong = _between(read, [*read, *good])
        if not wrong:
            return Contracts(tuple(read), tuple(good), problems)
        problems |= wrong
        read = [contract for contract in read if contract.application not in wrong]


def readable_contracts(folder: Path, known: Known) -> tuple[list[Contract], dict[str, str]]:
    """Return the contracts of ``folder`` whose file reads by itself, by name, and what is wrong
    with each other one by application; ContractError when the folder holds none.
    """
    if not folder.is_dir():
        raise ContractError(
            f"{folder}: no such folder of contracts; give --contracts DIR or set LUMBUNG_CONTRACTS"
        )
    municipality()  # a mistake in the city's file is told once, not of every contract
    read, problems = list[Contract](), dict[str, str]()
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            read.append(read_contract(path, known))
        except ContractError as error:
            problems[path.name.removesuffix(SUFFIX)] = str(error)
    if not read and not problems:
        raise ContractError(
            f"{folder}: no contract here; `lumbung new NAME` writes {folder}/NAME{SUFFIX}"
        )
    return read, problems


def _between(contracts: Iterable[Contract], others: Iterable[Contract]) -> dict[str, str]:
    """Return, by application, the problems that only show between contracts: references to
    datasets or columns that none of ``others`` has.
    """
    known = {
        f"{dataset.id}.{column.name}"
        for contract in others
        for dataset in contract.datasets
        for column in dataset.columns
    }
    problems: dict[str, list[str]] = {}
    for contract in contracts:
        for dataset in contract.datasets:
            for rule in dataset.rules:
                to = str(rule.argument("to"))
                if rule.kind == "reference" and rule.level == "partition" and to not in known:
                    problems.setdefault(contract.application, []).append(
                        f"{contract.path}:1: {dataset.name}: rule '{rule.name}' refers to '{to}';"
                        f" {nearest(to, known)}"
                    )
    return {application: "\n".join(told) for application, told in problems.items()}
