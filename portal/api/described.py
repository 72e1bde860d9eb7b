"""What the API says of tables: the list of them, and of one its columns, files and addresses."""

from typing import Any

from pipelines.release.release import Release
from portal.data.entry import Entry, entries
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
                "name": each.name,
                "type": each.type,
                "unit": each.unit,
                "meaning": {"id": each.meaning.id, "en": each.meaning.en},
                "required": each.required,
                "examples": [
                    value if isinstance(value, str | int | float | bool) else str(value)
                    for value in each.examples
                ],
            }
            for each in entry.fields
        ],
        "files": [
            {
                "form": each.form,
                "url": url(file_of(entry.name, each.form, release=release.id)),
                "bytes": each.bytes,
                "sha256": each.sha256,
            }
            for each in entry.files
        ],
    }


def _short(entry: Entry) -> dict[str, Any]:
    here = url(f"/api/v1/tables/{entry.name}")
    return {
        "name": entry.name,
        "title": {"id": entry.title.id, "en": entry.title.en},
        "rows": entry.published.rows,
        "modified": entry.published.modified,
        "links": {
            "self": here,
            "rows": f"{here}/rows",
            "aggregate": f"{here}/aggregate",
            "receipt": receipt_url(entry),
            "page": url(entry.page),
        },
    }
