"""Dataset page: what it is, its files, views of it, maps, columns, verdicts, lineage, versions,
citation. ``/dataset?id=<application>.<dataset>``.

``id=mart.<name>`` is the page of an aggregate; ``part=chart`` shows the view in the address alone,
for another page to embed.
"""

import streamlit as st

from pipelines.city import municipality
from pipelines.contract.model import Contract, Dataset
from pipelines.models.model import Model
from pipelines.release.release import Release
from portal.data import tables
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.explore import lineage
from portal.explore.blocks import alone, link
from portal.explore.pages import aggregate
from portal.explore.pages.parts import about, build, changes, checks, maps, take
from portal.words.say import pick, say


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    requested = st.query_params.get("id")
    entry = entries(release).get(requested or "")
    marts = {mart.name: mart for mart in tables.marts(release)}
    dataset = release.dataset(requested) if requested else None
    if entry and entry.kind != "kpi" and st.query_params.get("part") == "chart":
        _embedded(release, entry, lang)
    elif requested in marts and entry:
        aggregate.show(release, marts[requested], entry, lang)
    elif dataset:
        _dataset(release, *dataset, entry, lang)
    else:
        _choose(release, marts, requested, lang)


def _dataset(
    release: Release, contract: Contract, dataset: Dataset, entry: Entry | None, lang: str
) -> None:
    st.title(pick(dataset.title, lang))
    st.text(pick(dataset.meaning, lang))
    about.notes(release, contract, dataset, lang)
    sections = {"dictionary", "history", "lineage"} | (
        {"download", "explore", "versions", "cite"} if entry else set()
    )
    about.contents(sections | ({"map"} if entry and maps.has_any(release, entry) else set()), lang)
    about.facts(release, contract, dataset, entry, lang)
    if entry:
        take.files(entry, lang)
        st.header(say("explore", lang), anchor="explore")
        with alone("explore", lang):
            build.show(release, entry, lang)
        with alone("map", lang):
            maps.show(release, entry, lang)
    about.dictionary(dataset, lang)
    with alone("quality", lang):
        checks.show(release, dataset, lang)
    with alone("lineage", lang):
        lineage.show(release, dataset.id, lang)
    if entry:
        with alone("versions", lang):
            changes.show(release, entry.name, lang)
        take.cite(entry, lang)


def _embedded(release: Release, entry: Entry, lang: str) -> None:
    """Draw the view alone, under the title that leads to its page."""
    st.title(pick(entry.title, lang), anchor=False)
    if entry.synthetic:
        st.caption(say("synthetic", lang))
    build.show(release, entry, lang, alone=True)
    st.markdown(
        link(
            f"{pick(municipality().portal, lang)}: {pick(entry.title, lang)}",
            "dataset",
            lang,
            id=entry.name,
        )
    )


def _choose(release: Release, marts: dict[str, Model], requested: str | None, lang: str) -> None:
    """Let the visitor choose a table, and say so when the address names none."""
    st.title(say("dataset", lang))
    if requested:
        st.error(say("unknown_dataset", lang))
    names = {dataset.id: pick(dataset.title, lang) for _, dataset in release.datasets}
    names |= {mart.name: pick(mart.header.title, lang) for mart in marts.values()}
    chosen = st.selectbox(
        say("choose", lang),
        sorted(names, key=names.__getitem__),
        index=None,
        format_func=lambda name: f"{names[name]} ({name})",
    )
    if chosen:
        st.query_params["id"] = chosen
        st.rerun()
