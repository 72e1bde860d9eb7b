"""Catalogue: every dataset, aggregate and indicator, by search words and facets; the state of
the page lies in its address.
"""

import streamlit as st

from pipelines.markdowntext import ESCAPED
from pipelines.release.release import Release
from portal.data.facets import FACETS, Listed, counts, known_values, listed
from portal.data.search import search, suggest
from portal.explore.blocks import link, several, some_of
from portal.words.say import pick, say

PAGE = 20
"""Results on one page."""
PREFIXED = {"class": "class.", "kind": "table.", "has": "has.", "dimension": "", "state": ""}
"""Facets whose values are words of ours, and how their keys begin."""


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("catalogue", lang))
    text = st.text_input(
        say("search", lang), key="q", bind="query-params", placeholder=say("search_help", lang)
    )
    every = listed(release)
    hits = [every[hit.name] for hit in search(release, text) if hit.name in every]
    chosen = _facets(list(every.values()), hits, lang)
    shown = [item for item in hits if item.is_among(chosen)]
    st.header(f"{say('found', lang)}: {len(shown)}")
    if not shown:
        _help(release, text, hits, lang)
        return
    for item in shown[_page(len(shown), lang)]:
        _card(item, lang)


def value(facet: str, name: str, lang: str) -> str:
    """Return the value of a facet as a reader calls it."""
    return say(PREFIXED[facet] + name, lang) if facet in PREFIXED else name


def _facets(every: list[Listed], hits: list[Listed], lang: str) -> dict[str, list[str]]:
    """Let the visitor choose in every facet; each value says how many it would leave of what is
    searched and chosen elsewhere.
    """
    chosen = known_values(every, {facet: several(facet) for facet in FACETS})
    places = [*st.columns(3), *st.columns(3)]
    for place, facet in zip(places, FACETS, strict=True):
        labels = {
            name: f"{value(facet, name, lang)} ({count})"
            for name, count in counts(hits, chosen, facet).items()
        }
        chosen[facet] = some_of(place, facet, say(facet, lang), labels, say("all", lang))
    return chosen


def _page(count: int, lang: str) -> slice:
    """Let the visitor turn pages where there are several, and return which results this one has."""
    pages = -(-count // PAGE)
    if pages == 1:
        return slice(PAGE)
    if not 1 <= st.session_state.get("page", 1) <= pages:
        st.session_state["page"] = 1
    page = st.pagination(pages, key="page", bind="query-params")
    st.caption(say("shown_of", lang, (page - 1) * PAGE + 1, min(page * PAGE, count), count))
    return slice((page - 1) * PAGE, page * PAGE)


def _card(item: Listed, lang: str) -> None:
    """Draw one result: what it is, whose, how fresh and under which licence, and whether its
    records are made up.
    """
    page = (
        ("kpi", item.table.name.partition(".")[2])
        if item.values["kind"] == ("kpi",)
        else ("dataset", item.table.name)
    )
    with st.container(border=True):
        st.subheader(link(pick(item.table.title, lang), page[0], lang, id=page[1]), anchor=False)
        if pick(item.table.description, lang) != pick(item.table.title, lang):
            st.text(pick(item.table.description, lang))
        facts = [
            value(facet, name, lang)
            for facet in ("kind", "dimension", "class", "state")
            for name in item.values[facet]
        ]
        terms = [
            say(item.table.cadence, lang),
            *(
                [say("newest_is", lang, item.fresh.newest)]
                if item.fresh and item.fresh.newest
                else []
            ),
        ]
        terms += [say(f"standing.{item.fresh.state}", lang)] if item.fresh else []
        terms += [item.table.licence if item.is_open else say("closed_rows", lang)]
        terms += [
            say(mark, lang)
            for mark, holds in (
                ("synthetic_mark", item.table.synthetic),
                ("undescribed", not item.is_described),
            )
            if holds
        ]
        st.caption(
            "  \n".join(
                " · ".join(texts).translate(ESCAPED)
                for texts in ([*facts, *item.values["owner"]], terms)
            )
        )


def _help(release: Release, text: str, hits: list[Listed], lang: str) -> None:
    """Say what else may be asked: without the filters, with words that do occur, or one of the
    themes.
    """
    st.info(say("nothing_found", lang))
    if hits:
        st.markdown(link(say("without_filters", lang, len(hits)), "catalogue", lang, q=text))
    help = suggest(release, text)
    if help.searches:
        st.markdown(
            f"{say('near', lang)}:"
            f" {', '.join(link(words, 'catalogue', lang, q=words) for words in help.searches)}"
        )
    themes = [pick(theme, lang) for theme in help.themes]
    st.markdown(
        f"{say('themes', lang)}:"
        f" {', '.join(link(theme, 'catalogue', lang, q=theme) for theme in themes)}"
    )
