"""Page of a published mart: what its rows are, what it is made of, its columns, a preview, downloads. Address: ``/dataset?id=mart.<name>``."""

import streamlit as st

from pipelines.release import Release
from pipelines.views import HISTORY
from portal import lineage
from portal.blocks import Markdown, downloads, link, table
from portal.data import tables
from portal.words.say import pick, say

PREVIEW = 50


def show(release: Release, aggregate: tables.Aggregate, lang: str) -> None:
    """Draw the page."""
    st.title(aggregate.header[f"title_{lang}"])
    st.caption(f"{say('aggregate', lang)} · {aggregate.header['class']} · {aggregate.header['steward']}")
    sources = {dataset.id: (contract, dataset) for contract, dataset in tables.datasets(release)}
    inputs = [sources[name] for name in (read.removesuffix(HISTORY) for read in aggregate.reads) if name in sources]
    if any(contract.synthetic for contract, _ in inputs):
        st.warning(say("synthetic", lang), icon=":material/science:")
    if aggregate.is_suppressed:
        st.info(say("suppressed", lang))
    rows = [[link(pick(dataset.title, lang), "dataset", lang, id=dataset.id), contract.owner, dataset.information_class] for contract, dataset in inputs]
    st.header(say("made_of", lang))
    table([say(name, lang) for name in ("dataset", "owner", "class")], rows)
    lineage.show(release, aggregate.id, lang)
    st.header(say("download", lang))
    st.markdown(downloads(aggregate.id, lang))
    st.header(say("dictionary", lang))
    rows = [[Markdown(f"`{name}`"), pick(text, lang)] for name, text in aggregate.columns.items()]
    rows += [[Markdown("`suppressed`"), say("suppressed_column", lang)]] if aggregate.is_suppressed else []
    table([say("column", lang), say("meaning", lang)], rows)
    st.header(say("preview", lang))
    found = tables.aggregate_rows(release, aggregate, PREVIEW)
    st.table([{name: "–" if cell is None else str(cell) for name, cell in row.items()} for row in found])
