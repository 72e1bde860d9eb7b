"""What the browser is told about every Streamlit page and Streamlit has no word for: its language, links of ours in the same tab, wide tables that scroll.

Streamlit opens each link of a text in a new tab, where Back leads nowhere; it says ``lang="en"`` of every page; and a table wider than a phone widens the
page. One listener for the whole page mends all three (a table that scrolls can be reached by keyboard); it reads nothing a visitor or a source wrote.
"""

import streamlit as st

from portal.words.say import say

SCRIPT = """
export default function ({ data }) {
  document.documentElement.lang = data.lang
  const tables = () => {
    for (const table of document.querySelectorAll('[data-testid=stMarkdownContainer] > table')) {
      const box = table.parentElement
      box.style.overflowX = 'auto'
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0
        box.setAttribute('role', 'group')
        box.setAttribute('aria-label', data.scrolls)
      }
    }
  }
  tables()
  if (window.lumbungManners) return
  window.lumbungManners = true
  const stay = event => {
    const link = event.target.closest && event.target.closest('a[target=_blank]')
    if (link && link.origin === location.origin) link.target = '_self'
  }
  for (const kind of ['focusin', 'pointerdown', 'click']) document.addEventListener(kind, stay, true)
  let waiting = false
  const soon = () => {
    if (waiting) return
    waiting = true
    requestAnimationFrame(() => { waiting = false; tables() })
  }
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true })
  window.addEventListener('resize', soon)
}
"""


def tell(lang: str) -> None:
    """Tell the browser the page's language, and how our links and tables behave."""
    component = st.components.v2.component("lumbung_manners", js=SCRIPT)
    component(data={"lang": lang, "scrolls": say("table_scrolls", lang)}, key="manners")
