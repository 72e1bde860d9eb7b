"""The operation centre's view: one day of the city by hour and kelurahan, one measure at a time.
``/operations?day=<date>&measure=<column>``.
"""

from typing import Any

import streamlit as st

from pipelines.markdowntext import ESCAPED
from pipelines.release.release import Release
from portal.data import tables
from portal.data.operations import operation_days, operations
from portal.explore.blocks import chart, one_of, some_of, table
from portal.words.say import number, pick, say

DIMENSIONS = ("day", "hour", "region_code", "kelurahan", "kecamatan")
SHADES = ("#f0fdf4", "#166534")


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("operations", lang))
    st.write(say("operations_intro", lang))
    view = next(
        (aggregate for aggregate in tables.marts(release) if aggregate.stem == "operations_hourly"),
        None,
    )
    days = operation_days(release) if view else []
    if view is None or not days:
        st.info(say("no_operations", lang))
        return
    left, middle, right = st.columns(3)
    day = one_of(left, "day", say("day", lang), dict(zip(days, days, strict=True)))
    names = {
        name: pick(text, lang) for name, text in view.columns.items() if name not in DIMENSIONS
    }
    measure = one_of(middle, "measure", say("measure", lang), names)
    rows = operations(release, day)
    districts = sorted({row["kecamatan"] for row in rows})
    chosen = some_of(
        right,
        "district",
        say("district", lang),
        dict(zip(districts, districts, strict=True)),
        say("all", lang),
    )
    shown = [row for row in rows if not chosen or row["kecamatan"] in chosen]
    if any(row[measure] is not None for row in shown):
        st.header(names[measure])
        chart(_heat(shown, measure, lang), say("operations_alt", lang, names[measure], day), lang)
    else:
        st.info(f"{names[measure]}: {say('no_value_day', lang)}")
    st.header(f"{say('day', lang)} {day}")
    st.markdown(_sums(shown, names, lang))
    header = [say("kelurahan", lang), names[measure]]
    table(header, _totals(shown, [measure], lang))
    with st.expander(say("every_measure", lang)):
        table([say("kelurahan", lang), *names.values()], _totals(shown, list(names), lang))


def _sums(rows: list[dict[str, Any]], names: dict[str, str], lang: str) -> str:
    """Return the whole of what is shown, a line a measure: sums of counts, means of everything
    else.
    """
    sentences = [
        (title, _whole([row[name] for row in rows if row[name] is not None], lang))
        for name, title in names.items()
    ]
    return "\n".join(f"- {title.translate(ESCAPED)}: **{value}**" for title, value in sentences)


def _heat(rows: list[dict[str, Any]], measure: str, lang: str) -> dict[str, Any]:
    """Return a heat map, an hour a column and a kelurahan a row; hours without data stay empty."""
    measured = [row for row in rows if row[measure] is not None]
    points = [
        {
            "hour": row["hour"],
            "place": row["kelurahan"],
            "kecamatan": row["kecamatan"],
            "value": float(row[measure]),
        }
        for row in measured
    ]
    return {
        "data": {"values": points},
        "mark": {"type": "rect", "tooltip": True},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "height": {"step": 18},
        "encoding": {
            "x": {
                "field": "hour",
                "type": "ordinal",
                "title": say("hour", lang),
                "axis": {"labelAngle": 0},
            },
            "y": {
                "field": "place",
                "type": "ordinal",
                "sort": None,
                "title": None,
                "axis": {"labelLimit": 150, "labelOverlap": False},
            },
            "color": {
                "field": "value",
                "type": "quantitative",
                "title": None,
                "legend": {"orient": "top"},
                "scale": {"range": list(SHADES)},
            },
        },
    }


def _totals(rows: list[dict[str, Any]], measures: list[str], lang: str) -> list[list[str]]:
    """Return one line per kelurahan: sums of counts, means of everything else, a dash where
    there is nothing.
    """
    places: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        places.setdefault(f"{row['kecamatan']}: {row['kelurahan']}", []).append(row)
    lines = []
    for place, place_rows in sorted(places.items()):
        cells = []
        for measure in measures:
            cells.append(
                _whole([row[measure] for row in place_rows if row[measure] is not None], lang)
            )
        lines.append([place, *cells])
    return lines


def _whole(values: list[Any], lang: str) -> str:
    counts = bool(values) and all(isinstance(value, int) for value in values)
    return (
        number(sum(values) if counts else sum(values) / len(values), lang, 0 if counts else 1)
        if values
        else "–"
    )
