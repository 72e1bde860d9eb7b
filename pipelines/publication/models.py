"""Makes the tables of marts and KPIs anew: each replaced whole where its rows or what makes them
have changed, its receipt kept with it.
"""

from datetime import date

import pyarrow as pa

from pipelines.lake.tables import WHOLE
from pipelines.models.run import computed
from pipelines.models.sqlfile import SqlFile
from pipelines.models.workbench import Workbench, model_rows
from pipelines.receipts.model_receipt import model_receipt
from pipelines.receipts.receipt import read, recipe, store


def run_model(workbench: Workbench, model: SqlFile, today: date, run_id: str) -> pa.Table:
    """Run one model, replace its table where it has changed, and return its rows; ContractError
    names the file when the SELECT does not run.
    """
    rows = computed(workbench, model, today)
    table = workbench.lake.table(model.layer, model.name)
    receipt = model_receipt(workbench, model, today, rows)
    if not _unchanged(workbench, model, rows, recipe(receipt)):
        whole = rows.append_column("_partition", pa.array([WHOLE] * rows.num_rows, pa.string()))
        workbench.lake.replace(
            table,
            [WHOLE],
            whole.to_reader,
            {"run_id": run_id, "receipt": store(workbench.lake, receipt)},
        )
    if model.layer == "mart":
        workbench.show_mart(model.name)
    return rows


def _unchanged(workbench: Workbench, model: SqlFile, rows: pa.Table, made_by: str) -> bool:
    """Whether the model's table holds these very rows by the same recipe already; writing them
    again would make a release of nothing new.
    """
    table = workbench.lake.table(model.layer, model.name)
    if (
        not workbench.lake.exists(table)
        or not workbench.lake.files(table)
        or workbench.lake.columns(table).names != [*rows.column_names, "_partition"]
    ):
        return False
    last = workbench.lake.commits(table)[0].get("receipt")
    if last is None or recipe(read(workbench.lake, last)) != made_by:
        return False
    workbench.con.register("_rows", rows)
    before = model_rows(workbench.lake, model.layer, model.name)
    differing = workbench.con.execute(
        f"SELECT count(*) FROM ((FROM _rows EXCEPT ALL {before}) UNION ALL ({before} EXCEPT ALL"
        " FROM _rows))"
    ).fetchall()
    workbench.con.unregister("_rows")
    return differing == [(0,)]
