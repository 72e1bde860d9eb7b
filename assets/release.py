"""The release asset: pins every public table's version and swaps the release in; a run without changes keeps the current one."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from assets.ingest import key_of
from pipelines.contract import Contract
from pipelines.lake import Lake
from pipelines.release import make_release
from pipelines.sqlfile import SqlFile

KEY = dg.AssetKey(["release"])


def release_asset(lake: Lake, contracts: tuple[Contract, ...], models: Sequence[SqlFile]) -> dg.AssetsDefinition:
    """Return the asset that makes a release of everything public."""
    public = [key_of("public", dataset.id) for contract in contracts for dataset in contract.datasets if dataset.is_public]
    kpis = [dg.AssetKey(["kpi", model.name]) for model in models if model.layer == "kpi"]

    @dg.asset(key=KEY, deps=[*public, *kpis], group_name="release", description="What the public sees: every table pinned in one manifest.")
    def op(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        made = make_release(lake, contracts, models, context.run.run_id)
        return dg.MaterializeResult(metadata={"release": made.id, "tables": len(made.manifest["tables"]), "dagster/uri": str(made.folder)})

    return op


def release_schedule() -> dg.ScheduleDefinition:
    """Return the schedule that runs the models and makes a release once an hour; one without changes is not made."""
    selection = dg.AssetSelection.groups("mart", "kpi", "release")
    return dg.ScheduleDefinition(
        name="release_schedule", job=dg.define_asset_job("release_job", selection), cron_schedule="45 * * * *", execution_timezone="Asia/Jakarta"
    )
