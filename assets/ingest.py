"""Contract -> a dataset's raw, clean and public assets: one op per dataset that harvests a range of
partitions in one run.

A passed partition is materialized in all its layers; a withheld one fails the blocking check
``gate`` and is materialized in raw only. What the harvest does is in ``harvest``, which is imported
by the run: whoever only declares starts without it. When it runs is in ``timetable``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._core.events import DagsterEventBatchMetadata, generate_event_batch_id

from assets.asked import ACCEPTED, DATA_DOCS
from assets.timetable import freshness_of, partitions_of
from pipelines.contract.model import Column, Contract, Dataset
from pipelines.contract.types import STORED
from pipelines.lake.lake import Lake
from pipelines.lake.tables import partition_of
from pipelines.markdowntext import as_written
from pipelines.sqltext import identifier
from quality.verdict import PartitionVerdict
from quality.words import says

if TYPE_CHECKING:
    from assets.harvest import Harvest

GATE = "gate"
PREVIEW_ROWS = 5


def key_of(layer: str, dataset_id: str) -> dg.AssetKey:
    """Return the asset key of one layer of a dataset: ``layer / application / dataset``."""
    return dg.AssetKey([layer, *dataset_id.split(".")])


def dataset_assets(
    lake: Lake, sql: Path, contract: Contract, dataset: Dataset
) -> dg.AssetsDefinition:
    """Return the multi-asset of one dataset."""
    clean = key_of("clean", dataset.id)
    check = dg.AssetCheckSpec(
        GATE,
        asset=clean,
        blocking=True,
        description="The contract's rules, judged by Great Expectations; a failure withholds.",
    )

    @dg.multi_asset(
        name=dataset.id.replace(".", "__"),
        specs=_specs(contract, dataset),
        check_specs=[check],
        can_subset=False,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=contract.application,
    )
    def op(context: dg.AssetExecutionContext) -> Iterator[Any]:
        from assets.harvest import harvest  # noqa: PLC0415  a second that only a run pays
        from assets.lineage import harvest_with_events  # noqa: PLC0415  the same

        run_id, tags = context.run.run_id, context.run.tags
        docs, accepted = DATA_DOCS in tags, tags.get(ACCEPTED)
        outcome = harvest_with_events(
            contract,
            dataset,
            run_id,
            lambda: harvest(
                lake, sql, contract, dataset, context.partition_keys, run_id, docs, accepted
            ),
        )
        tables = _tables(lake, dataset, outcome.verdict.passed)
        yield from announce(
            context,
            [
                event
                for partition in outcome.verdict.partitions
                for event in _events(tables, dataset, outcome, partition)
            ],
        )
        withheld = [
            partition for partition in outcome.verdict.partitions if partition.verdict == "withheld"
        ]
        yield dg.AssetCheckResult(
            asset_key=clean,
            check_name=GATE,
            passed=not withheld,
            metadata={
                "passed": len(outcome.verdict.passed),
                "withheld": len(withheld),
                "why": dg.MetadataValue.md(_why(withheld, dataset)),
                **outcome.profile.metadata(),
            },
        )

    return op


def _specs(contract: Contract, dataset: Dataset) -> list[dg.AssetSpec]:
    """Return the layers of one dataset: raw, clean, and public when it has open columns."""
    raw, clean, public = (key_of(layer, dataset.id) for layer in ("raw", "clean", "public"))
    shared: dict[str, Any] = {
        "group_name": contract.application,
        "owners": [f"team:{contract.owner}"],
        "partitions_def": partitions_of(dataset),
        "skippable": True,
        "tags": {"delivery": dataset.delivery, "cadence": dataset.cadence},
    }
    specs = [
        dg.AssetSpec(
            raw,
            description=f"{dataset.title.en}, as delivered by {contract.title.en}.",
            kinds={dataset.source.connector},
            **shared,
        ),
        dg.AssetSpec(
            clean,
            deps=[raw],
            description=_described(dataset),
            kinds={"deltalake"},
            metadata=_schema(dataset.columns),
            **shared,
        ),
    ]
    if dataset.is_public:
        specs.append(
            dg.AssetSpec(
                public,
                deps=[clean],
                description=f"{dataset.title.en}: the open columns of what passed.",
                kinds={"deltalake"},
                metadata=_schema(dataset.public_columns),
                freshness_policy=freshness_of(dataset),
                **shared,
            )
        )
    return specs


@dataclass(frozen=True)
class _Table:
    """What one layer's table is after the harvest: its path, its version, and the first public
    rows of each partition as Markdown.
    """

    path: Path
    version: int
    previews: Mapping[str, str]


def _tables(lake: Lake, dataset: Dataset, passed: Sequence[str]) -> dict[str, _Table]:
    """Look at the tables once, however many partitions passed; at none when none did."""
    layers = ("clean", "public") if dataset.is_public else ("clean",)
    if not passed:
        return {}
    tables = {}
    for layer in layers:
        path = lake.dataset_table(layer, dataset.id)
        tables[layer] = _Table(
            path,
            lake.version(path),
            _previews(lake, dataset, path, passed) if layer == "public" else {},
        )
    return tables


def _events(
    tables: Mapping[str, _Table], dataset: Dataset, outcome: "Harvest", judged: PartitionVerdict
) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
    """Return what became of one partition, and only what is true of it."""
    counts = {
        "delivered": judged.delivered,
        "passed": judged.passed,
        "quarantined": judged.quarantined,
        "duplicates": judged.duplicates,
        "cells_withheld": judged.cells_withheld,
    }
    if outcome.landed:
        parts = {"parts": len(outcome.landed), "address": outcome.landed[0].address}
        yield dg.AssetMaterialization(
            key_of("raw", dataset.id), partition=judged.partition, metadata={**counts, **parts}
        )
    yield dg.AssetCheckEvaluation(
        asset_key=key_of("clean", dataset.id),
        check_name=GATE,
        passed=judged.verdict == "passed",
        metadata={**counts, "findings": dg.MetadataValue.md(_why([judged], dataset))},
        severity=dg.AssetCheckSeverity.ERROR,
        blocking=True,
        partition=judged.partition,
    )
    if judged.verdict != "passed":
        return
    for layer, table in tables.items():
        metadata: dict[str, Any] = {
            "dagster/row_count": judged.passed,
            "dagster/uri": str(table.path),
            "delta_version": table.version,
            **counts,
        }
        if layer == "public":
            metadata["preview"] = dg.MetadataValue.md(
                table.previews.get(judged.partition, "no rows")
            )
        yield dg.AssetMaterialization(
            key_of(layer, dataset.id), partition=judged.partition, metadata=metadata
        )


def announce(
    context: dg.AssetExecutionContext,
    events: Sequence[dg.AssetMaterialization | dg.AssetCheckEvaluation],
) -> list[dg.DagsterEvent]:
    """Tell Dagster all events of an op as one batch; return those that are the op's own."""
    batch, own = generate_event_batch_id(), []
    for event in events:
        of_batch = DagsterEventBatchMetadata(batch, is_end=event is events[-1])
        if isinstance(event, dg.AssetMaterialization):
            step = context.get_step_execution_context()
            own.append(dg.DagsterEvent.asset_materialization(step, event, of_batch))
        else:
            evaluated = dg.DagsterEvent(
                dg.DagsterEventType.ASSET_CHECK_EVALUATION.value,
                context.run.job_name,
                event_specific_data=event,
            )
            context.instance.report_dagster_event(
                evaluated, context.run.run_id, batch_metadata=of_batch
            )
    return own


def _previews(lake: Lake, dataset: Dataset, table: Path, passed: Sequence[str]) -> dict[str, str]:
    files = [file for file in lake.files(table) if partition_of(file) in passed]
    if not files:
        return {}
    names = [column.name for column in dataset.public_columns]
    head = "\n".join([" | ".join(names), " | ".join("---" for _ in names)])
    by_partition: dict[str, list[str]] = {}
    with lake.reader() as con:
        con.execute(
            f"SELECT ('' || _partition), {', '.join(identifier(name) for name in names)} FROM"
            " read_parquet(?, hive_partitioning = true, hive_types = {'_partition': VARCHAR},"
            " union_by_name = true) QUALIFY row_number() OVER (PARTITION BY _partition) <="
            f" {PREVIEW_ROWS}",
            [files],
        )
        for key, *cells in con.fetchall():
            by_partition.setdefault(key, []).append(" | ".join(map(as_written, cells)))
    return {key: "\n".join([head, *lines]) for key, lines in by_partition.items()}


def _why(verdicts: list[PartitionVerdict], dataset: Dataset) -> str:
    described = {rule.name: rule.description for rule in dataset.all_rules}
    lines = [
        f"- {verdict.partition}: {as_written(finding.rule)}: {as_written(says(asdict(finding)))}"
        + (f": {as_written(described[finding.rule])}" if described.get(finding.rule) else "")
        for verdict in verdicts
        for finding in verdict.findings
    ]
    return "\n".join(lines[:50] or ["nothing found"])


def _described(dataset: Dataset) -> str:
    return (
        f"{dataset.meaning.en} One row: {dataset.grain.en}. Information class:"
        f" {dataset.information_class}."
    )


def _schema(columns: tuple[Column, ...]) -> dict[str, Any]:
    table = [
        dg.TableColumn(
            column.name,
            STORED[column.type],
            description=column.meaning.en + (f" [{column.unit}]" if column.unit else ""),
            constraints=dg.TableColumnConstraints(
                nullable=not column.required, other=[rule.name for rule in column.rules]
            ),
        )
        for column in columns
    ]
    return {"dagster/column_schema": dg.TableSchema(columns=table)}
