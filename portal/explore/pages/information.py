"""The information office's page: the list of public information, how requests were answered, how
to ask and by when the law wants an answer.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import streamlit as st

from pipelines.contract.model import OPEN_CLASSES
from pipelines.reference.clocks import CLOCKS
from pipelines.release.release import Release
from portal.data import indicators, information, tables
from portal.data.entry import Entry
from portal.explore.blocks import Markdown, downloads, link, one_of, table
from portal.explore.cards import card, receipt_link
from portal.http.address import file_of
from portal.metadata import contact
from portal.telling.figures import status, valued
from portal.words.say import number, pick, say

SIZE = 25
MOST = 5000
STEPS = ("catalogue", "request", "receipt", "answer", "objection", "dispute")
GROUNDS = "abcdefg"
"""Letters of article 35(1), the grounds of an objection."""
DEADLINES = "G9"
"""Number of the indicator that says which deadlines were kept."""


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("information_rights", lang))
    st.write(say("information_rights.about", lang))
    listed, served, asking = st.tabs(
        [say("information_list", lang), say("answered", lang), say("ask", lang)]
    )
    with listed:
        _register(release, lang)
        _published(release, lang)
    with served:
        _service(release, lang)
    with asking:
        _asking(lang)


def _register(release: Release, lang: str) -> None:
    """Show the list that the office keeps, as far as it is open."""
    st.header(say("office_list_title", lang))
    own = information.registers(release)
    if not own or own[-1].dataset is None:
        st.info(say("no_office_list", lang))
        return
    entry = own[-1]
    rows = sorted(
        tables.preview(release, own[-1].dataset, MOST),
        key=lambda row: [str(row[name]).zfill(9) for name in entry.key],
    )
    st.markdown(
        f"{say('office_list', lang, number(len(rows), lang))} · {downloads(entry.name, lang)}"
    )
    if entry.synthetic:
        st.warning(say("synthetic", lang), icon=":material/science:")
    shown = _slice("row", rows, lang)
    table(
        [pick(field.meaning, lang) for field in entry.fields],
        [[_cell(row[field.name], lang) for field in entry.fields] for row in shown],
    )


def _cell(value: Any, lang: str) -> str:
    """Return a cell of the office's list; an address as a link, in which nothing but an address
    can stand.
    """
    if isinstance(value, str) and re.fullmatch(r"https?://\S+", value):
        return Markdown(f"[{say('link', lang)}]({quote(value, safe=':/?#@&=+,;%')})")
    return "–" if value is None else str(value)


def _published(release: Release, lang: str) -> None:
    """Show every open dataset and mart as an entry of the list, with what the law wants said of
    each.
    """
    st.header(say("published_list", lang))
    st.write(say("information_list_note", lang))
    every = information.published(release)
    labels = {"": say("all", lang)} | {
        kind: f"{kind} ({sum(listed.information_class == kind for listed in every)})"
        for kind in OPEN_CLASSES
    }
    chosen = one_of(st.columns(2)[0], "class", say("class", lang), labels)
    shown = [
        (index, listed)
        for index, listed in enumerate(every, 1)
        if chosen in ("", listed.information_class)
    ]
    names = (
        "dip.number",
        "information_title",
        "holder",
        "dip.official",
        "dip.made",
        "dip.form",
        "dip.retention",
        "class",
        "cadence",
        "link",
    )
    table(
        [say(name, lang) for name in names],
        [_entry(index, listed, lang) for index, listed in _slice("entry", shown, lang)],
    )
    st.caption(say("dip.note", lang))


def _entry(index: int, entry: Entry, lang: str) -> list[str]:
    title = Markdown(f"{link(pick(entry.title, lang), 'dataset', lang, id=entry.name)}")
    forms = ", ".join(sorted({file.form for file in entry.files}))
    retention = (
        say("dip.days", lang, number(entry.dataset.retention_days, lang))
        if entry.dataset
        else say("dip.not_said", lang)
    )
    file = Markdown(f"[CSV]({file_of(entry.name, 'csv')})")
    covered = (
        " – ".join(dict.fromkeys(entry.partitions))
        if entry.partitions
        else entry.published.issued[:10]
    )
    return [
        str(index),
        title,
        entry.publisher,
        say("dip.not_said", lang),
        covered,
        say("dip.digital", lang, forms),
        retention,
        entry.information_class,
        say(entry.cadence, lang),
        file,
    ]


def _slice(name: str, rows: Sequence[Any], lang: str) -> Sequence[Any]:
    """Return the part of the rows that the address asks for under ``name``, and let the visitor
    choose another.
    """
    if len(rows) <= SIZE:
        return rows
    parts = {
        str(start): f"{start + 1}–{min(start + SIZE, len(rows))} / {len(rows)}"
        for start in range(0, len(rows), SIZE)
    }
    start = int(one_of(st.columns(2)[0], name, say("rows", lang), parts))
    return rows[start : start + SIZE]


def _service(release: Release, lang: str) -> None:
    """Show how requests were answered, by the indicators about them, and month by month which
    deadlines were kept.
    """
    st.write(say("answered_note", lang))
    kpis, latest = information.service(release), indicators.latest(release)
    with st.container(horizontal=True):
        for kpi in kpis:
            card(release, kpi, latest.get(kpi.stem, ()), lang)
    for kpi in (indicator for indicator in kpis if indicator.header.number == DEADLINES):
        st.header(say("deadlines", lang))
        rows = sorted(indicators.rows(release, kpi), key=lambda row: row["period"], reverse=True)
        lines = [
            [
                row["period"],
                receipt_link(kpi, row, valued(row, lang)),
                f"{number(row['numerator'], lang)} / {number(row['denominator'], lang)}",
                status(kpi, row, lang),
            ]
            for row in rows
        ]
        table([say(name, lang) for name in ("period", "value", "counted", "status")], lines)
    st.header(say("registers", lang))
    table(
        [say(name, lang) for name in ("dataset", "download")],
        [
            [
                link(pick(register.title, lang), "dataset", lang, id=register.name),
                downloads(register.name, lang),
            ]
            for register in information.registers(release)
        ],
    )


def _asking(lang: str) -> None:
    """Say how to ask, by when an answer is due, and what to do without one."""
    st.header(say("ask", lang))
    st.markdown(
        "\n".join(f"{place}. {say(f'ask.{step}', lang)}" for place, step in enumerate(STEPS, 1))
    )
    mail = contact.mail()
    st.markdown(
        f"{say('ask.mail', lang)} [{mail.removeprefix('mailto:')}]({mail})"
        if mail
        else say("ask.no_mail", lang)
    )
    st.header(say("clocks", lang))
    st.write(say("clocks_note", lang))
    lines = []
    for clock in (item for item in CLOCKS if item.clock == "information"):
        length = say(
            "clock_extended" if clock.extension else "clock_days",
            lang,
            clock.length,
            clock.extension,
        )
        lines.append([say(f"clock.{clock.step}", lang), length, clock.basis])
    table([say(name, lang) for name in ("clock_step", "clock_limit", "rule")], lines)
    st.header(say("grounds", lang))
    st.markdown("\n".join(f"- {letter}. {say(f'ground.{letter}', lang)}" for letter in GROUNDS))
