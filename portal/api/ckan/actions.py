"""The actions that show and list what there is: what each answers of a release, from the parameters
it was asked with. ``search`` finds, ``datastore`` gives rows, ``routes`` names them all.

There is no ``datastore_search_sql``: a public address that runs SQL is where peers were broken
into; ``/sql`` says how to query the files.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.city import municipality
from pipelines.release.release import Release
from portal.api.ckan.catalogue import catalogue
from portal.api.ckan.package import LICENCES, Package
from portal.api.ckan.parameters import ActionParameters, Refused, needed, text, whole, yes
from portal.http.address import url
from portal.metadata.terms import licence_url
from portal.words.say import say

VERSION = "2.12.0"
"""The CKAN whose Action API this is a part of."""
MOST = 10_000
"""How many names a list has at most."""


def status_show(release: Release | None, parameters: ActionParameters) -> dict[str, Any]:
    """Say which CKAN this answers like, the portal's title and address, and which tables could
    not be described.
    """
    return {
        "ckan_version": VERSION,
        "site_title": municipality().portal.id,
        "site_description": say("intro", "id"),
        "site_url": url(""),
        "locale_default": "id",
        "extensions": ["datastore"],
        "error_emails_to": None,
        "release": release.id if release else None,
        "left_out": list(catalogue(release).left_out),
    }


def site_read(release: Release | None, parameters: ActionParameters) -> bool:
    """Say that everybody may read."""
    return True


def package_list(release: Release | None, parameters: ActionParameters) -> list[str]:
    """Return the names of all packages, in their order. limit, offset: a page."""
    return _page(sorted(catalogue(release).packages), parameters)


def current_package_list_with_resources(
    release: Release | None, parameters: ActionParameters
) -> list[Package]:
    """Return all packages, in the order of their names. limit, offset: a page."""
    packages = catalogue(release).packages
    return [packages[name] for name in _page(sorted(packages), parameters)]


def package_show(release: Release | None, parameters: ActionParameters) -> Package:
    """Return one package. id: its id or name."""
    package = catalogue(release).package(needed(parameters, "id"))
    if package is None:
        raise Refused(
            "not found",
            "Not found: there is no such open dataset or indicator; package_list has their names",
        )
    return package


def resource_show(release: Release | None, parameters: ActionParameters) -> dict[str, Any]:
    """Return one resource. id: its id."""
    resource = catalogue(release).resource(needed(parameters, "id"))
    if resource is None:
        raise Refused(
            "not found", "Not found: there is no such resource; package_show has those of a dataset"
        )
    return resource


def organization_list(release: Release | None, parameters: ActionParameters) -> list[Any]:
    """Return the names of the agencies that publish. all_fields: all of each; limit, offset: a
    page.
    """
    return _listed(catalogue(release).organizations, parameters)


def organization_show(release: Release | None, parameters: ActionParameters) -> dict[str, Any]:
    """Return one agency. id: its id or name; include_datasets: with its packages."""
    return _shown(
        release,
        catalogue(release).organizations,
        parameters,
        lambda package: [package["organization"]["name"]],
    )


def group_list(release: Release | None, parameters: ActionParameters) -> list[Any]:
    """Return the names of the six dimensions. all_fields: all of each; limit, offset: a page."""
    return _listed(catalogue(release).groups, parameters)


def group_show(release: Release | None, parameters: ActionParameters) -> dict[str, Any]:
    """Return one dimension. id: its id or name; include_datasets: with its packages."""
    return _shown(
        release,
        catalogue(release).groups,
        parameters,
        lambda package: [group["name"] for group in package["groups"]],
    )


def tag_list(release: Release | None, parameters: ActionParameters) -> list[Any]:
    """Return the keywords. query: those that hold it; all_fields: all of each."""
    tags = {
        tag["name"]: tag
        for package in catalogue(release).packages.values()
        for tag in package["tags"]
    }
    wanted = text(parameters, "query").casefold()
    return _listed(
        {name: tag for name, tag in tags.items() if wanted in name.casefold()}, parameters
    )


def license_list(release: Release | None, parameters: ActionParameters) -> list[dict[str, str]]:
    """Return the licences packages are under."""
    used = dict.fromkeys(package["license_id"] for package in catalogue(release).packages.values())
    return [
        {
            "id": licence,
            "title": LICENCES.get(licence, licence),
            "url": licence_url(licence),
            "status": "active",
            "od_conformance": _conformance(licence),
        }
        for licence in used
    ]


def _conformance(licence: str) -> str:
    return "approved" if licence in LICENCES else "not reviewed"


def _page(names: list[Any], parameters: ActionParameters) -> list[Any]:
    start = whole(parameters, "offset", 0, MOST)
    return names[start : start + whole(parameters, "limit", MOST, MOST)]


def _listed(described: Mapping[str, dict[str, Any]], parameters: ActionParameters) -> list[Any]:
    names = _page(sorted(described), parameters)
    return [described[name] for name in names] if yes(parameters, "all_fields") else names


def _shown(
    release: Release | None,
    described: Mapping[str, dict[str, Any]],
    parameters: ActionParameters,
    names: Callable[[Package], list[str]],
) -> dict[str, Any]:
    wanted = needed(parameters, "id")
    shown = described.get(wanted) or next(
        (item for item in described.values() if item["id"] == wanted), None
    )
    if shown is None:
        raise Refused(
            "not found",
            "Not found: there is none of this id or name; the action that lists them has their"
            " names",
        )
    own = (
        [
            package
            for package in catalogue(release).packages.values()
            if shown["name"] in names(package)
        ]
        if yes(parameters, "include_datasets")
        else []
    )
    return {**shown, "packages": own, "extras": [], "tags": [], "users": [], "groups": []}
