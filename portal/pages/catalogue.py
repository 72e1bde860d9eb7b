"""Catalogue: every dataset of the city, by search word and facets; the state of the page lies in its address."""

import streamlit as st

from pipelines.contract import Contract, Dataset
from pipelines.release import Release
from portal import data
from portal.blocks import link
from portal.words import pick, say


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("catalogue", lang))
    every = data.datasets(release)
    word = st.text_input(say("search", lang), key="q", bind="query-params", placeholder=say("search_help", lang))
    places = st.columns(3)
    chosen = {
        "dimension": _facet(places[0], "dimension", [contract.dimension for contract, _ in every], lang),
        "class": _facet(places[1], "class", [dataset.information_class for _, dataset in every], lang),
        "owner": _facet(places[2], "owner", [contract.owner for contract, _ in every], lang),
    }
    found = [each for each in every if _matches(each, word, chosen)]
    st.write(f"{say('found', lang)}: {len(found)}")
    if not found:
        st.info(say("nothing_found", lang))
    for contract, dataset in found:
        with st.container(border=True):
            st.subheader(link(pick(dataset.title, lang), "dataset", lang, id=dataset.id))
            st.write(pick(dataset.meaning, lang))
            st.caption(f"{say(contract.dimension, lang)} · {contract.owner} · {dataset.information_class} · {say(dataset.cadence, lang)}")


def _facet(place: st.delta_generator.DeltaGenerator, name: str, values: list[str], lang: str) -> list[str]:
    """Offer the values of one facet with their counts."""
    labels = {value: f"{say(value, lang) if name == 'dimension' else value} ({values.count(value)})" for value in sorted(set(values))}
    return place.multiselect(say(name, lang), list(labels), key=name, bind="query-params", format_func=labels.__getitem__, placeholder=say("all", lang))


def _matches(each: tuple[Contract, Dataset], word: str, chosen: dict[str, list[str]]) -> bool:
    contract, dataset = each
    facets = {"dimension": contract.dimension, "class": dataset.information_class, "owner": contract.owner}
    if any(values and facets[name] not in values for name, values in chosen.items()):
        return False
    texts = [dataset.id, contract.owner, *contract.aliases, *contract.tags]
    texts += [text for part in (contract.title, dataset.title, dataset.meaning, contract.purpose) for text in (part.id, part.en)]
    texts += [text for column in dataset.columns for text in (column.name, column.meaning.id, column.meaning.en)]
    haystack = " ".join(texts).lower()
    return all(each in haystack for each in word.lower().split())
