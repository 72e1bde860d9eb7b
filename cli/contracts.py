"""What the commands check and new do: lint contracts, SQL files and the city's file, start a
contract from the template.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from pipelines.city import Municipality, read_municipality
from pipelines.connectors.contracts import read_contract, read_contracts
from pipelines.contract.model import Contract
from pipelines.contract.reader import SUFFIX
from pipelines.contract.terms import NAME
from pipelines.errors import ContractError
from pipelines.models.sqlfile import (
    KEYS,
    VIEWS,
    SqlFile,
    View,
    read_sql_file,
    read_sql_files,
    read_views,
)
from pipelines.reference.regions import regions_of

TEMPLATE = Path(__file__).parent / "contract_template.yaml"


def lint(paths: Sequence[Path]) -> tuple[list[str], list[str]]:
    """Return (problems, files read) of contract files, folders of contracts, SQL files, the
    folder of SQL files and the city's file.
    """
    problems: list[str] = []
    read: list[str] = []
    for path in paths:
        try:
            read += [str(contract.path) for contract in _read(path)]
        except ContractError as error:
            problems += str(error).splitlines()
    return list(dict.fromkeys(problems)), read


def _read(path: Path) -> Sequence[Contract | SqlFile | View | Municipality]:
    if not path.exists():
        raise ContractError(
            f"{path}: there is no such file or folder; check the path, LUMBUNG_CONTRACTS and"
            " LUMBUNG_SQL"
        )
    if path.suffix == ".sql":
        return (_model(path),)
    if path.is_file() and not path.name.endswith(SUFFIX) and path.suffix == ".yaml":
        city = read_municipality(path)
        regions_of(city)
        return (city,)
    if path.is_dir() and path.name in (*KEYS, VIEWS) and any(path.glob("*.sql")):
        return tuple(map(_model, sorted(path.glob("*.sql"))))
    if all((path / layer).is_dir() for layer in KEYS):
        return (*read_sql_files(path), *read_views(path).values())
    return read_contracts(path) if path.is_dir() else (read_contract(path),)


def _model(path: Path) -> SqlFile | View:
    if path.parent.name in KEYS:
        return read_sql_file(path, path.parent.name)
    if path.parent.name == VIEWS:
        return read_views(path.parent.parent)[path.stem]
    raise ContractError(
        f"{path}: a model's folder says what it is: {', '.join((*KEYS, VIEWS))}; this file lies in"
        " none of them"
    )


def start(name: str, folder: Path) -> Path:
    """Write a new contract for application ``name``; ContractError when the name is not allowed
    or taken.
    """
    if not re.fullmatch(NAME, name):
        raise ContractError(
            f"'{name}' cannot be an application's id; ids match {NAME}, such as posyandu"
        )
    path = folder / f"{name}{SUFFIX}"
    if path.exists():
        raise ContractError(f"{path} is there already; edit it, or choose another name")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(TEMPLATE.read_text("utf-8").replace("NAME", name), "utf-8")
    return path
