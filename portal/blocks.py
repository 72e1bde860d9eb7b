"""Pieces every page is made of: a table that is real HTML, a link that keeps the language, a bar chart as a plain Vega-Lite value."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

ESCAPED = str.maketrans({letter: f"&#{ord(letter)};" for letter in "\\`*_{}[]()#!|<>~$&:"} | {"\n": " "})


class Markdown(str):
    """A text of ours that may hold Markdown; every other text is shown as it is, whatever a source wrote into it."""


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Draw a table; only cells that are ``Markdown`` are read as such."""
    lines = [" | ".join(header), " | ".join("---" for _ in header)]
    lines += [" | ".join(cell if isinstance(cell, Markdown) else str(cell).translate(ESCAPED) for cell in row) for row in rows]
    st.markdown("\n".join(f"| {line} |" for line in lines))


def link(text: str, page: str, lang: str, **query: str) -> Markdown:
    """Return a link to a page that keeps the language."""
    return Markdown(f"[{text.translate(ESCAPED)}](/{page}?{urlencode({**query, **({'lang': lang} if lang != 'id' else {})})})")


def bars(points: Sequence[dict[str, Any]], x: str, y: str, colours: Mapping[str, str], titles: Sequence[str]) -> dict[str, Any]:
    """Return a bar chart, stacked by each point's ``kind``, which ``colours`` names in order."""
    return {
        "data": {"values": list(points)},
        "mark": {"type": "bar", "tooltip": True},
        "height": 220,
        "encoding": {
            "x": {"field": x, "type": "ordinal", "title": titles[0]},
            "y": {"field": y, "type": "quantitative", "title": titles[1]},
            "color": {"field": "kind", "type": "nominal", "title": None, "scale": {"domain": list(colours), "range": list(colours.values())}},
        },
    }
