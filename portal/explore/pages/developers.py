"""For those who write programs: the addresses for machines with what each is for, and examples
about a chosen table that can be copied and run.
"""

import streamlit as st

from pipelines.release.release import Release
from portal.data.entries import entries
from portal.explore.blocks import Markdown, one_of, table
from portal.telling import snippets
from portal.words.say import pick, say

ADDRESSES = {
    "/openapi.json": "dev.openapi",
    "/api/v1/tables": "dev.tables",
    "/api/3/action/package_search": "dev.ckan",
    "/catalog.ttl": "dev.dcat",
    "/data.json": "dev.dcat_us",
    "/feeds/all.atom": "dev.atom",
    "/sitemap.xml": "dev.sitemap",
    "/download/all.zip": "dev.all",
}
"""Every address for machines that is not of one table, and the word that says what it is for."""
OF_TABLE = {
    "/api/v1/tables/{}/rows": "dev.rows",
    "/d/{}/datapackage.json": "dev.frictionless",
    "/d/{}/croissant.json": "dev.croissant",
    "/d/{}/csvw.json": "dev.csvw",
    "/d/{}.ttl": "dev.dcat_one",
    "/feeds/d/{}.atom": "dev.atom_one",
    "/d/{}/receipt.json": "dev.receipt",
}
"""Those of one table."""


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("developers_long", lang))
    st.write(say("developers_intro", lang))
    st.header(say("addresses", lang))
    table(
        [say("address", lang), say("meaning", lang)],
        [[_code(path), say(word, lang)] for path, word in ADDRESSES.items()],
    )
    open_entries = entries(release)
    if not open_entries:
        return
    st.header(say("dev.examples", lang))
    names = {name: f"{pick(entry.title, lang)} ({name})" for name, entry in open_entries.items()}
    chosen = open_entries[one_of(st.container(), "id", say("dataset", lang), names)]
    table(
        [say("address", lang), say("meaning", lang)],
        [[_code(path.format(chosen.name)), say(word, lang)] for path, word in OF_TABLE.items()],
    )
    for example in snippets.examples(chosen):
        st.subheader(say(f"direct.{example.key}", lang))
        st.caption(f"{example.tool}. {say(f'direct.{example.key}.note', lang)}")
        st.code(example.text, None, wrap_lines=True)


def _code(path: str) -> Markdown:
    """Return an address of ours as a link that shows it as it is written."""
    return Markdown(f"[`{path}`]({path})")
