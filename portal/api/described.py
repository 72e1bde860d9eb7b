"""What the API says of tables: the list of them, and of one its columns, files and addresses."""

from typing import Any

from pipelines.release.release import Release
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.http.address import file_of, url


def receipt_url(entry: Entry) -> str:
    """Return the address, for ever, of the receipt of a table of a release."""
    return url(f"/api/v1/tables/{entry.name}/receipt?release={entry.release}")


def tables(release: Release) -> dict[str, Any]:
    """Return the open tables of a release."""
    return {"release": release.id, "tables": [_short(entry) for entry in entries(release).values()]}


def table(release: Release, entry: Entry) -> dict[str, Any]:
    """Return what there is to know of one table."""
    return {
        **_short(entry),
        "release": release.id,
        "description": {"id": entry.description.id, "en": entry.description.en},
        "publisher": entry.publisher,
        "licence": entry.licence,
        "synthetic": entry.synthetic,
        "key": entry.key,
        "fields": [
            {
                "name": field.name,
                "type": field.type,
                "unit": field.unit,
                "meaning": {"id": field.meaning.id, "en": field.meaning.en},
                "required": field.required,
                "examples": [
                    value if isinstance(value, str | int | float | bool) else str(value)
                    for value in field.examples
                ],
            }
            for field in entry.fields
        ],
        "files": [
            {
                "form": file.form,
                "url": url(file_of(entry.name, file.form, release=release.id)),
                "bytes": file.bytes,
                "sha256": file.sha256,
            }
            for file in entry.files
        ],
    }


def _short(entry: Entry) -> dict[str, Any]:
    address = url(f"/api/v1/tables/{entry.name}")
    return {
        "name": entry.name,
        "title": {"id": entry.title.id, "en": entry.title.en},
        "rows": entry.published.rows,
        "modified": entry.published.modified,
        "links": {
            "self": address,
            "rows": f"{address}/rows",
            "aggregate": f"{address}/aggregate",
            "receipt": receipt_url(entry),
            "page": url(entry.page),
        },
    }
