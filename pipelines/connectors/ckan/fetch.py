"""Another portal's catalogue by CKAN's Action API 3 (https://docs.ckan.org/en/latest/api/), or one
of its tables in the datastore.

The server's `location` ends in `/api/3/action`. The portal shows what is so now, so the dataset is
a snapshot. Paging and counting are REST's (``rest.fetch``): what comes is counted against `count`
or `total`. An answer that is none of CKAN's, or says `success: false`, is refused.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipelines.connectors.rest import fetch as rest
from pipelines.contract.model import Dataset, Source
from pipelines.errors import SourceError
from pipelines.lake.delivery import Part, Window


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield one Part a page, as delivered; SourceError says what came instead."""
    facts = dataset.source.fetch
    resource = facts.get("resource")
    if dataset.delivery != "snapshot":
        raise SourceError(
            f"{dataset.id}: a CKAN portal says what is so now, so no past {dataset.partition} can"
            " be asked for; make the delivery snapshot"
        )
    list_field, total_field = (
        ("result.records", "result.total") if resource else ("result.results", "result.count")
    )
    if facts.get("records") != list_field:
        raise SourceError(
            f"{dataset.id}: CKAN's list stands at {list_field}; put records: {list_field} under"
            " fetch"
        )
    if resource:
        path, params = (
            "datastore_search",
            {
                "resource_id": str(resource),
                "sort": "_id asc",
                **({"q": facts["query"]} if "query" in facts else {}),
            },
        )
        paging = {
            "parameter": "offset",
            "size_parameter": "limit",
            "size": int(facts.get("size", 1000)),
        }
    else:
        path, params = (
            "package_search",
            {
                "q": str(facts.get("query", "*:*")),
                "sort": "id asc",
                **({"fq": facts["filters"]} if "filters" in facts else {}),
            },
        )
        paging = {
            "parameter": "start",
            "size_parameter": "rows",
            "size": int(facts.get("size", 100)),
        }
    search = {
        **facts,
        "path": path,
        "params": params,
        "paging": {**paging, "style": "offset", "total_field": total_field},
    }
    yield from rest.fetch(
        replace(dataset, source=Source(dataset.source.connector, dataset.source.server, search)),
        window,
        _check,
    )


def _check(document: Any, where: str) -> None:
    if not isinstance(document, dict) or "success" not in document:
        described = (
            f"an object with {', '.join(list(document)[:8])}"
            if isinstance(document, dict)
            else f"a {type(document).__name__}"
        )
        raise SourceError(
            f"{where}: no answer of CKAN's Action API but {described}; the server's location must"
            " end in /api/3/action"
        )
    if document["success"] is not True:
        error = document.get("error")
        why = error.get("message") if isinstance(error, dict) else error
        raise SourceError(
            f"{where}: CKAN says no: {str(why)[:200]}; check resource, query and filters in the"
            " contract"
        )
