"""The Streamlit pages put together: language, navigation, banner. Runs again at every click, so
nothing heavy belongs here.

It has a folder of its own: beside ``pages/`` Streamlit would take those files for scripts, and run
one when a fresh server's first visit is a deep link.
"""

from functools import partial

import streamlit as st

from pipelines.city import municipality
from portal.data.release import current
from portal.explore.pages import (
    catalogue,
    compare,
    conformance,
    corrections,
    dataset,
    developers,
    glossary,
    home,
    information,
    kpi,
    operations,
    quality,
    withheld,
)
from portal.explore.sections import HOME, OFFICE, SECTIONS, light_page, title_of
from portal.words.say import offered, pick, say

PAGES = {
    "home": home.show,
    "catalogue": catalogue.show,
    "dataset": dataset.show,
    "kpi": kpi.show,
    "operations": operations.show,
    OFFICE: information.show,
    "quality": quality.show,
    "withheld": withheld.show,
    "corrections": corrections.show,
    "compare": compare.show,
    "conformance": conformance.show,
    "developers": developers.show,
    "glossary": glossary.show,
}

st.set_page_config(page_icon=str(municipality().logo), layout="wide")
requested = st.query_params.get("lang", st.session_state.get("lang", offered()[0]))
names = {"id": "Bahasa Indonesia", "en": "English"}
lang = requested if requested in offered() else offered()[0]
if not st.context.is_embedded:
    with st.container(horizontal=True, horizontal_alignment="right"):
        lang = st.segmented_control(
            "Bahasa / Language",
            offered(),
            default=lang,
            required=True,
            format_func=names.__getitem__,
            label_visibility="collapsed",
        )
st.session_state["lang"] = lang
if lang != st.query_params.get("lang", offered()[0]):
    st.query_params["lang"] = lang
release = current()

if release is None:
    st.title(pick(municipality().portal, lang))
    st.info(say("no_release", lang))
    st.stop()
assert release is not None
pages = {
    say(f"menu.{section}", lang) if section else "": [
        st.Page(
            partial(PAGES[name], release, lang),
            title=title_of(name, lang),
            url_path=name,
            default=name == HOME,
        )
        for name in names
    ]
    for section, names in SECTIONS.items()
}
chosen = st.navigation(pages, position="hidden" if st.context.is_embedded else "top")
if any(contract.synthetic for contract in release.contracts):
    st.warning(say("demonstration", lang), icon=":material/science:")
chosen.run()
light = light_page(chosen.url_path or HOME, st.query_params.get("id", ""))
if light:
    st.markdown(
        f"[{say('light_page', lang)}]({light}{'' if lang == offered()[0] else f'?lang={lang}'})"
    )
st.caption(f"{say('release', lang)} {release.id}")
