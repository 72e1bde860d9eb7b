"""Page of a published mart: what its rows are, what it is made of, its files, views, maps,
columns, versions. Address: ``/dataset?id=mart.<name>``.
"""

import streamlit as st

from pipelines.lake.views import HISTORY
from pipelines.models.model import Model
from pipelines.release.release import Release
from portal.data.entry import Entry
from portal.explore import lineage
from portal.explore.blocks import alone, link, table
from portal.explore.pages.parts import about, build, changes, maps, take
from portal.words.say import pick, say


def show(release: Release, aggregate: Model, entry: Entry, lang: str) -> None:
    """Draw the page."""
    st.title(pick(aggregate.header.title, lang))
    st.caption(
        f"{say('aggregate', lang)} · {say('class.' + entry.information_class, lang)} ·"
        f" {entry.publisher} · {entry.licence}"
    )
    sources = {dataset.id: (contract, dataset) for contract, dataset in release.datasets}
    inputs = [
        sources[name]
        for name in (read.removesuffix(HISTORY) for read in aggregate.reads)
        if name in sources
    ]
    if any(contract.synthetic for contract, _ in inputs):
        st.warning(say("synthetic", lang), icon=":material/science:")
    if aggregate.header.counts_persons:
        st.info(say("suppressed", lang))
    about.contents(
        {"download", "explore", "dictionary", "lineage", "versions", "cite"}
        | ({"map"} if maps.has_any(release, entry) else set()),
        lang,
    )
    rows = [
        [
            link(pick(dataset.title, lang), "dataset", lang, id=dataset.id),
            contract.owner,
            say(f"class.{dataset.information_class}", lang),
        ]
        for contract, dataset in inputs
    ]
    st.header(say("made_of", lang))
    table([say(name, lang) for name in ("dataset", "owner", "class")], rows)
    take.files(entry, lang)
    st.header(say("explore", lang), anchor="explore")
    with alone("explore", lang):
        build.show(release, entry, lang)
    with alone("map", lang):
        maps.show(release, entry, lang)
    about.columns(entry, lang)
    with alone("lineage", lang):
        lineage.show(release, aggregate.name, lang)
    with alone("versions", lang):
        changes.show(release, entry.name, lang)
    take.cite(entry, lang)
