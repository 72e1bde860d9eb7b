"""The filter and chart builder: a visitor chooses columns, filters, groups and a figure; the
view stands in the address and is a question of the row API.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any

import streamlit as st

from pipelines.errors import QueryError, UnreadableError, ValueQueryError
from pipelines.files.table import Field
from pipelines.release.release import Release
from portal.api.parameters import BadQuery
from portal.api.values import NUMBERS
from portal.data.entry import Entry
from portal.explore import view as explored
from portal.explore.blocks import Markdown, chart, one_of, some_of, table
from portal.explore.view import BOUNDS, RANGED, TEMPORAL, Answer, View
from portal.telling.charts import series
from portal.words.say import number, say

DECIMALS = 6
"""Decimals of a value that are shown: a degree to the nearest decimetre."""
FORMS = ("bar", "line", "none")
"""Forms of a chart; what groups look like unless something else is asked for stands first."""
TOLD = 50
"""Groups shown in the table under the chart."""


def show(release: Release, entry: Entry, lang: str, alone: bool = False) -> None:
    """Draw the section; ``alone`` is the chart and its table without what they are built with,
    for another page.
    """
    view, form = _view_in_address() if alone else _chosen(release, entry, lang)
    try:
        answer = explored.answer(release, entry, view)
    except (BadQuery, ValueQueryError):
        st.error(say("bad_view", lang))
        return
    except UnreadableError:
        st.error(say("view_unreadable", lang))
        return
    except QueryError:
        st.error(say("view_stopped", lang))
        return
    if view.group and any(
        kind not in NUMBERS for name, kind in answer.types.items() if name not in view.group
    ):
        st.error(say("bad_view", lang))
        return
    if view.group and form != "none":
        _chart(entry, view, answer, form, lang)
    shown = answer.rows[:TOLD]
    written = {
        name: number if view.group and name not in view.group else cell for name in answer.types
    }
    table(
        [title(entry, view, name, lang) for name in written],
        [[write(row[name], lang) for name, write in written.items()] for row in shown],
    )
    st.caption(say("rows_of", lang, len(shown), number(answer.total, lang)))
    links = f"[API]({view.path(entry)}) · [CSV]({view.path(entry, format='csv')})"
    st.markdown(Markdown(f"{say('as_api', lang)}: {links}"))


def _view_in_address() -> tuple[View, str]:
    """Return the view that stands in the address."""
    parameters = st.query_params
    view = View(
        tuple(parameters.get_all("fields")),
        tuple(parameters.get_all("filter")),
        tuple(parameters.get_all("group")),
        parameters.get("measure", explored.COUNT),
    )
    return view, parameters["chart"] if parameters.get("chart") in FORMS else FORMS[0]


def _chosen(release: Release, entry: Entry, lang: str) -> tuple[View, str]:
    """Let the visitor build a view; return it with the form of its chart."""
    names = {field.name: field.name for field in entry.fields}
    left, middle, right = st.columns(3)
    group = some_of(
        left,
        "group",
        say("group", lang),
        {name: name for name in explored.groupable(entry)},
        say("no_group", lang),
    )
    form, measure, fields = "none", explored.COUNT, []
    if group:
        measure = one_of(
            middle,
            "measure",
            say("figure", lang),
            {choice: figure(choice, lang) for choice in explored.measures(entry)},
        )
        temporal = {field.name: field.type for field in entry.fields}[group[0]] in TEMPORAL
        forms = ("line", "bar", "none") if temporal else FORMS
        form = one_of(
            right,
            "chart",
            say("chart_form", lang),
            {choice: say(f"chart.{choice}", lang) for choice in forms},
        )
    else:
        fields = some_of(middle, "fields", say("columns", lang), names, say("all", lang))
    filters = _filters(release, entry, lang)
    return View(tuple(fields), filters, tuple(group), measure), form


def _filters(release: Release, entry: Entry, lang: str) -> tuple[str, ...]:
    """Let the visitor choose columns to filter by, and of each what is wanted; the filters stand
    in the address as the row API writes them.
    """
    given = explored.filters_of(st.query_params.get_all("filter"))
    names = {field.name: field for field in entry.fields if field.type not in ("array", "object")}
    if "where" not in st.session_state:
        st.session_state["where"] = [name for name in given if name in names]
    st.session_state["where"] = [name for name in st.session_state["where"] if name in names]
    wanted = st.multiselect(
        say("where", lang), list(names), key="where", placeholder=say("no_filter", lang)
    )
    filters: list[str] = []
    for start in range(0, len(wanted), 3):
        for place, name in zip(st.columns(3), wanted[start : start + 3], strict=False):
            with place:
                filters += _filter(release, entry, names[name], given.get(name, {}), lang)
    st.query_params["filter"] = filters
    return tuple(filters)


def _filter(
    release: Release, entry: Entry, field: Field, given: Mapping[str, str], lang: str
) -> list[str]:
    """Return the filters of one column: from and to of what has an order, one of several values,
    or a part of a text.
    """
    key = f"where {entry.name} {field.name}"
    if field.type in RANGED:
        example = str(field.examples[0]) if field.examples else None
        bounds = {
            operator: st.text_input(
                say(f"where.{operator}", lang, field.name),
                given.get(operator, ""),
                key=f"{key} {operator}",
                placeholder=example,
            )
            for operator in BOUNDS
        }
        return [
            f"{field.name}:{operator}:{text.strip()}"
            for operator, text in bounds.items()
            if text.strip()
        ]
    offered = (
        ["true", "false"]
        if field.type == "boolean"
        else explored.choices(release, entry, field.name)
    )
    if offered is None:
        text = st.text_input(
            say("where.contains", lang, field.name), given.get("contains", ""), key=key
        )
        return [f"{field.name}:contains:{text}"] if text else []
    before = [part for part in explored.split(given.get("in", "")) if part in offered]
    chosen = st.multiselect(
        say("where.in", lang, field.name), offered, before, key=key, placeholder=say("all", lang)
    )
    return [f"{field.name}:in:{explored.joined(chosen)}"] if chosen else []


def _chart(entry: Entry, view: View, answer: Answer, form: str, lang: str) -> None:
    """Draw the groups: the first along the axis, the second by colour; what has no figure is not
    drawn.
    """
    figure_name = list(answer.types)[-1]
    x, split = view.group[0], view.group[1] if len(view.group) > 1 else None
    points = [
        {
            name: float(row[name]) if name == figure_name else str(row[name])
            for name in (x, *([split] if split else []), figure_name)
        }
        for row in answer.rows
        if row[figure_name] is not None
    ]
    titles = {name: title(entry, view, name, lang) for name in answer.types}
    alt = f"{titles[figure_name]}: {', '.join(view.group)}"
    chart(
        series(points, x, figure_name, split, form, titles, answer.types[x] in TEMPORAL), alt, lang
    )
    if answer.total > len(answer.rows):
        st.caption(say("drawn_of", lang, len(answer.rows), number(answer.total, lang)))


def figure(measure: str, lang: str) -> str:
    """Return a figure in words: ``mean:value`` is the mean of value."""
    kind, _, column = measure.partition(":")
    return say(f"measure.{kind}", lang, column)


def title(entry: Entry, view: View, name: str, lang: str) -> str:
    """Return what a column of the answer is called: the column's own name, or the figure in
    words.
    """
    return figure(view.measure, lang) if view.group and name not in view.group else name


def cell(value: Any, lang: str) -> str:
    """Return a value of a row as it is written in the page's language; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return (
            number(value, lang, min(DECIMALS, len(f"{value:f}".rstrip("0").partition(".")[2])))
            if isfinite(value)
            else "–"
        )
    return str(value)
