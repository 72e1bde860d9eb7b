"""Runs the SQL models: each SELECT over the tables of a ``Workbench``, its result one table of the
lake, replaced whole, its receipt kept with it.

A model sees ``<application>.<dataset>`` (and ``..._history``), ``mart.<name>``,
``reference.<table>``, ``lumbung.verdicts``, ``lumbung.passed``, ``lumbung.datasets`` (what the
contracts say) and the macros of ``sql/conventions.sql``. Parameters: ``$today``, the date of the
run. A model whose inputs no contract describes is left out, and said so.
"""

from collections.abc import Sequence
from datetime import date

import duckdb
import pyarrow as pa

from pipelines.contract.model import Contract
from pipelines.errors import ContractError
from pipelines.lake.verdicts import VIEWS
from pipelines.lake.views import HISTORY
from pipelines.models import indicators, inventory
from pipelines.models.disclosure import disclosed
from pipelines.models.sqlfile import SqlFile
from pipelines.models.workbench import Workbench
from pipelines.reference.tables import REFERENCE


def runnable(models: Sequence[SqlFile], contracts: Sequence[Contract]) -> tuple[SqlFile, ...]:
    """Return the models whose every input exists, marts before KPIs; ContractError for a table
    nobody could ever have.
    """
    datasets = {
        (dataset.application, dataset.name + tail)
        for contract in contracts
        for dataset in contract.datasets
        for tail in ("", HISTORY)
    }
    applications = {contract.application for contract in contracts}
    tables = (
        datasets
        | {("reference", name) for name in REFERENCE}
        | {("lumbung", name) for name in (*VIEWS, inventory.TABLE)}
    )
    chosen: list[SqlFile] = []
    for model in models:
        wrong = [
            f"{schema}.{table}"
            for schema, table in model.reads
            if schema in applications | {"reference", "lumbung"} and (schema, table) not in tables
        ]
        wrong += [table for schema, table in model.reads if not schema]
        if wrong:
            raise ContractError(
                f"{model.path}: reads {', '.join(wrong)}, which no contract describes; tables are"
                " application.dataset, mart.name, reference.name"
            )
        if all(
            read in tables or read in {("mart", mart.name) for mart in chosen}
            for read in model.reads
        ):
            chosen.append(model)
    return tuple(chosen)


def computed(workbench: Workbench, model: SqlFile, today: date) -> pa.Table:
    """Return the rows of one model as they may be stored: checked when it is a KPI, small cells
    emptied when it is published.
    """
    parameters = {"today": today} if "$today" in model.query else {}
    try:
        rows = workbench.con.execute(model.query, parameters).to_arrow_table()
    except duckdb.Error as error:
        raise ContractError(f"{model.path}: {error}") from error
    if model.layer == "kpi":
        indicators.check(model, rows)
    return disclosed(model, rows) if model.is_public else rows
