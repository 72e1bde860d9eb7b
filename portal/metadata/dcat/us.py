"""All tables as DCAT-US 1.1, the ``/data.json`` that catalogues of the United States' kind harvest
(https://resources.data.gov/resources/dcat-us/).

Codes of a federal bureau and programme are demanded of everybody; the city has none, so they are
the codes of nobody. A contact must have a mail address there: while the setting ``LUMBUNG_CONTACT``
says none, the contact has none and a validator says so, since an invented one would be worse.
"""

from collections.abc import Mapping
from typing import Any

from pipelines.city import municipality
from pipelines.files.export import FORMS
from pipelines.files.index import File
from portal.data.entry import Entry
from portal.http.address import file_of, url
from portal.metadata import contact
from portal.metadata.feed import described
from portal.metadata.terms import CADENCES, THEMES, licence_url
from portal.metadata.wording import description, keywords

SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"
NO_BUREAU, NO_PROGRAMME = "000:00", "000:000"


def catalogue(entries: Mapping[str, Entry]) -> dict[str, Any]:
    """Return the catalogue of all tables."""
    return {
        "@context": f"{SCHEMA}/catalog.jsonld",
        "@id": url("/data.json"),
        "@type": "dcat:Catalog",
        "conformsTo": SCHEMA,
        "describedBy": f"{SCHEMA}/catalog.json",
        "dataset": list(described(entries, dataset).values()),
    }


def dataset(entry: Entry) -> dict[str, Any]:
    """Return one table; title in Indonesian, description and keywords in both languages."""
    _, duration = CADENCES[entry.cadence]
    mail = contact.mail()
    document: dict[str, Any] = {
        "@type": "dcat:Dataset",
        "identifier": str(entry.id),
        "title": entry.title.id,
        "description": (
            f"{description(entry, 'id')}\n\n{entry.title.en}. {description(entry, 'en')}"
        ),
        "keyword": list(
            dict.fromkeys([*entry.keywords, *keywords(entry, "id"), *keywords(entry, "en")])
        ),
        "issued": entry.published.issued,
        "modified": entry.published.modified,
        "publisher": {"@type": "org:Organization", "name": entry.publisher},
        "contactPoint": (
            {"@type": "vcard:Contact", "fn": municipality().office.id}
            | ({"hasEmail": mail} if mail else {})
        ),
        "accessLevel": "public",
        "bureauCode": [NO_BUREAU],
        "programCode": [NO_PROGRAMME],
        "license": licence_url(entry.licence),
        "spatial": municipality().name.id,
        "language": ["id", "en"],
        "landingPage": url(entry.page),
        "describedBy": url(f"/d/{entry.name}/csvw.json"),
        "describedByType": "application/csvm+json",
        "conformsTo": url(f"/d/{entry.name}/contract.yaml"),
        "references": [contact.page()],
        "distribution": [_distribution(entry, file) for file in entry.files],
    }
    if duration or entry.cadence == "irregular":
        document["accrualPeriodicity"] = f"R/{duration}" if duration else "irregular"
    if entry.covers:
        document["temporal"] = f"{entry.covers[0]}/{entry.covers[1]}"
    if entry.theme:
        document["theme"] = [THEMES[entry.theme][1].en]
    return document


def _distribution(entry: Entry, file: File) -> dict[str, Any]:
    form = FORMS[file.form]
    return {
        "@type": "dcat:Distribution",
        "title": form.name,
        "format": form.name,
        "mediaType": form.media_type,
        "downloadURL": url(file_of(entry.name, file.form)),
    }
