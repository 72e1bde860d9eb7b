"""Pieces every page is made of: real HTML tables, links that keep the language, choices that stand in the address, charts as Vega-Lite values."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from portal.words.say import say

ESCAPED = str.maketrans({letter: f"&#{ord(letter)};" for letter in "\\`*_{}[]()#!|<>~$&:"} | {"\n": " "})


SINGLE = "#166534"
"""Colour of the bars of a single kind."""


class Markdown(str):
    """A text of ours that may hold Markdown; every other text is shown as it is, whatever a source wrote into it."""


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Draw a table; only cells that are ``Markdown`` are read as such."""
    lines = [" | ".join(header), " | ".join("---" for _ in header)]
    lines += [" | ".join(cell if isinstance(cell, Markdown) else str(cell).translate(ESCAPED) for cell in row) for row in rows]
    st.markdown("\n".join(f"| {line} |" for line in lines))


def link(text: str, page: str, lang: str, **query: str) -> Markdown:
    """Return a link to a Streamlit page that keeps the language."""
    return Markdown(f"[{text.translate(ESCAPED)}](/app/{page}?{urlencode({**query, **({'lang': lang} if lang != 'id' else {})})})")


def downloads(table: str, lang: str) -> Markdown:
    """Return the links to a table's files and to the receipt by which they can be rebuilt."""
    return Markdown(f"[CSV](/download/{table}.csv) · [Parquet](/download/{table}.parquet) · [{say('receipt', lang)}](/receipts/{table}.json)")


def one_of(place: DeltaGenerator, name: str, title: str, labels: Mapping[str, str]) -> str:
    """Let the visitor choose one of ``labels`` (value to label); the value stands in the address under ``name``, unless it is the first."""
    first = next(iter(labels))
    if st.session_state.get(name) not in labels:
        st.session_state[name] = next((each for each in st.query_params.get_all(name) if each in labels), first)
    chosen = place.selectbox(title, list(labels), key=name, format_func=labels.__getitem__)
    st.query_params[name] = [] if chosen == first else [chosen]
    return chosen


def some_of(place: DeltaGenerator, name: str, title: str, labels: Mapping[str, str], nothing: str) -> list[str]:
    """Let the visitor choose several of ``labels``, or none; the values stand in the address under ``name``."""
    asked = st.session_state.get(name, st.query_params.get_all(name))
    st.session_state[name] = [each for each in asked if each in labels]
    chosen = place.multiselect(title, list(labels), key=name, format_func=labels.__getitem__, placeholder=nothing)
    st.query_params[name] = chosen
    return chosen


def bars(points: Sequence[dict[str, Any]], x: str, y: str, colours: Mapping[str, str | None], titles: Sequence[str]) -> dict[str, Any]:
    """Return a bar chart: stacked by each point's ``kind`` where ``colours`` gives all of them a colour, in its order, else a bar beside the other."""
    stacked = all(colours.values())
    one = {"value": SINGLE} if len(colours) == 1 else {"field": "kind", "type": "nominal", "title": None, "scale": {"domain": list(colours)}}
    colour = {"field": "kind", "type": "nominal", "title": None, "scale": {"domain": list(colours), "range": list(colours.values())}} if stacked else one
    return {
        "data": {"values": list(points)},
        "mark": {"type": "bar", "tooltip": True},
        "height": 220,
        "encoding": {
            "x": {"field": x, "type": "ordinal", "title": titles[0]},
            "y": {"field": y, "type": "quantitative", "title": titles[1]},
            "color": colour,
            **({} if stacked else {"xOffset": {"field": "kind", "sort": list(colours)}}),
        },
    }
