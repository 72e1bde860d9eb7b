"""How a light page is made: its language, its addresses, its head. What a page says is
a module and a template of its own.

Everything is escaped, whatever a source wrote; there is no JavaScript and no style inside a page,
so the policy needs no exception.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from pipelines.city import municipality
from pipelines.release.release import Release
from portal.http.address import url
from portal.http.answers import answer
from portal.light.assets import icon, style
from portal.words.say import number, offered, pick, say

HTML = "text/html; charset=utf-8"
DESCRIPTION = 300
"""Letters of a description that search engines are given."""

PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.policies["json.dumps_kwargs"] = {"ensure_ascii": False}


def lang_of(request: Request) -> str:
    """Return the language asked for by ``lang``, Indonesian unless another there is."""
    requested = request.query_params.get("lang")
    return requested if requested in offered() else offered()[0]


def page_of(request: Request, most: int) -> int:
    """Return which page of ``most`` is asked for by ``page``, the first unless there is such a
    one.
    """
    requested = request.query_params.get("page", "")
    return (
        int(requested)
        if requested.isascii()
        and requested.isdigit()
        and len(requested) < 7
        and 1 <= int(requested) <= most
        else 1
    )


def slice_of(
    request: Request, rows: Sequence[Any], size: int
) -> tuple[Sequence[Any], dict[str, int]]:
    """Return the rows of the page asked for, and which page of how many it is."""
    pages = max(1, -(-len(rows) // size))
    page = page_of(request, pages)
    return rows[(page - 1) * size : page * size], {
        "page": page,
        "pages": pages,
        "first": (page - 1) * size + 1,
        "of": len(rows),
    }


def link(path: str, lang: str, query: Mapping[str, Any] | None = None) -> str:
    """Return a path of the portal in ``lang``, with its query."""
    parameters = {**(query or {}), **({"lang": lang} if lang != offered()[0] else {})}
    return f"{path}?{urlencode(parameters, doseq=True)}" if parameters else path


def page(
    request: Request,
    release: Release | None,
    template: str,
    path: str,
    title: str,
    description: str,
    query: Mapping[str, Any] | None = None,
    **facts: Any,
) -> Response:
    """Answer with a page; ``path`` and ``query`` are its address, whatever the request's is.
    ``facts`` are what its template needs.
    """
    lang = lang_of(request)
    content = PAGES.get_template(template).render(
        **_shared_context(release, lang),
        path=path,
        query=query or {},
        title=title,
        description=short(description),
        **facts,
    )
    return answer(request, content.encode(), HTML)


def refusal(
    request: Request,
    release: Release | None,
    status: int,
    key: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer that there is no such page, or not by this method: the same for every address, with
    a way on.
    """
    lang = lang_of(request)
    shared = _shared_context(release, lang)
    content = PAGES.get_template("refusal.html").render(
        **shared, path=None, query={}, title=say(key, lang), description=say(f"{key}.help", lang)
    )
    return Response(content, status, {"Cache-Control": "no-store", **(headers or {})}, HTML)


def short(text: str) -> str:
    """Return a text as long as a description in a page's head may be."""
    return text if len(text) <= DESCRIPTION else text[: DESCRIPTION - 1].rsplit(" ", 1)[0] + "…"


def _shared_context(release: Release | None, lang: str) -> dict[str, Any]:
    """Return what every template may use."""
    city = municipality()
    return {
        "lang": lang,
        "languages": offered(),
        "style": style(city).path,
        "icon": icon(city).path,
        "city": city,
        "release": release,
        "is_synthetic": (
            release is not None and any(contract.synthetic for contract in release.contracts)
        ),
        "say": lambda key, *fill: say(key, lang, *fill),
        "pick": lambda text: pick(text, lang),
        "number": lambda value, digits=0: number(value, lang, digits),
        "link": lambda path, **query: link(path, lang, query),
        "absolute": lambda path, language, query: url(link(path, language, query)),
        "url": url,
    }
