"""Open tables as CKAN describes them: an entry is a package, its files are resources, publishers
are organisations, the six dimensions groups.

Names are CKAN's: ``application.dataset`` is ``application-dataset``, and back. Times are UTC
without an offset, as CKAN writes and compares them. All there are of a release: ``catalogue``.
"""

from datetime import UTC, datetime
from typing import Any

from pipelines.files.export import FORMS
from pipelines.files.index import File
from portal.data.entry import Entry
from portal.http.address import file_id, file_of, url, uuid
from portal.metadata.terms import licence_url
from portal.words.say import offered, pick, say

Package = dict[str, Any]
DATASTORE = "csv"
"""The form whose resource answers ``datastore_search``."""
LICENCES = {
    "CC-BY-4.0": "Creative Commons Attribution 4.0 International",
    "CC-BY-SA-4.0": "Creative Commons Attribution Share Alike 4.0 International",
    "CC0-1.0": "Creative Commons Zero 1.0 Universal",
    "ODbL-1.0": "Open Data Commons Open Database License 1.0",
}
"""Titles by SPDX id; another licence is called by its id."""


def slug(name: str) -> str:
    """Return a table's name as CKAN allows it, ``[a-z0-9_-]``."""
    return name.replace(".", "-", 1)


def name_of(ckan_name: str) -> str:
    """Return a table's own name from the one CKAN knows: own names have no hyphen and one dot."""
    return ckan_name.replace("-", ".", 1)


def time_of(text: str) -> str:
    """Return an ISO 8601 time as CKAN writes it: UTC, microseconds, no offset."""
    return (
        datetime.fromisoformat(text)
        .astimezone(UTC)
        .replace(tzinfo=None)
        .isoformat(timespec="microseconds")
    )


def package_of(entry: Entry) -> Package:
    """Return an entry as a package, all but its organisation, which needs the publisher's other
    packages.
    """
    resources = [
        _resource(entry, file)
        for file in sorted(entry.files, key=lambda resource: resource.form == DATASTORE)
    ]  # CSV last: see CONTRIBUTING's Decisions
    tags = [_tag(word) for word in dict.fromkeys(entry.keywords)]
    themes = [entry.theme] if entry.theme else []
    return {
        "id": str(entry.id),
        "name": slug(entry.name),
        "title": entry.title.id,
        "notes": _notes(entry, "id"),
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": entry.licence in LICENCES,
        "url": url(entry.page),
        "version": entry.version,
        "license_id": entry.licence,
        "license_title": LICENCES.get(entry.licence, entry.licence),
        "license_url": licence_url(entry.licence),
        "author": entry.publisher,
        "author_email": None,
        "maintainer": entry.publisher,
        "maintainer_email": None,
        "owner_org": organization_id(entry.publisher),
        "metadata_created": time_of(entry.published.issued),
        "metadata_modified": time_of(entry.published.modified),
        "resources": [resource | {"position": place} for place, resource in enumerate(resources)],
        "num_resources": len(resources),
        "tags": tags,
        "num_tags": len(tags),
        "groups": [group_of(theme) for theme in themes],
        "extras": _extras(entry),
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _notes(entry: Entry, lang: str) -> str:
    """Return what it is, what one row is, and what it must not be used for, in Markdown as
    CKAN's notes are.
    """
    sentences = [pick(entry.description, lang), f"{say('grain', lang)}: {pick(entry.grain, lang)}."]
    sentences += [f"{say('limits', lang)}: {pick(entry.limits, lang)}"] if entry.limits else []
    return "\n\n".join(sentences + ([say("synthetic", lang)] if entry.synthetic else []))


def _extras(entry: Entry) -> list[dict[str, str]]:
    first, last = entry.partitions or (None, None)
    extras = {
        "identifier": entry.name,
        "language": ",".join(offered()),
        "title_en": entry.title.en,
        "notes_en": _notes(entry, "en"),
        "kind": entry.kind,
        "frequency": entry.cadence,
        "information_class": entry.information_class,
        "synthetic": str(entry.synthetic).lower(),
        "release": entry.release,
        "rows": str(entry.published.rows),
        "temporal_start": first,
        "temporal_end": last,
        "sources": ",".join(entry.sources),
        "receipt": url(f"/receipts/{entry.name}.json"),
    }
    return [{"key": key, "value": value} for key, value in extras.items() if value]


def _resource(entry: Entry, file: File) -> dict[str, Any]:
    modified, form = time_of(entry.published.modified), FORMS[file.form]
    return {
        "id": str(file_id(entry.name, file.form)),
        "package_id": str(entry.id),
        "name": f"{form.name} · {entry.title.id}",
        "description": say("whole_table_as", "id", form.name),
        "format": form.file_type or form.name,
        "mimetype": form.media_type,
        "mimetype_inner": None,
        "size": file.bytes,
        "hash": file.sha256,
        "created": time_of(entry.published.issued),
        "last_modified": modified,
        "metadata_modified": modified,
        "url": url(file_of(entry.name, file.form)),
        "url_type": None,
        "resource_type": "file",
        "datastore_active": file.form == DATASTORE,
        "state": "active",
        "cache_url": None,
        "cache_last_updated": None,
    }


def _tag(word: str) -> dict[str, Any]:
    return {
        "id": str(uuid(f"tag/{word}")),
        "name": word,
        "display_name": word,
        "vocabulary_id": None,
        "state": "active",
    }


def group_of(dimension: str) -> dict[str, Any]:
    """Return a dimension as a group."""
    title = say(dimension, "id")
    return {
        "id": str(uuid(f"theme/{dimension}")),
        "name": dimension,
        "title": title,
        "display_name": title,
        "description": say(dimension, "en"),
        "image_display_url": "",
        "image_url": "",
        "type": "group",
        "is_organization": False,
        "state": "active",
        "approval_status": "approved",
    }


def organization_of(publisher: str, packages: list[Package]) -> dict[str, Any]:
    """Return a publisher as an organisation: created when it first published something, revised
    when something of it last changed.
    """
    words = "".join(
        letter if letter.isascii() and letter.isalnum() else " " for letter in publisher.lower()
    )
    revised = max(package["metadata_modified"] for package in packages)
    return {
        "id": organization_id(publisher),
        "name": "-".join(words.split()),
        "title": publisher,
        "display_name": publisher,
        "description": publisher,
        "created": min(package["metadata_created"] for package in packages),
        "state": "active",
        "image_url": "",
        "image_display_url": "",
        "is_organization": True,
        "type": "organization",
        "approval_status": "approved",
        "revision_id": str(uuid(f"{publisher}/{revised}")),
        "revision_timestamp": revised,
    }


def organization_id(publisher: str) -> str:
    """Return the id of a publisher, the same in every catalogue."""
    return str(uuid(publisher))
