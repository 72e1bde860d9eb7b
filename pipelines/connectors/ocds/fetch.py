"""Open Contracting Data Standard 1.1 (https://standard.open-contracting.org/1.1/): release packages
over HTTP, along `links.next`.

Paging and counting are REST's (``rest.fetch``). A page that is no release package of version 1.1 is
refused. A release that lacks its ocid, id, date or tag is kept: the contract's `required` column
for it sends it to quarantine, and where the contract has no such column the page is refused,
because the release would pass unseen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipelines.connectors.rest import fetch as rest
from pipelines.contract.model import Dataset, Source
from pipelines.errors import SourceError
from pipelines.lake.delivery import Part, Standing, Window
from pipelines.records.ocds import NEEDED, lacking

VERSION = "1.1"


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield one Part a release package, as delivered; SourceError says what came instead."""
    facts = dataset.source.fetch
    if facts.get("merge") and (dataset.delivery != "snapshot" or facts.get("window")):
        raise SourceError(
            f"{dataset.id}: merge needs every release of a process: make the dataset a snapshot and"
            " leave window out, or leave merge out"
        )
    judged = {column.field for column in dataset.columns if column.required}

    def check(document: Any, where: str) -> None:
        if not isinstance(document, dict) or not isinstance(document.get("releases"), list):
            described = (
                f"an object with {', '.join(list(document)[:8])}"
                if isinstance(document, dict)
                else f"a {type(document).__name__}"
            )
            raise SourceError(
                f"{where}: not an OCDS release package: it has no list 'releases' but is"
                f" {described}; put the address of the releases in the contract"
            )
        if document.get("version") != VERSION:
            raise SourceError(
                f"{where}: states OCDS version {document.get('version')!r}; only {VERSION} is read."
                f" Ask the owner for {VERSION}"
            )
        for number, release in enumerate(document["releases"], start=1):
            unseen = [name for name in lacking(release) if name not in judged]
            if unseen and isinstance(release, dict):
                raise SourceError(
                    f"{where}: release {number} lacks {', '.join(unseen)}, and the contract has no"
                    " required column that reads it, so it would pass unseen; add columns with"
                    f" required: true for {', '.join(NEEDED)}"
                )

    yield from rest.fetch(_paged(dataset), window, check)


def look(dataset: Dataset, window: Window, known: Mapping[str, Standing]) -> Iterator[str]:
    """Yield the partitions of which the source states another number of releases than came."""
    yield from rest.look(_paged(dataset), window, known)


def _paged(dataset: Dataset) -> Dataset:
    """Return the dataset with the standard's own paging among its facts."""
    facts, source = dataset.source.fetch, dataset.source
    paging = {**(facts.get("paging") or {}), "style": "link", "link_field": "links.next"}
    return replace(
        dataset, source=Source(source.connector, source.server, {**facts, "paging": paging})
    )
