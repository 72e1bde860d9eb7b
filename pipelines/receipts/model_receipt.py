"""The receipt of a model's table: the SQL, its parameters, every input at its version and what
reached it, contracts, code, engine, the hash of the rows.

Made with every version of a mart or KPI; ``receipt`` says what a receipt is.
"""

from datetime import date
from typing import Any

import pyarrow as pa

from pipelines.lake.lake import Lake
from pipelines.lake.views import HISTORY
from pipelines.models.sqlfile import SqlFile, parse
from pipelines.models.workbench import Workbench, withheld_of
from pipelines.receipts.code import code
from pipelines.receipts.receipt import ENGINE, SCHEMA, Receipt, read, rows_sha256


def stored_model(lake: Lake, name: str, receipt: str) -> SqlFile:
    """Return the model called ``layer.name`` as the receipt with this hash keeps its SQL."""
    path = lake.stored(read(lake, receipt)["sql"], "sql")
    layer, _, table = name.partition(".")
    return parse(path.read_text("utf-8"), path, layer, table)


def model_receipt(made: Receipt, rows: pa.Table) -> Receipt:
    """Return the receipt of the rows of a model that came about as ``made`` says."""
    return {
        **made,
        "rows": rows.num_rows,
        "result_sha256": rows_sha256(rows),
    }


def made_with(workbench: Workbench, model: SqlFile, today: date) -> Receipt:
    """Return what the receipt of one model says of how its rows come about."""
    inputs: dict[str, dict[str, Any]] = {}
    described = set()
    by_name = {contract.application: contract for contract in workbench.contracts}
    for schema, table in model.reads:
        name = f"{schema}.{table}"
        if schema == "reference":
            inputs[name] = {"sha256": workbench.reference[table]}
        elif schema == "mart":
            inputs[name] = {"version": workbench.versions[name], "receipt": workbench.marts[table]}
        elif schema in by_name:
            name = name if name in workbench.deliveries else name.removesuffix(HISTORY)
            inputs[name] = {
                "version": workbench.versions.get(name),
                "deliveries": workbench.deliveries.get(name, {}),
            }
            withheld = workbench.versions.get(withheld_of(name))
            if withheld is not None:
                inputs[name]["withheld"] = withheld
            if workbench.left_out.get(name):
                inputs[name]["left_out"] = sorted(workbench.left_out[name])
            described.add(schema)
        elif table == "datasets":
            described |= set(by_name)
        else:
            inputs["lumbung.verdicts"] = {"version": workbench.versions.get("lumbung.verdicts")}
    contracts = {
        name: {
            "version": by_name[name].version,
            "sha256": workbench.lake.store(by_name[name].content, "yaml"),
        }
        for name in sorted(described)
    }
    return {
        "schema": SCHEMA,
        "kind": "table",
        "name": model.id,
        "sql": workbench.lake.store(model.text.encode(), "sql"),
        "conventions": workbench.lake.store(workbench.conventions.encode(), "sql"),
        "parameters": {"today": today.isoformat()} if "$today" in model.query else {},
        "inputs": inputs,
        "contracts": contracts,
        "code": code(),
        "engine": ENGINE,
    }
