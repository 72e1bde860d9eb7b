"""Corrections: published final figures that a later release says otherwise, newest first, each
with its old and new value and why. ``/corrections``.
"""

import streamlit as st

from pipelines.release.release import Release
from portal.data.corrections import Correction, newest_corrections
from portal.explore.blocks import link, table
from portal.telling.corrections import causes, changes, corrected_at, corrected_figure
from portal.words.say import pick, say

MOST = 500


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("corrections", lang))
    st.write(say("corrections_intro", lang))
    corrections = newest_corrections(release, MOST)
    if not corrections:
        st.info(say("no_corrections", lang))
        return
    columns = ["date", "indicator", "figure", "correction", "cause", "release"]
    table(
        [say(name, lang) for name in columns],
        [_line(correction, lang) for correction in corrections],
    )


def _line(correction: Correction, lang: str) -> list[str]:
    title = (
        link(
            f"{correction.number} {pick(correction.kpi.header.title, lang)}",
            "kpi",
            lang,
            id=correction.name,
        )
        if correction.kpi
        else f"{correction.number} {correction.name}"
    )
    return [
        corrected_at(correction),
        title,
        corrected_figure(correction, lang),
        changes(correction, lang),
        causes(correction, lang),
        correction.release,
    ]
