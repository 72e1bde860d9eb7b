"""The catalogue: search and facets as links, twenty tables a page, and help where nothing is
found; all that is chosen stands in the address.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.release.release import Release
from portal.data.facets import FACETS, Listed, counts, known_values, listed
from portal.data.search import search, suggest
from portal.http.address import page_of
from portal.light.endpoint import endpoint
from portal.light.page import lang_of, link, page, slice_of
from portal.words.say import say

SIZE = 20
LONGEST = 200
"""Letters of a search that are read."""
PREFIXED = {"class": "class.", "kind": "table.", "has": "has.", "dimension": "", "state": ""}
"""Facets whose values are words of ours, and how their keys begin."""


def catalogue(request: Request, release: Release) -> Response:
    """Answer with a page of the catalogue."""
    lang, every = lang_of(request), listed(release)
    text = request.query_params.get("q", "").strip()[:LONGEST]
    hits = [every[hit.name] for hit in search(release, text) if hit.name in every]
    chosen = known_values(
        every.values(), {facet: request.query_params.getlist(facet) for facet in FACETS}
    )
    requested: dict[str, Any] = {
        **({"q": text} if text else {}),
        **{facet: values for facet, values in chosen.items() if values},
    }
    shown, at = slice_of(request, [item for item in hits if item.is_among(chosen)], SIZE)
    title = say("catalogue", lang)
    return page(
        request,
        release,
        "catalogue.html",
        "/catalog",
        title,
        say("catalogue_intro", lang),
        requested | ({"page": at["page"]} if at["page"] > 1 else {}),
        text=text,
        chosen=any(chosen.values()),
        facets=_facets(hits, chosen, requested, lang),
        without=link("/catalog", lang, {"q": text} if text else None),
        found=[_hit(item, lang) for item in shown],
        at=at,
        asked=requested,
        help=None if at["of"] else suggest(release, text),
    )


def _facets(
    hits: list[Listed], chosen: dict[str, list[str]], requested: dict[str, Any], lang: str
) -> list[dict[str, Any]]:
    """Return each facet's values with how many tables each would leave, and the link that
    chooses it or takes it back.
    """
    groups = []
    for facet in FACETS:
        entries = []
        for value, count in counts(hits, chosen, facet).items():
            is_chosen = value in chosen[facet]
            others = [other for other in chosen[facet] if other != value]
            query = {name: values for name, values in requested.items() if name != facet} | {
                facet: others if is_chosen else [*others, value]
            }
            entries.append(
                {
                    "title": value_of(facet, value, lang),
                    "count": count,
                    "chosen": is_chosen,
                    "href": link("/catalog", lang, query),
                }
            )
        if entries:
            groups.append({"key": facet, "entries": entries, "open": bool(chosen[facet])})
    return groups


def _hit(item: Listed, lang: str) -> dict[str, Any]:
    """Return what is told of a table that was found."""
    facts = [
        value_of(facet, value, lang)
        for facet in ("kind", "dimension", "class", "state")
        for value in item.values[facet]
    ]
    facts += [
        *item.values["owner"],
        say(item.table.cadence, lang),
        item.table.licence if item.is_open else say("closed_rows", lang),
    ]
    facts += [say(f"standing.{item.fresh.state}", lang)] if item.fresh else []
    facts += [
        say(mark, lang)
        for mark, holds in (
            ("synthetic_mark", item.table.synthetic),
            ("undescribed", not item.is_described),
        )
        if holds
    ]
    return {
        "path": page_of(item.table.name),
        "title": item.table.title,
        "description": item.table.description,
        "told": facts,
    }


def value_of(facet: str, name: str, lang: str) -> str:
    """Return the value of a facet as a reader calls it."""
    return say(PREFIXED[facet] + name, lang) if facet in PREFIXED else name


ROUTES: list[BaseRoute] = [
    Route("/catalog", endpoint(catalogue)),
]
