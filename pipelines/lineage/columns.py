"""Of which columns each column of a SQL model is made: marts are followed down to the datasets they
read, so a KPI is told by columns of datasets.

A source is a ``Field``: a table and a column of it, or ``*`` for its rows (what ``count(*)``
counts). What only decides which rows there are, by a filter, a join, a grouping or an order, stands
apart as ``filters``, for the whole model. What cannot be said stands in ``unresolved``; nothing is
left out. How one SELECT is read is ``lineage.select``'s business, how tables hang together
``lineage``'s.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from pipelines.contract.model import Contract, Dataset
from pipelines.contract.types import STORED
from pipelines.lake import verdicts
from pipelines.lake.views import HISTORY, MARK, version_columns
from pipelines.lineage.select import ROWS, Field, Schema, Selected, selected
from pipelines.models import inventory
from pipelines.models.model import NOBODY, SUPPRESSED
from pipelines.models.sqlfile import SqlFile
from pipelines.reference.table import SCHEMA as REFERENCES
from pipelines.reference.tables import REFERENCE

PARTITION = "_partition"
MART = "mart"
OWN = "lumbung"


@dataclass(frozen=True)
class ModelColumns:
    """One model's columns: ``reads`` as its own SELECT names them, ``roots`` the same with every
    mart followed.

    A column made of no field is a constant, or the run's date. ``tables`` are the tables it stands
    on, marts followed too.
    """

    reads: Selected
    roots: Selected
    tables: frozenset[str]

    @property
    def unresolved(self) -> Mapping[str, str]:
        """Column (``*`` for the whole model) to what the parser could not say of it, here or in
        a mart it reads.
        """
        return self.roots.unresolved

    @property
    def stands_on(self) -> frozenset[Field]:
        """Every field of the datasets that the model's figures depend on, in whatever way."""
        return self.roots.filters.union(self.roots.rows, *self.roots.columns.values())


def columns_of(models: Sequence[SqlFile], contracts: Sequence[Contract]) -> dict[str, ModelColumns]:
    """Return what each model's columns are made of, by ``layer.name``; in the order of
    ``models``, whatever marts read each other.
    """
    schema, ids = (
        _schema(contracts),
        {dataset.id for contract in contracts for dataset in contract.datasets},
    )
    by_model: dict[str, ModelColumns] = {}
    remaining = list(models)
    while remaining:
        waiting = {f"{MART}.{model.name}" for model in remaining if model.layer == MART}
        ready = [
            model for model in remaining if not {".".join(read) for read in model.reads} & waiting
        ] or remaining[:1]
        for model in ready:
            reads = selected(
                model.query,
                schema,
                lambda table: table if table in ids else table.removesuffix(HISTORY),
            )
            by_model[model.id] = origins = _followed(reads, model, by_model)
            if model.layer == MART:
                schema[MART][model.name] = dict.fromkeys(origins.reads.columns, "VARCHAR")
        remaining = [model for model in remaining if model not in ready]
    return {name: by_model[name] for name in (model.id for model in models)}


def closed_inputs(model: ModelColumns, contracts: Sequence[Contract]) -> frozenset[Field]:
    """Return the closed fields that a model's figures stand on: a column that is not public, or
    anything of a dataset that is closed.

    Of a model that is not resolved, and of what is read through it, every closed column of every
    table it reads: the careful answer.
    """
    closed = set()
    for dataset in (dataset for contract in contracts for dataset in contract.datasets):
        shown = {column.name for column in dataset.public_columns} | (
            {ROWS, PARTITION, MARK} if dataset.is_public else set()
        )
        stood_on = {field for field in model.stands_on if field.table == dataset.id}
        if model.unresolved and dataset.id in model.tables:
            stood_on |= {Field(dataset.id, column.name) for column in dataset.columns}
        closed |= {field for field in stood_on if field.column not in shown}
    return frozenset(closed)


def _followed(reads: Selected, model: SqlFile, marts: Mapping[str, ModelColumns]) -> ModelColumns:
    """Return ``reads`` with every field of a mart replaced by what the mart made it of."""
    if model.layer == MART and model.is_public and set(model.cells) - {NOBODY}:
        counts = (reads.columns.get(count, frozenset()) for count in model.cells)
        reads = reads.also(SUPPRESSED, frozenset().union(*counts))
    named = {field.table for field in reads.filters.union(reads.rows, *reads.columns.values())}
    unsaid = sorted(
        {".".join(read) for read in model.reads} - named - {table + HISTORY for table in named}
    )
    if unsaid and not reads.unresolved:
        reads = replace(
            reads, unresolved={ROWS: f"nothing was found of {', '.join(unsaid)}, which it reads"}
        )
    used = {name: marts[name] for name in (".".join(read) for read in model.reads) if name in marts}

    def down(fields: Iterable[Field]) -> frozenset[Field]:
        return frozenset[Field]().union(*(_below(field, used) for field in fields))

    roots = Selected(
        {name: down(fields) for name, fields in reads.columns.items()},
        down(reads.filters).union(*(mart.roots.filters for mart in used.values())),
        down(reads.rows),
        {
            **{name: why for mart in used.values() for name, why in mart.unresolved.items()},
            **reads.unresolved,
        },
    )
    tables = frozenset(
        ".".join(read).removesuffix(HISTORY) for read in model.reads if ".".join(read) not in used
    )
    return ModelColumns(reads, roots, tables.union(*(mart.tables for mart in used.values())))


def _below(field: Field, marts: Mapping[str, ModelColumns]) -> frozenset[Field]:
    if field.table not in marts:
        return frozenset({field})
    roots = marts[field.table].roots
    return roots.rows if field.column == ROWS else roots.columns.get(field.column, frozenset())


def _schema(contracts: Sequence[Contract]) -> Schema:
    """Return schema -> table -> column -> type of everything a model may read; marts are added
    as they are read.
    """
    schema: Schema = {
        MART: {},
        REFERENCES: {name: dict.fromkeys(_reference(name), "VARCHAR") for name in REFERENCE},
    }
    own = dict.fromkeys(verdicts.VIEWS, verdicts.SCHEMA.names) | {
        inventory.TABLE: inventory.SCHEMA.names
    }
    schema[OWN] = {name: dict.fromkeys(columns, "VARCHAR") for name, columns in own.items()}
    for contract in contracts:
        schema[contract.application] = {
            name: columns
            for dataset in contract.datasets
            for name, columns in _views(dataset).items()
        }
    return schema


def _views(dataset: Dataset) -> dict[str, dict[str, str]]:
    columns = {column.name: STORED[column.type] for column in dataset.columns} | {
        PARTITION: "VARCHAR"
    }
    current = columns | ({MARK: "BOOLEAN"} if version_columns(dataset) else {})
    return {dataset.name: current} | (
        {} if dataset.delivery == "events" else {dataset.name + HISTORY: columns}
    )


@cache
def _reference(name: str) -> tuple[str, ...]:
    return tuple(REFERENCE[name]().column_names)
