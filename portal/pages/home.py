"""Home: what this is, the indicators, what is withheld and why, and how every system is doing."""

from typing import Any

import streamlit as st

from pipelines.contract import Contract
from pipelines.contract_terms import DIMENSIONS
from pipelines.release import Release
from portal.blocks import Markdown, link, table
from portal.data import gate, indicators, tables
from portal.pages.kpi import card
from portal.words.say import pick, reasons, say


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("portal", lang))
    st.write(say("intro", lang))
    st.header(say("kpi", lang))
    found, latest = indicators.kpis(release), indicators.latest(release)
    for dimension in DIMENSIONS:
        cards = [kpi for kpi in found if kpi.header["dimension"] == dimension]
        if cards:
            st.subheader(say(dimension, lang))
        for start in range(0, len(cards), 4):
            for place, kpi in zip(st.columns(4), cards[start : start + 4], strict=False):
                with place.container(border=True):
                    card(kpi, latest.get(kpi.name, ()), kpi.header[f"title_{lang}"], lang)
                    st.markdown(link(say("details", lang), "kpi", lang, id=kpi.name))
    st.header(say("withheld_why", lang))
    withheld = gate.withheld(release)
    if withheld:
        table([say("dataset", lang), say("partition", lang), say("reasons", lang)], [_withheld(release, row, lang) for row in withheld])
    else:
        st.write(say("nothing_withheld", lang))
    st.header(say("fresh", lang))
    states = tables.states(release)
    table(
        [say("system", lang), say("state", lang), say("newest", lang), say("datasets", lang)],
        [_system(release, contract, states[contract.application], lang) for contract in release.contracts],
    )


def _system(release: Release, contract: Contract, state: str, lang: str) -> list[str]:
    """Return one system's line: its state, the newest partition that passed, its datasets."""
    passed = [row["partition"] for dataset in contract.datasets for row in gate.verdicts(release, dataset.id) if row["verdict"] == "passed"]
    links = [link(pick(dataset.title, lang), "dataset", lang, id=dataset.id) for dataset in contract.datasets]
    return [pick(contract.title, lang), say(state, lang), max(passed, default="–"), Markdown(" · ".join(links))]


def _withheld(release: Release, row: dict[str, Any], lang: str) -> list[str]:
    found = tables.find(release, row["dataset"])
    name = link(pick(found[1].title, lang), "dataset", lang, id=row["dataset"]) if found else row["dataset"]
    stays = f"; {say('last_good', lang)}" if found and row["partition"] in tables.published(release, found[1]) else ""
    return [name, row["partition"], reasons(row["findings"], lang) + stays]
