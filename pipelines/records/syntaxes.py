"""The ways in which RDF is written, by the extensions of files. How one is read is ``rdf``'s
business, whose library is imported to read one.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Syntax:
    """One way to write RDF: rdflib's name for it, its media type, and how the content types end
    that servers give it.
    """

    parser: str
    media_type: str
    ending: str


SYNTAXES = {
    ".ttl": Syntax("turtle", "text/turtle", "turtle"),
    ".jsonld": Syntax("json-ld", "application/ld+json", "json"),
    ".rdf": Syntax("xml", "application/rdf+xml", "xml"),
}
"""File extension -> syntax, the one asked for first first."""
