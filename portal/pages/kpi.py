"""Indicators: each with its question, rule, periods, numerator, denominator, completeness and status. ``/kpi?id=<name>`` shows one."""

import streamlit as st

from pipelines.release import Release
from portal import data
from portal.blocks import bars, link, table
from portal.words import number, say


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
    category = "category_en" if lang == "en" else "category"
    columns = [
        "period",
        *(["category"] if kpi.rows and "category" in kpi.rows[0] else []),
        "numerator",
        "denominator",
        "value",
        "unit",
        "completeness",
        "status",
    ]
    rows = []
    for row in kpi.rows:
        share = number(100.0 * float(row["completeness"] or 0), lang, 1)
        cells = {
            "period": row["period"], "category": row.get(category), "numerator": number(row["numerator"], lang),
            "denominator": number(row["denominator"], lang), "value": number(row["value"], lang, 1),
            "unit": say("working_days", lang) if row["unit"] == "wd" else row["unit"], "completeness": f"{share} %",
            "status": say(row["status"], lang) + (f": {row['reason']}" if row.get("reason") else ""),
        }  # fmt: skip
        rows.append([str(cells[name] if cells[name] is not None else "–") for name in columns])
    points = [
        {"period": row["period"], "value": float(row["value"]), "kind": row.get(category) or kpi.header[f"title_{lang}"]}
        for row in kpi.rows
        if row["value"] is not None
    ]
    colours = {row.get(category) or kpi.header[f"title_{lang}"]: row.get("colour") or "#166534" for row in kpi.rows}
    if points:
        st.vega_lite_chart(bars(points, "period", "value", colours, [say("period", lang), say("value", lang)]))
    table([say(name, lang) for name in columns], rows)
    versions = sorted({str(row["rule_version"]) for row in kpi.rows})
    st.caption(f"{say('rule', lang)}: {kpi.header['rule']} · {', '.join(versions)} · {say('steward', lang)}: {kpi.header['steward']}")
