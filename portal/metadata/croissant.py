"""One table as Croissant 1.1 (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html),
so that machine-learning tools load its rows.

Every file stands with its SHA-256; the rows are read from the Parquet file, which keeps the types.
``CONTEXT`` is the specification's own.
"""

from typing import Any

from pipelines.files.export import FORMS
from pipelines.files.index import File
from pipelines.files.table import Field
from portal.data.entry import Entry
from portal.http.address import file_of, url
from portal.metadata.terms import TYPES, licence_url
from portal.metadata.wording import description, keywords

VERSION = "http://mlcommons.org/croissant/1.1"
_TERMS = (
    "arrayShape",
    "citeAs",
    "column",
    "containedIn",
    "equivalentProperty",
    "extract",
    "field",
    "fileProperty",
    "fileObject",
    "fileSet",
    "format",
    "includes",
    "isArray",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "separator",
    "source",
    "subField",
    "transform",
)
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "description": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _TERMS},
}


def dataset(entry: Entry) -> dict[str, Any]:
    """Return one table with its files and one record set named ``rows``."""
    publisher = {"@type": "sc:Organization", "name": {"id": entry.publisher}}
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "@id": url(entry.page),
        "conformsTo": VERSION,
        "name": {"id": entry.title.id, "en": entry.title.en},
        "description": {"id": description(entry, "id"), "en": description(entry, "en")},
        "identifier": str(entry.id),
        "url": url(entry.page),
        "license": licence_url(entry.licence),
        "creator": publisher,
        "publisher": publisher,
        "datePublished": entry.published.issued,
        "dateModified": entry.published.modified,
        "version": entry.version if entry.contract else f"0.0.0+{entry.version}",
        "keywords": [*entry.keywords, *keywords(entry, "id"), *keywords(entry, "en")],
        "inLanguage": ["id", "en"],
        "citeAs": f"{entry.publisher}. {entry.title.id}. {url(entry.page)}",
        "distribution": [_file(entry, file) for file in entry.files],
        "recordSet": [_rows(entry)],
    }


def _file(entry: Entry, file: File) -> dict[str, Any]:
    form = FORMS[file.form]
    return {
        "@type": "cr:FileObject",
        "@id": file.form,
        "name": form.name,
        "contentUrl": url(file_of(entry.name, file.form)),
        "contentSize": f"{file.bytes} B",
        "encodingFormat": (
            "application/x-parquet" if form.media_type.endswith("parquet") else form.media_type
        ),
        "sha256": file.sha256,
    }


def _rows(entry: Entry) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "rows",
        "name": {"id": entry.title.id, "en": entry.title.en},
        "description": {"id": entry.grain.id, "en": entry.grain.en},
        "key": [{"@id": f"rows/{name}"} for name in entry.key],
        "field": [_field(field) for field in entry.fields],
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"rows/{field.name}",
        "name": {"id": field.name},
        "description": {"id": field.meaning.id, "en": field.meaning.en},
        "dataType": f"sc:{TYPES[field.type].schema_org}",
        "source": {"fileObject": {"@id": "parquet"}, "extract": {"column": field.name}},
    }
