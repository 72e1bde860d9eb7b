"""Small steps in writing RDF that every part of the catalogue takes: texts in both languages,
concepts of an authority list, typed things.

A concept is written out with its scheme and its words, so that a graph can be validated without
asking anybody else.
"""

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS
from rdflib.term import Node

from pipelines.contract.model import Text
from portal.metadata.terms import AUTHORITY

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
VERSION = URIRef("http://www.w3.org/ns/dcat#version")
FORMAT = URIRef("http://purl.org/dc/terms/format")
SHA256 = URIRef("https://spdx.org/rdf/terms#checksumAlgorithm_sha256")
"""With https, as the DCAT-AP shapes want it."""
_FORBIDDEN = set('<>" {}|\\^`')


def iri(text: str) -> URIRef:
    """Return an IRI; ValueError names one that would make the whole graph unreadable."""
    if _FORBIDDEN & set(text) or ":" not in text:
        raise ValueError(
            f"{text!r} is no IRI: it has no scheme, or a character that must be percent-encoded"
        )
    return URIRef(text)


def say_both(graph: Graph, subject: Node, predicate: URIRef, text: Text) -> None:
    """State a text in Indonesian and English."""
    graph.add((subject, predicate, Literal(text.id, lang="id")))
    graph.add((subject, predicate, Literal(text.en, lang="en")))


def thing(graph: Graph, name: str, kind: URIRef) -> URIRef:
    """Return a thing of a kind by its IRI, stated to be of that kind."""
    node = iri(name)
    graph.add((node, RDF.type, kind))
    return node


def concept(
    graph: Graph, scheme: str, code: str, words: Text, kind: URIRef | None = None
) -> URIRef:
    """Return a concept of one of the EU's authority lists by its code; ``kind`` is what else it
    is.
    """
    return concept_of(graph, f"{AUTHORITY}/{scheme}", f"{AUTHORITY}/{scheme}/{code}", words, kind)


def concept_of(
    graph: Graph, scheme: str, name: str, words: Text, kind: URIRef | None = None
) -> URIRef:
    """Return a concept by its IRI, written out with its words and its scheme."""
    node, listed = thing(graph, name, SKOS.Concept), thing(graph, scheme, SKOS.ConceptScheme)
    say_both(graph, node, SKOS.prefLabel, words)
    graph.add((node, SKOS.inScheme, listed))
    graph.add((listed, DCTERMS.title, Literal(scheme.removeprefix(AUTHORITY + "/"), lang="en")))
    if kind is not None:
        graph.add((node, RDF.type, kind))
    return node
