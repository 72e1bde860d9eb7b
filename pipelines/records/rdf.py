"""DCAT in Turtle, JSON-LD or RDF/XML as a table of texts: a row is a `dcat:Dataset`, a field a
property by its usual short name.

`dct:title@id` is a text in Indonesian, `@id` the dataset's own address, `dct:publisher.foaf:name` a
field of what the property points to. Where the contract's column is an `array`, or a property has
several values, the field is a JSON list; `dcat:distribution` holds objects. Texts are kept as
written. What a document only points to is never fetched: remote JSON-LD contexts and XML document
types are refused. In Turtle a relative address may not begin with `?`: rdflib resolves it against
the folder instead of the document.
"""

import json
import logging
from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any
from xml.parsers import expat
from xml.sax import SAXException

import duckdb
import rdflib
from rdflib import DCAT, RDF, Graph, Literal, URIRef
from rdflib.exceptions import Error as RdfError
from rdflib.plugins.parsers.jsonld import to_rdf
from rdflib.plugins.stores.memory import Memory
from rdflib.term import Node

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.flat import Row, flat
from pipelines.records.json import fill
from pipelines.records.syntaxes import SYNTAXES

MOST_STATEMENTS, MOST_DEPTH, MOST_TEXT = 1_000_000, 100, 1 << 20
"""Statements in one document, levels of nesting in its text, characters of one record: more is a
trap, not a catalogue.
"""
BROKEN = (
    SyntaxError,
    ValueError,
    LookupError,
    NameError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    SAXException,
    expat.ExpatError,
    RdfError,
)
"""What rdflib's parsers raise on documents that are cut or wrong."""
LEVELS, FOLLOWED = 4, 20_000
"""How far a record follows what it points to within its document, and how often all records of one
do, beside ten times for each statement: what is said once may be followed from many places.
"""
PREFIXES = {
    "http://purl.org/dc/terms/": "dct:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://www.w3.org/ns/dcat#": "dcat:",
    "http://xmlns.com/foaf/0.1/": "foaf:",
    "http://www.w3.org/2006/vcard/ns#": "vcard:",
    "http://www.w3.org/ns/adms#": "adms:",
    "http://www.w3.org/2004/02/skos/core#": "skos:",
    "http://spdx.org/rdf/terms#": "spdx:",
    "http://www.w3.org/ns/prov#": "prov:",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    "http://www.w3.org/2002/07/owl#": "owl:",
    "http://schema.org/": "schema:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://data.europa.eu/r5r/": "dcatap:",
    "http://www.w3.org/ns/locn#": "locn:",
}


def read_rdf(
    con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str
) -> Sequence[str]:
    """Make ``table`` of one document's datasets, in the order of their addresses, and return its
    fields' names; SourceError for a document that is a trap.
    """
    where = f"{dataset.id}: {landed.address}"
    graph = parsed(landed.path.read_bytes(), Path(landed.path).suffix, landed.address, where)
    lists = {column.field for column in dataset.columns if column.type == "array"}
    nodes = sorted(
        {*graph.subjects(RDF.type, DCAT.Dataset)},
        key=lambda node: (not isinstance(node, URIRef), str(node)),
    )
    rows: list[Row] = []
    following = _Following(where, FOLLOWED + 10 * len(graph))
    for node in nodes:
        following.begin(node)
        rows.append(flat(_record(graph, node, lists, {node}, following)))
    return fill(con, table, lambda: rows)


def parsed(body: bytes, extension: str, address: str, where: str) -> Graph:
    """Return the document's statements; SourceError when it is not what it says, is too much, or
    would fetch something from elsewhere.
    """
    setattr(rdflib, "NORMALIZE_LITERALS", False)  # noqa: B010 - rdflib's switch for keeping texts as written is typed as a constant
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)
    graph = Graph(store=_Bounded(where))
    try:
        if extension == ".jsonld":
            document = json.loads(body.decode("utf-8-sig"))
            _refuse_remote(document, where)
            if not isinstance(document, dict | list):
                raise ValueError("neither an object nor a list")
            to_rdf(document, graph, address)
            return graph
        if extension == ".rdf":
            _refuse_doctype(body, where)
        graph.parse(
            data=body if extension == ".rdf" else body.decode("utf-8-sig"),
            format=SYNTAXES[extension].parser,
            publicID=address,
        )
    except BROKEN as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise SourceError(
            f"{where}: not whole {SYNTAXES[extension].parser} ({first}); ask again later, or the"
            " owner for a whole document"
        ) from error
    return graph


class _Bounded(Memory):
    """A store that refuses to grow without end."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where, self.statements = where, 0

    def add(self, triple: Any, context: Any, quoted: bool = False) -> None:
        self.statements += 1
        if self.statements > MOST_STATEMENTS:
            raise SourceError(
                f"{self.where}: more than {MOST_STATEMENTS} statements in one document; ask the"
                " owner for smaller pages"
            )
        super().add(triple, context, quoted)


def _refuse_remote(document: Any, where: str) -> None:
    """Refuse a JSON-LD document that names a context it does not carry, or nests too deep."""
    waiting: list[tuple[Any, str, int]] = [(document, "", 0)]
    while waiting:
        node, name, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise SourceError(
                f"{where}: nested deeper than {MOST_DEPTH} levels; ask the owner for a sane"
                " catalogue"
            )
        if name in ("@context", "@import") and isinstance(node, str):
            raise SourceError(
                f"{where}: names a context elsewhere ({node[:100]}), which is never fetched; ask"
                " the owner to write the context out"
            )
        if isinstance(node, dict):
            waiting += [(child, key, depth + 1) for key, child in node.items()]
        elif isinstance(node, list):
            waiting += [(child, name, depth + 1) for child in node]


def _refuse_doctype(body: bytes, where: str) -> None:
    """Refuse XML with a document type: entities can be made to unpack without end, or to be
    fetched.
    """
    depth = 0

    def doctype(*_: Any) -> None:
        raise SourceError(
            f"{where}: has a DOCTYPE, whose entities are not read; ask the owner for RDF/XML"
            " without one, or for Turtle"
        )

    def start(*_: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise SourceError(
                f"{where}: nested deeper than {MOST_DEPTH} levels; ask the owner for a sane"
                " catalogue"
            )

    def end(*_: Any) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler, parser.EndElementHandler = (
        doctype,
        start,
        end,
    )
    parser.Parse(body, True)


class _Following:
    """How often records may still follow what they point to, and what a record may still say."""

    def __init__(self, where: str, steps: int) -> None:
        self.where, self.most, self.steps = where, steps, steps
        self.node, self.text = "", MOST_TEXT

    def begin(self, node: Node) -> None:
        """Begin the record of a dataset."""
        self.node, self.text = str(node), MOST_TEXT

    def step(self) -> None:
        """Count one that is followed; SourceError where that is too often."""
        self.steps -= 1
        if self.steps < 0:
            raise SourceError(
                f"{self.where}: {self.node}: records follow what they point to over"
                f" {self.most} times; ask the owner for a catalogue whose parts point to fewer"
            )

    def say(self, text: str) -> str:
        """Count a text and return it; SourceError where one dataset says too much."""
        self.text -= len(text)
        if self.text < 0:
            raise SourceError(
                f"{self.where}: {self.node}: more than {MOST_TEXT} characters for one dataset; ask"
                " the owner for a sane catalogue"
            )
        return text


def _record(
    graph: Graph, node: Node, lists: Set[str | None], above: Set[Node], following: _Following
) -> dict[str, Any]:
    """Return the properties of ``node``, following what the document says of what they point to,
    a dataset's own record apart.
    """
    following.step()
    say = following.say
    fields: dict[str, list[Any]] = {"@id": [say(str(node))]} if isinstance(node, URIRef) else {}
    for predicate, value in graph.predicate_objects(node):
        name = _short(str(predicate))
        if isinstance(value, Literal):
            fields.setdefault(f"{name}@{value.language}" if value.language else name, []).append(
                say(str(value))
            )
        elif len(above) > LEVELS or value in above or not _is_described(graph, value):
            fields.setdefault(name, []).append(
                say(_short(str(value)) if predicate == RDF.type else str(value))
            )
        else:
            inner = _record(graph, value, frozenset(), {*above, value}, following)
            fields.setdefault(name, []).append(inner)
    ordered = {
        name: sorted(values, key=lambda item: json.dumps(item, sort_keys=True))
        for name, values in sorted(fields.items())
    }
    return {
        name: values if len(values) > 1 or name in lists else values[0]
        for name, values in ordered.items()
    }


def _is_described(graph: Graph, node: Node) -> bool:
    """Say whether the document itself tells more of ``node`` that belongs into this record;
    another dataset has a record of its own.
    """
    return (
        next(graph.predicate_objects(node), None) is not None
        and (node, RDF.type, DCAT.Dataset) not in graph
    )


def _short(iri: str) -> str:
    """Return an address with its usual prefix, or as it is."""
    return next(
        (
            prefix + iri.removeprefix(base)
            for base, prefix in PREFIXES.items()
            if iri.startswith(base)
        ),
        iri,
    )
