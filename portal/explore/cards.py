"""An indicator's last good value as a card or at the head of its page, and the link to the
receipt of a value.
"""

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from pipelines.markdowntext import ESCAPED
from pipelines.models.model import Model
from pipelines.release.release import Release
from portal.data import indicators
from portal.explore.blocks import Markdown, link
from portal.telling.figures import ended, figure, headline, status, which
from portal.words.say import number, pick, say, unit

WIDTH = 256
"""Of a card in pixels: four beside each other on a desk, one on a phone."""


def card(release: Release, kpi: Model, latest: tuple[dict[str, Any], ...], lang: str) -> None:
    """Draw an indicator's last good value: with unit, period, status, the line of the periods it
    may be compared with, target, and where to read more.
    """
    with st.container(border=True, width=WIDTH, height="stretch"):
        title = pick(kpi.header.title, lang)
        st.markdown(f"**{kpi.header.number} {title.translate(ESCAPED)}**")
        headlined(release, kpi, latest, title, lang, is_short=True)
        row = latest[0] if latest else None
        links = [
            link(say("details", lang), "kpi", lang, id=kpi.stem),
            *([receipt_link(kpi, row, say("receipt", lang))] if row else []),
        ]
        st.markdown(" · ".join(links))


def headlined(
    release: Release,
    kpi: Model,
    latest: tuple[dict[str, Any], ...],
    label: str,
    lang: str,
    is_short: bool = False,
) -> None:
    """Draw the last good value, and beneath it what it is of; ``is_short`` leaves a value's
    reasons to the indicator's own page.
    """
    over = ended(release, kpi, lang)
    if not latest:
        st.metric(label, "–", label_visibility="collapsed" if is_short else "visible")
        st.caption(" · ".join([say("no_value", lang), *over]))
        return
    row = latest[0]
    is_known = row["value"] is not None
    series = indicators.comparable(release).get(indicators.place_of(row), ())
    st.metric(
        label,
        figure(row, lang) + (" %" if is_known and row["unit"] == "%" else ""),
        label_visibility="collapsed" if is_short else "visible",
        chart_data=[point["value"] for point in series] if len(series) > 1 else None,
        width=WIDTH,
    )
    written = unit(row["unit"], lang) if is_known and row["unit"] != "%" else ""
    words = (
        [row["period"], status(kpi, row, lang, is_short)]
        if is_short
        else headline(kpi, row, lang)[1:]
    )
    st.caption(
        " · ".join(
            text for text in [written, which(kpi, row, lang), *words, *over] if text
        ).translate(ESCAPED)
    )
    if len(series) > 1:
        st.caption(
            say("trend_of", lang, series[0]["period"], series[-1]["period"], _moved(series, lang))
        )
    target = series[-1]["target"] if series else None
    if target is not None:
        st.caption(
            f"{say('target', lang)}: {number(target, lang, 1)}"
            f" {unit(series[-1]['target_unit'], lang)}"
        )


def _moved(series: tuple[dict[str, Any], ...], lang: str) -> str:
    moved = series[-1]["value"] - series[0]["value"]
    return ("+" if moved > 0 else "") + number(
        round(moved, 2), lang, 2 if round(moved, 1) != round(moved, 2) else 1
    )


def receipt_link(kpi: Model, row: dict[str, Any], text: str) -> Markdown:
    """Return a link to the receipt of one value, a row of the indicator or of its last good
    values.
    """
    parts = iter((row["part"] or "").split(", ")) if "part" in row else iter(())
    key = {name: row[name] if name in row else next(parts) for name in kpi.key}
    return Markdown(f"[{text.translate(ESCAPED)}](/receipts/{kpi.name}.json?{urlencode(key)})")
