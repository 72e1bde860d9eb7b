"""Corrections: published final figures that a later release says otherwise, newest first, each with its old and new value and why. ``/corrections``."""

import re
from zoneinfo import ZoneInfo

import streamlit as st

from pipelines.release import ZONE, Release
from portal.blocks import link, table
from portal.data import corrected
from portal.words.say import number, pick, say

MOST = 500


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("corrections", lang))
    st.write(say("corrections_intro", lang))
    found = corrected.corrections(release, MOST)
    if not found:
        st.info(say("no_corrections", lang))
        return
    columns = ["date", "indicator", "figure", "correction", "cause", "release"]
    table([say(name, lang) for name in columns], [_line(each, lang) for each in found])


def _line(one: corrected.Correction, lang: str) -> list[str]:
    title = link(f"{one.number} {one.kpi.header[f'title_{lang}']}", "kpi", lang, id=one.name) if one.kpi else f"{one.number} {one.name}"
    at = f"{one.made_at.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M} WIB"
    causes = [say(f"cause.{each}", lang) for each in one.causes]
    if one.rules[1] is not None and one.rules[0] != one.rules[1]:
        causes.append(f"{one.rules[0]} → {one.rules[1]}")
    return [at, title, _figure(one, lang), _changes(one, lang), "; ".join(causes), one.release]


def _figure(one: corrected.Correction, lang: str) -> str:
    """Return which figure it is: its period, measure and region, as the indicator's page calls them."""
    measures = one.kpi.measures if one.kpi else {}
    return " · ".join(pick(measures[value], lang) if name == "measure" and value in measures else str(value) for name, value in one.key.items())


def _changes(one: corrected.Correction, lang: str) -> str:
    if one.values.get("status", ("", ""))[1] is None:
        old = one.values.get("value", (None, None))[0]
        return say("correction_gone", lang, _written(old, lang))
    return "; ".join(
        f"{say(name, lang)}: {_written(old, lang)} → {_written(new, lang)}" for name, (old, new) in one.values.items() if (old, new) != (None, None)
    )


def _written(text: str | None, lang: str) -> str:
    """Return a value as it is written in ``lang``, with every decimal it was published with."""
    if text is None:
        return "–"
    if re.fullmatch(r"-?\d+", text):
        return number(int(text), lang)
    if re.fullmatch(r"-?\d+[.]\d+", text):
        return number(float(text), lang, len(text.partition(".")[2]))
    return say(text, lang) if text in ("final", "provisional", "not available") else text
