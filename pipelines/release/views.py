"""``release.duckdb``: what an analyst and the portal see of a release, as views over exactly the
files it pins.

A schema per application, ``mart``, ``kpi``, ``reference`` and ``lumbung``: verdicts, corrections,
``datasets``, ``kpi_values`` (every value of every KPI in one shape) and a view for each file of
``sql/view``.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from pipelines.contract.model import Contract
from pipelines.errors import ContractError, LakeError
from pipelines.lake.lake import Lake
from pipelines.lake.verdicts import SCHEMA
from pipelines.lake.verdicts import VIEWS as VERDICT_VIEWS
from pipelines.lake.views import dataset_views, rows_of
from pipelines.models.inventory import make_datasets
from pipelines.models.model import SUPPRESSED
from pipelines.models.sqlfile import SqlFile
from pipelines.models.view import View
from pipelines.models.workbench import model_rows
from pipelines.receipts.canonical import canonical
from pipelines.receipts.receipt import rows_sha256
from pipelines.reference.tables import REFERENCE
from pipelines.release import corrections
from pipelines.release.manifest import CORRECTIONS, WITHHELD_VERSIONS, Pinned
from pipelines.sqltext import identifier, quoted

SHOWN = """
    * EXCLUDE (findings), list_transform(findings, f -> struct_pack(
        rule := f.rule, kind := f.kind, "column" := f."column", level := f.level,
        severity := f.severity, rows := f.rows,
        value := f.value, low := f.low, high := f.high, unit := f.unit, absent := f.absent,
        nonresponse := f.nonresponse,
        message := CASE WHEN f.kind NOT IN ('source', 'gate') THEN f.message END)) AS findings"""
"""What is shown of a verdict: no examples, and no words of a source or an engine, which can
carry a closed value or an inner address.
"""
VALUES = {
    "period": "VARCHAR",
    "measure": "VARCHAR",
    "region_code": "VARCHAR",
    "numerator": "DOUBLE",
    "denominator": "DOUBLE",
    "value": "DOUBLE",
    "unit": "VARCHAR",
    "completeness": "DOUBLE",
    "status": "VARCHAR",
    "reason": "VARCHAR",
    "rule_version": "VARCHAR",
    "vintage": "VARCHAR",
    SUPPRESSED: "BOOLEAN",
}
"""The columns of ``lumbung.kpi_values`` beside ``kpi`` (its number), ``name``, ``dimension`` and
``part``: what else of its key tells a value from another. ``measure`` is NULL where a KPI has
one, ``part`` where there is nothing else.
"""


def write_views(
    path: Path,
    lake: Lake,
    contracts: Sequence[Contract],
    models: Sequence[SqlFile],
    tables: Mapping[str, Pinned],
    views: Mapping[str, View],
) -> str:
    """Write the file of views, flush it to the disk and return the hash of what it holds;
    ``views`` by name, of which every table is there.
    """
    with duckdb.connect(str(path)) as con:
        make_tables(con, lake, contracts, models, tables)
        for name, view in views.items():
            try:
                con.execute(f"CREATE VIEW lumbung.{identifier(name)} AS {view.query}")
            except duckdb.Error as error:
                raise ContractError(f"{view.path}: {error}") from error
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
    return contents_sha256(contents(path, lake.root))


def make_tables(
    con: duckdb.DuckDBPyConnection,
    lake: Lake,
    contracts: Sequence[Contract],
    models: Sequence[SqlFile],
    tables: Mapping[str, Pinned],
) -> None:
    """Make everything in a release's database that the city's own views may read."""
    for contract in contracts:
        _application(con, lake, contract, tables)
    con.execute(
        "CREATE SCHEMA mart; CREATE SCHEMA kpi; CREATE SCHEMA reference; CREATE SCHEMA lumbung"
    )
    for name, table in REFERENCE.items():
        con.register("_reference", table())
        con.execute(f"CREATE TABLE reference.{name} AS SELECT * FROM _reference")
        con.unregister("_reference")
    make_datasets(con, contracts)
    pinned = [model for model in models if model.id in tables]
    for model in pinned:
        con.execute(
            f"CREATE VIEW {model.layer}.{identifier(model.name)} AS"
            f" {_rows(con, lake, model, tables[model.id])}"
        )
    verdicts, corrected = tables.get("lumbung.verdicts"), tables.get(CORRECTIONS)
    _verdicts(con, verdicts.places(lake.root) if verdicts else [])
    corrections.make_view(con, corrected.places(lake.root) if corrected else [])
    _values(con, [model for model in pinned if model.layer == "kpi"])


def contents(path: Path, root: Path) -> dict[str, str]:
    """Return what a file of views holds, by name: the SQL of a view, relative to the lake at
    ``root``, and the hash of a table's rows.
    """
    with duckdb.connect(str(path), read_only=True) as con:
        views = con.execute(
            "SELECT schema_name || '.' || view_name, sql FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
        tables = con.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal"
        ).fetchall()
        hashes = {
            f"{schema}.{name}": rows_sha256(
                con.table(f"{identifier(schema)}.{identifier(name)}").to_arrow_table()
            )
            for schema, name in tables
        }
    written = quoted(str(root))[1:-1]
    return {name: sql.replace(written, "") for name, sql in views} | hashes


def contents_sha256(held: Mapping[str, str]) -> str:
    """Return the hash of what a file of views holds."""
    return hashlib.sha256(canonical(held)).hexdigest()


def _application(
    con: duckdb.DuckDBPyConnection, lake: Lake, contract: Contract, tables: Mapping[str, Pinned]
) -> None:
    con.execute(f"CREATE SCHEMA {identifier(contract.application)}")
    for dataset in (dataset for dataset in contract.datasets if dataset.is_public):
        pinned = tables.get(dataset.id)
        files = pinned.places(lake.root) if pinned else []
        held = _held(con, lake, pinned) if pinned else []
        withheld = tables.get(WITHHELD_VERSIONS + dataset.id)
        places = withheld.places(lake.root) if withheld else None
        for name, select in dataset_views(
            dataset, dataset.public_columns, files, held, places
        ).items():
            con.execute(
                f"CREATE VIEW {identifier(contract.application)}.{identifier(name)} AS {select}"
            )


def _rows(con: duckdb.DuckDBPyConnection, lake: Lake, model: SqlFile, pinned: Pinned) -> str:
    """Return the SELECT of a model's pinned rows; where its log is damaged, by its files."""
    try:
        return model_rows(lake, model.layer, model.name, pinned.version)
    except LakeError:
        held = [name for name in _held(con, lake, pinned) if name != "_partition"]
        columns = [(name, "") for name in held]
        return rows_of(columns, pinned.places(lake.root), held, partition=False)


def _held(con: duckdb.DuckDBPyConnection, lake: Lake, pinned: Pinned) -> Sequence[str]:
    """Return the columns of a pinned table; where its log is damaged, those of its files."""
    try:
        return lake.columns(lake.root / pinned.table, pinned.version).names
    except LakeError:
        if not pinned.files:
            return []
        files = ", ".join(map(quoted, pinned.places(lake.root)))
        return con.sql(f"FROM read_parquet([{files}], union_by_name = true)").columns


def _verdicts(con: duckdb.DuckDBPyConnection, files: Sequence[str]) -> None:
    con.register("_none", SCHEMA.empty_table())
    for name, select in VERDICT_VIEWS.items():
        if files:
            con.execute(f"CREATE VIEW lumbung.{name} AS SELECT {SHOWN} FROM ({select(files)})")
        else:
            con.execute(f"CREATE TABLE lumbung.{name} AS SELECT {SHOWN} FROM _none")


def _values(con: duckdb.DuckDBPyConnection, kpis: Sequence[SqlFile]) -> None:
    """Make ``lumbung.kpi_values``."""
    selects = []
    for model in kpis:
        held = {
            name for name, *_ in con.execute(f"DESCRIBE kpi.{identifier(model.name)}").fetchall()
        }
        columns = [
            f"{name if name in held else 'false' if name == SUPPRESSED else 'NULL'}::{kind} AS"
            f" {name}"
            for name, kind in VALUES.items()
        ]
        parts = [name for name in model.key if name not in VALUES]
        part = f"concat_ws(', ', {', '.join(parts)})" if parts else "NULL"
        about = [
            f"{quoted(text)} AS {name}"
            for name, text in (
                ("kpi", model.header.number),
                ("name", model.name),
                ("dimension", model.header.dimension),
            )
        ]
        selects.append(
            f"SELECT {', '.join([*about, f'{part}::VARCHAR AS part', *columns])} FROM"
            f" kpi.{identifier(model.name)}"
        )
    empty = ", ".join(
        f"NULL::{kind} AS {name}"
        for name, kind in {
            "kpi": "VARCHAR",
            "name": "VARCHAR",
            "dimension": "VARCHAR",
            "part": "VARCHAR",
            **VALUES,
        }.items()
    )
    con.execute(
        "CREATE VIEW lumbung.kpi_values AS"
        f" {' UNION ALL '.join(selects) or f'SELECT {empty} WHERE false'}"
    )
