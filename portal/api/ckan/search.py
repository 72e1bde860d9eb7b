"""Finding packages and resources as ``package_search`` and ``resource_search`` do: words,
conditions, order, pages and counts by facet.
"""

import re
from collections import Counter
from typing import Any

from pipelines.release.release import Release
from portal.api.ckan.package import Catalogue, Package, catalogue, slug
from portal.api.ckan.parameters import ActionParameters, Refused, several, text, whole, yes
from portal.api.ckan.query import DATED, FIELDS, conditions, refused, words_and_conditions
from portal.data.search import search as ranked

ROWS, MOST_ROWS, FACETS, DEEPEST = 10, 1000, 50, 1_000_000
MOST_LISTED, MOST_ORDERS = 20, 10
"""How many conditions or queries a list has at most, and how many parts an order."""
ORDER = "score desc, metadata_modified desc"
ORDERS = ("score", "id", "name", "title", "title_string", *DATED)
RESOURCE_FIELDS = ("id", "name", "description", "format", "mimetype", "url", "hash")


def search(release: Release | None, parameters: ActionParameters) -> dict[str, Any]:
    """Return how many packages there are, one page of them in one order, and of all of them
    counts by facet.
    """
    known = catalogue(release)
    words, condition = words_and_conditions(text(parameters, "q"))
    narrowed = conditions([text(parameters, "fq"), *several(parameters, "fq_list", MOST_LISTED)])
    found = [each for each in _named(release, known, words) if condition(each) and narrowed(each)]
    order = text(parameters, "sort") or ORDER
    found = _ordered(found, order)
    start, rows = whole(parameters, "start", 0, DEEPEST), whole(parameters, "rows", ROWS, MOST_ROWS)
    facets = _facets(found, parameters) if yes(parameters, "facet", True) else {}
    titled = {
        field: {"title": field, "items": _items(known, field, counts)}
        for field, counts in facets.items()
    }
    return {
        "count": len(found),
        "sort": order,
        "results": found[start : start + rows],
        "facets": facets,
        "search_facets": titled,
    }


def search_resources(known: Catalogue, parameters: ActionParameters) -> dict[str, Any]:
    """Return the resources whose fields hold the words of every ``field:word``; of a hash, its
    beginning.
    """
    found = [resource for package in known.packages.values() for resource in package["resources"]]
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
        found = [
            each
            for each in found
            if (
                each[field].startswith(word)
                if field == "hash"
                else word in str(each[field]).casefold()
            )
        ]
    start = whole(parameters, "offset", 0, DEEPEST)
    return {
        "count": len(found),
        "results": found[start : start + whole(parameters, "limit", MOST_ROWS, MOST_ROWS)],
    }


def _named(release: Release | None, known: Catalogue, words: str) -> list[Package]:
    """Return the packages that have all words, best first; all of them when there are no words."""
    if release is None or not words:
        return list(known.packages.values())
    return [
        known.packages[slug(hit.name)]
        for hit in ranked(release, words)
        if slug(hit.name) in known.packages
    ]


def _ordered(found: list[Package], order: str) -> list[Package]:
    """Return packages, given best first, in an order such as ``title asc, score desc``; those
    alike by id, so that pages never overlap.
    """
    parts = [each.strip().lower() for each in order.split(",")]
    if len(parts) > MOST_ORDERS:
        raise refused(order, f"sort has {MOST_ORDERS} parts at most")
    places = {each["id"]: -place for place, each in enumerate(found)}
    found = sorted(found, key=lambda each: each["id"])
    for each in reversed(parts):
        key = re.fullmatch(r"(\w+)(?:\s+(asc|desc))?", each)
        if key is None or key[1] not in ORDERS:
            raise refused(
                order, f"sort is of {', '.join(ORDERS)}, each with asc or desc, between commas"
            )
        column = key[1].removesuffix("_string")
        values = (
            places if column == "score" else {package["id"]: package[column] for package in found}
        )
        found.sort(
            key=lambda package, values=values: values[package["id"]], reverse=key[2] == "desc"
        )
    return found


def _facets(found: list[Package], parameters: ActionParameters) -> dict[str, dict[str, int]]:
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
        counts = Counter(value for each in found for value in FIELDS[field](each))
        ranked = sorted(
            (each for each in counts.items() if each[1] >= least),
            key=lambda each: (-each[1], each[0]),
        )
        facets[field] = dict(ranked if limit < 0 else ranked[:limit])
    return facets


def _items(known: Catalogue, field: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    titled = {"organization": known.organizations, "groups": known.groups}.get(field, {})
    return [
        {
            "name": name,
            "display_name": titled[name]["title"] if name in titled else name,
            "count": count,
        }
        for name, count in counts.items()
    ]
