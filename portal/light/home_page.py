"""The first page: what this is, every dimension with the last good value of its indicators, the
search, what is withheld.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.city import municipality
from pipelines.release.release import Release
from portal.data.facets import listed
from portal.http.address import url
from portal.light.endpoint import endpoint
from portal.light.page import lang_of, page
from portal.light.parts import dimensions, withheld
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


ROUTES: list[BaseRoute] = [
    Route("/", endpoint(home)),
]
