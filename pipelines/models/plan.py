"""Which models a run makes anew and which are withheld, each alone with what rests on it.

A withheld model's table stays as it was last made, and a release goes on showing it; a model
whose inputs no contract describes is left out. What dbt calls skipping the descendants of a
failed model.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.contract.model import Contract
from pipelines.lake.verdicts import VIEWS
from pipelines.lake.views import HISTORY
from pipelines.models import inventory
from pipelines.models.sqlfile import SqlFile, readable_sql_files
from pipelines.reference.tables import REFERENCE

Reason = Literal["unreadable", "fails", "rests"]


@dataclass(frozen=True)
class Withheld:
    """Why a model is not made anew: its file cannot be read, its SELECT or what it gives is
    wrong, or it ``rests`` on a mart that is withheld. ``message`` can quote values, so it stays in
    the lake; ``because`` names that mart.
    """

    reason: Reason
    message: str
    because: str = ""


@dataclass(frozen=True)
class Plan:
    """The models to make, marts before the KPIs that read them, and those withheld already, by
    ``layer.name``.
    """

    models: tuple[SqlFile, ...]
    withheld: Mapping[str, Withheld]


def planned(sql: Path, contracts: Sequence[Contract]) -> Plan:
    """Return what can be made of the models of ``sql`` over what these contracts describe, each
    after the marts that it reads.
    """
    files, unreadable = readable_sql_files(sql)
    withheld = {name: Withheld("unreadable", said) for name, said in unreadable.items()}
    known = _tables(contracts)
    applications = {contract.application for contract in contracts}
    chosen: list[SqlFile] = []
    waiting: Sequence[SqlFile] = files
    while waiting:
        later: list[SqlFile] = []
        for model in waiting:
            made = {("mart", mart.name) for mart in chosen if mart.layer == "mart"}
            wrong = [*_nobodys(model, applications, known)]
            if wrong:
                withheld[model.id] = Withheld(
                    "fails",
                    f"{model.path}: reads {', '.join(wrong)}, which no contract describes; tables"
                    " are application.dataset, mart.name, reference.name",
                )
            elif mart := rests_on(model, withheld):
                withheld[model.id] = rests(model, mart)
            elif all(read in known | made for read in model.reads):
                chosen.append(model)
            else:
                later.append(model)
        if len(later) == len(waiting):
            break
        waiting = later
    chosen.sort(key=lambda model: model.layer != "mart")
    return Plan(tuple(chosen), withheld)


def rests_on(model: SqlFile, withheld: Mapping[str, Withheld]) -> str | None:
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


def _nobodys(model: SqlFile, applications: set[str], known: set[tuple[str, str]]) -> Iterator[str]:
    """Yield the tables a model reads that nobody could ever have."""
    for schema, table in model.reads:
        if not schema:
            yield table
        elif schema in applications | {"reference", "lumbung"} and (schema, table) not in known:
            yield f"{schema}.{table}"
