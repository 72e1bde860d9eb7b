"""Pieces every page is made of: real HTML tables, links that keep the language, choices that
stand in the address, charts as Vega-Lite values.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pipelines.markdowntext import ESCAPED
from portal.telling.charts import written
from portal.telling.parts import Parts
from portal.words.say import say


@contextmanager
def alone(word: str, lang: str) -> Iterator[None]:
    """Draw a part of a page that stands alone: where it fails the page says so and goes on."""
    parts = Parts(lang)
    try:
        yield
    except Exception as error:  # noqa: BLE001  whatever one part fails with
        parts.failed(word, error)
        st.warning(parts.notes[0])


class Markdown(str):
    """A text of ours that may hold Markdown; every other text is shown as it is, whatever a
    source wrote into it.
    """


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Draw a table; only cells that are ``Markdown`` are read as such."""
    lines = [" | ".join(header), " | ".join("---" for _ in header)]
    lines += [
        " | ".join(
            cell if isinstance(cell, Markdown) else str(cell).translate(ESCAPED) for cell in row
        )
        for row in rows
    ]
    st.markdown("\n".join(f"| {line} |" for line in lines))


def link(text: str, page: str, lang: str, **query: str) -> Markdown:
    """Return a link to a Streamlit page that keeps the language."""
    language = {"lang": lang} if lang != "id" else {}
    return Markdown(f"[{text.translate(ESCAPED)}](/app/{page}?{urlencode({**query, **language})})")


def downloads(table: str, lang: str) -> Markdown:
    """Return the links to a table's files and to the receipt by which they can be rebuilt."""
    return Markdown(
        f"[CSV](/download/{table}.csv) · [Parquet](/download/{table}.parquet) ·"
        f" [{say('receipt', lang)}](/receipts/{table}.json)"
    )


def one_of(place: DeltaGenerator, name: str, title: str, labels: Mapping[str, str]) -> str:
    """Let the visitor choose one of ``labels`` (value to label); the value stands in the address
    under ``name``, unless it is the first.
    """
    first = next(iter(labels))
    held = st.session_state.get(name)
    if (
        not isinstance(held, str) or held not in labels
    ):  # another page of this visit may hold a list under the name
        st.session_state[name] = next(
            (value for value in st.query_params.get_all(name) if value in labels), first
        )
    chosen = place.selectbox(title, list(labels), key=name, format_func=labels.__getitem__)
    st.query_params[name] = [] if chosen == first else [chosen]
    return chosen


def some_of(
    place: DeltaGenerator, name: str, title: str, labels: Mapping[str, str], nothing: str
) -> list[str]:
    """Let the visitor choose several of ``labels``, or none; the values stand in the address
    under ``name``.
    """
    st.session_state[name] = [value for value in several(name) if value in labels]
    chosen = place.multiselect(
        title, list(labels), key=name, format_func=labels.__getitem__, placeholder=nothing
    )
    st.query_params[name] = chosen
    return chosen


def several(name: str) -> list[str]:
    """Return the values chosen under a name: in this visit, else in the address; another page
    may hold a single one under it.
    """
    held = st.session_state.get(name)
    return held if isinstance(held, list) else st.query_params.get_all(name)


def chart(spec: Mapping[str, Any], alt: str, lang: str) -> None:
    """Draw a chart in the page's language; ``alt`` says what it shows to those who cannot see
    it.
    """
    st.vega_lite_chart(written(spec, lang), alt=alt)
