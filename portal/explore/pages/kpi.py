"""Indicators: all of them by dimension with their last good value, and one of them with every
period, comparison, rule, SQL and receipt.

``/kpi`` lists, ``/kpi?id=<name>`` shows one.
"""

from typing import Any

import streamlit as st

from pipelines.city import municipality
from pipelines.contract.terms import DIMENSIONS
from pipelines.models.indicators import STATUSES
from pipelines.release.release import Release
from portal.data import indicators, sources
from portal.explore.blocks import chart, downloads, link, one_of, table
from portal.explore.cards import headlined, receipt_link
from portal.telling import figure_charts
from portal.telling.figures import headline, status, valued
from portal.words.say import number, pick, say, unit

LEVELS = {8: "district", 13: "kelurahan"}
"""What a region is by the length of its code (Kemendagri)."""


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    every = indicators.kpis(release)
    asked = st.query_params.get("id")
    chosen = next((kpi for kpi in every if kpi.name == asked), None)
    if chosen is None:
        _list(release, every, lang)
    elif st.query_params.get("part") == "chart":
        _embedded(release, chosen, lang)
    else:
        st.markdown(link(say("all_kpis", lang), "kpi", lang))
        _one(release, chosen, lang)


def _embedded(release: Release, kpi: indicators.Kpi, lang: str) -> None:
    """Draw the last value and the chart alone, for another page to embed, with the way to the
    whole page.
    """
    st.title(f"{kpi.header.number} {pick(kpi.header.title, lang)}", anchor=False)
    headlined(
        release, kpi, indicators.latest(release).get(kpi.name, ()), say("last_value", lang), lang
    )
    _chart(release, kpi, lang)
    st.markdown(
        link(f"{say('portal', lang)}: {pick(kpi.header.title, lang)}", "kpi", lang, id=kpi.name)
    )


def _list(release: Release, every: list[indicators.Kpi], lang: str) -> None:
    st.title(say("kpi", lang))
    latest = indicators.latest(release)
    for dimension in DIMENSIONS:
        found = [kpi for kpi in every if kpi.header.dimension == dimension]
        if found:
            st.header(say(dimension, lang))
            table(
                [say(name, lang) for name in ("indicator", "last_value", "period", "status")],
                [_line(kpi, latest.get(kpi.name, ()), lang) for kpi in found],
            )
    missing = indicators.not_computed(release)
    if missing:
        st.header(say("not_computed", lang))
        table(
            [say(name, lang) for name in ("dimension", "indicator", "reason")],
            [[say(each["dimension"], lang), each["indicator"], each["reason"]] for each in missing],
        )


def _line(kpi: indicators.Kpi, latest: tuple[dict[str, Any], ...], lang: str) -> list[str]:
    name = link(f"{kpi.header.number} {pick(kpi.header.title, lang)}", "kpi", lang, id=kpi.name)
    return (
        [name, "–", "–", say("no_value", lang)]
        if not latest
        else [name, *headline(kpi, latest[0], lang)]
    )


def _one(release: Release, kpi: indicators.Kpi, lang: str) -> None:
    st.title(f"{kpi.header.number} {pick(kpi.header.title, lang)}")
    st.write(pick(kpi.header.question, lang))
    for contract, day in sources.stopped(release, f"kpi.{kpi.name}"):
        st.info(say("system_stopped", lang, pick(contract.title, lang), day))
    headlined(
        release, kpi, indicators.latest(release).get(kpi.name, ()), say("last_value", lang), lang
    )
    _chart(release, kpi, lang)
    _regions(release, kpi, lang)
    st.header(say("every_value", lang))
    trend = {_place(row, row["part"]): row for row in indicators.trends(release, kpi)}
    beside_of = [
        name
        for name in ("change", "year_change", "target")
        if any(row[name] is not None for row in trend.values())
    ]
    more = [name for name in kpi.columns if name not in kpi.key and name != "colour"]
    columns = [
        "period",
        *_split(kpi),
        "value",
        *more,
        "counted",
        *beside_of,
        "completeness",
        "status",
    ]
    rows = []
    for row in sorted(kpi.rows, key=lambda each: each["period"], reverse=True):
        part = (
            ", ".join(
                str(row[name])
                for name in kpi.key
                if name not in ("period", "measure", "region_code")
            )
            or None
        )
        beside = trend.get(_place(row, part), {})
        rows.append([_cell(release, kpi, row, beside, name, lang) for name in columns])
    table(
        [
            say(name, lang) if name not in kpi.columns else pick(kpi.columns[name], lang)
            for name in columns
        ],
        rows,
    )
    versions = sorted({str(row["rule_version"]) for row in kpi.rows})
    st.caption(say("completeness_note", lang))
    st.caption(
        f"{say('rule', lang)}: {pick(kpi.header.rule, lang)} · {say('rule_version', lang)}:"
        f" {', '.join(versions)} · {say('steward', lang)}: {kpi.header.steward}"
    )
    st.markdown(f"{say('receipt_note', lang)} {downloads(f'kpi.{kpi.name}', lang)}")
    with st.expander(say("how_computed", lang)):
        st.code(indicators.sql_of(release, kpi), None)


def _place(row: dict[str, Any], part: str | None) -> tuple[Any, ...]:
    return row["period"], row.get("measure"), row["region_code"], part


def _split(kpi: indicators.Kpi) -> list[str]:
    """Return the columns beside the period that tell its values apart."""
    return [name for name in kpi.key if name != "period"]


def _cell(
    release: Release,
    kpi: indicators.Kpi,
    row: dict[str, Any],
    beside: dict[str, Any],
    name: str,
    lang: str,
) -> str:
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


def _chart(release: Release, kpi: indicators.Kpi, lang: str) -> None:
    """Draw the whole city's values in the first measure's unit: shares of one whole as stacked
    bars, other measures beside each other.
    """
    city = [row for row in kpi.rows if row["region_code"] == municipality().code]
    unit_drawn = next((row["unit"] for row in city if row["value"] is not None), None)
    drawn = [
        row
        for row in city
        if row["unit"] == unit_drawn
        and (not row.get("measure") or "colour" not in row or row["colour"])
    ]
    if not drawn:
        return
    split = [name for name in _split(kpi) if name != "region_code"]
    kinds = {
        id(row): (
            " · ".join(_cell(release, kpi, row, {}, name, lang) for name in split)
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
            len({each["period"] for each in points}),
        ),
        lang,
    )
    st.caption(say("periods_note", lang))


def _regions(release: Release, kpi: indicators.Kpi, lang: str) -> None:
    """Compare the regions of one period and measure, where the indicator has regions; what is
    compared stands in the address.
    """
    rows = [row for row in kpi.rows if row["region_code"] != municipality().code]
    if not rows:
        return
    st.header(say("regions", lang))
    names = indicators.region_names(release)
    places = st.columns(3)
    told = sorted({row["period"] for row in rows}, reverse=True)
    period = one_of(places[0], "period", say("period", lang), dict(zip(told, told, strict=True)))
    split = [name for name in _split(kpi) if name != "region_code"]
    kinds = {
        _kind(row, split): " · ".join(_cell(release, kpi, row, {}, name, lang) for name in split)
        for row in rows
        if row["period"] == period
    }
    kind = one_of(places[1], "measure", say("measure", lang), kinds) if split else ""
    levels = {str(len(row["region_code"])): row["region_code"] for row in rows}
    level = one_of(
        places[2],
        "level",
        say("region_code", lang),
        {each: say(LEVELS[int(each)], lang) for each in sorted(levels)},
    )
    here = [row for row in kpi.rows if row["period"] == period and _kind(row, split) == kind]
    shown = sorted(
        (row for row in here if str(len(row["region_code"])) == level),
        key=lambda row: (row["value"] is None, -float(row["value"] or 0)),
    )
    whole = next(
        (
            row
            for row in here
            if row["region_code"] == municipality().code and row["value"] is not None
        ),
        None,
    )
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
