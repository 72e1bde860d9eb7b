"""Charts of the explore pages as Vega-Lite values: the strip of verdicts, series and bars of a
view, tiles, regions and points on a map without a base map.

Colours are told apart without colour too: by text, by order or by the table that stands under every
chart.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.telling.tilegrid import Tile

PLANE = {"type": "identity", "reflectY": True}
"""Degrees as they are: near the equator they are as long in both directions, and no ring of a
boundary is taken for its outside.
"""
WIDE = {"type": "fit-x", "contains": "padding"}
VERDICTS = {"passed": "#15803d", "partly": "#84cc16", "withheld": "#b45309", "missing": "#d4d4d8"}
"""Colours of a partition: all its rows passed, some were quarantined, it is withheld, nothing
came.
"""
SHADES = ("#dcfce7", "#14532d")
EMPTY = "#d4d4d8"
LINES = "#9ca3af"
NARROW = 640
"""Pixels of a map of tiles below which their names do not fit; the figures stay, and the table
has the names.
"""
LOCALES = {
    "id": {
        "number": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Rp", ""]},
        "time": {
            "dateTime": "%A, %-d %B %Y %H.%M.%S",
            "date": "%d/%m/%Y",
            "time": "%H.%M.%S",
            "periods": ["AM", "PM"],
            "days": ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"],
            "shortDays": ["Min", "Sen", "Sel", "Rab", "Kam", "Jum", "Sab"],
            "months": [
                "Januari",
                "Februari",
                "Maret",
                "April",
                "Mei",
                "Juni",
                "Juli",
                "Agustus",
                "September",
                "Oktober",
                "November",
                "Desember",
            ],
            "shortMonths": [
                "Jan",
                "Feb",
                "Mar",
                "Apr",
                "Mei",
                "Jun",
                "Jul",
                "Agu",
                "Sep",
                "Okt",
                "Nov",
                "Des",
            ],
        },
    }
}
"""How Vega writes numbers and times of axes, legends and tooltips (d3-format's and
d3-time-format's definitions); English is its own.
"""
SERIES = ("#16a34a", "#d97706", "#3b82f6", "#a855f7", "#e11d48", "#0d9488", "#65a30d", "#6b7280")
"""Each at least 3:1 against the light and the dark page (WCAG 1.4.11)."""


def written(spec: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return a chart whose figures and dates are written as in ``lang``, with thousands told
    apart in tooltips as on axes.
    """
    locale = {"locale": LOCALES[lang]} if lang in LOCALES else {}
    return {
        **spec,
        "config": {**spec.get("config", {}), **locale, "tooltipFormat": {"numberFormat": ","}},
    }


def told(rows: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> list[dict[str, str]]:
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
    values = [{**each, "state": words[each["state"]]} for each in points]
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
            "tooltip": told(points, titles),
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


def tiles(
    placed: Sequence[Tile],
    values: Mapping[str, float | None],
    titles: tuple[str, str],
    texts: Mapping[str, str],
) -> dict[str, Any]:
    """Return a tile a region, north up, shaded by its value, grey without one.

    ``texts`` are what each tile says of itself, by code; ``titles`` what a region and the figure
    are called.
    """
    points = [
        {
            "column": each.column,
            "row": each.row,
            "name": each.name,
            "short": each.short,
            "value": values.get(each.code),
            "text": texts.get(each.code, "–"),
        }
        for each in placed
    ]
    place = {
        "x": {"field": "column", "type": "ordinal", "axis": None},
        "y": {"field": "row", "type": "ordinal", "axis": None},
        "tooltip": [{"field": "name", "title": titles[0]}, {"field": "text", "title": titles[1]}],
    }
    known = [each["value"] for each in points if each["value"] is not None]
    middle = (min(known) + max(known)) / 2 if known else 0
    ink = {
        "condition": {"test": f"isValid(datum.value) && datum.value > {middle}", "value": "white"},
        "value": "#111827",
    }
    shade = {
        "field": "value",
        "type": "quantitative",
        "title": titles[1],
        "scale": {"range": list(SHADES)},
        "legend": {"orient": "top", "gradientLength": 200},
    }
    name = {
        "type": "text",
        "lineBreak": "\n",
        "lineHeight": 11,
        "baseline": "middle",
        "fontSize": {"expr": f"width < {NARROW} ? 0 : 10"},
    }
    figure = {
        "type": "text",
        "baseline": "middle",
        "fontWeight": "bold",
        "fontSize": 10,
        "dy": {"expr": f"width < {NARROW} ? 0 : 16"},
    }
    return {
        "data": {"values": points},
        "height": {"step": 54},
        "autosize": WIDE,
        "layer": [
            {
                "mark": {"type": "rect", "stroke": "white", "strokeWidth": 2, "invalid": None},
                "encoding": {
                    **place,
                    "color": {
                        "condition": {"test": "!isValid(datum.value)", "value": EMPTY},
                        **shade,
                    },
                },
            },
            {
                "mark": {**name, "dy": -8},
                "encoding": {**place, "text": {"field": "short"}, "color": ink},
            },
            {"mark": figure, "encoding": {**place, "text": {"field": "text"}, "color": ink}},
        ],
        "config": {"view": {"stroke": None}, "scale": {"bandPaddingInner": 0}},
    }


def shapes(
    features: Sequence[Mapping[str, Any]],
    values: Mapping[str, float | None],
    names: Mapping[str, str],
    titles: tuple[str, str],
) -> dict[str, Any]:
    """Return the regions of an operator's own boundaries, shaded by value; each feature's
    ``properties.code`` says which region it is.
    """
    drawn = [
        {
            **each,
            "value": values.get(each["properties"]["code"]),
            "name": names.get(each["properties"]["code"], ""),
        }
        for each in features
    ]
    shade = {
        "field": "value",
        "type": "quantitative",
        "title": titles[1],
        "scale": {"range": list(SHADES)},
        "legend": {"orient": "top", "gradientLength": 200},
    }
    return {
        "data": {"values": drawn},
        "mark": {"type": "geoshape", "stroke": "white", "invalid": None},
        "height": 460,
        "autosize": WIDE,
        "projection": PLANE,
        "encoding": {
            "color": {"condition": {"test": "!isValid(datum.value)", "value": EMPTY}, **shade},
            "tooltip": [
                {"field": "name", "title": titles[0]},
                {"field": "value", "type": "quantitative", "title": titles[1]},
            ],
        },
    }


def points(
    rows: Sequence[Mapping[str, Any]], grid: Sequence[Mapping[str, Any]], titles: Mapping[str, str]
) -> dict[str, Any]:
    """Return points where they lie, all directions to the same scale, over a grid of degrees
    with a scale bar: no base map is asked of anybody.
    """
    at = {
        "longitude": {"field": "lon", "type": "quantitative"},
        "latitude": {"field": "lat", "type": "quantitative"},
    }
    lines = [each for each in grid if "geometry" in each]
    labels = [each for each in grid if "geometry" not in each]
    size = {
        "field": "rows",
        "type": "quantitative",
        "title": titles["rows"],
        "scale": {"range": [30, 400]},
        "legend": {"orient": "top"},
    }
    return {
        "height": 460,
        "autosize": WIDE,
        "projection": PLANE,
        "layer": [
            {
                "data": {"values": lines},
                "mark": {"type": "geoshape", "filled": False, "aria": False},
                "encoding": {
                    "stroke": {
                        "condition": {"test": "datum.bar", "value": "#6b7280"},
                        "value": LINES,
                    },
                    "strokeWidth": {"condition": {"test": "datum.bar", "value": 4}, "value": 0.5},
                },
            },
            {
                "data": {"values": labels},
                "mark": {"type": "text", "fontSize": 10, "color": "#6b7280"},
                "encoding": {**at, "text": {"field": "text"}},
            },
            {
                "data": {"values": list(rows)},
                "mark": {"type": "circle", "color": SERIES[0], "opacity": 0.7},
                "encoding": {
                    **at,
                    "size": size if any(each["rows"] > 1 for each in rows) else {"value": 60},
                    "tooltip": told(rows, titles),
                },
            },
        ],
    }
