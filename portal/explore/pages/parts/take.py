"""How a table is taken along: its files with sizes, the catalogues' own descriptions of it, how
it is cited, how it is shown in another page.
"""

from urllib.parse import urlencode

import streamlit as st

from portal.data.entry import Entry
from portal.explore.blocks import Markdown, table
from portal.http.address import file_of, page_of
from portal.telling import citation
from portal.telling.tables import form, size
from portal.words.say import say

DESCRIBED = {
    "Data Package": "datapackage.json",
    "Croissant": "croissant.json",
    "CSVW": "csvw.json",
    "ODCS": "contract.yaml",
    "PROV": "prov.jsonld",
}


def files(entry: Entry, lang: str) -> None:
    """Draw the files of all rows: of the current release, and those that stay as they are for
    ever.
    """
    st.header(say("download", lang), anchor="download")
    rows = []
    for stored in entry.files:
        latest, fixed = (
            file_of(entry.name, stored.form),
            file_of(entry.name, stored.form, release=entry.release),
        )
        rows.append(
            [
                Markdown(f"[{form(stored.form)}]({latest})"),
                size(stored.bytes, lang),
                Markdown(f"[{entry.release}]({fixed})"),
                stored.sha256[:16],
            ]
        )
    table([say(name, lang) for name in ("form", "size", "fixed", "sha256")], rows)
    page = page_of(entry.name)
    described = " · ".join(f"[{name}](/d/{entry.name}/{file})" for name, file in DESCRIBED.items())
    st.markdown(
        f"{say('light_page', lang)}: [{page}]({page}) · {say('described', lang)}: {described} ·"
        f" [{say('receipt', lang)}](/receipts/{entry.name}.json)"
    )


def cite(entry: Entry, lang: str) -> None:
    """Draw how it is cited and embedded."""
    st.header(say("cite", lang), anchor="cite")
    st.code(citation.apa(entry, lang), None, wrap_lines=True)
    st.code(citation.bibtex(entry, lang), None)
    st.subheader(say("embed", lang), anchor=False)
    st.write(say("embed_note", lang))
    st.code(
        citation.frame(entry, f"/app/dataset?{embedded(entry, lang)}", lang), None, wrap_lines=True
    )


def embedded(entry: Entry, lang: str) -> str:
    """Return the query of the page that shows a table's chart alone, with all that is chosen in
    it now.
    """
    chosen = {
        name: st.query_params.get_all(name)
        for name in st.query_params
        if name not in ("id", "lang", "part", "embed")
    }
    return urlencode(
        {"id": entry.name, "part": "chart", "embed": "true", "lang": lang, **chosen}, doseq=True
    )
