"""Indicators: each with its question, rule, periods, numerator, denominator, completeness and status. ``/kpi?id=<name>`` shows one."""

from typing import Any

import streamlit as st

from pipelines.release import Release
from portal import data
from portal.blocks import bars, link, table
from portal.words import number, pick, say

COLOUR = "#166534"


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("kpi", lang))
    every = data.kpis(release)
    asked = st.query_params.get("id")
    if asked in {kpi.name for kpi in every}:
        st.markdown(link(say("all_kpis", lang), "kpi", lang))
        every = [kpi for kpi in every if kpi.name == asked]
    for kpi in every:
        _one(kpi, lang)


def _one(kpi: data.Kpi, lang: str) -> None:
    st.header(kpi.header[f"title_{lang}"], anchor=kpi.name)
    st.write(kpi.header[f"question_{lang}"])
    columns = ["period", *_split(kpi), "numerator", "denominator", "value", "unit", "completeness", "status"]
    table([say(name, lang) for name in columns], [[_cell(kpi, row, name, lang) for name in columns] for row in kpi.rows])
    _chart(kpi, lang)
    versions = sorted({str(row["rule_version"]) for row in kpi.rows})
    st.caption(f"{say('rule', lang)}: {kpi.header['rule']} · {', '.join(versions)} · {say('steward', lang)}: {kpi.header['steward']}")


def _split(kpi: data.Kpi) -> list[str]:
    """Return the columns beside the period that tell its values apart."""
    return [name for name in kpi.key if name != "period"]


def _cell(kpi: data.Kpi, row: dict[str, Any], name: str, lang: str) -> str:
    if name == "measure":
        return pick(kpi.measures[row[name]], lang)
    if name == "unit":
        return unit(row["unit"], lang)
    if name == "completeness":
        return f"{number(100.0 * row[name], lang, 1)} %"
    if name == "status":
        return say(row[name], lang) + (f": {pick(kpi.reasons[row['reason']], lang)}" if row["reason"] else "")
    if isinstance(row[name], str):
        return row[name]
    return number(row[name], lang, 1 if name == "value" else 0)


def unit(code: str, lang: str) -> str:
    """Return a unit as it is written beside a value."""
    return say("working_days", lang) if code == "wd" else code


def _chart(kpi: data.Kpi, lang: str) -> None:
    """Draw the values of the first measure's unit, a colour a measure."""
    units = [row["unit"] for row in kpi.rows]
    kinds = {id(row): " · ".join(_cell(kpi, row, name, lang) for name in _split(kpi)) or kpi.header[f"title_{lang}"] for row in kpi.rows}
    drawn = [row for row in kpi.rows if row["value"] is not None and row["unit"] == units[0]]
    points = [{"period": row["period"], "value": float(row["value"]), "kind": kinds[id(row)]} for row in drawn]
    colours = {kinds[id(row)]: row.get("colour") or COLOUR for row in drawn}
    if points:
        st.vega_lite_chart(bars(points, "period", "value", colours, [say("period", lang), say("value", lang)]))
