"""Two periods or two regions beside each other, for the indicators chosen, and why two figures
may not be compared. The choice stands in the address.
"""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pipelines.city import municipality
from pipelines.models.model import Model
from pipelines.release.release import Release
from portal.data import compared, indicators
from portal.explore.blocks import link, one_of, some_of, table
from portal.explore.cards import receipt_link
from portal.telling.figures import valued, which
from portal.words.say import number, pick, say


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("compare", lang))
    st.write(say("compare_intro", lang))
    every = {kpi.stem: kpi for kpi in indicators.kpis(release)}
    labels = {
        name: f"{kpi.header.number} {pick(kpi.header.title, lang)}" for name, kpi in every.items()
    }
    if not labels:
        st.info(say("no_value", lang))
        return
    chosen = [
        every[name]
        for name in some_of(
            st.container(), "id", say("indicator", lang), labels, say("compare_choose", lang)
        )
    ]
    places = st.columns(4)
    by = one_of(
        places[0],
        "by",
        say("compare_by", lang),
        {kind: say(f"compare_by.{kind}", lang) for kind in ("period", "region")},
    )
    if not chosen:
        st.info(say("compare_choose", lang))
        return
    rows = [row for kpi in chosen for row in compared.values(release, kpi)]
    names = indicators.region_names(release)
    regions = {
        code: names.get(code, code)
        for code in sorted({row["region_code"] for row in rows}, key=lambda code: (len(code), code))
    }
    periods = {period: period for period in sorted({row["period"] for row in rows}, reverse=True)}
    compare = _periods if by == "period" else _regions
    heads, pairs = compare(release, chosen, regions, periods, places[1:], lang)
    if not pairs:
        st.info(say("no_pair", lang))
        return
    header = [say("indicator", lang), say("measure", lang), *heads, say("compare_change", lang)]
    table(header, [_line(pair, lang) for pair in pairs])
    st.caption(say("compare_note", lang))


def _periods(
    release: Release,
    chosen: list[Model],
    regions: dict[str, str],
    periods: dict[str, str],
    places: Sequence[DeltaGenerator],
    lang: str,
) -> tuple[tuple[str, str], list[compared.Pair]]:
    """Let the visitor choose a region and two periods; return these with the pairs of values."""
    region = one_of(places[0], "region", say("region_code", lang), regions)
    earlier = dict(list(periods.items())[1:]) or periods
    first = one_of(places[1], "first", say("compare_first", lang), earlier)
    second = one_of(places[2], "second", say("compare_second", lang), periods)
    return (first, second), [
        pair for kpi in chosen for pair in compared.by_period(release, kpi, region, first, second)
    ]


def _regions(
    release: Release,
    chosen: list[Model],
    regions: dict[str, str],
    periods: dict[str, str],
    places: Sequence[DeltaGenerator],
    lang: str,
) -> tuple[tuple[str, str], list[compared.Pair]]:
    """Let the visitor choose a period and two regions; return these with the pairs of values."""
    period = one_of(places[0], "period", say("period", lang), periods)
    districts = {
        code: name for code, name in regions.items() if code != municipality().code
    } or regions
    others = dict(list(districts.items())[1:]) or districts
    first = one_of(places[1], "one", say("compare_first", lang), districts)
    second = one_of(places[2], "other", say("compare_second", lang), others)
    return (regions[first], regions[second]), [
        pair for kpi in chosen for pair in compared.by_region(release, kpi, period, first, second)
    ]


def _line(pair: compared.Pair, lang: str) -> list[str]:
    row = pair.first or pair.second
    assert row is not None
    name = link(
        f"{pair.kpi.header.number} {pick(pair.kpi.header.title, lang)}",
        "kpi",
        lang,
        id=pair.kpi.stem,
    )
    change = (
        say(pair.refusal, lang)
        if pair.refusal
        else ("+" if pair.change and pair.change > 0 else "") + number(pair.change, lang, 1)
    )
    cells = [
        (
            receipt_link(
                pair.kpi, indicator, f"{valued(indicator, lang)} ({say(indicator['status'], lang)})"
            )
            if indicator
            else "–"
        )
        for indicator in (pair.first, pair.second)
    ]
    return [name, which(pair.kpi, row, lang) or "–", *cells, change]
