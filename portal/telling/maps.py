"""Maps of the explore pages as Vega-Lite values, without a base map: tiles, regions and points.

Colours are told apart without colour too: by text, by order or by the table that stands under every
chart. Where a thing lies is ``tilegrid``'s.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.telling.charts import EMPTY, SERIES, WIDE, tooltip
from portal.telling.tilegrid import Tile

PLANE = {"type": "identity", "reflectY": True}
"""Degrees as they are: near the equator they are as long in both directions, and no ring of a
boundary is taken for its outside.
"""
SHADES = ("#dcfce7", "#14532d")
LINES = "#9ca3af"
NARROW = 640
"""Pixels of a map of tiles below which their names do not fit; the figures stay, and the table
has the names.
"""

TILE_NAME = {
    "type": "text",
    "lineBreak": "\n",
    "lineHeight": 11,
    "baseline": "middle",
    "fontSize": {"expr": f"width < {NARROW} ? 0 : 10"},
}
TILE_FIGURE = {
    "type": "text",
    "baseline": "middle",
    "fontWeight": "bold",
    "fontSize": 10,
    "dy": {"expr": f"width < {NARROW} ? 0 : 16"},
}
"""How a tile says its name, where there is room, and its figure beneath it."""


def _shade(title: str) -> dict[str, Any]:
    """Return how a value is shaded, and the legend that says so."""
    return {
        "field": "value",
        "type": "quantitative",
        "title": title,
        "scale": {"range": list(SHADES)},
        "legend": {"orient": "top", "gradientLength": 200},
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
            "column": tile.column,
            "row": tile.row,
            "name": tile.name,
            "short": tile.short,
            "value": values.get(tile.code),
            "text": texts.get(tile.code, "–"),
        }
        for tile in placed
    ]
    place = {
        "x": {"field": "column", "type": "ordinal", "axis": None},
        "y": {"field": "row", "type": "ordinal", "axis": None},
        "tooltip": [{"field": "name", "title": titles[0]}, {"field": "text", "title": titles[1]}],
    }
    known = [point["value"] for point in points if point["value"] is not None]
    middle = (min(known) + max(known)) / 2 if known else 0
    ink = {
        "condition": {"test": f"isValid(datum.value) && datum.value > {middle}", "value": "white"},
        "value": "#111827",
    }
    shade = _shade(titles[1])
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
                "mark": {**TILE_NAME, "dy": -8},
                "encoding": {**place, "text": {"field": "short"}, "color": ink},
            },
            {"mark": TILE_FIGURE, "encoding": {**place, "text": {"field": "text"}, "color": ink}},
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
            **feature,
            "value": values.get(feature["properties"]["code"]),
            "name": names.get(feature["properties"]["code"], ""),
        }
        for feature in features
    ]
    shade = _shade(titles[1])
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
    lines = [feature for feature in grid if "geometry" in feature]
    labels = [feature for feature in grid if "geometry" not in feature]
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
                    "size": size if any(row["rows"] > 1 for row in rows) else {"value": 60},
                    "tooltip": tooltip(rows, titles),
                },
            },
        ],
    }
