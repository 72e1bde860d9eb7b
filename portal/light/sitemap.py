"""What search engines are told: every page in both languages with the day it changed
(sitemaps.org), and where they need not look (RFC 9309).
"""

from collections.abc import Sequence
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.release.release import Release
from portal.data.entries import entries
from portal.data.release import current
from portal.http.address import url
from portal.http.answers import absent, answer
from portal.light.endpoint import is_page
from portal.light.page import link
from portal.words.say import offered

MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"


def sitemap(request: Request) -> Response:
    """Answer with every page of the current release."""
    release = current()
    if release is None:
        return absent()
    urlset = ElementTree.Element("urlset", {"xmlns": MAP, "xmlns:xhtml": XHTML})
    for path, changed in pages(request.app.routes, release).items():
        for lang in offered():
            element = ElementTree.SubElement(urlset, "url")
            ElementTree.SubElement(element, "loc").text = url(link(path, lang))
            ElementTree.SubElement(element, "lastmod").text = changed
            for other in offered():
                ElementTree.SubElement(
                    element,
                    "xhtml:link",
                    {"rel": "alternate", "hreflang": other, "href": url(link(path, other))},
                )
    return answer(
        request,
        ElementTree.tostring(urlset, "utf-8", xml_declaration=True),
        "application/xml; charset=utf-8",
    )


def pages(routes: Sequence[BaseRoute], release: Release) -> dict[str, str]:
    """Return every page that search engines should know, with when it last changed: those of
    ``routes`` that stand alone, and each dataset's and indicator's. A closed dataset's and one that
    stands alone are as old as the release.
    """
    now, open_entries = release.made_at.isoformat(), entries(release)
    alone = [route.path for route in routes if is_page(route) and not route.param_convertors]
    modified = dict.fromkeys(alone, now)
    modified |= {entry.page: entry.published.modified for entry in open_entries.values()}
    return modified | {
        f"/d/{dataset.id}": now for _, dataset in release.datasets if dataset.id not in open_entries
    }


def robots(request: Request) -> Response:
    """Answer with what crawlers may read: all but the API and the channel of the Streamlit
    pages.
    """
    lines = [
        "User-agent: *",
        "Disallow: /app/_stcore/",
        "Disallow: /api/",
        "",
        f"Sitemap: {url('/sitemap.xml')}",
        "",
    ]
    return answer(request, "\n".join(lines).encode(), "text/plain; charset=utf-8")


ROUTES: list[BaseRoute] = [
    Route("/sitemap.xml", sitemap),
    Route("/robots.txt", robots),
]
