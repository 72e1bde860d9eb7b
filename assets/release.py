"""sql/mart, sql/kpi and the release as assets of one op: figures and pinned tables come from the
same harvests.

The edges of the graph come from the SQL itself. What the op does when it runs is in
``release_run``, which is imported by the run.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from assets.ingest import key_of
from pipelines.city import municipality
from pipelines.contract.model import Contract
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import today
from pipelines.lake.views import HISTORY
from pipelines.models.sqlfile import SqlFile

RELEASE = dg.AssetKey(["release"])


def model_keys(models: Sequence[SqlFile]) -> list[dg.AssetKey]:
    """Return the asset key of each model: ``mart / name`` or ``kpi / name``."""
    return [dg.AssetKey([model.layer, model.name]) for model in models]


def release_assets(
    lake: Lake, contracts: tuple[Contract, ...], models: Sequence[SqlFile], sql: Path
) -> dg.AssetsDefinition:
    """Return the multi-asset of every model and the release."""
    public = [
        key_of("public", dataset.id)
        for contract in contracts
        for dataset in contract.datasets
        if dataset.is_public
    ]
    specs = [_spec(contracts, model) for model in models]
    described = "What the public sees: every table pinned in one manifest."
    specs.append(
        dg.AssetSpec(
            RELEASE,
            deps=[*public, *model_keys(models)],
            group_name="release",
            description=described,
        )
    )

    @dg.multi_asset(name="release", specs=specs, can_subset=False)
    def op(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        from assets.release_run import run_release  # noqa: PLC0415  half a second that only a run pays

        rows, release, accepted = run_release(
            lake, contracts, models, sql, today(), context.run.run_id
        )
        notified = {"told": accepted} if accepted else {}
        for key, model, table in zip(model_keys(models), models, rows, strict=True):
            yield dg.MaterializeResult(
                key,
                metadata={
                    "dagster/row_count": table.num_rows,
                    "dagster/uri": str(lake.table(model.layer, model.name)),
                },
            )
        yield dg.MaterializeResult(
            RELEASE,
            metadata={
                "release": release.id,
                "tables": len(release.manifest.tables),
                "dagster/uri": str(release.folder),
                **notified,
            },
        )

    return op


def release_schedule() -> dg.ScheduleDefinition:
    """Return the schedule that runs the models and makes a release once an hour; one without
    changes is not made.
    """
    selection = dg.AssetSelection.groups("mart", "kpi", "release")
    return dg.ScheduleDefinition(
        name="release_schedule",
        job=dg.define_asset_job("release_job", selection),
        cron_schedule="45 * * * *",
        execution_timezone=municipality().zone.key,
    )


def _spec(contracts: tuple[Contract, ...], model: SqlFile) -> dg.AssetSpec:
    steward = model.header.steward
    return dg.AssetSpec(
        dg.AssetKey([model.layer, model.name]),
        deps=_inputs(contracts, model),
        group_name=model.layer,
        description=(f"{model.title.en}. One row: {model.header.row}. {model.header.question.en}"),
        owners=[f"team:{steward}"] if steward else None,
        kinds={"duckdb", "sql"},
        metadata={"sql": dg.MetadataValue.md(f"```sql\n{model.query}\n```")},
    )


def _inputs(contracts: tuple[Contract, ...], model: SqlFile) -> list[dg.AssetKey]:
    datasets = {dataset.id for contract in contracts for dataset in contract.datasets}
    keys = set()
    for schema, table in model.reads:
        if schema == "mart":
            keys.add(dg.AssetKey(["mart", table]))
        else:
            name = (
                f"{schema}.{table}"
                if f"{schema}.{table}" in datasets
                else f"{schema}.{table.removesuffix(HISTORY)}"
            )
            if name in datasets:
                keys.add(key_of("clean", name))
    return sorted(keys)
