"""The glossary as a page: each term in both languages, what is not written instead, and where it
comes from.
"""

import streamlit as st

from pipelines.release.release import Release
from portal.explore.blocks import Markdown, table
from portal.words.glossary import GLOSSARY
from portal.words.say import say


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("glossary", lang))
    st.write(say("glossary_intro", lang))
    lines = []
    for entry in sorted(GLOSSARY, key=lambda term: (term.id if lang == "id" else term.en).lower()):
        avoided = entry.forbidden_id if lang == "id" else entry.forbidden_en
        terms = (entry.id, entry.en) if lang == "id" else (entry.en, entry.id)
        lines.append(
            [
                *terms,
                Markdown(", ".join(f"`{word}`" for word in avoided)) if avoided else "–",
                entry.source,
            ]
        )
    names = ("language.id", "language.en") if lang == "id" else ("language.en", "language.id")
    table(
        [*(say(name, lang) for name in names), say("not_written", lang), say("source", lang)], lines
    )
