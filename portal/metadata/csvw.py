"""One table's CSV as CSV on the Web describes it (https://www.w3.org/TR/tabular-metadata/): how
it is written, each column's type, limits and meaning.
"""

from typing import Any

from pipelines.files.table import Field
from portal.data.entry import Entry
from portal.http.address import file_of, url
from portal.metadata.constraints import CSVW, constraints
from portal.metadata.terms import TYPES, licence_url
from portal.metadata.wording import description

DIALECT = {
    "commentPrefix": None,
    "delimiter": ",",
    "doubleQuote": True,
    "encoding": "utf-8",
    "header": True,
    "lineTerminators": ["\n", "\r\n"],
    "quoteChar": '"',
}
FORMATS = {
    "timestamp": "yyyy-MM-ddTHH:mm:ss.SSSSSSX",
    "date": "yyyy-MM-dd",
    "boolean": "true|false",
}


def table(entry: Entry, release: str | None = None) -> dict[str, Any]:
    """Return the description of a table's CSV, of the current release or for ever of
    ``release``.
    """
    file = next(candidate for candidate in entry.files if candidate.form == "csv")
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "id"}],
        "url": url(file_of(entry.name, "csv", release=release)),
        "dialect": DIALECT,
        "dc:identifier": str(entry.id),
        "dc:title": _both(entry.title.id, entry.title.en),
        "dc:description": _both(description(entry, "id"), description(entry, "en")),
        "dc:publisher": entry.publisher,
        "dc:license": {"@id": licence_url(entry.licence)},
        "dc:modified": {"@value": entry.published.modified, "@type": "xsd:dateTime"},
        "dcat:byteSize": file.bytes,
        "spdx:checksum": {"spdx:algorithm": "sha256", "spdx:checksumValue": file.sha256},
        "tableSchema": {
            "columns": [_column(field) for field in entry.fields],
            "primaryKey": list(entry.key),
        },
    }


def _column(field: Field) -> dict[str, Any]:
    base = TYPES[field.type].csvw
    datatype = {
        "base": base,
        **({"format": FORMATS[field.type]} if field.type in FORMATS else {}),
        **constraints(field, CSVW),
    }
    document = {
        "name": field.name,
        "titles": field.name,
        "datatype": datatype,
        "dc:description": _both(field.meaning.id, field.meaning.en),
    }
    if field.unit:
        document["schema:unitCode"] = field.unit
    return document | ({"required": True} if field.required else {})


def _both(indonesian: str, english: str) -> list[dict[str, str]]:
    return [{"@value": indonesian, "@language": "id"}, {"@value": english, "@language": "en"}]
