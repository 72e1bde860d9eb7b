"""An indicator's values as they are drawn: a cell of its table, the chart of its periods, its
regions beside each other. Which indicator and what stands around them is the page's business.
"""

from typing import Any

import streamlit as st

from pipelines.city import municipality
from pipelines.models.indicators import STATUSES
from pipelines.models.model import Model
from pipelines.release.release import Release
from portal.data import indicators
from portal.explore.blocks import chart, one_of, table
from portal.explore.cards import receipt_link
from portal.telling import figure_charts
from portal.telling.figures import status, valued
from portal.words.say import number, pick, say, unit

LEVELS = {8: "district", 13: "kelurahan"}
"""What a region is by the length of its code (Kemendagri)."""


def split_columns(kpi: Model) -> list[str]:
    """Return the columns beside the period that tell its values apart."""
    return [name for name in kpi.key if name != "period"]


def cell(
    release: Release,
    kpi: Model,
    row: dict[str, Any],
    beside: dict[str, Any],
    name: str,
    lang: str,
) -> str:
    """Return one cell of the table of every value; ``beside`` is what the trend says of its row."""
    if name == "measure":
        return pick(kpi.measures[row[name]], lang)
    if name == "region_code":
        return indicators.region_names(release).get(row[name], row[name])
    if name == "value":
        return receipt_link(kpi, row, valued(row, lang))
    if name == "counted":
        return f"{number(row['numerator'], lang)} / {number(row['denominator'], lang)}"
    if name == "completeness":
        return f"{number(100.0 * float(row[name]), lang, 1)} %"
    if name == "status":
        return status(kpi, row, lang)
    if name in ("change", "year_change"):
        return _change(beside.get(name), beside.get(f"{name}_reason"), lang)
    if name == "target":
        return (
            "–"
            if beside.get("target") is None
            else f"{number(beside['target'], lang, 1)} {unit(beside['target_unit'], lang)}"
        )
    return (
        number(row[name], lang)
        if isinstance(row[name], int | float) or row[name] is None
        else str(row[name])
    )


def _change(change: float | None, reason: str | None, lang: str) -> str:
    if change is not None:
        return ("+" if change > 0 else "") + number(change, lang, 1)
    return "–" if reason in (None, "no_value", "no_previous") else say(reason, lang)


def periods(release: Release, kpi: Model, lang: str) -> None:
    """Draw the whole city's values in the first measure's unit: shares of one whole as stacked
    bars, other measures beside each other.
    """
    city = [
        row for row in indicators.rows(release, kpi) if row["region_code"] == municipality().code
    ]
    unit_drawn = next((row["unit"] for row in city if row["value"] is not None), None)
    drawn = [
        row
        for row in city
        if row["unit"] == unit_drawn
        and (not row.get("measure") or "colour" not in row or row["colour"])
    ]
    if not drawn:
        return
    split = [name for name in split_columns(kpi) if name != "region_code"]
    kinds = {
        id(row): (
            " · ".join(cell(release, kpi, row, {}, name, lang) for name in split)
            or pick(kpi.header.title, lang)
        )
        for row in drawn
    }
    points = [
        {
            "period": row["period"],
            "value": None if row["value"] is None else float(row["value"]),
            "kind": kinds[id(row)],
            "status": row["status"],
            "told": f"{valued(row, lang)} ({status(kpi, row, lang)})",
        }
        for row in drawn
    ]
    colours = {kinds[id(row)]: row.get("colour") for row in drawn}
    words = {name: say(name, lang) for name in ("period", "value", *STATUSES)} | {
        "kind": say("measure", lang),
        "told": say("value", lang),
    }
    spec = figure_charts.periods(points, colours, words | {"state": say("status", lang)})
    chart(
        spec,
        say(
            "periods_alt",
            lang,
            pick(kpi.header.title, lang),
            len({point["period"] for point in points}),
        ),
        lang,
    )
    st.caption(say("periods_note", lang))


def regions(release: Release, kpi: Model, lang: str) -> None:
    """Compare the regions of one period and measure, where the indicator has regions; what is
    compared stands in the address.
    """
    rows = [
        row for row in indicators.rows(release, kpi) if row["region_code"] != municipality().code
    ]
    if not rows:
        return
    st.header(say("regions", lang))
    places = st.columns(3)
    offered = sorted({row["period"] for row in rows}, reverse=True)
    period = one_of(places[0], "period", say("period", lang), {name: name for name in offered})
    split = [name for name in split_columns(kpi) if name != "region_code"]
    kinds = {
        _kind(row, split): " · ".join(cell(release, kpi, row, {}, name, lang) for name in split)
        for row in rows
        if row["period"] == period
    }
    kind = one_of(places[1], "measure", say("measure", lang), kinds) if split else ""
    levels = {str(len(row["region_code"])): row["region_code"] for row in rows}
    level = one_of(
        places[2],
        "level",
        say("region_code", lang),
        {length: say(LEVELS[int(length)], lang) for length in sorted(levels)},
    )
    comparable = [
        row
        for row in indicators.rows(release, kpi)
        if row["period"] == period and _kind(row, split) == kind
    ]
    shown = sorted(
        (row for row in comparable if str(len(row["region_code"])) == level),
        key=lambda row: (row["value"] is None, -float(row["value"] or 0)),
    )
    whole = next(
        (
            row
            for row in comparable
            if row["region_code"] == municipality().code and row["value"] is not None
        ),
        None,
    )
    _drawn(release, kpi, shown, whole, lang)


def _drawn(
    release: Release,
    kpi: Model,
    shown: list[dict[str, Any]],
    whole: dict[str, Any] | None,
    lang: str,
) -> None:
    """Draw regions as bars beside the whole city's line, and as a table."""
    names = indicators.region_names(release)
    points = [
        {
            "name": names.get(row["region_code"], row["region_code"]),
            "value": float(row["value"]),
            "told": valued(row, lang),
        }
        for row in shown
        if row["value"] is not None
    ]
    if points:
        words = {name: say(name, lang) for name in ("value", "region_code")}
        spec = figure_charts.regions(points, float(whole["value"]) if whole else None, words)
        chart(spec, say("regions_alt", lang, pick(kpi.header.title, lang), len(points)), lang)
    if whole:
        st.caption(f"{say('regions_line', lang)}: {valued(whole, lang)}")
    lines = [
        [
            names.get(row["region_code"], row["region_code"]),
            receipt_link(kpi, row, valued(row, lang)),
            say(row["status"], lang),
        ]
        for row in shown
    ]
    table([say(name, lang) for name in ("region_code", "value", "status")], lines)


def _kind(row: dict[str, Any], split: list[str]) -> str:
    return ",".join(str(row[name]) for name in split)
