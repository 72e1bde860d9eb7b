"""Corrections: published final figures that a later release says otherwise, newest first, each
with its old and new value and why. ``/corrections``.
"""

import streamlit as st

from pipelines.release.release import Release
from portal.data import corrected
from portal.explore.blocks import link, table
from portal.telling.amended import causes, changes, corrected_at, corrected_figure
from portal.words.say import pick, say

MOST = 500


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("corrections", lang))
    st.write(say("corrections_intro", lang))
    found = corrected.corrections(release, MOST)
    if not found:
        st.info(say("no_corrections", lang))
        return
    columns = ["date", "indicator", "figure", "correction", "cause", "release"]
    table([say(name, lang) for name in columns], [_line(each, lang) for each in found])


def _line(one: corrected.Correction, lang: str) -> list[str]:
    title = (
        link(f"{one.number} {pick(one.kpi.header.title, lang)}", "kpi", lang, id=one.name)
        if one.kpi
        else f"{one.number} {one.name}"
    )
    return [
        corrected_at(one),
        title,
        corrected_figure(one, lang),
        changes(one, lang),
        causes(one, lang),
        one.release,
    ]
