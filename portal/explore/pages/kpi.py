"""Indicators: all of them by dimension with their last good value, and one of them with every
period, comparison, rule, SQL and receipt.

``/kpi`` lists, ``/kpi?id=<name>`` shows one.
"""

from typing import Any

import streamlit as st

from pipelines.city import municipality
from pipelines.contract.terms import DIMENSIONS
from pipelines.models.model import Model
from pipelines.release.release import Release
from portal.data import indicators, sources
from portal.explore.blocks import alone, downloads, link, table
from portal.explore.cards import headlined
from portal.explore.pages.parts.indicator import cell, periods, regions, split_columns
from portal.telling.figures import headline
from portal.words.say import pick, say


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    every = indicators.kpis(release)
    requested = st.query_params.get("id")
    chosen = next((kpi for kpi in every if kpi.stem == requested), None)
    if chosen is None:
        _list(release, every, lang)
    elif st.query_params.get("part") == "chart":
        _embedded(release, chosen, lang)
    else:
        st.markdown(link(say("all_kpis", lang), "kpi", lang))
        _show_kpi(release, chosen, lang)


def _embedded(release: Release, kpi: Model, lang: str) -> None:
    """Draw the last value and the chart alone, for another page to embed, with the way to the
    whole page.
    """
    st.title(f"{kpi.header.number} {pick(kpi.header.title, lang)}", anchor=False)
    headlined(
        release, kpi, indicators.latest(release).get(kpi.stem, ()), say("last_value", lang), lang
    )
    periods(release, kpi, lang)
    st.markdown(
        link(
            f"{pick(municipality().portal, lang)}: {pick(kpi.header.title, lang)}",
            "kpi",
            lang,
            id=kpi.stem,
        )
    )


def _list(release: Release, every: list[Model], lang: str) -> None:
    st.title(say("kpi", lang))
    latest = indicators.latest(release)
    for dimension in DIMENSIONS:
        kpis = [kpi for kpi in every if kpi.header.dimension == dimension]
        if kpis:
            st.header(say(dimension, lang))
            table(
                [say(name, lang) for name in ("indicator", "last_value", "period", "status")],
                [_line(kpi, latest.get(kpi.stem, ()), lang) for kpi in kpis],
            )
    missing = indicators.not_computed(release)
    if missing:
        st.header(say("not_computed", lang))
        table(
            [say(name, lang) for name in ("dimension", "indicator", "reason")],
            [[say(row["dimension"], lang), row["indicator"], row["reason"]] for row in missing],
        )


def _line(kpi: Model, latest: tuple[dict[str, Any], ...], lang: str) -> list[str]:
    name = link(f"{kpi.header.number} {pick(kpi.header.title, lang)}", "kpi", lang, id=kpi.stem)
    return (
        [name, "–", "–", say("no_value", lang)]
        if not latest
        else [name, *headline(kpi, latest[0], lang)]
    )


def _show_kpi(release: Release, kpi: Model, lang: str) -> None:
    st.title(f"{kpi.header.number} {pick(kpi.header.title, lang)}")
    st.write(pick(kpi.header.question, lang))
    for contract, day in sources.stopped(release, kpi.name):
        st.info(say("system_stopped", lang, pick(contract.title, lang), day))
    headlined(
        release, kpi, indicators.latest(release).get(kpi.stem, ()), say("last_value", lang), lang
    )
    with alone("chart", lang):
        periods(release, kpi, lang)
    with alone("map", lang):
        regions(release, kpi, lang)
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
        *split_columns(kpi),
        "value",
        *more,
        "counted",
        *beside_of,
        "completeness",
        "status",
    ]
    rows = []
    for row in sorted(
        indicators.rows(release, kpi), key=lambda value: value["period"], reverse=True
    ):
        part = (
            ", ".join(
                str(row[name])
                for name in kpi.key
                if name not in ("period", "measure", "region_code")
            )
            or None
        )
        beside = trend.get(_place(row, part), {})
        rows.append([cell(release, kpi, row, beside, name, lang) for name in columns])
    table(
        [
            say(name, lang) if name not in kpi.columns else pick(kpi.columns[name], lang)
            for name in columns
        ],
        rows,
    )
    st.caption(say("completeness_note", lang))
    st.caption(
        f"{say('rule', lang)}: {pick(kpi.header.rule, lang)} · {_made_by(release, kpi, lang)} ·"
        f" {say('steward', lang)}: {kpi.header.steward}"
    )
    st.markdown(f"{say('receipt_note', lang)} {downloads(kpi.name, lang)}")
    with st.expander(say("how_computed", lang)):
        st.code(indicators.sql_of(release, kpi), None)


def _made_by(release: Release, kpi: Model, lang: str) -> str:
    """Return by which rules a KPI's values were made, and of which reference data."""
    return " · ".join(
        f"{say(column, lang)}: {', '.join(found)}"
        for column in ("rule_version", "vintage")
        if (found := indicators.distinct(release, kpi, column))
    )


def _place(row: dict[str, Any], part: str | None) -> tuple[Any, ...]:
    return row["period"], row.get("measure"), row["region_code"], part
