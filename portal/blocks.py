"""Pieces every page is made of: a table that is real HTML, a link that keeps the language, a bar chart as a plain Vega-Lite value."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

ESCAPED = str.maketrans({"|": "&#124;", "<": "&lt;", ">": "&gt;", "\n": " ", "$": "&#36;"})


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Draw a table; cells are Markdown, HTML in them is shown as text."""
    lines = [" | ".join(header), " | ".join("---" for _ in header)]
    lines += [" | ".join(str(cell).translate(ESCAPED) for cell in row) for row in rows]
    st.markdown("\n".join(f"| {line} |" for line in lines))


def link(text: str, page: str, lang: str, **query: str) -> str:
    """Return a Markdown link to a page that keeps the language."""
    return f"[{text}](/{page}?{urlencode({**query, **({'lang': lang} if lang != 'id' else {})})})"


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
