"""The catalogue of all tables in DCAT-AP 3.0.1: pages of a hundred, linked as Hydra asks, with the
services that answer for the tables.

A table that cannot be described is left out, with a line in the log that says which and why: one
bad record must not take the others with it.
"""

from collections.abc import Mapping

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD

from pipelines.city import municipality
from pipelines.contract.model import Text
from portal.data.entry import Entry
from portal.http.address import url
from portal.metadata.dcat import dataset as dcat
from portal.metadata.feed import described
from portal.metadata.rdf import ADMS, DCATAP, HYDRA, SPDX, VCARD, iri, say_both, thing
from portal.metadata.terms import AUTHORITY
from portal.words.say import WORDS

SIZE = 100
"""Tables on a page."""
PREFIXES = {
    "adms": ADMS,
    "dcat": DCAT,
    "dcatap": DCATAP,
    "dct": DCTERMS,
    "foaf": FOAF,
    "hydra": HYDRA,
    "skos": SKOS,
    "spdx": SPDX,
    "vcard": VCARD,
}
SERVICES = {
    "/api/v1": ("rows_service", "/openapi.json"),
    "/api/3/action": ("ckan_service", "https://docs.ckan.org/en/2.12/api/index.html"),
}
"""Path of a service -> the word that names it, and where it is described."""


def pages(count: int) -> int:
    """Return how many pages that many tables take, one at least."""
    return max(1, -(-count // SIZE))


def catalogue(entries: Mapping[str, Entry], page: int, form: str) -> Graph:
    """Return one page of the catalogue, numbered from 1; ``form`` is the ending of the address
    its pages link by.
    """
    graph = Graph()
    catalog = thing(graph, url("/#catalogue"), DCAT.Catalog)
    say_both(graph, catalog, DCTERMS.title, municipality().portal)
    say_both(graph, catalog, DCTERMS.description, Text(*WORDS["intro"]))
    graph.add((catalog, DCTERMS.publisher, dcat.agent(graph, municipality().steward.id)))
    graph.add((catalog, DCAT.contactPoint, dcat.contact_point(graph)))
    graph.add((catalog, FOAF.homepage, thing(graph, url("/"), FOAF.Document)))
    graph.add((catalog, DCTERMS.spatial, dcat.place(graph)))
    for lang in dcat.BOTH:
        graph.add((catalog, DCTERMS.language, dcat.language(graph, lang)))
    taxonomy = thing(graph, f"{AUTHORITY}/data-theme", SKOS.ConceptScheme)
    graph.add((taxonomy, DCTERMS.title, Literal("data-theme", lang="en")))
    graph.add((catalog, DCAT.themeTaxonomy, taxonomy))
    times = [(entry.published.issued, entry.published.modified) for entry in entries.values()]
    if times:
        graph.add(
            (
                catalog,
                DCTERMS.issued,
                Literal(min(first for first, _ in times), datatype=XSD.dateTime),
            )
        )
        graph.add(
            (
                catalog,
                DCTERMS.modified,
                Literal(max(last for _, last in times), datatype=XSD.dateTime),
            )
        )
    shown = dict(list(entries.items())[(page - 1) * SIZE : page * SIZE])
    datasets = described(shown, dcat.dataset)
    for name, part in datasets.items():
        graph += part
        graph.add((catalog, DCAT.dataset, iri(dcat.iri_of(name))))
    for path in SERVICES:
        graph.add((catalog, DCAT.service, _service(graph, path, list(datasets))))
    _link(graph, page, len(entries), form)
    return _bound(graph)


def table_graph(entry: Entry) -> Graph:
    """Return the graph of one table, under the prefixes the catalogue has."""
    return _bound(dcat.dataset(entry))


def _bound(graph: Graph) -> Graph:
    for prefix, space in PREFIXES.items():
        graph.bind(prefix, space, replace=True)
    return graph


def _service(graph: Graph, path: str, names: list[str]) -> URIRef:
    word, where = SERVICES[path]
    service = thing(graph, url(f"{path}#service"), DCAT.DataService)
    say_both(graph, service, DCTERMS.title, Text(*WORDS[word]))
    graph.add((service, DCAT.endpointURL, iri(url(path))))
    graph.add(
        (
            service,
            DCAT.endpointDescription,
            iri(where if where.startswith("https:") else url(where)),
        )
    )
    graph.add((service, DCTERMS.publisher, dcat.agent(graph, municipality().steward.id)))
    graph.add((service, DCAT.contactPoint, dcat.contact_point(graph)))
    for name in names:
        graph.add((service, DCAT.servesDataset, iri(dcat.iri_of(name))))
    return service


def _link(graph: Graph, page: int, count: int, form: str) -> None:
    """Say which page this is and where the others are, in Hydra's words of today and in the
    older ones that harvesters still follow.
    """
    last = pages(count)
    view = iri(_address(page, form))
    for kind in (HYDRA.PartialCollectionView, HYDRA.PagedCollection):
        graph.add((view, RDF.type, kind))
    graph.add((view, HYDRA.totalItems, Literal(count)))
    graph.add((view, HYDRA.itemsPerPage, Literal(SIZE)))
    others = {"first": 1, "last": last, "previous": page - 1, "next": page + 1}
    for name, number in others.items():
        if 1 <= number <= last:
            graph.add((view, HYDRA[name], iri(_address(number, form))))
            graph.add((view, HYDRA[f"{name}Page"], iri(_address(number, form))))


def _address(page: int, form: str) -> str:
    return url(f"/catalog.{form}?page={page}")
