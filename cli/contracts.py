"""What the commands check and new do: lint contracts, SQL files and the city's file, start a
contract from the template or draft one from what is there.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cli.sql import FOLDERS, check_sql
from pipelines.city import Municipality, read_municipality
from pipelines.connectors.contracts import read_contract, read_contracts
from pipelines.contract.model import Contract
from pipelines.contract.reader import SUFFIX
from pipelines.contract.terms import NAME
from pipelines.errors import ContractError
from pipelines.models.sqlfile import CONVENTIONS, KEYS, readable_sql_files
from pipelines.models.targets import unmatched
from pipelines.reference.regions import regions_of
from pipelines.settings import registers_path, sql_path

TEMPLATE = Path(__file__).parent / "contract_template.yaml"


def lint(paths: Sequence[Path], contracts: Path) -> tuple[list[str], list[str]]:
    """Return (problems, files read) of contract files, folders of contracts, SQL files, folders of
    SQL files and the city's file. SQL is held against the folder ``contracts``; of a contract that
    lies there, the SQL of the city that reads it is held against it too.
    """
    problems: list[str] = []
    read: list[str] = []
    wanted: dict[Path, set[Path]] = {}
    changed: set[str] = set()
    for path in paths:
        try:
            if (files := _sql_files(path)) is not None:
                wanted.setdefault(files[0], set()).update(files[1])
            else:
                described, here = _read(path), contracts.resolve()
                read += [str(file.path) for file in described]
                changed |= {
                    file.application
                    for file in described
                    if isinstance(file, Contract) and file.path.resolve().parent == here
                }
        except ContractError as error:
            problems += str(error).splitlines()
    if changed and sql_path().is_dir():
        wanted.setdefault(sql_path(), set())
    for folder, files in wanted.items():
        try:
            said = check_sql(folder, contracts)
        except ContractError as error:
            problems += str(error).splitlines()
            continue
        read += [str(path) for path in sorted(files) if path in said.reads]
        for path, problem in sorted(said.problems.items()):
            if path in files or said.reads.get(path, set()) & changed:
                problems += problem.splitlines()
        if folder.resolve() == sql_path() and {*folder.glob("kpi/*.sql")} <= files:
            problems += unmatched(readable_sql_files(folder)[0], registers_path())
    return list(dict.fromkeys(problems)), read


def _sql_files(path: Path) -> tuple[Path, set[Path]] | None:
    """Return the folder of SQL that ``path`` is or lies in, and which of its files are meant; None
    for what is no SQL.
    """
    if path.suffix == ".sql" and path.exists():
        if path.parent.name in FOLDERS:
            return path.parent.parent, {path}
        if path.name == CONVENTIONS:
            return path.parent, {path}
        raise ContractError(
            f"{path}: the folder says what a SQL file is: {', '.join(FOLDERS)}; this file lies in"
            " none of them"
        )
    if path.is_dir() and path.name in FOLDERS and any(path.glob("*.sql")):
        return path.parent, set(path.glob("*.sql"))
    if all((path / layer).is_dir() for layer in KEYS):
        patterns = (CONVENTIONS, *(f"{name}/*.sql" for name in FOLDERS))
        return path, {file for pattern in patterns for file in path.glob(pattern)}
    return None


def _read(path: Path) -> Sequence[Contract | Municipality]:
    if not path.exists():
        raise ContractError(
            f"{path}: there is no such file or folder; check the path, LUMBUNG_CONTRACTS and"
            " LUMBUNG_SQL"
        )
    if path.is_file() and not path.name.endswith(SUFFIX) and path.suffix == ".yaml":
        city = read_municipality(path)
        regions_of(city)
        return (city,)
    return read_contracts(path) if path.is_dir() else (read_contract(path),)


def start(name: str, folder: Path) -> Path:
    """Write a new contract for application ``name``; ContractError when the name is not allowed
    or taken.
    """
    path = _free(name, folder)
    _write(path, TEMPLATE.read_text("utf-8").replace("NAME", name))
    return path


def draft(name: str, folder: Path, sources: Sequence[str]) -> tuple[Path, dict[str, Any]]:
    """Write a contract for application ``name`` drafted from what its ``sources`` hold, and return
    where it stands and what they are like; ContractError when the name is not allowed or taken.
    """
    from pipelines.draft.draft import drafted, told  # noqa: PLC0415  Polars, which only this needs

    path = _free(name, folder)
    made = drafted(name, sources, path)
    _write(path, made.text)
    datasets = [told(profile) for profile in made.profiles]
    return path, {"datasets": datasets, "left_out": list(made.left_out)}


def _free(name: str, folder: Path) -> Path:
    """Return where the contract of an application is to stand."""
    if not re.fullmatch(NAME, name):
        raise ContractError(
            f"'{name}' cannot be an application's id; ids match {NAME}, such as posyandu"
        )
    path = folder / f"{name}{SUFFIX}"
    if path.exists():
        raise ContractError(f"{path} is there already; edit it, or choose another name")
    return path


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
