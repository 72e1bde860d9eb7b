"""Which models a run makes anew and which are withheld, each alone with what rests on it.

A withheld model's table stays as it was last made, and a release goes on showing it; a model
whose inputs no contract describes is left out. What dbt calls skipping the descendants of a
failed model.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from pipelines.contract.model import Contract
from pipelines.errors import ContractError, nearest
from pipelines.lake.verdicts import VIEWS
from pipelines.lake.views import HISTORY
from pipelines.models import inventory
from pipelines.models.sqlfile import CONVENTIONS, SqlFile, read_conventions, readable_sql_files
from pipelines.reference.tables import REFERENCE

MADE = {"mart", "reference", "lumbung"}
"""Schemas whose every table is known beside those of the applications."""
Reason = Literal["unreadable", "fails", "rests", "damaged"]


@dataclass(frozen=True)
class Withheld:
    """Why a model is not made anew: its file cannot be read, its SELECT or what it gives is
    wrong, it ``rests`` on a mart or dataset that is withheld, or its table in the lake is damaged.
    ``message`` can quote values, so it stays in the lake; ``because`` names what it rests on.
    """

    reason: Reason
    message: str
    because: str = ""


@dataclass(frozen=True)
class Plan:
    """The models to make, marts before the KPIs that read them, those withheld already, by
    ``layer.name``, and the macros that all of them may use.
    """

    models: tuple[SqlFile, ...]
    withheld: Mapping[str, Withheld]
    conventions: str


def planned(sql: Path, contracts: Sequence[Contract]) -> Plan:
    """Return what can be made of the models of ``sql`` over what these contracts describe, each
    after the marts that it reads; nothing where their common macros are wrong.
    """
    files, unreadable = readable_sql_files(sql)
    withheld = {name: Withheld("unreadable", said) for name, said in unreadable.items()}
    try:
        conventions = checked_conventions(sql)
    except ContractError as error:
        failing = {model.id: Withheld("fails", str(error)) for model in files}
        return Plan((), withheld | failing, "")
    known = _tables(contracts)
    applications = {contract.application for contract in contracts}
    marts = {("mart", model.name) for model in files if model.layer == "mart"}
    marts |= {("mart", name.removeprefix("mart.")) for name in unreadable}
    chosen, made = list[SqlFile](), set[tuple[str, str]]()
    waiting: Sequence[SqlFile] = files
    while waiting:
        later: list[SqlFile] = []
        for model in waiting:
            made = {("mart", mart.name) for mart in chosen if mart.layer == "mart"}
            wrong = [*_nobodys(model, applications, known | marts)]
            if wrong:
                withheld[model.id] = Withheld("fails", _unknown(model, wrong, known | marts))
            elif mart := rests_on(model, withheld):
                withheld[model.id] = rests(model, mart)
            elif all(read in known | made for read in model.reads):
                chosen.append(model)
            else:
                later.append(model)
        if len(later) == len(waiting):
            withheld |= _in_circles(waiting, known | made)
            break
        waiting = later
    chosen.sort(key=lambda model: model.layer != "mart")
    return Plan(tuple(chosen), withheld, conventions)


def _unknown(model: SqlFile, wrong: Sequence[str], known: Collection[tuple[str, str]]) -> str:
    first = wrong[0]
    nobody = "nobody has" if first.startswith("mart.") else "no contract describes"
    return (
        f"{model.path}:{_line(model, first)}: reads {', '.join(wrong)}, which {nobody};"
        f" {nearest(first, map('.'.join, known))}; tables are application.dataset, mart.name,"
        " reference.name"
    )


def _in_circles(
    waiting: Sequence[SqlFile], there: Collection[tuple[str, str]]
) -> dict[str, Withheld]:
    """Return those of the models that wait for one another, not for what no contract describes."""
    circle, before = list(waiting), -1
    while len(circle) != before:
        before = len(circle)
        names = {("mart", mart.name) for mart in circle if mart.layer == "mart"}
        circle = [
            model for model in circle if all(read in {*there, *names} for read in model.reads)
        ]
    return {
        model.id: Withheld(
            "fails", f"{model.path}:1: is made of marts that are made of one another in a circle"
        )
        for model in circle
    }


def checked_conventions(sql: Path) -> str:
    """Return the macros of every model; ContractError when they are no SQL."""
    conventions = read_conventions(sql)
    with duckdb.connect() as con:
        try:
            con.execute(conventions)
        except duckdb.Error as error:
            raise ContractError(f"{sql / CONVENTIONS}: {error}") from error
    return conventions


def rests_on(model: SqlFile, withheld: Collection[str]) -> str | None:
    """Return the withheld mart that a model reads, None when it reads none."""
    return next((name for name in map(".".join, model.reads) if name in withheld), None)


def rests(model: SqlFile, mart: str) -> Withheld:
    """Return why a model is withheld that reads ``mart``, which is."""
    return Withheld("rests", f"{model.path}: reads {mart}, which is withheld", mart)


def _tables(contracts: Sequence[Contract]) -> set[tuple[str, str]]:
    datasets = {
        (dataset.application, dataset.name + tail)
        for contract in contracts
        for dataset in contract.datasets
        for tail in ("", HISTORY)
    }
    return (
        datasets
        | {("reference", name) for name in REFERENCE}
        | {("lumbung", name) for name in (*VIEWS, inventory.TABLE)}
    )


def _line(model: SqlFile, table: str) -> int:
    """Return the line of a model's SELECT that names a table, 1 when none spells it so."""
    found = re.search(rf"^[^-\n]*\b{re.escape(table)}\b", model.text, re.MULTILINE)
    return model.text.count("\n", 0, found.end()) + 1 if found else 1


def _nobodys(model: SqlFile, applications: set[str], known: set[tuple[str, str]]) -> Iterator[str]:
    """Yield the tables a model reads that nobody could ever have."""
    for schema, table in model.reads:
        if not schema:
            yield table
        elif schema in applications | MADE and (schema, table) not in known:
            yield f"{schema}.{table}"
