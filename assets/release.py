"""sql/mart, sql/kpi and the release as assets of one op: figures and pinned tables come from the
same harvests.

The edges of the graph come from the SQL itself. What the op does when it runs is in
``release_run``, which is imported by the run.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from assets.ingest import announce, key_of
from pipelines.city import municipality
from pipelines.contract.contracts import Contracts
from pipelines.contract.model import Contract
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import today
from pipelines.lake.views import HISTORY
from pipelines.models.plan import Plan
from pipelines.models.sqlfile import SqlFile

RELEASE = dg.AssetKey(["release"])
WITHHELD = "withheld"
"""Metadata of the release: the models that could not be made anew, each with what was said."""


def model_keys(models: Sequence[SqlFile]) -> list[dg.AssetKey]:
    """Return the asset key of each model: ``mart / name`` or ``kpi / name``."""
    return [dg.AssetKey([model.layer, model.name]) for model in models]


def release_assets(lake: Lake, contracts: Contracts, plan: Plan, sql: Path) -> dg.AssetsDefinition:
    """Return the multi-asset of every model and the release; a model that is withheld is not
    materialized, and its name and why are metadata of the release.
    """
    public = [
        key_of("public", dataset.id)
        for contract in contracts.standing
        for dataset in contract.datasets
        if dataset.is_public
    ]
    specs = [_spec(contracts.standing, model) for model in plan.models]
    described = "What the public sees: every table pinned in one manifest."
    specs.append(
        dg.AssetSpec(
            RELEASE,
            deps=[*public, *model_keys(plan.models)],
            group_name="release",
            description=described,
        )
    )

    @dg.multi_asset(name="release", specs=specs, can_subset=False)
    def op(context: dg.AssetExecutionContext) -> Iterator[Any]:
        from assets.release_run import run_release  # noqa: PLC0415  half a second that only a run pays

        done = run_release(lake, contracts, plan, sql, today(), context.run.run_id)
        made = [
            dg.AssetMaterialization(
                dg.AssetKey(name.split(".")),
                metadata={
                    "dagster/row_count": rows,
                    "dagster/uri": str(lake.table(*name.split("."))),
                },
            )
            for name, rows in done.rows.items()
        ]
        yield from announce(context, made)
        yield dg.MaterializeResult(
            RELEASE,
            metadata={
                "release": done.release.id,
                "tables": len(done.release.manifest.tables),
                "dagster/uri": str(done.release.folder),
                **({"told": done.accepted} if done.accepted else {}),
                **(
                    {WITHHELD: dg.MetadataValue.json(dict(sorted(done.withheld.items())))}
                    if done.withheld
                    else {}
                ),
                **done.profile.metadata(),
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


def withheld_models(metadata: Mapping[str, dg.MetadataValue[Any]]) -> list[tuple[str, str]]:
    """Return the models that metadata of the release names as withheld, each with what was said."""
    said = metadata.get(WITHHELD)
    data = said.data if isinstance(said, dg.JsonMetadataValue) else {}
    return list(data.items()) if isinstance(data, Mapping) else []


def _spec(contracts: tuple[Contract, ...], model: SqlFile) -> dg.AssetSpec:
    steward = model.header.steward
    return dg.AssetSpec(
        dg.AssetKey([model.layer, model.name]),
        deps=_inputs(contracts, model),
        group_name=model.layer,
        description=(f"{model.title.en}. One row: {model.header.row}. {model.header.question.en}"),
        owners=[f"team:{steward}"] if steward else None,
        kinds={"duckdb", "sql"},
        skippable=True,
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
