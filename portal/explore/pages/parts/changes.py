"""In which releases a table changed, where each of its versions stays, and how two of them are
compared.
"""

import streamlit as st

from pipelines.city import municipality
from pipelines.release.release import Release
from portal.data.versions import versions
from portal.explore.blocks import Markdown, table
from portal.http.address import file_of
from portal.words.say import number, say

MOST = 20


def show(release: Release, name: str, lang: str) -> None:
    """Draw the section."""
    st.header(say("versions", lang), anchor="versions")
    changes = versions(release, name, MOST)
    rows = [
        [
            municipality().written(change.changed),
            change.release,
            number(change.rows, lang),
            Markdown(
                " · ".join(
                    f"[{form.upper()}]({file_of(name, form, release=change.release)})"
                    for form in ("csv", "parquet")
                )
            ),
        ]
        for change in changes
    ]
    table([say(name, lang) for name in ("changed_at", "release", "rows", "fixed")], rows)
    if len(changes) > 1:
        st.caption(say("compare_releases", lang))
        st.code(f"lumbung release diff {changes[1].release} {changes[0].release}", None)
