"""The tables of a release, each made of its contract or model: what is true of it whatever its rows
say.

A model's types are those its rows are kept in.
"""

from collections.abc import Iterable, Sequence

from pipelines.contract.model import Contract, Dataset, Text
from pipelines.contract.types import logical
from pipelines.files.table import Field, Table
from pipelines.lake.tables import partition_of
from pipelines.lake.views import MARK
from pipelines.models.indicators import ALWAYS, VINTAGE, kpi_columns
from pipelines.models.model import SUPPRESSED, Model
from pipelines.release.manifest import WITHHELD_VERSIONS, Manifest

MODEL_COLUMNS = {
    SUPPRESSED: Text(
        "Apakah ada sel baris ini yang dikosongkan", "Whether a cell of the row was emptied"
    ),
    "measure": Text("Ukuran", "Measure"),
}
"""What columns mean that any published mart or indicator may have and no model describes."""
NEWER = Field(
    MARK,
    "boolean",
    None,
    Text(
        "Apakah versi yang lebih baru dari catatan ini ditahan karena melanggar aturan, sehingga"
        " keadaannya kini tidak diketahui",
        "Whether a newer version of this record is withheld because it broke a rule, so that its"
        " present state is not known",
    ),
    required=True,
)
"""The last column of a dataset whose records have versions."""
MODEL_LICENCE = "CC-BY-4.0"
TYPES = """
    SELECT schema_name || '.' || table_name AS name, column_name AS "column", data_type AS type
    FROM duckdb_columns()
    WHERE schema_name IN ('mart', 'kpi') ORDER BY schema_name, table_name, column_index
"""
"""Name, column and type of every column of every mart and KPI, asked of a release."""


def tables_of(
    manifest: Manifest, contracts: Sequence[Contract], types: Iterable[tuple[str, str, str]]
) -> dict[str, Table]:
    """Return every table of a release by name: datasets, the closed ones too, then marts, then
    KPIs in the order of their numbers; ``types`` are the rows of ``TYPES``.
    """
    columns: dict[str, list[tuple[str, str]]] = {}
    for name, column, kind in types:
        columns.setdefault(name, []).append((column, logical(kind)))
    datasets = [
        _of_dataset(manifest, contract, dataset)
        for contract in contracts
        for dataset in contract.datasets
    ]
    models = [model for name, model in manifest.models.items() if name in columns]
    return {table.name: table for table in datasets} | {
        model.name: _of_model(manifest, contracts, model, columns[model.name])
        for model in sorted(models, key=_place)
    }


def _contracts_of(
    manifest: Manifest, contracts: Sequence[Contract], name: str
) -> tuple[Contract, ...]:
    """Return the contracts whose records a table is made of, through every model between."""
    models, seen, left = manifest.models, set[str](), [name]
    while left:
        table = left.pop()
        if table not in seen:
            seen.add(table)
            left += models[table].reads if table in models else ()
    applications = {table.partition(".")[0] for table in seen}
    return tuple(contract for contract in contracts if contract.application in applications)


def _of_dataset(manifest: Manifest, contract: Contract, dataset: Dataset) -> Table:
    pinned = manifest.tables.get(dataset.id)
    partitions = sorted({partition_of(file) for file in pinned.files}) if pinned else []
    return Table(
        dataset.id,
        dataset.title,
        dataset.meaning,
        dataset.grain,
        contract.owner,
        contract.licence,
        dataset.information_class,
        dataset.cadence,
        contract.synthetic,
        contract.version,
        tuple(
            Field(
                column.name,
                column.type,
                column.unit,
                column.meaning,
                column.required,
                column.name in dataset.key,
                column.examples,
                column,
            )
            for column in dataset.public_columns
        )
        + ((NEWER,) if WITHHELD_VERSIONS + dataset.id in manifest.tables else ()),
        pinned.receipt if pinned else None,
        contract.dimension,
        contract.tags,
        partitions=(partitions[0], partitions[-1]) if partitions else None,
        limits=contract.limits,
        contract=contract,
        dataset=dataset,
    )


def _of_model(
    manifest: Manifest,
    contracts: Sequence[Contract],
    model: Model,
    types: Iterable[tuple[str, str]],
) -> Table:
    header, is_kpi = model.header, model.layer == "kpi"
    meanings = {**kpi_columns(), **VINTAGE, **MODEL_COLUMNS, **model.columns}
    read = _contracts_of(manifest, contracts, model.name)
    themes = {contract.dimension for contract in read}
    return Table(
        model.name,
        header.title,
        header.question if is_kpi else header.title,
        Text(header.row, header.row),
        header.steward,
        MODEL_LICENCE,
        header.information_class or "berkala",
        "monthly" if is_kpi else "daily",
        any(contract.synthetic for contract in read),
        model.sha256[:12],
        tuple(
            Field(
                column,
                kind,
                None,
                meanings[column],
                is_kpi and column in ALWAYS,
                column in header.key,
            )
            for column, kind in types
        ),
        manifest.tables[model.name].receipt,
        header.dimension or (themes.pop() if len(themes) == 1 else None),
        tuple(dict.fromkeys(tag for contract in read for tag in contract.tags)),
        model.reads,
        model=model,
    )


def _place(model: Model) -> tuple[int, object]:
    return (1, model.header.order) if model.layer == "kpi" else (0, model.name)
