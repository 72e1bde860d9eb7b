"""Runs the SQL models: each SELECT over the tables of a ``Bench``, its result one table of the lake, replaced whole, its receipt kept with it.

A model sees ``<application>.<dataset>`` (and ``..._history``), ``mart.<name>``, ``reference.<table>``, ``lumbung.verdicts``, ``lumbung.passed``,
``lumbung.datasets`` (what the contracts say) and the macros of ``sql/conventions.sql``. Parameters: ``$today``, the date of the run. A model whose inputs
no contract describes is left out, and said so.
"""

from collections.abc import Sequence
from datetime import date

import duckdb
import pyarrow as pa

from pipelines import indicators, inventory
from pipelines.bench import Bench, model_rows
from pipelines.contract import Contract
from pipelines.errors import ContractError
from pipelines.lake import WHOLE
from pipelines.privacy import disclosed
from pipelines.receipt import keep, model_receipt, recipe
from pipelines.reference.tables import REFERENCE
from pipelines.sqlfile import SqlFile
from pipelines.verdicts import VIEWS
from pipelines.views import HISTORY


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


def run_model(bench: Bench, model: SqlFile, today: date, run_id: str) -> pa.Table:
    """Run one model, replace its table where it has changed, and return its rows; ContractError names the file when the SELECT does not run."""
    rows = computed(bench, model, today)
    table = bench.lake.table(model.layer, model.name)
    made = model_receipt(bench, model, today, rows)
    if not _unchanged(bench, model, rows, recipe(made)):
        whole = rows.append_column("_partition", pa.array([WHOLE] * rows.num_rows, pa.string()))
        bench.lake.replace(table, [WHOLE], whole.to_reader, {"run_id": run_id, "receipt": keep(bench.lake, made)})
    if model.layer == "mart":
        bench.show_mart(model.name)
    return rows


def computed(bench: Bench, model: SqlFile, today: date) -> pa.Table:
    """Return the rows of one model as they may be stored: checked when it is a KPI, small cells emptied when it is published."""
    parameters = {"today": today} if "$today" in model.query else {}
    try:
        rows = bench.con.execute(model.query, parameters).to_arrow_table()
    except duckdb.Error as error:
        raise ContractError(f"{model.path}: {error}") from error
    if model.layer == "kpi":
        indicators.check(model, rows)
    return disclosed(model, rows) if model.is_public else rows


def _unchanged(bench: Bench, model: SqlFile, rows: pa.Table, made_by: str) -> bool:
    """Whether the model's table holds these very rows by the same recipe already; writing them again would make a release of nothing new."""
    table = bench.lake.table(model.layer, model.name)
    if not bench.lake.exists(table) or not bench.lake.files(table) or bench.lake.columns(table).names != [*rows.column_names, "_partition"]:
        return False
    last = bench.lake.commits(table)[0].get("receipt")
    if last is None or recipe(bench.receipt(last)) != made_by:
        return False
    bench.con.register("_rows", rows)
    before = model_rows(bench.lake, model.layer, model.name)
    found = bench.con.execute(f"SELECT count(*) FROM ((FROM _rows EXCEPT ALL {before}) UNION ALL ({before} EXCEPT ALL FROM _rows))").fetchall()
    bench.con.unregister("_rows")
    return found == [(0,)]
