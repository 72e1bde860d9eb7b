"""Charts of the explore pages as Vega-Lite values: the strip of verdicts, series and bars of a
view. Maps are in ``maps``.

Colours are told apart without colour too: by text, by order or by the table that stands under every
chart.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.telling.chart_locale import chart_locale

WIDE = {"type": "fit-x", "contains": "padding"}
VERDICTS = {"passed": "#15803d", "partly": "#84cc16", "withheld": "#b45309", "missing": "#d4d4d8"}
"""Colours of a partition: all its rows passed, some were quarantined, it is withheld, nothing
came.
"""
EMPTY = "#d4d4d8"
SERIES = ("#16a34a", "#d97706", "#3b82f6", "#a855f7", "#e11d48", "#0d9488", "#65a30d", "#6b7280")
"""Each at least 3:1 against the light and the dark page (WCAG 1.4.11)."""


def written(spec: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return a chart whose figures and dates are written as in ``lang``, with thousands told
    apart in tooltips as on axes.
    """
    locale = {} if lang == "en" else {"locale": chart_locale(lang)}
    config = {**locale, "tooltipFormat": {"numberFormat": ","}}
    return {**spec, "config": {**spec.get("config", {}), **config}}


def tooltip(rows: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what a tooltip tells of a row, by its title; figures are given to Vega as figures,
    so that it writes them in the page's language.
    """
    figures = {name for name in titles for row in rows if isinstance(row.get(name), int | float)}
    return [
        {"field": name, "title": title, "type": "quantitative" if name in figures else "nominal"}
        for name, title in titles.items()
    ]


def strip(
    points: Sequence[Mapping[str, Any]], words: Mapping[str, str], titles: Mapping[str, str]
) -> dict[str, Any]:
    """Return one cell a partition, coloured by how it was judged; ``points`` have partition,
    state (a key of ``VERDICTS``) and what the tooltip tells.
    """
    values = [{**point, "state": words[point["state"]]} for point in points]
    return {
        "data": {"values": values},
        "mark": {"type": "rect", "stroke": "white", "strokeWidth": 1},
        "height": 56,
        "autosize": WIDE,
        "encoding": {
            "x": {
                "field": "partition",
                "type": "ordinal",
                "title": None,
                "axis": {"labelAngle": -45, "labelOverlap": True, "ticks": False, "domain": False},
            },
            "color": {
                "field": "state",
                "type": "nominal",
                "title": None,
                "legend": {"orient": "top", "labelLimit": 300, "columns": 2},
                "scale": {
                    "domain": [words[name] for name in VERDICTS],
                    "range": list(VERDICTS.values()),
                },
            },
            "tooltip": tooltip(points, titles),
        },
    }


def series(
    points: Sequence[Mapping[str, Any]],
    x: str,
    y: str,
    split: str | None,
    form: str,
    titles: Mapping[str, str],
    temporal: bool,
) -> dict[str, Any]:
    """Return a line or bar chart of a view's groups: ``x`` the first group, ``split`` the
    second.
    """
    kind = (
        {"type": "temporal"} if temporal and form == "line" else {"type": "ordinal", "sort": None}
    )
    colour = (
        {
            "field": split,
            "type": "nominal",
            "title": titles[split],
            "scale": {"range": list(SERIES)},
        }
        if split
        else {"value": SERIES[0]}
    )
    return {
        "data": {"values": list(points)},
        "mark": {"type": form, "tooltip": True, **({"point": True} if form == "line" else {})},
        "height": 320,
        "autosize": WIDE,
        "encoding": {
            "x": {
                "field": x,
                **kind,
                "title": titles[x],
                "axis": {"labelLimit": 160, "labelOverlap": True},
            },
            "y": {"field": y, "type": "quantitative", "title": titles[y]},
            "color": colour,
        },
    }
