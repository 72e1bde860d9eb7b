"""What is told of a run as OpenLineage events (https://openlineage.io/docs/spec/object-model):
START, then COMPLETE or FAIL, of a harvest and of a model.

An event holds names, types, meanings, counts and which rules held. It never holds a value of a row,
an example, or the words of a source or an engine: those can quote a person. Where events go is
``openlineage_sender``'s business. The library takes a second to import, so this module is imported
when it is used.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

import pyarrow as pa
from openlineage.client import event_v2 as ol
from openlineage.client import facet_v2 as facets

from pipelines.contract.cast import STORED
from pipelines.contract.model import Column, Contract, Dataset
from pipelines.lake.views import HISTORY
from pipelines.lineage.columns import ModelColumns
from pipelines.lineage.graph import server_of
from pipelines.lineage.select import ROWS, Field
from pipelines.models.sqlfile import SqlFile

State = Literal["START", "COMPLETE", "FAIL"]
NAMESPACE = "lumbung"
PRODUCER = "urn:lumbung"
MODELLED = ("mart", "reference", "lumbung")
"""Schemas that stand in an event by the name a model reads them by; a dataset is
``clean.application.dataset``.
"""


def harvest_event(
    state: State,
    contract: Contract,
    dataset: Dataset,
    run_id: str,
    verdicts: Sequence[Mapping[str, Any]] = (),
    failure: str = "",
) -> ol.RunEvent:
    """Return an event of a dataset's run; ``verdicts`` are its partitions' rows of
    ``lumbung.verdicts``, ``failure`` the kind of an error.
    """
    why = failure or (
        ""
        if state != "FAIL"
        else "withheld: "
        + ", ".join(sorted({each["rule"] for row in verdicts for each in row["findings"]}))
    )
    job = _job(
        f"harvest.{dataset.id}",
        contract.owner,
        f"{dataset.title.en}. {dataset.meaning.en} One row: {dataset.grain.en}.",
        "HARVEST",
    )
    judged = {
        "dataQualityAssertions": (
            facets.data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
                _assertions(dataset, verdicts)
            )
        )
    }
    address = server_of(dataset)
    source = ol.InputDataset(
        address or "file",
        dataset.id.replace(".", "/"),
        inputFacets=dict(judged) if verdicts else {},
        facets={
            "schema": _schema(
                [(column.field, None, column.meaning.en) for column in dataset.columns]
            ),
            "dataSource": facets.datasource_dataset.DatasourceDatasetFacet(
                contract.application, address or None
            ),
            "ownership": _owned(contract.owner),
        },
    )
    delivered, passed = (
        sum(row[name] for row in verdicts if row["verdict"] == "passed" or name == "delivered")
        for name in ("delivered", "passed")
    )
    outputs = [
        _output(
            f"raw.{dataset.id}",
            contract.owner,
            dataset.meaning.en,
            {},
            delivered if verdicts else None,
        )
    ]
    for layer, columns in (("clean", dataset.columns), ("public", dataset.public_columns)):
        if columns:
            made = {
                "schema": _schema(
                    [(each.name, STORED[each.type], each.meaning.en) for each in columns]
                ),
                "columnLineage": _identical(layer, source, columns),
            }
            outputs.append(
                _output(
                    f"{layer}.{dataset.id}",
                    contract.owner,
                    dataset.meaning.en,
                    made,
                    passed if verdicts else None,
                )
            )
    return _event(state, run_id, job, [source], outputs, why)


def model_event(
    state: State,
    model: SqlFile,
    made: ModelColumns,
    run_id: str,
    rows: pa.Table | None = None,
    failure: str = "",
) -> ol.RunEvent:
    """Return an event of a model's run; ``rows`` are what it gave, of which types and number are
    told.
    """
    steward, name = model.header.get("steward", ""), f"{model.layer}.{model.name}"
    about = f"{model.title.en}. One row: {model.header['row']}. {model.header.get('question_en', '')}".strip()
    job = _job(name, steward, about, "MODEL")
    job.facets = {**(job.facets or {}), "sql": facets.sql_job.SQLJobFacet(model.query, "duckdb")}
    names = (
        dict.fromkeys(made.reads.columns)
        if rows is None
        else dict(zip(rows.column_names, map(str, rows.schema.types), strict=True))
    )
    words = {column: text.en for column, text in model.columns.items()}
    told = {
        "schema": _schema([(column, kind, words.get(column)) for column, kind in names.items()]),
        "columnLineage": _computed(made),
    }
    tables = sorted({_known(".".join(read)) for read in model.reads})
    inputs = [ol.InputDataset(NAMESPACE, table, facets={"dataSource": _lake()}) for table in tables]
    event = _event(
        state,
        run_id,
        job,
        inputs,
        [_output(name, steward, about, told, None if rows is None else rows.num_rows)],
        failure,
    )
    if made.unresolved:
        errors = [
            facets.extraction_error_run.Error(errorMessage=f"{column}: {why}", task=name)
            for column, why in made.unresolved.items()
        ]
        found = facets.extraction_error_run.ExtractionErrorRunFacet(
            len(made.reads.columns) or 1, len(errors), errors
        )
        event.run.facets = {**(event.run.facets or {}), "extractionError": found}
    return event


def _event(
    state: State,
    run_id: str,
    job: ol.Job,
    inputs: list[ol.InputDataset],
    outputs: list[ol.OutputDataset],
    failure: str,
) -> ol.RunEvent:
    """Return the event: its run is this job's part of a Dagster run, which is its parent."""
    told: dict[str, Any] = {}
    try:
        parent = facets.parent_run.Run(str(UUID(run_id)))
        told["parent"] = facets.parent_run.ParentRunFacet(
            parent, facets.parent_run.Job(NAMESPACE, "dagster")
        )
    except ValueError:  # a run by hand has a name of its own
        pass
    if failure:
        told["errorMessage"] = facets.error_message_run.ErrorMessageRunFacet(failure, "python")
    run = ol.Run(str(uuid5(NAMESPACE_URL, f"{run_id}/{job.name}")), told)
    return ol.RunEvent(
        eventTime=datetime.now(UTC).isoformat(),
        run=run,
        job=job,
        eventType=ol.RunState(state),
        inputs=inputs,
        outputs=outputs,
        producer=PRODUCER,
    )


def _job(name: str, owner: str, about: str, kind: str) -> ol.Job:
    return ol.Job(
        NAMESPACE,
        name,
        {
            "jobType": facets.job_type_job.JobTypeJobFacet("BATCH", "LUMBUNG", kind),
            "documentation": facets.documentation_job.DocumentationJobFacet(about),
            **(
                {
                    "ownership": facets.ownership_job.OwnershipJobFacet(
                        [facets.ownership_job.Owner(f"team:{owner}", "OWNER")]
                    )
                }
                if owner
                else {}
            ),
        },
    )


def _output(
    name: str, owner: str, about: str, more: Mapping[str, facets.DatasetFacet], rows: int | None
) -> ol.OutputDataset:
    told: dict[str, facets.DatasetFacet] = {
        "dataSource": _lake(),
        "documentation": facets.documentation_dataset.DocumentationDatasetFacet(about),
        **more,
    }
    if owner:
        told["ownership"] = _owned(owner)
    counted = (
        {}
        if rows is None
        else {
            "outputStatistics": (
                facets.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rows)
            )
        }
    )
    return ol.OutputDataset(NAMESPACE, name, facets=told, outputFacets=dict(counted))


def _owned(owner: str) -> facets.DatasetFacet:
    return facets.ownership_dataset.OwnershipDatasetFacet(
        [facets.ownership_dataset.Owner(f"team:{owner}", "OWNER")]
    )


def _lake() -> facets.DatasetFacet:
    return facets.datasource_dataset.DatasourceDatasetFacet("lake", "urn:lumbung:lake")


def _schema(columns: Iterable[tuple[str, str | None, str | None]]) -> facets.DatasetFacet:
    return facets.schema_dataset.SchemaDatasetFacet(
        [
            facets.schema_dataset.SchemaDatasetFacetFields(name, kind, about)
            for name, kind, about in columns
        ]
    )


def _assertions(
    dataset: Dataset, verdicts: Sequence[Mapping[str, Any]]
) -> list[facets.data_quality_assertions_dataset.Assertion]:
    """Return each rule that was judged and whether it held in every partition; what else was
    found is an assertion that did not hold.
    """
    found = [each for row in verdicts for each in row["findings"]]
    judged = any(row["delivered"] for row in verdicts)
    at = {column.name: column.field for column in dataset.columns}
    rules = {
        rule.name: (rule.kind, rule.column, rule.severity)
        for rule in (dataset.all_rules if judged else ())
    }
    rules |= {
        each["rule"]: (each["kind"], each["column"], each["severity"])
        for each in found
        if each["rule"] not in rules
    }
    return [
        facets.data_quality_assertions_dataset.Assertion(
            assertion=kind,
            success=name not in {each["rule"] for each in found},
            column=at.get(column or ""),
            severity="warn" if severity == "warning" else "error",
            name=name,
            actual=str(sum(each["rows"] for each in found if each["rule"] == name)) + " rows",
        )
        for name, (kind, column, severity) in rules.items()
    ]


def _identical(
    layer: str, source: ol.InputDataset, columns: Iterable[Column]
) -> facets.DatasetFacet:
    """Return the lineage of a layer whose columns are the source's fields, typed, or the clean
    table's open columns.
    """
    lineage = facets.column_lineage_dataset
    namespace, name = (
        (source.namespace, source.name)
        if layer == "clean"
        else (NAMESPACE, f"clean.{source.name.replace('/', '.')}")
    )
    subtype = "TRANSFORMATION" if layer == "clean" else "IDENTITY"
    return lineage.ColumnLineageDatasetFacet(
        {
            each.name: lineage.Fields(
                [
                    lineage.InputField(
                        namespace,
                        name,
                        each.field if layer == "clean" else each.name,
                        [lineage.Transformation("DIRECT", subtype)],
                    )
                ]
            )
            for each in columns
        }
    )


def _computed(made: ModelColumns) -> facets.DatasetFacet:
    lineage = facets.column_lineage_dataset

    def inputs(fields: Iterable[Field], kind: str) -> list[Any]:
        return [
            lineage.InputField(
                NAMESPACE,
                _known(field.table),
                field.column,
                [
                    (
                        lineage.Transformation(kind, "AGGREGATION", "counts rows")
                        if field.column == ROWS
                        else lineage.Transformation(kind)
                    )
                ],
            )
            for field in sorted(fields)
        ]

    columns = {
        name: lineage.Fields(inputs(fields, "DIRECT"))
        for name, fields in made.reads.columns.items()
    }
    return lineage.ColumnLineageDatasetFacet(columns, inputs(made.reads.filters, "INDIRECT"))


def _known(table: str) -> str:
    """Return the name a table has in events: the clean layer's for a dataset, without telling
    its history apart.
    """
    return table if table.partition(".")[0] in MODELLED else f"clean.{table.removesuffix(HISTORY)}"
