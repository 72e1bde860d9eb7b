"""The provenance of a published table as PROV-O in JSON-LD (https://www.w3.org/TR/prov-o/): which
release made it, of what, and who answers for it.

Read from one release and nothing else, so it may be published beside the table: no address of a
source, no closed value. What is closed, or kept for the models alone, stands in it by name, title
and owner. ``@context`` is written out: a reader asks no other host.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from pipelines.errors import LakeError
from pipelines.lineage.graph import Graph, Node, graph_of
from pipelines.release.release import Release

IDENTIFIED = ("wasGeneratedBy", "wasDerivedFrom", "wasAttributedTo", "used")
CONTEXT: dict[str, Any] = {
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    **{name: {"@id": f"prov:{name}", "@type": "@id"} for name in IDENTIFIED},
    **{
        name: {"@id": f"prov:{name}", "@type": "xsd:dateTime"}
        for name in ("endedAtTime", "generatedAtTime")
    },
    **{name: f"dcterms:{name}" for name in ("identifier", "hasVersion", "license")},
    "title": {"@id": "dcterms:title", "@container": "@language"},
    "name": "foaf:name",
}


def provenance(release: Release, name: str) -> dict[str, Any]:
    """Return the provenance of the table ``name`` of a release; LakeError when the release does
    not hold it.
    """
    tables = release.manifest.tables
    graph = graph_of(release.contracts, release.manifest.models.values())
    if name not in tables or name not in graph.nodes:
        raise LakeError(
            f"{name} is not a table of release {release.id}; `lumbung release show {release.id}`"
            " lists what it holds"
        )
    nodes = [
        graph.nodes[key] for key in (name, *graph.above(name)) if graph.nodes[key].kind != "system"
    ]
    deliveries = {
        node.id: _deliveries(release, node.id)
        for node in nodes
        if node.kind == "dataset" and node.id in tables
    }
    described = [_entity(release, graph, node, deliveries.get(node.id, [])) for node in nodes]
    activity = {
        "@id": _run(release.manifest.run_id),
        "@type": "prov:Activity",
        "endedAtTime": release.manifest.made_at,
        "used": _used(release, graph, nodes),
    }
    harvests = [entry for entries in deliveries.values() for entry in entries]
    agents = {
        node.owner: {
            "@id": _agent(node.owner),
            "@type": ["prov:Agent", "prov:Organization"],
            "name": node.owner,
        }
        for node in nodes
        if node.owner
    }
    return {
        "@context": CONTEXT,
        "@graph": _merged([*described, activity, *harvests, *agents.values()]),
    }


def _entity(
    release: Release, graph: Graph, node: Node, deliveries: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return one table as an Entity: a version of the release when it pins one, else what is
    known of it.
    """
    pinned = release.manifest.tables.get(node.id)
    derived = [
        _iri(release, graph.nodes[source])
        for source in graph.upstream(node.id)
        if graph.nodes[source].kind != "system"
    ]
    derived += [delivery["@id"] for delivery in deliveries if delivery["@type"] == "prov:Entity"]
    digest = (
        release.manifest.reference.get(node.id.partition(".")[2])
        if node.kind == "reference"
        else None
    )
    entity: dict[str, Any] = {
        "@id": _iri(release, node),
        "@type": "prov:Entity",
        "identifier": node.id,
        "title": {"id": node.title.id, "en": node.title.en},
    }
    if pinned:
        entity |= {
            "hasVersion": str(pinned.version),
            "wasGeneratedBy": _run(release.manifest.run_id),
            "generatedAtTime": release.manifest.made_at,
        }
    elif digest:
        entity["hasVersion"] = f"sha256:{digest}"
    if node.owner:
        entity["wasAttributedTo"] = _agent(node.owner)
    return entity | ({"wasDerivedFrom": sorted(derived)} if derived else {})


def _used(release: Release, graph: Graph, nodes: Iterable[Node]) -> list[str]:
    """Return what the release's run read to make the tables told of: everything above one that
    it pins.
    """
    pinned = [
        node.id
        for node in nodes
        if node.id in release.manifest.tables and node.kind in ("mart", "kpi")
    ]
    above = {
        source
        for name in pinned
        for source in graph.above(name)
        if graph.nodes[source].kind != "system"
    }
    return sorted(_iri(release, graph.nodes[source]) for source in above if source not in pinned)


def _deliveries(release: Release, dataset: str) -> list[dict[str, Any]]:
    """Return each run whose partitions stand in the release as an Activity, and each delivery it
    read as the Entity that it generated.
    """
    query = (
        "SELECT run_id, delivery, max(judged_at) AS judged_at FROM lumbung.passed WHERE dataset = ?"
        " GROUP BY ALL ORDER BY ALL"
    )
    with release.connect() as con:
        rows = con.execute(query, [dataset]).fetchall()
    activities = []
    for run_id, delivery, judged_at in rows:
        activities.append(
            {"@id": _run(run_id), "@type": "prov:Activity", "endedAtTime": judged_at.isoformat()}
        )
        if delivery:
            entity = f"urn:lumbung:delivery:{quote(delivery)}"
            activities.append(
                {
                    "@id": entity,
                    "@type": "prov:Entity",
                    "identifier": delivery,
                    "wasGeneratedBy": _run(run_id),
                }
            )
    return activities


def _merged(nodes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one node per id: a run may have brought several deliveries, and ended with the
    last.
    """
    by_id: dict[str, dict[str, Any]] = {}
    for node in nodes:
        earlier = by_id.setdefault(node["@id"], node)
        if earlier.get("endedAtTime", "") < node.get("endedAtTime", ""):
            earlier["endedAtTime"] = node["endedAtTime"]
    return list(by_id.values())


def _iri(release: Release, node: Node) -> str:
    return (
        f"urn:lumbung:release:{release.id}:{node.id}"
        if node.id in release.manifest.tables
        else f"urn:lumbung:table:{node.id}"
    )


def _run(run_id: str) -> str:
    return f"urn:uuid:{run_id}"


def _agent(owner: str) -> str:
    return f"urn:lumbung:agent:{quote(owner, safe='')}"
