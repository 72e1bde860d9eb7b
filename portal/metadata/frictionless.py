"""One table as a Frictionless Data Package (https://specs.frictionlessdata.io, version 1, which its
tools read today).

The CSV is the resource with a schema; the other forms stand beside it as files. A date says no time
zone in version 1, times end in Z.
"""

from typing import Any

from pipelines.files.export import FORMS
from pipelines.files.index import File
from pipelines.files.table import Field
from portal.data.entry import Entry
from portal.http.address import file_of, url
from portal.metadata.constraints import FRICTIONLESS, constraints
from portal.metadata.terms import TYPES, licence_url
from portal.metadata.wording import description, keywords

PROFILE, RESOURCE_PROFILE = "data-package", "tabular-data-resource"
FORMATS = {"date": "%Y-%m-%d"}


def package(entry: Entry) -> dict[str, Any]:
    """Return one table as a data package; words in Indonesian, with the English title and column
    meanings beside.
    """
    return {
        "profile": PROFILE,
        "name": entry.name,
        "id": str(entry.id),
        "title": entry.title.id,
        "title_en": entry.title.en,
        "description": description(entry, "id"),
        "description_en": description(entry, "en"),
        "homepage": url(entry.page),
        "version": entry.version,
        "created": entry.published.issued,
        "modified": entry.published.modified,
        "keywords": [*entry.keywords, *keywords(entry, "id")],
        "licenses": [{"name": entry.licence, "path": licence_url(entry.licence)}],
        "contributors": [{"title": entry.publisher, "role": "publisher"}],
        "resources": [_resource(entry, file) for file in entry.files],
    }


def _resource(entry: Entry, file: File) -> dict[str, Any]:
    """Return one file as a resource: the CSV as a table, any other as a file."""
    form = FORMS[file.form]
    document: dict[str, Any] = {
        "name": f"{entry.name}.{file.form}".replace(".", "-"),
        "title": form.name,
        "path": url(file_of(entry.name, file.form)),
        "format": file.form.rpartition(".")[2],
        "mediatype": form.media_type,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }
    if file.form != "csv":
        return {**document, "type": "file"}
    schema = {
        "fields": [_field(field) for field in entry.fields],
        "missingValues": [""],
        **(
            {"primaryKey": list(entry.key)}
            if entry.has_full_key
            else {"uniqueKeys": [list(entry.key)]}
        ),
    }
    return {
        **document,
        "type": "table",
        "profile": RESOURCE_PROFILE,
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "header": True},
        "schema": schema,
    }


def _field(field: Field) -> dict[str, Any]:
    kind = TYPES[field.type].frictionless
    rules = ({"required": True} if field.required else {}) | constraints(field, FRICTIONLESS)
    described: dict[str, Any] = {
        "name": field.name,
        "type": kind,
        "description": field.meaning.id,
        "description_en": field.meaning.en,
    }
    if kind in FORMATS:
        described["format"] = FORMATS[kind]
    if field.unit:
        described["unit"] = field.unit
    return described | ({"constraints": rules} if rules else {})
