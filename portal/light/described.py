"""What the page of a table and the page of an indicator both say of it: files, columns, lineage,
versions, citation, descriptions for machines.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from pipelines.contract.model import Dataset
from pipelines.files.export import FORMS
from pipelines.files.index import File
from pipelines.lineage.graph import Graph, graph_of
from pipelines.release.release import Release
from portal.data.entry import Entry
from portal.data.versions import versions
from portal.http.address import file_of, page_of
from portal.metadata import schema_org
from portal.metadata.terms import licence_url
from portal.telling import citation
from portal.telling.parts import Parts
from portal.telling.tables import measured, size
from portal.words.say import number, pick, say

MOST = 10
"""Versions that are listed."""


class Description(NamedTuple):
    """One description for machines: its name, its media type, how its address ends."""

    name: str
    type: str
    ending: str


DESCRIBED = (
    Description("DCAT-AP (Turtle)", "text/turtle", ".ttl"),
    Description("DCAT-AP (JSON-LD)", "application/ld+json", ".jsonld"),
    Description("DCAT-AP (RDF/XML)", "application/rdf+xml", ".xml"),
    Description("Data Package", "application/json", "/datapackage.json"),
    Description("Croissant", "application/ld+json", "/croissant.json"),
    Description("CSVW", "application/csvm+json", "/csvw.json"),
    Description("PROV", "application/ld+json", "/prov.jsonld"),
    Description("BPS", "application/json", "/metadata.json"),
)
CONTRACT = Description("ODCS", "application/yaml", "/contract.yaml")
"""Where a contract describes the table."""


def facts(release: Release, entry: Entry, parts: Parts) -> dict[str, Any]:
    """Return what the templates need of an open table."""
    lang = parts.lang
    return {
        "entry": entry,
        "schema": schema_org.dataset(entry, lang),
        "licence_url": licence_url(entry.licence),
        "described": (*DESCRIBED, CONTRACT) if entry.contract else DESCRIBED,
        "files": [file(entry, stored, lang) for stored in entry.files],
        "changed": parts.make("versions", lambda: _changed(release, entry, lang), []),
        "citation": {"apa": citation.apa(entry, lang), "bibtex": citation.bibtex(entry, lang)},
        "lineage": parts.make("lineage", lambda: lineage(release, entry.name, lang), []),
        "dictionary": columns(entry, lang),
    }


def _changed(release: Release, entry: Entry, lang: str) -> list[dict[str, str]]:
    return [
        {
            "changed": f"{version.changed:%Y-%m-%d %H:%M} UTC",
            "release": version.release,
            "rows": number(version.rows, lang),
        }
        for version in versions(release, entry.name, MOST)
    ]


def file(entry: Entry, stored: File, lang: str) -> dict[str, Any]:
    """Return a file as it is listed: of the current release, and of this one for ever."""
    return {
        "form": FORMS[stored.form].name,
        "partition": stored.partition,
        "rows": number(stored.rows, lang),
        "size": size(stored.bytes, lang),
        "sha256": stored.sha256,
        "latest": file_of(entry.name, stored.form, stored.partition),
        "fixed": file_of(entry.name, stored.form, stored.partition, entry.release),
    }


def columns(entry: Entry, lang: str) -> list[list[str]]:
    """Return name, type, unit and meaning of every published column."""
    return [
        [
            field.name,
            say(f"type.{field.type}", lang),
            measured(field.unit, lang),
            pick(field.meaning, lang),
        ]
        for field in entry.fields
    ]


def all_columns(dataset: Dataset, lang: str) -> list[list[str]]:
    """Return the same of every column of a dataset, the closed ones too, with whether it is
    published: that it exists is public.
    """
    public = {column.name for column in dataset.public_columns}
    return [
        [
            column.name,
            say(f"type.{column.type}", lang),
            measured(column.unit, lang),
            pick(column.meaning, lang),
            (
                say("yes", lang)
                if column.name in public
                else say("closed", lang, say(f"closed.{column.classification}", lang))
            ),
        ]
        for column in dataset.columns
    ]


def lineage(release: Release, name: str, lang: str) -> list[dict[str, Any]]:
    """Return what a table is made of and what is made of it, in the order data moves; what has a
    page, with its path.
    """
    whole = _graph(release)
    if name not in whole.nodes:
        return []
    graph = whole.around(name)
    rows = []
    for node in (graph.nodes[key] for key in graph.in_order()):
        has_page = node.kind == "dataset" or (
            node.kind in ("mart", "kpi") and node.id in release.manifest.tables
        )
        made_of = [pick(graph.nodes[key].title, lang) for key in graph.upstream(node.id)]
        rows.append(
            {
                "kind": KINDS[node.kind],
                "title": node.title,
                "path": page_of(node.id) if has_page else None,
                "made_of": made_of,
            }
        )
    return rows


KINDS = {
    "system": "system",
    "dataset": "dataset",
    "reference": "reference",
    "lumbung": "reference",
    "mart": "aggregate",
    "kpi": "indicator",
}
"""The word for each kind of thing in a lineage."""


@lru_cache(maxsize=4)
def _graph(release: Release) -> Graph:
    return graph_of(release.contracts, release.manifest.models.values())
