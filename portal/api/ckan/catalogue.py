"""All packages of a release with their organisations and groups, made once. What an entry lacks
costs that entry alone: it is left out, logged, and named by ``status_show``.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.contract.terms import DIMENSIONS
from pipelines.release.release import Release
from portal.api.ckan.package import Package, group_of, organization_of, package_of, slug
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.http.address import url

LOG = logging.getLogger("lumbung.ckan")


@dataclass(frozen=True)
class Catalogue:
    """All packages by name, organisations and groups by name, the entries they are made of, and
    the names of entries that could not be described.
    """

    packages: Mapping[str, Package]
    organizations: Mapping[str, dict[str, Any]]
    groups: Mapping[str, dict[str, Any]]
    entries: Mapping[str, Entry]
    left_out: tuple[str, ...]

    def package(self, wanted: str) -> Package | None:
        """Return the package whose id, CKAN name or own name is ``wanted``."""
        name = slug(wanted)
        return self.packages.get(name) or next(
            (package for package in self.packages.values() if package["id"] == wanted), None
        )

    def resource(self, wanted: str) -> dict[str, Any] | None:
        """Return the resource with an id."""
        return next(
            (
                resource
                for package in self.packages.values()
                for resource in package["resources"]
                if resource["id"] == wanted
            ),
            None,
        )


EMPTY = Catalogue({}, {}, {}, {}, ())
"""What there is before the first release."""


def catalogue(release: Release | None) -> Catalogue:
    """Return a release's open tables as CKAN describes them."""
    return _catalogue(release, url()) if release else EMPTY


@lru_cache(maxsize=4)
def _catalogue(release: Release, _: str) -> Catalogue:
    packages, described, left_out = {}, {}, []
    for name, entry in entries(release).items():
        try:
            packages[slug(name)] = package_of(entry)
            described[slug(name)] = entry
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            LOG.exception("%s cannot be described as a CKAN package and is left out", name)
            left_out.append(name)
    organizations = {}
    for publisher in dict.fromkeys(entry.publisher for entry in described.values()):
        own = [package for package in packages.values() if package["author"] == publisher]
        organization = organization_of(publisher, own)
        organizations[organization["name"]] = organization | {"package_count": len(own)}
        for package in own:
            package["organization"] = organization
    groups = {
        name: group_of(name)
        | {"package_count": sum(name == entry.theme for entry in described.values())}
        for name in DIMENSIONS
    }
    return Catalogue(packages, organizations, groups, described, tuple(left_out))
