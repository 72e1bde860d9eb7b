"""What an event says of a table: its owner, columns, meaning, the rules that held, and which
columns each of its own is made of.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openlineage.client import event_v2 as ol
from openlineage.client import facet_v2 as facets

from pipelines.contract.model import Column, Dataset
from pipelines.lake.views import HISTORY
from pipelines.lineage.columns import ModelColumns
from pipelines.lineage.select import ROWS, Field

NAMESPACE = "lumbung"
MODELLED = ("mart", "reference", "lumbung")
"""Schemas that stand in an event by the name a model reads them by; a dataset is
``clean.application.dataset``.
"""


def output(
    name: str, owner: str, about: str, more: Mapping[str, facets.DatasetFacet], rows: int | None
) -> ol.OutputDataset:
    """Return a table that a run wrote, with its facets and how many rows it has."""
    described: dict[str, facets.DatasetFacet] = {
        "dataSource": lake(),
        "documentation": facets.documentation_dataset.DocumentationDatasetFacet(about),
        **more,
    }
    if owner:
        described["ownership"] = owned(owner)
    counted = (
        {}
        if rows is None
        else {
            "outputStatistics": (
                facets.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rows)
            )
        }
    )
    return ol.OutputDataset(NAMESPACE, name, facets=described, outputFacets=dict(counted))


def owned(owner: str) -> facets.DatasetFacet:
    """Return who answers for a table."""
    return facets.ownership_dataset.OwnershipDatasetFacet(
        [facets.ownership_dataset.Owner(f"team:{owner}", "OWNER")]
    )


def lake() -> facets.DatasetFacet:
    """Return where our tables lie: in the lake, whichever folder that is."""
    return facets.datasource_dataset.DatasourceDatasetFacet("lake", "urn:lumbung:lake")


def schema(columns: Iterable[tuple[str, str | None, str | None]]) -> facets.DatasetFacet:
    """Return the columns of a table: name, type and meaning of each."""
    return facets.schema_dataset.SchemaDatasetFacet(
        [
            facets.schema_dataset.SchemaDatasetFacetFields(name, kind, about)
            for name, kind, about in columns
        ]
    )


def assertions(
    dataset: Dataset, verdicts: Sequence[Mapping[str, Any]]
) -> list[facets.data_quality_assertions_dataset.Assertion]:
    """Return each rule that was judged and whether it held in every partition; what else was
    found is an assertion that did not hold.
    """
    findings = [finding for row in verdicts for finding in row["findings"]]
    judged = any(row["delivered"] for row in verdicts)
    at = {column.name: column.field for column in dataset.columns}
    rules = {
        rule.name: (rule.kind, rule.column, rule.severity)
        for rule in (dataset.all_rules if judged else ())
    }
    rules |= {
        finding["rule"]: (finding["kind"], finding["column"], finding["severity"])
        for finding in findings
        if finding["rule"] not in rules
    }
    return [
        facets.data_quality_assertions_dataset.Assertion(
            assertion=kind,
            success=name not in {finding["rule"] for finding in findings},
            column=at.get(column or ""),
            severity="warn" if severity == "warning" else "error",
            name=name,
            actual=str(sum(finding["rows"] for finding in findings if finding["rule"] == name))
            + " rows",
        )
        for name, (kind, column, severity) in rules.items()
    ]


def identical(
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
            column.name: lineage.Fields(
                [
                    lineage.InputField(
                        namespace,
                        name,
                        column.field if layer == "clean" else column.name,
                        [lineage.Transformation("DIRECT", subtype)],
                    )
                ]
            )
            for column in columns
        }
    )


def computed(origins: ModelColumns) -> facets.DatasetFacet:
    """Return which columns each column of a model is computed of, and which decide its rows."""
    lineage = facets.column_lineage_dataset

    def inputs(fields: Iterable[Field], kind: str) -> list[Any]:
        return [
            lineage.InputField(
                NAMESPACE,
                name_in_events(field.table),
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
        for name, fields in origins.reads.columns.items()
    }
    return lineage.ColumnLineageDatasetFacet(columns, inputs(origins.reads.filters, "INDIRECT"))


def name_in_events(table: str) -> str:
    """Return the name a table has in events: the clean layer's for a dataset, without telling
    its history apart.
    """
    return table if table.partition(".")[0] in MODELLED else f"clean.{table.removesuffix(HISTORY)}"
