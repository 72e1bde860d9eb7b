"""The HTML that every Streamlit page begins with, in the page's language: what a search engine, a
screen reader and a browser without scripts see first.

Streamlit sends one file for every address: ``lang="en"``, the title "Streamlit" and 200. Here it
gets the language of ``?lang=``, the page's title, what the portal is, the address of the light page
that says the same, and 404 where there is no such page. ``shell.js`` keeps the language right
afterwards.
"""

import json
import re
from html import escape
from pathlib import Path
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.city import municipality
from portal.explore.sections import HOME, SECTIONS, light_page, title_of
from portal.http.address import url
from portal.words.say import offered, pick, say

SCRIPT, STYLE = (
    (Path(__file__).parent / f"shell.{kind}").read_text("utf-8") for kind in ("js", "css")
)
UNASKED = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
"""Request headers that speak of Streamlit's file, which is not what is sent."""
OURS = (b"content-length", b"etag", b"last-modified", b"accept-ranges")


class Shell:
    """Streamlit's app with its HTML rewritten; everything else of it passes as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        page = scope.get("path", "").removeprefix(scope.get("root_path", "")).strip("/")
        if scope["type"] != "http" or "/" in page or page.startswith("_"):
            await self.app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name not in UNASKED]
        query = parse_qs(scope["query_string"].decode("latin-1"))
        begun: Message = {}
        held = b""

        async def rewritten(message: Message) -> None:
            nonlocal begun, held
            if message["type"] == "http.response.start" and dict(message["headers"]).get(
                b"content-type", b""
            ).startswith(b"text/html"):
                begun = message
            elif not begun:
                await send(message)
            else:
                held += message.get("body", b"")
                if not message.get("more_body"):
                    content = (
                        document(held.decode(), page, query).encode()
                        if begun["status"] == 200
                        else held
                    )
                    is_known = not page or any(page in pages for pages in SECTIONS.values())
                    headers = [header for header in begun["headers"] if header[0] not in OURS]
                    sent = [*headers, (b"content-length", str(len(content)).encode())]
                    await send(
                        {**begun, "status": begun["status"] if is_known else 404, "headers": sent}
                    )
                    await send(
                        {
                            "type": "http.response.body",
                            "body": b"" if scope["method"] == "HEAD" else content,
                        }
                    )

        requested = (
            "GET" if scope["method"] == "HEAD" else scope["method"]
        )  # a HEAD is told the length of what a GET is sent
        await self.app({**scope, "headers": headers, "method": requested}, receive, rewritten)


def _colours() -> str:
    colours = municipality().colours
    return f":root{{--city-light:{colours.light};--city-dark:{colours.dark}}}"


def document(text: str, page: str, query: dict[str, list[str]]) -> str:
    """Return Streamlit's HTML as it is sent for ``page`` (empty for the start page) with the
    query of its address.
    """
    requested = query.get("lang", [""])[0]
    lang = requested if requested in offered() else offered()[0]
    light = light_page(page or HOME, query.get("id", [""])[0])
    spoken = "" if lang == offered()[0] else f"?lang={lang}"
    is_known = page not in ("", HOME) and any(page in pages for pages in SECTIONS.values())
    portal = pick(municipality().portal, lang)
    title = f"{title_of(page, lang)} · {portal}" if is_known else portal
    same = f'<link rel="canonical" href="{escape(url(light + spoken))}" />' if light else ""
    head = (
        f'<title>{escape(title)}</title><meta name="description"'
        f' content="{escape(say("intro", lang))}"'
        f" />{same}<style>{_colours()}{STYLE}</style><script>"
        f"{{const LANGUAGES = {json.dumps(offered())};{SCRIPT}}}</script>"
    )
    words = escape(say("without_scripts_page", lang))
    link = f'<a href="{escape((light or "/") + spoken)}">{words}</a>'
    noscript = f"<noscript><p>{escape(say('without_scripts', lang))} {link}</p></noscript>"
    text = re.sub(r"<html lang=\"[a-z]*\"", f'<html lang="{lang}"', text, count=1)
    text = re.sub(r"<title>[^<]*</title>", lambda _: head, text, count=1)
    text = re.sub(r"<noscript>.*?</noscript>", "", text, flags=re.DOTALL)
    return re.sub(r"<body[^>]*>", lambda match: match[0] + noscript, text, count=1)
