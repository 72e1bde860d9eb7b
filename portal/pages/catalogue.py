"""Catalogue: every dataset of the city, by search word and facets; the state of the page lies in its address."""

import re

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pipelines.contract import UNDESCRIBED, Contract, Dataset
from pipelines.release import Release
from portal.blocks import link, some_of
from portal.data import tables
from portal.words.say import pick, say


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("catalogue", lang))
    every, aggregates = tables.datasets(release), tables.aggregates(release)
    word = st.text_input(say("search", lang), key="q", bind="query-params", placeholder=say("search_help", lang))
    places, states = st.columns(4), tables.states(release)
    chosen = {
        "dimension": _facet(places[0], "dimension", [contract.dimension for contract, _ in every], lang),
        "class": _facet(places[1], "class", [*(dataset.information_class for _, dataset in every), *(each.header["class"] for each in aggregates)], lang),
        "owner": _facet(places[2], "owner", [*(contract.owner for contract, _ in every), *(each.header["steward"] for each in aggregates)], lang),
        "state": _facet(places[3], "state", [states[contract.application] for contract, _ in every], lang),
    }
    found = [each for each in every if _matches(each, word, chosen, states)]
    marts = [each for each in aggregates if _mart_matches(each, word, chosen)]
    st.write(f"{say('found', lang)}: {len(found) + len(marts)}")
    if not found and not marts:
        st.info(say("nothing_found", lang))
    for contract, dataset in found:
        with st.container(border=True):
            st.subheader(link(pick(dataset.title, lang), "dataset", lang, id=dataset.id))
            st.write(pick(dataset.meaning, lang))
            told = [
                say(contract.dimension, lang),
                contract.owner,
                dataset.information_class,
                say(dataset.cadence, lang),
                say(states[contract.application], lang),
            ]
            marks = [say(mark, lang) for mark, holds in (("synthetic_mark", contract.synthetic), ("undescribed", contract.status in UNDESCRIBED)) if holds]
            st.caption(" · ".join([*told, *marks]))
    for each in marts:
        with st.container(border=True):
            st.subheader(link(each.header[f"title_{lang}"], "dataset", lang, id=each.id))
            st.caption(f"{say('aggregate', lang)} · {each.header['steward']} · {each.header['class']}")


def _facet(place: DeltaGenerator, name: str, values: list[str], lang: str) -> list[str]:
    """Offer the values of one facet with their counts."""
    spoken = name in ("dimension", "state")
    labels = {value: f"{say(value, lang) if spoken else value} ({values.count(value)})" for value in sorted(set(values))}
    return some_of(place, name, say(name, lang), labels, say("all", lang))


def _mart_matches(each: tables.Aggregate, word: str, chosen: dict[str, list[str]]) -> bool:
    facets = {"class": each.header["class"], "owner": each.header["steward"]}
    if any(values and facets.get(name) not in values for name, values in chosen.items()):
        return False
    texts = [each.name, *each.header.values(), *(text for words in each.columns.values() for text in (words.id, words.en)), *each.reads]
    return _says(texts, word)


def _says(texts: list[str], word: str) -> bool:
    """Whether every word asked for begins a word of the texts."""
    haystack = " ".join(texts).lower()
    return all(re.search(rf"(?<![^\W_]){re.escape(part)}", haystack) for part in word.lower().split())


def _matches(each: tuple[Contract, Dataset], word: str, chosen: dict[str, list[str]], states: dict[str, str]) -> bool:
    contract, dataset = each
    facets = {"dimension": contract.dimension, "class": dataset.information_class, "owner": contract.owner, "state": states[contract.application]}
    if any(values and facets[name] not in values for name, values in chosen.items()):
        return False
    texts = [dataset.id, contract.inventory_id or "", contract.owner, *contract.aliases, *contract.tags]
    texts += [text for part in (contract.title, dataset.title, dataset.meaning, contract.purpose) for text in (part.id, part.en)]
    texts += [text for column in dataset.columns for text in (column.name, column.meaning.id, column.meaning.en)]
    return _says(texts, word)
