"""The first page: what this is, every dimension with the last good value of its indicators, the
search, what is withheld.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pipelines.city import municipality
from pipelines.contract.terms import DIMENSIONS
from pipelines.release.release import Release
from portal.data import gate, indicators, tables
from portal.data.listing import listed
from portal.http.address import url
from portal.light.page import lang_of, page
from portal.telling.figures import ended, headline, status
from portal.telling.findings import reasons
from portal.words.say import pick, say

MOST = 5
"""Withheld partitions on the first page."""


def home(request: Request, release: Release) -> Response:
    """Answer with the first page."""
    lang = lang_of(request)
    return page(
        request,
        release,
        "home.html",
        "/",
        pick(municipality().portal, lang),
        say("intro", lang),
        dimensions=dimensions(release, lang),
        counted=len(listed(release)),
        withheld=withheld(release, lang)[:MOST],
        schema=_schema(lang),
    )


def dimensions(release: Release, lang: str) -> list[dict[str, Any]]:
    """Return the dimensions with their indicators, each with its last good value, its period and
    its status.
    """
    kpis, latest = indicators.kpis(release), indicators.latest(release)
    return [
        {
            "key": dimension,
            "cards": [
                card(release, kpi, latest.get(kpi.name, ()), lang)
                for kpi in kpis
                if kpi.header.dimension == dimension
            ],
        }
        for dimension in DIMENSIONS
        if any(kpi.header.dimension == dimension for kpi in kpis)
    ]


def card(
    release: Release, kpi: indicators.Kpi, latest: tuple[dict[str, Any], ...], lang: str
) -> dict[str, Any]:
    """Return an indicator's name, its number and title, and what is told of it: in full, and in
    short, without the reasons of a value that is there.
    """
    over = ended(release, kpi, lang)
    *value, state = headline(kpi, latest[0], lang) if latest else ["–", "–", say("no_value", lang)]
    brief = status(kpi, latest[0], lang, is_short=True) if latest else state
    words, short = ([*value, "; ".join([standing, *over])] for standing in (state, brief))
    return {
        "name": kpi.name,
        "title": f"{kpi.header.number} {pick(kpi.header.title, lang)}",
        "told": words,
        "short": short,
    }


def withheld(release: Release, lang: str) -> list[dict[str, Any]]:
    """Return the partitions kept from the public, newest first, each with why, and whether an
    earlier good version stays.
    """
    partitions = []
    for row in gate.withheld(release):
        dataset = tables.find(release, row["dataset"])
        if dataset:
            stays = (
                f"; {say('last_good', lang)}"
                if row["partition"] in tables.published(release, dataset[1])
                else ""
            )
            partitions.append(
                {
                    "name": row["dataset"],
                    "title": dataset[1].title,
                    "partition": row["partition"],
                    "judged": f"{row['judged_at']:%Y-%m-%d %H:%M}",
                    "reasons": reasons(row["findings"], lang) + stays,
                }
            )
    return partitions


def _schema(lang: str) -> dict[str, Any]:
    """Return the portal as schema.org has data catalogues."""
    return {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "@id": url("/catalog"),
        "url": url("/"),
        "name": pick(municipality().portal, lang),
        "description": say("intro", lang),
        "inLanguage": ["id", "en"],
        "publisher": {
            "@type": "GovernmentOrganization",
            "name": pick(municipality().steward, lang),
        },
    }
