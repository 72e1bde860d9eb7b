"""Home: what this is, where to search, the indicators of the six dimensions, what is withheld
and why, and how every system is doing.
"""

from collections import Counter
from functools import partial
from typing import Any

import streamlit as st

from pipelines.city import municipality
from pipelines.contract.model import Contract
from pipelines.contract.terms import DIMENSIONS
from pipelines.release.release import Release
from portal.data import gate, indicators, tables
from portal.explore.blocks import Markdown, link, table
from portal.explore.cards import card
from portal.explore.pages import catalogue
from portal.telling.findings import reasons
from portal.words.say import pick, say

MOST = 10
"""Withheld partitions shown here; the page of what is withheld has all."""


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(pick(municipality().portal, lang))
    st.write(say("intro", lang))
    _search(release, lang)
    withheld, states = gate.withheld(release), tables.states(release)
    sentence = ", ".join(
        f"{number} {say(state, lang)}" for state, number in Counter(states.values()).most_common()
    )
    systems = f"{say('systems', lang)}: {sentence}"
    st.markdown(
        f"{link(say('withheld_count', lang, len(withheld)), 'withheld', lang)} ·"
        f" {link(systems, 'quality', lang)}"
    )
    st.header(say("kpi", lang))
    _indicators(release, lang)
    st.header(say("withheld_why", lang))
    if withheld:
        table(
            [say("dataset", lang), say("partition", lang), say("reasons", lang)],
            [_withheld(release, row, lang) for row in withheld[:MOST]],
        )
        if len(withheld) > MOST:
            st.markdown(link(say("withheld_more", lang, len(withheld) - MOST), "withheld", lang))
    else:
        st.write(say("nothing_withheld", lang))
    st.header(say("fresh", lang))
    with st.expander(systems):
        table(
            [say("system", lang), say("state", lang), say("newest", lang), say("datasets", lang)],
            [
                _system(release, contract, states[contract.application], lang)
                for contract in release.contracts
            ],
        )


def _search(release: Release, lang: str) -> None:
    """Offer a search over everything, which goes on in the catalogue."""
    with st.form("search", border=False):
        word = st.text_input(say("search", lang), placeholder=say("search_help", lang))
        if st.form_submit_button(say("search", lang)) and word.strip():
            query = {"q": word.strip(), **({"lang": lang} if lang != "id" else {})}
            st.switch_page(
                st.Page(partial(catalogue.show, release, lang), url_path="catalogue"),
                query_params=query,
            )


def _indicators(release: Release, lang: str) -> None:
    """Draw the cards of each dimension under a tab of its own; the one that is open stands in
    the address.
    """
    kpis, latest = indicators.kpis(release), indicators.latest(release)
    cards = {name: [kpi for kpi in kpis if kpi.header.dimension == name] for name in DIMENSIONS}
    labels = {name: f"{say(name, lang)} ({len(cards[name])})" for name in DIMENSIONS if cards[name]}
    if not labels:
        return
    requested = st.query_params.get("dimension")
    tabs = st.tabs(
        list(labels.values()),
        default=labels.get(requested or ""),
        on_change="rerun",
        key=f"dimension-{lang}",
    )
    for (dimension, _), tab in zip(labels.items(), tabs, strict=True):
        with tab, st.container(horizontal=True):
            for kpi in cards[dimension]:
                card(release, kpi, latest.get(kpi.stem, ()), lang)
    opened = next(name for name, tab in zip(labels, tabs, strict=True) if tab.open)
    st.query_params["dimension"] = [] if opened == next(iter(labels)) else [opened]


def _system(release: Release, contract: Contract, state: str, lang: str) -> list[str]:
    """Return one system's line: its state, the newest partition that passed, its datasets."""
    passed = [
        row["partition"]
        for dataset in contract.datasets
        for row in gate.verdicts(release, dataset.id)
        if row["verdict"] == "passed"
    ]
    links = [
        link(pick(dataset.title, lang), "dataset", lang, id=dataset.id)
        for dataset in contract.datasets
    ]
    return [
        pick(contract.title, lang),
        say(state, lang),
        max(passed, default="–"),
        Markdown(" · ".join(links)),
    ]


def _withheld(release: Release, row: dict[str, Any], lang: str) -> list[str]:
    dataset = release.dataset(row["dataset"])
    name = (
        link(pick(dataset[1].title, lang), "dataset", lang, id=row["dataset"])
        if dataset
        else row["dataset"]
    )
    stays = (
        f"; {say('last_good', lang)}"
        if dataset and row["partition"] in tables.published(release, dataset[1])
        else ""
    )
    return [
        name,
        row["partition"],
        reasons(row["findings"], lang, dataset[1] if dataset else None) + stays,
    ]
