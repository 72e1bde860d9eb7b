"""Every description a table has: its address, its media type, and what makes it; the routes, the
``Link`` header and the pages read this one table.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.contract.written import written
from pipelines.lineage.prov import provenance
from pipelines.release.release import Release
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.data.receipted import receipt_of
from portal.http.address import url
from portal.metadata import bps, croissant, csvw, frictionless, odcs, schema_org
from portal.metadata.dcat import catalogue

RDF = {
    "ttl": ("turtle", "text/turtle; charset=utf-8"),
    "jsonld": ("json-ld", "application/ld+json"),
    "xml": ("xml", "application/rdf+xml"),
}
"""Ending of an address -> rdflib's name of the form, its media type."""


@dataclass(frozen=True)
class Description:
    """One vocabulary: the end of its address after ``/d/<name>``, its media type, what it is
    called, and what makes it of a release and an entry.
    """

    path: str
    media_type: str
    name: str
    make: Callable[[Release, Entry], str]


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)


def _rdf(form: str) -> Callable[[Release, Entry], str]:
    return lambda _, entry: catalogue.table_graph(entry).serialize(format=RDF[form][0])


DESCRIPTIONS = (
    *(
        Description(f".{form}", media_type, "DCAT-AP 3", _rdf(form))
        for form, (_, media_type) in RDF.items()
    ),
    Description(
        "/datapackage.json",
        "application/json",
        "Frictionless Data Package",
        lambda _, entry: _json(frictionless.package(entry)),
    ),
    Description(
        "/croissant.json",
        "application/ld+json",
        "Croissant",
        lambda _, entry: _json(croissant.dataset(entry)),
    ),
    Description(
        "/csvw.json",
        "application/csvm+json",
        "CSV on the Web",
        lambda _, entry: _json(csvw.table(entry)),
    ),
    Description(
        "/schema.jsonld",
        "application/ld+json",
        "schema.org",
        lambda _, entry: _json(schema_org.dataset(entry)),
    ),
    Description(
        "/contract.yaml",
        "application/yaml",
        "Open Data Contract Standard",
        lambda _, entry: written(odcs.contract(entry)),
    ),
    Description(
        "/contract.json",
        "application/json",
        "Open Data Contract Standard",
        lambda _, entry: _json(odcs.contract(entry)),
    ),
    Description(
        "/prov.jsonld",
        "application/ld+json",
        "PROV-O",
        lambda release, entry: _json(provenance(release, entry.name)),
    ),
    Description(
        "/receipt.json",
        "application/json",
        "Lumbung",
        lambda release, entry: _json(receipt_of(release, entry.name, {})),
    ),
    Description(
        "/metadata.json",
        "application/json",
        "BPS MS-Keg, MS-Var, MS-Ind",
        lambda release, entry: _json(_bps(release, entry)),
    ),
)
"""All of them; a vocabulary is added here, and nowhere else."""


def _bps(release: Release, entry: Entry) -> dict[str, Any]:
    return bps.metadata(entry, release.manifest.models.get(entry.name))


@lru_cache(maxsize=2048)
def content_of(release: Release, name: str, path: str) -> bytes:
    """Return a table's description as it is sent, made once per release; KeyError for a table or
    description there is not.
    """
    description = {candidate.path: candidate for candidate in DESCRIPTIONS}[path]
    return description.make(release, entries(release)[name]).encode()


def links(entry: Entry) -> list[tuple[str, str]]:
    """Return address and media type of every description of a table, for a ``Link`` header or
    ``<link rel="alternate">``.
    """
    return [
        (url(f"/d/{entry.name}{candidate.path}"), candidate.media_type.partition(";")[0])
        for candidate in DESCRIPTIONS
    ]
