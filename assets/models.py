"""sql/mart and sql/kpi -> one asset each; the edges of the graph come from the SQL itself."""

from typing import Any

import dagster as dg

from assets.ingest import key_of
from pipelines.contract import Contract
from pipelines.lake import Lake
from pipelines.models import open_models, run_model
from pipelines.partitions import today
from pipelines.sqlfile import SqlFile
from pipelines.views import HISTORY

CITY_ZONE = "Asia/Jakarta"


def model_asset(lake: Lake, contracts: tuple[Contract, ...], model: SqlFile) -> dg.AssetsDefinition:
    """Return the asset of one SQL file."""
    steward = model.header.get("steward", "")

    @dg.asset(
        key=dg.AssetKey([model.layer, model.name]),
        deps=_inputs(contracts, model),
        group_name=model.layer,
        description=f"{model.title.en}. One row: {model.header['row']}. {model.header.get('question_en', '')}",
        owners=[f"team:{steward}"] if steward else None,
        kinds={"duckdb", "sql"},
        metadata={"sql": dg.MetadataValue.md(f"```sql\n{model.query}\n```")},
    )
    def op(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        with open_models(lake, contracts) as con:
            rows = run_model(lake, con, model, today(CITY_ZONE), context.run.run_id)
        return dg.MaterializeResult(metadata={"dagster/row_count": rows.num_rows, "dagster/uri": str(lake.table(model.layer, model.name))})

    return op


def _inputs(contracts: tuple[Contract, ...], model: SqlFile) -> list[dg.AssetKey]:
    datasets = {dataset.id for contract in contracts for dataset in contract.datasets}
    found = set()
    for schema, table in model.reads:
        if schema == "mart":
            found.add(dg.AssetKey(["mart", table]))
        else:
            name = f"{schema}.{table}" if f"{schema}.{table}" in datasets else f"{schema}.{table.removesuffix(HISTORY)}"
            if name in datasets:
                found.add(key_of("clean", name))
    return sorted(found)
