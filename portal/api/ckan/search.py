"""Finding packages and resources as ``package_search`` and ``resource_search`` do: words,
conditions, order, pages and counts by facet.
"""

import re
from collections import Counter
from typing import Any

from pipelines.release.release import Release
from portal.api.ckan.catalogue import Catalogue, catalogue
from portal.api.ckan.package import Package, slug
from portal.api.ckan.parameters import ActionParameters, Refused, several, text, whole, yes
from portal.api.ckan.query import DATED, FIELDS, conditions, refused, words_and_conditions
from portal.data.search import search as ranked

ROWS, MOST_ROWS, FACETS, DEEPEST = 10, 1000, 50, 1_000_000
MOST_LISTED, MOST_ORDERS = 20, 10
"""How many conditions or queries a list has at most, and how many parts an order."""
ORDER = "score desc, metadata_modified desc"
ORDERS = ("score", "id", "name", "title", "title_string", *DATED)
RESOURCE_FIELDS = ("id", "name", "description", "format", "mimetype", "url", "hash")


def package_search(release: Release | None, parameters: ActionParameters) -> dict[str, Any]:
    """Find packages. q: words; fq: conditions; sort; rows (10, at most 1000) and start: a page;
    facet.field, facet.limit, facet.mincount: counts.
    """
    catalogued = catalogue(release)
    words, condition = words_and_conditions(text(parameters, "q"))
    narrowed = conditions([text(parameters, "fq"), *several(parameters, "fq_list", MOST_LISTED)])
    packages = [
        package
        for package in _named(release, catalogued, words)
        if condition(package) and narrowed(package)
    ]
    order = text(parameters, "sort") or ORDER
    packages = _ordered(packages, order)
    start, rows = whole(parameters, "start", 0, DEEPEST), whole(parameters, "rows", ROWS, MOST_ROWS)
    facets = _facets(packages, parameters) if yes(parameters, "facet", True) else {}
    titled = {
        field: {"title": field, "items": _items(catalogued, field, counts)}
        for field, counts in facets.items()
    }
    return {
        "count": len(packages),
        "sort": order,
        "results": packages[start : start + rows],
        "facets": facets,
        "search_facets": titled,
    }


def resource_search(release: Release | None, parameters: ActionParameters) -> dict[str, Any]:
    """Find resources. query: field:word, or a list of them; limit, offset: a page."""
    packages = catalogue(release).packages
    resources = [resource for package in packages.values() for resource in package["resources"]]
    queries = several(parameters, "query", MOST_LISTED)
    if not queries:
        raise Refused("invalid", "Missing value: query is field:word, or a list of them", "query")
    for query in queries:
        field, _, word = query.partition(":")
        if field not in RESOURCE_FIELDS:
            raise Refused(
                "invalid",
                f"query is field:word, and its field one of {', '.join(RESOURCE_FIELDS)}",
                "query",
            )
        word = word.casefold()
        resources = [
            candidate
            for candidate in resources
            if (
                candidate[field].startswith(word)
                if field == "hash"
                else word in str(candidate[field]).casefold()
            )
        ]
    start = whole(parameters, "offset", 0, DEEPEST)
    return {
        "count": len(resources),
        "results": resources[start : start + whole(parameters, "limit", MOST_ROWS, MOST_ROWS)],
    }


def _named(release: Release | None, catalogued: Catalogue, words: str) -> list[Package]:
    """Return the packages that have all words, best first; all of them when there are no words."""
    if release is None or not words:
        return list(catalogued.packages.values())
    return [
        catalogued.packages[slug(hit.name)]
        for hit in ranked(release, words)
        if slug(hit.name) in catalogued.packages
    ]


def _ordered(packages: list[Package], order: str) -> list[Package]:
    """Return packages, given best first, in an order such as ``title asc, score desc``; those
    alike by id, so that pages never overlap.
    """
    parts = [part.strip().lower() for part in order.split(",")]
    if len(parts) > MOST_ORDERS:
        raise refused(order, f"sort has {MOST_ORDERS} parts at most")
    places = {package["id"]: -place for place, package in enumerate(packages)}
    packages = sorted(packages, key=lambda package: package["id"])
    for part in reversed(parts):
        key = re.fullmatch(r"(\w+)(?:\s+(asc|desc))?", part)
        if key is None or key[1] not in ORDERS:
            raise refused(
                order, f"sort is of {', '.join(ORDERS)}, each with asc or desc, between commas"
            )
        column = key[1].removesuffix("_string")
        values = (
            places
            if column == "score"
            else {package["id"]: package[column] for package in packages}
        )
        packages.sort(
            key=lambda package, values=values: values[package["id"]], reverse=key[2] == "desc"
        )
    return packages


def _facets(packages: list[Package], parameters: ActionParameters) -> dict[str, dict[str, int]]:
    """Return how many of the packages found have each value of each facet asked for, the most
    frequent first.
    """
    limit, least = (
        whole(parameters, "facet.limit", FACETS, least=-1),
        whole(parameters, "facet.mincount", 1),
    )
    facets = {}
    for field in several(parameters, "facet.field", len(FIELDS)):
        if field not in FIELDS:
            raise refused(field, f"facets are {', '.join(FIELDS)}")
        counts = Counter(value for package in packages for value in FIELDS[field](package))
        ranked = sorted(
            (count for count in counts.items() if count[1] >= least),
            key=lambda count: (-count[1], count[0]),
        )
        facets[field] = dict(ranked if limit < 0 else ranked[:limit])
    return facets


def _items(catalogued: Catalogue, field: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    titled = {"organization": catalogued.organizations, "groups": catalogued.groups}.get(field, {})
    return [
        {
            "name": name,
            "display_name": titled[name]["title"] if name in titled else name,
            "count": count,
        }
        for name, count in counts.items()
    ]
