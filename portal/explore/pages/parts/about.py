"""What a table is: what must be known first, its facts, how fresh it is against what was
promised, and its columns.
"""

import streamlit as st

from pipelines.contract.model import UNDESCRIBED, Contract, Dataset
from pipelines.lake.partitions import last_day
from pipelines.release.release import Release
from portal.data import tables
from portal.data.entry import Entry
from portal.data.freshness import freshness
from portal.explore.blocks import Markdown, link, table
from portal.telling.tables import fresh, measured
from portal.telling.withheld import is_set_aside
from portal.words.say import exempt, number, pick, say

SECTIONS = ("download", "explore", "map", "dictionary", "history", "lineage", "versions", "cite")
"""The sections of the page in their order, by anchor; each is a word too."""


def contents(sections: set[str], lang: str) -> None:
    """Draw the links to the sections there are."""
    st.markdown(
        " · ".join(f"[{say(name, lang)}](#{name})" for name in SECTIONS if name in sections)
    )


def notes(release: Release, contract: Contract, dataset: Dataset, lang: str) -> None:
    """Say what a reader must know first: made-up records, an owner who has not spoken yet, a
    contract that is set aside, a system that has stopped, rows that stay closed.
    """
    if contract.synthetic:
        st.warning(say("synthetic", lang), icon=":material/science:")
    if contract.status in UNDESCRIBED:
        st.info(say("undescribed", lang))
    if is_set_aside(release.manifest, contract.application):
        st.info(say("contract_set_aside", lang))
    if ended := last_day(dataset):
        st.info(say("retired_note", lang, ended))
    if not dataset.is_public:
        st.info(
            say(
                "not_public",
                lang,
                exempt(dataset.exemption, lang) or say(f"class.{dataset.information_class}", lang),
            )
        )
    models = tables.made_of(release, dataset.id)
    if models:
        links = [
            link(pick(model.header.title, lang), "dataset", lang, id=model.name) for model in models
        ]
        st.markdown(f"{say('published_as', lang)}: {', '.join(links)}")


def facts(
    release: Release, contract: Contract, dataset: Dataset, entry: Entry | None, lang: str
) -> None:
    """Draw the facts of a dataset, its freshness among them."""
    rows = [
        [say("owner", lang), contract.owner],
        [say("inventory", lang), contract.inventory_id or "–"],
        [say("state", lang), say(tables.states(release)[contract.application], lang)],
        [say("freshness", lang), fresh(freshness(release)[dataset.id], lang)],
        [
            say("class", lang),
            say(f"class.{dataset.information_class}", lang)
            + (f" ({exempt(dataset.exemption, lang)})" if dataset.exemption else ""),
        ],
        *([[say("licence", lang), contract.licence]] if entry else []),
        [say("cadence", lang), say(dataset.cadence, lang)],
        [say("grain", lang), pick(dataset.grain, lang)],
        [say("purpose", lang), pick(contract.purpose, lang)],
        [say("limits", lang), pick(contract.limits, lang)],
        *([[say("rows", lang), number(entry.published.rows, lang)]] if entry else []),
    ]
    table([say("about", lang), say("content", lang)], rows)


def dictionary(dataset: Dataset, lang: str) -> None:
    """Draw every column of a dataset, the closed ones too: type, unit in words, meaning, whether
    it is published.
    """
    st.header(say("dictionary", lang), anchor="dictionary")
    public = {column.name for column in dataset.public_columns}
    rows = [
        [
            Markdown(f"`{column.name}`"),
            say(f"type.{column.type}", lang),
            measured(column.unit, lang),
            pick(column.meaning, lang),
            (
                say("yes", lang)
                if column.name in public
                else say("closed", lang, say(f"closed.{column.classification}", lang))
            ),
        ]
        for column in dataset.columns
    ]
    table([say(name, lang) for name in ("column", "type", "unit", "meaning", "shown")], rows)


def columns(entry: Entry, lang: str) -> None:
    """Draw the columns of an aggregate."""
    st.header(say("dictionary", lang), anchor="dictionary")
    rows = [
        [
            Markdown(f"`{field.name}`"),
            say(f"type.{field.type}", lang),
            measured(field.unit, lang),
            pick(field.meaning, lang),
        ]
        for field in entry.fields
    ]
    table([say(name, lang) for name in ("column", "type", "unit", "meaning")], rows)
