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
    stored = read_results(Lake(lake_path()), release.id)
    if stored is None:
        st.info(say("conformance_none", lang, release.id))
        return
    checked, results = stored
    if checked != release.id:
        st.warning(say("conformance_older", lang, release.id, checked))
    verdicts = [result.result for result in results]
    st.write(
        say(
            "conformance_sum",
            lang,
            *(number(verdicts.count(verdict), lang) for verdict in ("ok", "failed", "not run")),
            checked,
        )
    )
    for kind in KINDS:
        of_kind = [result for result in results if result.kind == kind]
        if of_kind:
            st.header(say(f"conformance.{kind}", lang))
            names = ("check", "result", "figure", "tool", "checked_at", "detail")
            lines = [
                [
                    verdict.check,
                    say(f"result.{verdict.result}", lang),
                    verdict.figure,
                    verdict.tool,
                    verdict.at,
                    verdict.detail or "–",
                ]
                for verdict in of_kind
            ]
            table([say(name, lang) for name in names], lines)
