"""What the browser is told about every Streamlit page and Streamlit itself has no word for: its language, and that links of ours open in the same tab.

Streamlit opens each link of a text in a new tab, where Back leads nowhere, and says ``lang="en"`` of every page. One listener for the whole page mends
both; it reads nothing a visitor or a source wrote.
"""

import streamlit as st

SCRIPT = """
export default function ({ data }) {
  document.documentElement.lang = data.lang
  if (window.lumbungLinks) return
  window.lumbungLinks = true
  const stay = event => {
    const link = event.target.closest && event.target.closest('a[target=_blank]')
    if (link && link.origin === location.origin) link.target = '_self'
  }
  for (const kind of ['focusin', 'pointerdown', 'click']) document.addEventListener(kind, stay, true)
}
"""


def tell(lang: str) -> None:
    """Tell the browser the page's language, and to follow links to our own pages in the same tab."""
    component = st.components.v2.component("lumbung_manners", js=SCRIPT)
    component(data={"lang": lang}, key="manners")
