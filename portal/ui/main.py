"""The Streamlit pages put together: language, navigation, banner. Runs again at every click, so nothing heavy belongs here.

It has a folder of its own: beside ``pages/`` Streamlit would take those files for scripts, and run one when a fresh server's first visit is a deep link.
"""

from functools import partial
from pathlib import Path

import streamlit as st

from portal.data.release import current
from portal.pages import catalogue, corrections, dataset, home, kpi, operations
from portal.ui import manners
from portal.words.say import LANGUAGES, say

st.set_page_config(
    page_title="Lumbung Data Kota Jambi",
    page_icon=str(Path(__file__).parent.with_name("lumbung.png")),
    layout="wide",
    initial_sidebar_state="collapsed" if st.context.is_embedded else "auto",
)
asked = st.query_params.get("lang", st.session_state.get("lang", LANGUAGES[0]))
names = {"id": "Bahasa Indonesia", "en": "English"}
lang = st.sidebar.radio("Bahasa / Language", LANGUAGES, index=LANGUAGES.index(asked) if asked in LANGUAGES else 0, format_func=names.__getitem__)
st.session_state["lang"] = lang
if lang != st.query_params.get("lang", LANGUAGES[0]):
    st.query_params["lang"] = lang
manners.tell(lang)
release = current()

if release is None:
    st.title(say("portal", lang))
    st.info(say("no_release", lang))
    st.stop()
assert release is not None
pages = [
    st.Page(partial(home.show, release, lang), title=say("home", lang), url_path="home", default=True),
    st.Page(partial(catalogue.show, release, lang), title=say("catalogue", lang), url_path="catalogue"),
    st.Page(partial(dataset.show, release, lang), title=say("dataset", lang), url_path="dataset"),
    st.Page(partial(kpi.show, release, lang), title=say("kpi", lang), url_path="kpi"),
    st.Page(partial(operations.show, release, lang), title=say("operations", lang), url_path="operations"),
    st.Page(partial(corrections.show, release, lang), title=say("corrections", lang), url_path="corrections"),
]
chosen = st.navigation(pages, position="hidden" if st.context.is_embedded else "top")
if any(contract.synthetic for contract in release.contracts):
    st.warning(say("demonstration", lang), icon=":material/science:")
chosen.run()
st.caption(f"{say('release', lang)} {release.id}")
