"""A table as schema.org/Dataset in JSON-LD, as search engines read it in its light page.

What they ask for: https://developers.google.com/search/docs/appearance/structured-data/dataset.
``dataset`` gives plain values, ready for ``json.dumps``.
"""

from dataclasses import astuple
from typing import Any

from pipelines.city import municipality
from pipelines.files.export import FORMS
from pipelines.files.index import File
from pipelines.files.table import Field
from portal.data.entry import Entry
from portal.http.address import file_of, url
from portal.metadata.terms import licence_url
from portal.metadata.wording import description, keywords
from portal.words.say import pick


def dataset(entry: Entry, lang: str = "id") -> dict[str, Any]:
    """Return a table as a schema.org Dataset, its words in ``lang``; units are UCUM codes or
    IDR.
    """
    publisher = {"@type": "GovernmentOrganization", "name": entry.publisher}
    document: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": url(entry.page),
        "url": url(entry.page),
        "identifier": [entry.name, entry.id.urn],
        "name": pick(entry.title, lang),
        "alternateName": pick(entry.title, "en" if lang == "id" else "id"),
        "description": description(entry, lang),
        "inLanguage": ["id", "en"],
        "keywords": [*entry.keywords, *keywords(entry, lang)],
        "license": licence_url(entry.licence),
        "isAccessibleForFree": True,
        "creator": publisher,
        "publisher": publisher,
        "datePublished": entry.published.issued,
        "dateModified": entry.published.modified,
        "version": entry.version,
        "spatialCoverage": _place(),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": pick(municipality().portal, lang),
            "url": url("/catalog"),
        },
        "variableMeasured": [_variable(field, lang) for field in entry.fields],
        "distribution": [_download(entry, file) for file in entry.files],
    }
    return document | (
        {"temporalCoverage": f"{entry.covers[0]}/{entry.covers[1]}"} if entry.covers else {}
    )


def _place() -> dict[str, Any]:
    city = municipality()
    south, west, north, east = astuple(city.box)
    code = {"@type": "PropertyValue", "propertyID": "Kemendagri", "value": city.code}
    shape = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
    return {
        "@type": "Place",
        "@id": city.geonames,
        "name": city.name.id,
        "identifier": code,
        "geo": shape,
    }


def _variable(field: Field, lang: str) -> dict[str, Any]:
    unit = {"unitText": field.unit} if field.unit else {}
    return {
        "@type": "PropertyValue",
        "name": field.name,
        "description": pick(field.meaning, lang),
        **unit,
    }


def _download(entry: Entry, file: File) -> dict[str, Any]:
    form = FORMS[file.form]
    return {
        "@type": "DataDownload",
        "name": form.name,
        "encodingFormat": form.media_type,
        "contentUrl": url(file_of(entry.name, file.form)),
        "contentSize": f"{file.bytes} B",
        "sha256": file.sha256,
        "dateModified": entry.published.modified,
    }
