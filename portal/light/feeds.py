"""Atom feeds (RFC 4287): an entry for every release in which a table changed; of all tables, of
one, of a dimension. An entry's id stays for ever.
"""

import re
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.city import municipality
from pipelines.contract.terms import DIMENSIONS
from pipelines.files.export import FORMS
from pipelines.release.release import Release
from portal.data.changes import Change, changes
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.data.release import current
from portal.http.address import file_of, url, uuid
from portal.http.answers import absent, answer
from portal.http.rate_limit import shared
from portal.light.endpoint import TABLE
from portal.light.page import lang_of, link
from portal.metadata.terms import licence_url
from portal.words.say import number, pick, say

ATOM = "http://www.w3.org/2005/Atom"
MOST = 100
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Letters that no XML may hold (XML 1.0, 2.2)."""

ElementTree.register_namespace("", ATOM)


def every(request: Request) -> Response:
    """Answer with the feed of all tables."""
    release = current()
    return (
        _feed(request, release, "/feeds/all.atom", _title(lang_of(request)), entries(release))
        if release
        else absent()
    )


def of_table(request: Request) -> Response:
    """Answer with the feed of one table, or 404."""
    release, name, lang = current(), request.path_params["name"], lang_of(request)
    entry = entries(release).get(name) if release else None
    if release is None or entry is None:
        return absent()
    return _feed(
        request,
        release,
        f"/feeds/d/{name}.atom",
        f"{say('feed_one', lang)}: {pick(entry.title, lang)}",
        {name: entry},
    )


def of_theme(request: Request) -> Response:
    """Answer with the feed of the tables of a dimension, or 404."""
    release, theme, lang = current(), request.path_params["theme"], lang_of(request)
    if release is None or theme not in DIMENSIONS:
        return absent()
    chosen = {name: entry for name, entry in entries(release).items() if entry.theme == theme}
    return _feed(
        request,
        release,
        f"/feeds/theme/{theme}.atom",
        f"{_title(lang)}: {say(theme, lang)}",
        chosen,
    )


def _feed(
    request: Request, release: Release, path: str, title: str, chosen: dict[str, Entry]
) -> Response:
    """Answer with the newest changes of the chosen tables; a feed without any is as old as the
    release.
    """
    lang = lang_of(request)
    chosen_changes = [change for change in changes(release) if change.name in chosen][:MOST]
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"xml:lang": lang})
    _text(feed, "id", uuid(path).urn)
    _text(feed, "title", title)
    _text(
        feed,
        "updated",
        chosen_changes[0].modified if chosen_changes else release.made_at.isoformat(),
    )
    _add(feed, "link", rel="self", type="application/atom+xml", href=url(link(path, lang)))
    _add(feed, "link", rel="alternate", type="text/html", href=url(link("/catalog", lang)))
    _author(feed, pick(municipality().portal, lang))
    _add(feed, "generator", uri=url("/")).text = "Lumbung"
    for changed in chosen_changes:
        _entry(feed, chosen[changed.name], changed, lang)
    content = ElementTree.tostring(feed, "utf-8", xml_declaration=True)
    return answer(request, content, "application/atom+xml; charset=utf-8")


def _entry(feed: ElementTree.Element, table: Entry, change: Change, lang: str) -> None:
    entry = _add(feed, "entry")
    _text(entry, "id", uuid(f"{table.name} {change.modified}").urn)
    _text(entry, "title", f"{pick(table.title, lang)} ({change.modified[:10]})")
    _text(entry, "updated", change.modified)
    _text(entry, "published", change.modified)
    _add(entry, "link", rel="alternate", type="text/html", href=url(link(table.page, lang)))
    for form, size in change.files.items():
        href = url(file_of(table.name, form, release=change.release))
        _add(
            entry, "link", rel="enclosure", type=FORMS[form].media_type, length=str(size), href=href
        )
    _add(entry, "link", rel="license", href=licence_url(table.licence))
    _author(entry, table.publisher)
    if table.theme:
        _add(entry, "category", term=table.theme, label=say(table.theme, lang))
    summary = say(
        "feed_change",
        lang,
        change.release,
        number(change.rows, lang),
        pick(table.description, lang),
    )
    _text(entry, "summary", summary + (f" {say('synthetic', lang)}" if table.synthetic else ""))


def _author(parent: ElementTree.Element, name: str) -> None:
    _text(_add(parent, "author"), "name", name)


def _add(parent: ElementTree.Element, name: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    _add(parent, name).text = _FORBIDDEN.sub("", text)


def _title(lang: str) -> str:
    return say("feed_all", lang, pick(municipality().name, lang))


ROUTES: list[BaseRoute] = shared(
    Route("/feeds/all.atom", every),
    Route(f"/feeds/d/{TABLE}.atom", of_table),
    Route("/feeds/theme/{theme}.atom", of_theme),
)
