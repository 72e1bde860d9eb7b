"""Runs the SQL models: each SELECT over views of the clean tables, its result one table of the lake, replaced whole.

A model sees ``<application>.<dataset>`` (and ``..._history``), ``mart.<name>``, ``reference.<table>``, ``lumbung.verdicts``, ``lumbung.passed``,
``lumbung.datasets`` (what the contracts say) and the macros of ``sql/conventions.sql``. Parameters: ``$today``, the date of the run. A model whose inputs
no contract describes is left out, and said so.
"""

from collections.abc import Sequence
from datetime import date

import duckdb
import pyarrow as pa

from pipelines import indicators, inventory
from pipelines.cast import identifier
from pipelines.contract import Contract
from pipelines.errors import ContractError
from pipelines.lake import WHOLE, Lake
from pipelines.privacy import disclosed
from pipelines.reference.tables import REFERENCE
from pipelines.sqlfile import SqlFile
from pipelines.verdicts import SCHEMA, VIEWS
from pipelines.views import HISTORY, dataset_views, rows_of


def runnable(models: Sequence[SqlFile], contracts: Sequence[Contract]) -> tuple[SqlFile, ...]:
    """Return the models whose every input exists, marts before KPIs; ContractError for a table nobody could ever have."""
    datasets = {(each.application, each.name + tail) for contract in contracts for each in contract.datasets for tail in ("", HISTORY)}
    applications = {contract.application for contract in contracts}
    known = datasets | {("reference", name) for name in REFERENCE} | {("lumbung", name) for name in (*VIEWS, inventory.TABLE)}
    found: list[SqlFile] = []
    for model in models:
        wrong = [f"{schema}.{table}" for schema, table in model.reads if schema in applications | {"reference", "lumbung"} and (schema, table) not in known]
        wrong += [table for schema, table in model.reads if not schema]
        if wrong:
            raise ContractError(
                f"{model.path}: reads {', '.join(wrong)}, which no contract describes; tables are application.dataset, mart.name, reference.name"
            )
        if all(each in known or each in {("mart", mart.name) for mart in found} for each in model.reads):
            found.append(model)
    return tuple(found)


def open_models(lake: Lake, contracts: Sequence[Contract], conventions: str) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB with every table a model may read."""
    con = lake.connect()
    for contract in contracts:
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(contract.application)}")
        for dataset in contract.datasets:
            table = lake.dataset_table("clean", dataset.id)
            held = lake.columns(table).names if lake.exists(table) else []
            for name, select in dataset_views(dataset, dataset.columns, lake.files(table), held).items():
                con.execute(f"CREATE VIEW {identifier(contract.application)}.{identifier(name)} AS {select}")
    con.execute("CREATE SCHEMA reference; CREATE SCHEMA mart; CREATE SCHEMA lumbung")
    con.execute(conventions)
    make_reference(con)
    inventory.make_datasets(con, contracts)
    verdicts = lake.files(lake.table("lumbung", "verdicts"))
    con.register("_none", SCHEMA.empty_table())
    for name, select in VIEWS.items():
        con.execute(f"CREATE VIEW lumbung.{name} AS {select(verdicts)}" if verdicts else f"CREATE TABLE lumbung.{name} AS SELECT * FROM _none")
    for table in sorted((lake.root / "mart").glob("*")):
        con.execute(f"CREATE VIEW mart.{identifier(table.name)} AS {model_rows(lake, 'mart', table.name)}")
    return con


def make_reference(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of the schema ``reference``."""
    for name, table in REFERENCE.items():
        con.register("_reference", table())
        con.execute(f"CREATE TABLE reference.{name} AS SELECT * FROM _reference")
        con.unregister("_reference")


def model_rows(lake: Lake, layer: str, name: str, version: int | None = None) -> str:
    """Return the SELECT that reads a model's table."""
    table = lake.table(layer, name)
    with duckdb.connect() as con:
        empty = con.from_arrow(lake.columns(table, version).empty_table())
        columns = [(column, str(kind)) for column, kind in zip(empty.columns, empty.types, strict=True) if column != "_partition"]
    return rows_of(columns, lake.files(table, version), [name for name, _ in columns], partition=False)


def run_model(lake: Lake, con: duckdb.DuckDBPyConnection, model: SqlFile, today: date, run_id: str) -> pa.Table:
    """Run one model, replace its table and return its rows; ContractError names the file when the SELECT does not run."""
    parameters = {"today": today} if "$today" in model.query else {}
    try:
        rows = con.execute(model.query, parameters).to_arrow_table()
    except duckdb.Error as error:
        raise ContractError(f"{model.path}: {error}") from error
    if model.layer == "kpi":
        indicators.check(model, rows)
    if model.is_public:
        rows = disclosed(model, rows)
    if not _unchanged(lake, con, model, rows):
        whole = rows.append_column("_partition", pa.array([WHOLE] * rows.num_rows, pa.string()))
        lake.replace(lake.table(model.layer, model.name), [WHOLE], whole.to_reader, {"run_id": run_id})
    if model.layer == "mart":
        con.execute(f"CREATE OR REPLACE VIEW mart.{identifier(model.name)} AS {model_rows(lake, 'mart', model.name)}")
    return rows


def _unchanged(lake: Lake, con: duckdb.DuckDBPyConnection, model: SqlFile, rows: pa.Table) -> bool:
    """Whether the model's table holds these very rows already; writing them again would make a release of nothing new."""
    table = lake.table(model.layer, model.name)
    if not lake.exists(table) or not lake.files(table) or lake.columns(table).names != [*rows.column_names, "_partition"]:
        return False
    con.register("_rows", rows)
    before = model_rows(lake, model.layer, model.name)
    found = con.execute(f"SELECT count(*) FROM ((FROM _rows EXCEPT ALL {before}) UNION ALL ({before} EXCEPT ALL FROM _rows))").fetchall()
    con.unregister("_rows")
    return found == [(0,)]
