"""What a file of an open table says of that table: title, publisher, licence, every column with
type, unit and meaning; from its contract or model alone.

A model's types are those its rows are kept in. ``portal/data/entry.py`` says more, for catalogues;
a file must be readable far away from them.
"""

import json
from dataclasses import asdict, dataclass, replace

import duckdb

from pipelines.contract.model import Contract, Text
from pipelines.contract.types import logical
from pipelines.models.disclosure import SUPPRESSED
from pipelines.models.indicators import kpi_columns
from pipelines.release.release import Release
from pipelines.settings import settings
from pipelines.sqltext import identifier

MODEL_COLUMNS = {
    SUPPRESSED: Text(
        "Apakah ada sel baris ini yang dikosongkan", "Whether a cell of the row was emptied"
    ),
    "measure": Text("Ukuran", "Measure"),
}
"""What columns mean that any published mart or indicator may have and no model describes."""
MODEL_LICENCE = "CC-BY-4.0"
LONGITUDE, LATITUDE, GEOMETRY = "lon", "lat", "geometry"
"""A table is of places when it has the first two as numbers in ``deg``; the third is added to
its files for maps.
"""


@dataclass(frozen=True)
class Shown:
    """One column of a file: ODCS logical type, unit (UCUM or IDR), meaning."""

    name: str
    type: str
    unit: str | None
    meaning: Text


@dataclass(frozen=True)
class Described:
    """One open table as its files describe it; ``content`` is the hash of the receipt of its
    rows, ``page`` its address, None where there is none.
    """

    name: str
    title: Text
    publisher: str
    licence: str
    synthetic: bool
    columns: tuple[Shown, ...]
    content: str | None = None
    page: str | None = None

    @property
    def is_located(self) -> bool:
        """Whether its rows are places that can be drawn as points (degrees, WGS 84)."""
        of = {each.name: each for each in self.columns}
        return GEOMETRY not in of and all(
            name in of and (of[name].type, of[name].unit) == ("number", "deg")
            for name in (LONGITUDE, LATITUDE)
        )

    @property
    def of_partition(self) -> "Described":
        """What the file of one partition says: nothing that changes with other partitions."""
        return replace(self, content=None)

    @property
    def told(self) -> str:
        """As JSON, without the address, so that files do not change when the portal moves."""
        return json.dumps(asdict(replace(self, page=None)), ensure_ascii=False)


def described(release: Release, con: duckdb.DuckDBPyConnection, name: str) -> Described | None:
    """Return what files of a table say of it, None for one that is not open; ``con`` is a
    connection to the release.
    """
    table = release.manifest.tables.get(name)
    if table is None:
        return None
    place = (table.receipt, _page(name))
    if name in release.manifest.models:
        model = release.manifest.models[name]
        words = {**kpi_columns(), **MODEL_COLUMNS, **model.columns}
        schema, _, view = name.partition(".")
        held = con.execute(f"DESCRIBE {identifier(schema)}.{identifier(view)}").fetchall()
        shown = tuple(
            Shown(column, logical(kind), None, words[column]) for column, kind, *_ in held
        )
        synthetic = any(each.synthetic for each in contracts_of(release, name))
        return Described(
            name,
            model.header.title,
            model.header.steward,
            MODEL_LICENCE,
            synthetic,
            shown,
            *place,
        )
    for contract in release.contracts:
        for dataset in contract.datasets:
            if dataset.id == name and dataset.is_public:
                shown = tuple(
                    Shown(each.name, each.type, each.unit, each.meaning)
                    for each in dataset.public_columns
                )
                return Described(
                    name,
                    dataset.title,
                    contract.owner,
                    contract.licence,
                    contract.synthetic,
                    shown,
                    *place,
                )
    return None


def contracts_of(release: Release, name: str) -> tuple[Contract, ...]:
    """Return the contracts whose records a table is made of, through every model between."""
    models, seen, todo = release.manifest.models, set[str](), [name]
    while todo:
        table = todo.pop()
        if table not in seen:
            seen.add(table)
            todo += models[table].reads if table in models else ()
    applications = {each.partition(".")[0] for each in seen}
    return tuple(each for each in release.contracts if each.application in applications)


def _page(name: str) -> str | None:
    """Return the absolute address of the table's page, where the setting says what the portal's
    address is.
    """
    home = settings().url
    return (
        f"{home}/{'kpi/' + name.removeprefix('kpi.') if name.startswith('kpi.') else 'd/' + name}"
        if home
        else None
    )
