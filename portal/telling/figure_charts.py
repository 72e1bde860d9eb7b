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
    known = [
        {**each, "state": words[each["status"]]} for each in points if each["value"] is not None
    ]
    missing = [{**each, "state": words[each["status"]]} for each in points if each["value"] is None]
    named = {
        "field": "kind",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(colours)},
        "legend": {"orient": "top", "columns": 1, "labelLimit": 300},
    }
    beside = (
        {"xOffset": {"field": "kind", "sort": list(colours)}}
        if not stacked and len(colours) > 1
        else {}
    )
    period = {
        "field": "period",
        "type": "ordinal",
        "title": words["period"],
        "axis": {"labelAngle": 0, "labelOverlap": True},
    }
    told = [{"field": name, "title": words[name]} for name in ("period", "kind", "told", "state")]
    state = {
        "field": "state",
        "type": "nominal",
        "title": None,
        "legend": {"orient": "top", "symbolFillColor": OUTLINE, "symbolStrokeColor": OUTLINE},
    }
    crosses = {
        "data": {"values": missing},
        "mark": {
            "type": "point",
            "shape": "cross",
            "size": 90,
            "filled": True,
            "color": MISSING,
            "opacity": 1,
        },
        "encoding": {"x": period, "y": {"datum": 0}, "tooltip": told, **beside},
    }
    return {
        "height": 260,
        "autosize": WIDE,
        "layer": [
            {
                "data": {"values": known},
                "mark": {"type": "bar", "stroke": OUTLINE, "strokeWidth": 1},
                "encoding": {
                    "x": period,
                    "y": {"field": "value", "type": "quantitative", "title": words["value"]},
                    "color": (
                        {
                            **named,
                            "scale": {
                                "domain": list(colours),
                                **({"range": list(colours.values())} if stacked else {}),
                            },
                        }
                        if len(colours) > 1
                        else {"value": SERIES[0]}
                    ),
                    "opacity": {
                        **state,
                        "scale": {
                            "domain": [words[name] for name in STRENGTH],
                            "range": list(STRENGTH.values()),
                        },
                    },
                    "tooltip": told,
                    **beside,
                },
            },
            *([crosses] if missing else []),
        ],
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
        "data": {"values": [{**each, "state": words[each["state"]]} for each in points]},
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
