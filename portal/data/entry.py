"""One open table as every catalogue, page and feed describes it, made of its contract or model
and the release's list of files, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from pipelines.contract.model import Column, Contract, Dataset, Text
from pipelines.contract.types import logical
from pipelines.files.described import MODEL_COLUMNS, MODEL_LICENCE, contracts_of
from pipelines.files.published import File, Published, published
from pipelines.lake.tables import partition_of
from pipelines.models.indicators import ALWAYS, kpi_columns
from pipelines.release.manifest import Model
from pipelines.release.release import Release
from pipelines.sqltext import identifier
from portal.data.release import opened, rows_of
from portal.http.address import page_of, uuid

PERIODS = ("period", "day", "week", "month", "year")
"""Key columns that say which time a model's row is about."""


@dataclass(frozen=True)
class Field:
    """One published column: ODCS logical type, meaning, unit (UCUM or IDR), whether it is always
    there, whether it is part of the key.
    """

    name: str
    type: str
    meaning: Text
    unit: str | None
    required: bool
    key: bool
    examples: tuple[Any, ...] = ()
    column: Column | None = None


@dataclass(frozen=True)
class Entry:
    """One open table. ``kind`` is dataset, mart or kpi; ``grain`` what one row is; ``cadence`` how
    often it changes; ``sources`` the tables it is made of.

    ``partitions`` are first and last partition (None where it has none), ``covers`` the first and
    last day its rows are about; ``contract`` and ``dataset`` are there for a dataset alone.
    """

    name: str
    kind: str
    title: Text
    description: Text
    grain: Text
    publisher: str
    theme: str | None
    keywords: tuple[str, ...]
    licence: str
    information_class: str
    cadence: str
    synthetic: bool
    version: str
    fields: tuple[Field, ...]
    sources: tuple[str, ...]
    partitions: tuple[str, str] | None
    published: Published
    release: str
    covers: tuple[date, date] | None = None
    limits: Text | None = None
    contract: Contract | None = None
    dataset: Dataset | None = None

    @property
    def id(self) -> UUID:
        """Its id in every catalogue."""
        return uuid(self.name)

    @property
    def page(self) -> str:
        """The path of its page."""
        return page_of(self.name)

    @property
    def files(self) -> tuple[File, ...]:
        """The files of all its rows, one of each form."""
        return tuple(each for each in self.published.files if each.partition is None)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell its rows apart."""
        return tuple(each.name for each in self.fields if each.key)

    @property
    def has_full_key(self) -> bool:
        """Whether no part of the key is ever empty, as a primary key demands; a mart's row may
        be about an unknown region.
        """
        return all(each.required for each in self.fields if each.key)


def entries(release: Release) -> dict[str, Entry]:
    """Return the open tables of a release by name: datasets, then marts, then indicators in the
    order of their numbers.
    """
    return _entries(release.folder)


@lru_cache(maxsize=4)
def _entries(folder: Path) -> dict[str, Entry]:
    release = opened(folder)
    tables = published(release)
    types = _types(release)
    found = {}
    for contract in release.contracts:
        for dataset in contract.datasets:
            if dataset.id in tables:
                found[dataset.id] = _of_dataset(release, contract, dataset, tables[dataset.id])
    models = [model for name, model in release.manifest.models.items() if name in tables]
    periods = _periods(release, models)
    for model in sorted(models, key=_order):
        table = tables[model.name]
        found[model.name] = _of_model(release, model, table, types[model.name], periods[model.name])
    return found


def _order(model: Model) -> tuple[Any, ...]:
    return (1, model.header.order) if model.layer == "kpi" else (0, model.name)


def _types(release: Release) -> dict[str, list[tuple[str, str]]]:
    """Return name and logical type of every column of every mart and indicator."""
    query = """
        SELECT schema_name || '.' || table_name AS name, column_name AS column, data_type AS type
        FROM duckdb_columns()
        WHERE schema_name IN ('mart', 'kpi') ORDER BY schema_name, table_name, column_index
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows_of(release.folder, query, ()):
        found.setdefault(row["name"], []).append((row["column"], logical(row["type"])))
    return found


def _of_dataset(release: Release, contract: Contract, dataset: Dataset, table: Published) -> Entry:
    fields = tuple(
        Field(
            each.name,
            each.type,
            each.meaning,
            each.unit,
            each.required,
            each.name in dataset.key,
            each.examples,
            each,
        )
        for each in dataset.public_columns
    )
    partitions = sorted({partition_of(file) for file in release.manifest.tables[dataset.id].files})
    return Entry(
        dataset.id,
        "dataset",
        dataset.title,
        dataset.meaning,
        dataset.grain,
        contract.owner,
        contract.dimension,
        contract.tags,
        contract.licence,
        dataset.information_class,
        dataset.cadence,
        contract.synthetic,
        contract.version,
        fields,
        (),
        (partitions[0], partitions[-1]) if partitions else None,
        table,
        release.id,
        _days(partitions),
        contract.limits,
        contract,
        dataset,
    )


def _of_model(
    release: Release,
    model: Model,
    table: Published,
    types: list[tuple[str, str]],
    periods: list[str],
) -> Entry:
    header, kind = model.header, model.layer
    standard = kpi_columns() | MODEL_COLUMNS
    fields = tuple(
        Field(
            column,
            type_,
            model.columns.get(column) or standard[column],
            None,
            kind == "kpi" and column in ALWAYS,
            column in header.key,
        )
        for column, type_ in types
    )
    contracts = contracts_of(release, model.name)
    themes = {each.dimension for each in contracts}
    theme = header.dimension or (themes.pop() if len(themes) == 1 else None)
    keywords = tuple(dict.fromkeys(tag for each in contracts for tag in each.tags))
    return Entry(
        model.name,
        kind,
        header.title,
        header.question if kind == "kpi" else header.title,
        Text(header.row, header.row),
        header.steward,
        theme,
        keywords,
        MODEL_LICENCE,
        header.information_class or "berkala",
        "monthly" if kind == "kpi" else "daily",
        any(each.synthetic for each in contracts),
        model.sha256[:12],
        fields,
        model.reads,
        None,
        table,
        release.id,
        _days(periods),
    )


def _periods(release: Release, models: Sequence[Model]) -> dict[str, list[str]]:
    """Return the periods that the rows of every model are about, none where its key names no
    period.
    """
    named = {
        model.name: next((column for column in model.header.key if column in PERIODS), None)
        for model in models
    }
    found: dict[str, list[str]] = {name: [] for name in named}
    selects = [
        f"SELECT DISTINCT '{name}' AS name, CAST({column} AS VARCHAR) AS period FROM"
        f" {'.'.join(map(identifier, name.split('.')))}"
        for name, column in named.items()
        if column
    ]
    for row in rows_of(release.folder, " UNION ALL ".join(selects), ()) if selects else ():
        found[row["name"]].append(row["period"])
    return found


def _days(periods: Sequence[str]) -> tuple[date, date] | None:
    """Return the first and last day of years, months and days (YYYY, YYYY-MM, YYYY-MM-DD), both
    included.
    """
    if not periods:
        return None
    return min(date.fromisoformat((each + "-01-01")[:10]) for each in periods), max(
        _last(each) for each in periods
    )


def _last(period: str) -> date:
    if len(period) == 10:
        return date.fromisoformat(period)
    year, month = int(period[:4]), int(period[5:]) if len(period) == 7 else 12
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
