"""Charts of the pages about the city as Vega-Lite values: an indicator's periods with their status,
its regions beside each other, systems by day.

Status and verdict are told apart by strength, form and text as well as by colour; the table beneath
each chart says the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.telling.charts import EMPTY, SERIES, VERDICTS, WIDE

STRENGTH = {"final": 1.0, "provisional": 0.5}
"""Opacity of a bar by the status of its value."""
OUTLINE = "#6b7280"
"""Colour of a bar's outline and of the legend of strengths, seen on the light and the dark page."""
MISSING = "#b45309"
"""Colour of the cross that stands where a value is not available."""


def periods(
    points: Sequence[Mapping[str, Any]], colours: Mapping[str, str | None], words: Mapping[str, str]
) -> dict[str, Any]:
    """Return a bar a value by period, weaker where it is provisional, a cross where none is
    available.

    ``points`` have period, value (or None), kind, status and told; kinds are stacked where
    ``colours`` gives each a colour. ``words`` are the page's, of period, value and every status.
    """
    stacked = all(colours.values())
    period = {
        "field": "period",
        "type": "ordinal",
        "title": words["period"],
        "axis": {"labelAngle": 0, "labelOverlap": True},
    }
    tooltip = [
        {"field": name, "title": words[name]} for name in ("period", "kind", "told", "state")
    ]
    beside = (
        {"xOffset": {"field": "kind", "sort": list(colours)}}
        if not stacked and len(colours) > 1
        else {}
    )
    shared = {"x": period, "tooltip": tooltip, **beside}
    stated = [{**point, "state": words[point["status"]]} for point in points]
    available = [point for point in stated if point["value"] is not None]
    missing = [point for point in stated if point["value"] is None]
    layers = [
        _bars(available, colours, words, shared),
        *([_crosses(missing, shared)] if missing else []),
    ]
    return {"height": 260, "autosize": WIDE, "layer": layers}


def _bars(
    points: Sequence[Mapping[str, Any]],
    colours: Mapping[str, str | None],
    words: Mapping[str, str],
    shared: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the layer of values: coloured by kind where there are several, weaker by status."""
    stacked = all(colours.values())
    colour = {
        "field": "kind",
        "type": "nominal",
        "title": None,
        "scale": {
            "domain": list(colours),
            **({"range": list(colours.values())} if stacked else {}),
        },
        "legend": {"orient": "top", "columns": 1, "labelLimit": 300},
    }
    opacity = {
        "field": "state",
        "type": "nominal",
        "title": None,
        "legend": {"orient": "top", "symbolFillColor": OUTLINE, "symbolStrokeColor": OUTLINE},
        "scale": {
            "domain": [words[name] for name in STRENGTH],
            "range": list(STRENGTH.values()),
        },
    }
    return {
        "data": {"values": points},
        "mark": {"type": "bar", "stroke": OUTLINE, "strokeWidth": 1},
        "encoding": {
            "y": {"field": "value", "type": "quantitative", "title": words["value"]},
            "color": colour if len(colours) > 1 else {"value": SERIES[0]},
            "opacity": opacity,
            **shared,
        },
    }


def _crosses(points: Sequence[Mapping[str, Any]], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the layer of values that are not available."""
    return {
        "data": {"values": points},
        "mark": {
            "type": "point",
            "shape": "cross",
            "size": 90,
            "filled": True,
            "color": MISSING,
            "opacity": 1,
        },
        "encoding": {"y": {"datum": 0}, **shared},
    }


def regions(
    points: Sequence[Mapping[str, Any]], whole: float | None, words: Mapping[str, str]
) -> dict[str, Any]:
    """Return a bar a region, greatest first, and the whole city's value as a line; ``points``
    have name, value and told.
    """
    bars = {
        "data": {"values": list(points)},
        "mark": {"type": "bar", "color": SERIES[0]},
        "encoding": {
            "y": {
                "field": "name",
                "type": "nominal",
                "sort": "-x",
                "title": None,
                "axis": {"labelLimit": 220},
            },
            "x": {"field": "value", "type": "quantitative", "title": words["value"]},
            "tooltip": [
                {"field": "name", "title": words["region_code"]},
                {"field": "told", "title": words["value"]},
            ],
        },
    }
    line = {
        "data": {"values": [{"value": whole}]},
        "mark": {"type": "rule", "color": MISSING, "strokeWidth": 2, "strokeDash": [6, 3]},
        "encoding": {"x": {"field": "value", "type": "quantitative"}},
    }
    return {
        "height": {"step": 20},
        "autosize": WIDE,
        "layer": [bars, *([line] if whole is not None else [])],
    }


def systems(
    points: Sequence[Mapping[str, Any]], words: Mapping[str, str], titles: Mapping[str, str]
) -> dict[str, Any]:
    """Return a row a system and a cell a day or month, coloured by its verdicts; ``points`` have
    system, first, after, state and what the tooltip tells.
    """
    states = [name for name in VERDICTS if name != "missing"]
    return {
        "data": {"values": [{**point, "state": words[point["state"]]} for point in points]},
        "mark": {"type": "rect", "stroke": EMPTY, "strokeWidth": 0.5},
        "height": {"step": 18},
        "autosize": WIDE,
        "encoding": {
            "x": {
                "field": "first",
                "type": "temporal",
                "timeUnit": "utcyearmonthdate",
                "title": None,
                "axis": {"format": "%Y-%m-%d", "labelAngle": -45},
            },
            "x2": {"field": "after"},
            "y": {
                "field": "system",
                "type": "nominal",
                "title": None,
                "axis": {"labelLimit": 140, "labelOverlap": False},
            },
            "color": {
                "field": "state",
                "type": "nominal",
                "title": None,
                "legend": {"orient": "top", "labelLimit": 300, "columns": 1},
                "scale": {
                    "domain": [words[name] for name in states],
                    "range": [VERDICTS[name] for name in states],
                },
            },
            "tooltip": [{"field": name, "title": title} for name, title in titles.items()],
        },
    }
