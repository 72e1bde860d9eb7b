"""One table as a dcat:Dataset with a dcat:Distribution for each file, after DCAT-AP 3.0.1
(https://semiceu.github.io/DCAT-AP/releases/3.0.1/).

The catalogue around it, its services and pages are ``dcat_catalogue``. Indonesian law is no EU
legislation, so ``applicableLegislation`` is left out.
"""

from dataclasses import astuple

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, SKOS, XSD

from pipelines.city import municipality
from pipelines.contract.model import Text
from pipelines.files.export import FORMS, Form
from pipelines.files.index import File
from portal.data.entry import Entry
from portal.http.address import file_id, file_of, url, uuid
from portal.metadata import contact
from portal.metadata.rdf import (
    ADMS,
    DCATAP,
    FORMAT,
    SHA256,
    SPDX,
    VCARD,
    VERSION,
    concept,
    concept_of,
    iri,
    say_both,
    thing,
)
from portal.metadata.terms import CADENCES, LANGUAGES, THEMES, licence_url
from portal.metadata.wording import description, keywords, origin
from portal.words.say import WORDS, say

IANA = "https://www.iana.org/assignments/media-types"
ADMS_TYPES = "http://purl.org/adms"
BOTH = ("id", "en")


def iri_of(name: str) -> str:
    """Return the IRI of a table: a part of its page's address, since a table is not its page."""
    return url(f"/d/{name}#dataset")


def dataset(entry: Entry) -> Graph:
    """Return one table as a graph; ValueError when something of it is no IRI."""
    graph = Graph()
    subject = thing(graph, iri_of(entry.name), DCAT.Dataset)
    graph.add((subject, DCTERMS.identifier, Literal(str(entry.id))))
    say_both(graph, subject, DCTERMS.title, entry.title)
    say_both(
        graph, subject, DCTERMS.description, Text(*(description(entry, lang) for lang in BOTH))
    )
    graph.add((subject, DCTERMS.publisher, agent(graph, entry.publisher)))
    graph.add((subject, DCAT.contactPoint, contact_point(graph)))
    graph.add((subject, DCAT.landingPage, thing(graph, url(entry.page), FOAF.Document)))
    graph.add(
        (
            subject,
            DCTERMS.accessRights,
            concept(
                graph, "access-right", "PUBLIC", Text("publik", "public"), DCTERMS.RightsStatement
            ),
        )
    )
    graph.add((subject, DCTERMS.issued, _time(entry.published.issued)))
    graph.add((subject, DCTERMS.modified, _time(entry.published.modified)))
    graph.add((subject, VERSION, Literal(entry.version)))
    graph.add((subject, DCTERMS.spatial, place(graph)))
    code, _ = CADENCES[entry.cadence]
    graph.add(
        (
            subject,
            DCTERMS.accrualPeriodicity,
            concept(graph, "frequency", code, Text(*WORDS[entry.cadence]), DCTERMS.Frequency),
        )
    )
    for tag in entry.keywords:
        graph.add((subject, DCAT.keyword, Literal(tag)))
    for lang in BOTH:
        graph.add((subject, DCTERMS.language, language(graph, lang)))
        for word in keywords(entry, lang):
            graph.add((subject, DCAT.keyword, Literal(word, lang=lang)))
    _classify(graph, subject, entry)
    _derive(graph, subject, entry)
    for file in entry.files:
        graph.add((subject, DCAT.distribution, _distribution(graph, entry, file)))
    return graph


def agent(graph: Graph, name: str) -> URIRef:
    """Return an agency of the city as the publisher it is."""
    publisher = thing(graph, uuid(name).urn, FOAF.Agent)
    graph.add((publisher, FOAF.name, Literal(name, lang="id")))
    authority = Text("Pemerintah daerah", "Local authority")
    graph.add(
        (
            publisher,
            DCTERMS.type,
            concept_of(
                graph,
                f"{ADMS_TYPES}/publishertype/1.0",
                f"{ADMS_TYPES}/publishertype/LocalAuthority",
                authority,
            ),
        )
    )
    return publisher


def contact_point(graph: Graph) -> URIRef:
    """Return the information office as a vCard."""
    office = thing(graph, url(contact.PAGE + "#contact"), VCARD.Organization)
    graph.add((office, RDF.type, VCARD.Kind))
    say_both(graph, office, VCARD.fn, municipality().office)
    graph.add((office, VCARD.hasURL, iri(contact.page())))
    mail = contact.mail()
    if mail:
        graph.add((office, VCARD.hasEmail, iri(mail)))
    return office


def place(graph: Graph) -> URIRef:
    """Return the city as a place, with its Kemendagri code and bounding box."""
    city = municipality()
    location = thing(graph, city.geonames, DCTERMS.Location)
    south, west, north, east = astuple(city.box)
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    box = f"POLYGON(({', '.join(f'{lon} {lat}' for lon, lat in corners)}))"
    graph.add((location, SKOS.prefLabel, Literal(city.name.id, lang="id")))
    graph.add((location, DCTERMS.identifier, Literal(city.code)))
    graph.add(
        (
            location,
            DCAT.bbox,
            Literal(box, datatype=URIRef("http://www.opengis.net/ont/geosparql#wktLiteral")),
        )
    )
    return location


def language(graph: Graph, lang: str) -> URIRef:
    """Return a language of the portal in the EU's list."""
    code, name = LANGUAGES[lang]
    return concept(graph, "language", code, Text(name, name), DCTERMS.LinguisticSystem)


def licence(graph: Graph, spdx: str) -> URIRef:
    """Return a licence by the address of its text, with its SPDX id."""
    document = thing(graph, licence_url(spdx), DCTERMS.LicenseDocument)
    graph.add((document, DCTERMS.identifier, Literal(spdx)))
    if spdx.startswith("CC-BY-"):
        kind = Text("Wajib menyebut sumber", "Attribution")
        graph.add(
            (
                document,
                DCTERMS.type,
                concept_of(
                    graph,
                    f"{ADMS_TYPES}/licencetype/1.0",
                    f"{ADMS_TYPES}/licencetype/Attribution",
                    kind,
                ),
            )
        )
    return document


def _classify(graph: Graph, subject: URIRef, entry: Entry) -> None:
    """State theme, kind, the contract it conforms to, and the days it is about."""
    if entry.theme:
        code, words = THEMES[entry.theme]
        graph.add((subject, DCAT.theme, concept(graph, "data-theme", code, words)))
    if entry.kind != "dataset":
        graph.add(
            (
                subject,
                DCTERMS.type,
                concept(graph, "dataset-type", "STATISTICAL", Text("Statistik", "Statistical")),
            )
        )
    contract = thing(graph, url(f"/d/{entry.name}/contract.yaml"), DCTERMS.Standard)
    graph.add((contract, DCTERMS.title, Literal("Open Data Contract Standard 3.1")))
    graph.add((subject, DCTERMS.conformsTo, contract))
    if entry.covers:
        period = BNode()
        graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
        graph.add((period, DCAT.startDate, Literal(entry.covers[0].isoformat(), datatype=XSD.date)))
        graph.add((period, DCAT.endDate, Literal(entry.covers[1].isoformat(), datatype=XSD.date)))
        graph.add((subject, DCTERMS.temporal, period))


def _derive(graph: Graph, subject: URIRef, entry: Entry) -> None:
    """State in words where the table comes from, and where its provenance stands in full."""
    statement = BNode()
    graph.add((statement, RDF.type, DCTERMS.ProvenanceStatement))
    say_both(graph, statement, RDFS.label, Text(*(origin(entry, lang) for lang in BOTH)))
    graph.add((subject, DCTERMS.provenance, statement))
    graph.add((subject, PROV.has_provenance, iri(url(f"/d/{entry.name}/prov.jsonld"))))


def _distribution(graph: Graph, entry: Entry, file: File) -> URIRef:
    """Return one file as a distribution: where it is, how large, its SHA-256, its form."""
    form = FORMS[file.form]
    distribution = thing(graph, url(f"/d/{entry.name}#{file.form}"), DCAT.Distribution)
    graph.add((distribution, DCTERMS.identifier, Literal(str(file_id(entry.name, file.form)))))
    graph.add((distribution, DCTERMS.title, Literal(form.name)))
    say_both(
        graph,
        distribution,
        DCTERMS.description,
        Text(*(say("whole_table_as", lang, form.name) for lang in BOTH)),
    )
    graph.add((distribution, DCAT.accessURL, thing(graph, url(entry.page), FOAF.Document)))
    graph.add((distribution, DCAT.downloadURL, iri(url(file_of(entry.name, file.form)))))
    graph.add((distribution, DCAT.byteSize, Literal(file.bytes, datatype=XSD.nonNegativeInteger)))
    graph.add((distribution, DCTERMS.license, licence(graph, entry.licence)))
    graph.add((distribution, DCTERMS.issued, _time(entry.published.issued)))
    graph.add((distribution, DCTERMS.modified, _time(entry.published.modified)))
    _status(graph, distribution, entry)
    _form(graph, distribution, form)
    if file.form == "csv":
        described = thing(graph, url(f"/d/{entry.name}/csvw.json"), DCTERMS.Standard)
        graph.add((described, DCTERMS.title, Literal("CSV on the Web")))
        graph.add((distribution, DCTERMS.conformsTo, described))
    _checksum(graph, distribution, file)
    return distribution


def _status(graph: Graph, distribution: URIRef, entry: Entry) -> None:
    """Say that a file stays available, and whether its table is deprecated."""
    graph.add(
        (
            distribution,
            DCATAP.availability,
            concept(graph, "planned-availability", "STABLE", Text("stabil", "stable")),
        )
    )
    status = (
        ("DEPRECATED", Text("usang", "deprecated"))
        if entry.contract and entry.contract.status in ("deprecated", "retired")
        else None
    )
    graph.add(
        (
            distribution,
            ADMS.status,
            concept(
                graph,
                "distribution-status",
                *(status or ("COMPLETED", Text("lengkap", "completed"))),
            ),
        )
    )


def _form(graph: Graph, distribution: URIRef, form: Form) -> None:
    """Say which media type and which of the EU's file types a file has."""
    if form.is_registered:
        graph.add(
            (
                distribution,
                DCAT.mediaType,
                thing(graph, f"{IANA}/{form.media_type}", DCTERMS.MediaType),
            )
        )
    if form.file_type:
        graph.add(
            (
                distribution,
                FORMAT,
                concept(
                    graph,
                    "file-type",
                    form.file_type,
                    Text(form.name, form.name),
                    DCTERMS.MediaTypeOrExtent,
                ),
            )
        )


def _checksum(graph: Graph, distribution: URIRef, file: File) -> None:
    checksum = BNode()
    graph.add((checksum, RDF.type, SPDX.Checksum))
    graph.add((checksum, SPDX.algorithm, SHA256))
    graph.add((checksum, SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary)))
    graph.add((SHA256, RDF.type, SPDX.ChecksumAlgorithm))
    graph.add((distribution, SPDX.checksum, checksum))


def _time(text: str) -> Literal:
    return Literal(text, datatype=XSD.dateTime)
