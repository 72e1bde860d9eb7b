"""What is told of a run as OpenLineage events (https://openlineage.io/docs/spec/object-model):
START, then COMPLETE or FAIL, of a harvest and of a model.

An event holds names, types, meanings, counts and which rules held. It never holds a value of a row,
an example, or the words of a source or an engine: those can quote a person. Where events go is
``sender``'s business. The library takes a second to import, so this module is imported
when it is used.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

import pyarrow as pa
from openlineage.client import event_v2 as ol
from openlineage.client import facet_v2 as facets

from pipelines.contract.model import Contract, Dataset
from pipelines.contract.types import STORED
from pipelines.lineage.columns import ModelColumns
from pipelines.lineage.graph import server_of
from pipelines.lineage.openlineage.facets import (
    NAMESPACE,
    assertions,
    computed,
    identical,
    lake,
    name_in_events,
    output,
    owned,
    schema,
)
from pipelines.models.sqlfile import SqlFile

State = Literal["START", "COMPLETE", "FAIL"]
PRODUCER = "urn:lumbung"


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
        + ", ".join(sorted({finding["rule"] for row in verdicts for finding in row["findings"]}))
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
                assertions(dataset, verdicts)
            )
        )
    }
    source = _source(contract, dataset, judged if verdicts else {})
    outputs = _outputs(contract, dataset, source, verdicts)
    return _event(state, run_id, job, [source], outputs, why)


def _source(
    contract: Contract, dataset: Dataset, judged: Mapping[str, facets.InputDatasetFacet]
) -> ol.InputDataset:
    """Return what a harvest reads: the dataset as its system has it."""
    address = server_of(dataset)
    return ol.InputDataset(
        address or "file",
        dataset.id.replace(".", "/"),
        inputFacets=dict(judged),
        facets={
            "schema": schema(
                [(column.field, None, column.meaning.en) for column in dataset.columns]
            ),
            "dataSource": facets.datasource_dataset.DatasourceDatasetFacet(
                contract.application, address or None
            ),
            "ownership": owned(contract.owner),
        },
    )


def _outputs(
    contract: Contract,
    dataset: Dataset,
    source: ol.InputDataset,
    verdicts: Sequence[Mapping[str, Any]],
) -> list[ol.OutputDataset]:
    """Return what a harvest writes: the dataset's table in each layer."""
    delivered, passed = (
        sum(row[name] for row in verdicts if row["verdict"] == "passed" or name == "delivered")
        for name in ("delivered", "passed")
    )
    outputs = [
        output(
            f"raw.{dataset.id}",
            contract.owner,
            dataset.meaning.en,
            {},
            delivered if verdicts else None,
        )
    ]
    for layer, columns in (("clean", dataset.columns), ("public", dataset.public_columns)):
        if columns:
            described = {
                "schema": schema(
                    [(column.name, STORED[column.type], column.meaning.en) for column in columns]
                ),
                "columnLineage": identical(layer, source, columns),
            }
            outputs.append(
                output(
                    f"{layer}.{dataset.id}",
                    contract.owner,
                    dataset.meaning.en,
                    described,
                    passed if verdicts else None,
                )
            )
    return outputs


def model_event(
    state: State,
    model: SqlFile,
    origins: ModelColumns,
    run_id: str,
    rows: pa.Table | None = None,
    failure: str = "",
) -> ol.RunEvent:
    """Return an event of a model's run; ``rows`` are what it gave, of which types and number are
    told.
    """
    header, name = model.header, model.id
    about = f"{header.title.en}. One row: {header.row}. {header.question.en}".strip()
    job = _job(name, header.steward, about, "MODEL")
    job.facets = {**(job.facets or {}), "sql": facets.sql_job.SQLJobFacet(model.query, "duckdb")}
    names = (
        dict.fromkeys(origins.reads.columns)
        if rows is None
        else dict(zip(rows.column_names, map(str, rows.schema.types), strict=True))
    )
    words = {column: text.en for column, text in model.columns.items()}
    described = {
        "schema": schema([(column, kind, words.get(column)) for column, kind in names.items()]),
        "columnLineage": computed(origins),
    }
    tables = sorted({name_in_events(".".join(read)) for read in model.reads})
    inputs = [ol.InputDataset(NAMESPACE, table, facets={"dataSource": lake()}) for table in tables]
    event = _event(
        state,
        run_id,
        job,
        inputs,
        [output(name, header.steward, about, described, None if rows is None else rows.num_rows)],
        failure,
    )
    if origins.unresolved:
        errors = [
            facets.extraction_error_run.Error(errorMessage=f"{column}: {why}", task=name)
            for column, why in origins.unresolved.items()
        ]
        facet = facets.extraction_error_run.ExtractionErrorRunFacet(
            len(origins.reads.columns) or 1, len(errors), errors
        )
        event.run.facets = {**(event.run.facets or {}), "extractionError": facet}
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
    run_facets: dict[str, Any] = {}
    try:
        parent = facets.parent_run.Run(str(UUID(run_id)))
        run_facets["parent"] = facets.parent_run.ParentRunFacet(
            parent, facets.parent_run.Job(NAMESPACE, "dagster")
        )
    except ValueError:  # a run by hand has a name of its own
        pass
    if failure:
        run_facets["errorMessage"] = facets.error_message_run.ErrorMessageRunFacet(
            failure, "python"
        )
    run = ol.Run(str(uuid5(NAMESPACE_URL, f"{run_id}/{job.name}")), run_facets)
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
