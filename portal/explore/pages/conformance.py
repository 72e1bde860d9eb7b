"""What validators, accessibility checks and `lumbung verify` last found of the portal: with
figure, tool, date and the release it was. ``/conformance``.
"""

import streamlit as st

from pipelines.lake.lake import Lake
from pipelines.release.conformance import KINDS, read_results
from pipelines.release.release import Release
from pipelines.settings import lake_path
from portal.explore.blocks import table
from portal.words.say import number, say


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("conformance", lang))
    st.write(say("conformance_intro", lang))
    found = read_results(Lake(lake_path()), release.id)
    if found is None:
        st.info(say("conformance_none", lang, release.id))
        return
    checked, results = found
    if checked != release.id:
        st.warning(say("conformance_older", lang, release.id, checked))
    told = [each.result for each in results]
    st.write(
        say(
            "conformance_sum",
            lang,
            *(number(told.count(each), lang) for each in ("ok", "failed", "not run")),
            checked,
        )
    )
    for kind in KINDS:
        here = [each for each in results if each.kind == kind]
        if here:
            st.header(say(f"conformance.{kind}", lang))
            names = ("check", "result", "figure", "tool", "checked_at", "detail")
            lines = [
                [
                    each.check,
                    say(f"result.{each.result}", lang),
                    each.figure,
                    each.tool,
                    each.at,
                    each.detail or "–",
                ]
                for each in here
            ]
            table([say(name, lang) for name in names], lines)
