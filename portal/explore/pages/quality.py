"""How good the whole city's data is: verdicts by system and day, rows accounted for, quarantine
by kind of rule, promises of freshness kept.
"""

from datetime import date, timedelta
from typing import Any

import streamlit as st

from pipelines.contract.model import Contract
from pipelines.lake.partitions import following
from pipelines.release.release import Release
from portal.data import gate, tables
from portal.data.freshness import Freshness, freshness
from portal.explore.blocks import Markdown, chart, link, table
from portal.telling import figure_charts
from portal.telling.charts import VERDICTS
from portal.words.say import number, pick, say

DAYS = 31
ROWS = ("delivered", "passed", "quarantined", "duplicates")
COUNTS = (*ROWS, "cells_withheld")


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    st.title(say("quality_city", lang))
    st.write(say("quality_intro", lang))
    counts = {row["dataset"]: row for row in gate.counted(release)}
    _whole(counts, lang)
    _strip(release, lang)
    st.header(say("by_rule", lang))
    broken = gate.broken_rules(release)
    if broken:
        names = ("kind_of_rule", "rows_broken", "partitions", "datasets")
        lines = [
            [
                say(f"rows_kind.{row['kind']}", lang),
                *(number(row[name], lang) for name in ("rows", "partitions", "datasets")),
            ]
            for row in broken
        ]
        table([say(name, lang) for name in names], lines)
        st.caption(say("by_rule_note", lang))
    else:
        st.write(say("no_quarantine", lang))
    st.header(say("by_system", lang))
    fresh, states = freshness(release), tables.states(release)
    names = (
        "system",
        "state",
        "share_passed",
        "rows_delivered",
        "rows_passed",
        "rows_quarantined",
        "rows_duplicate",
        "cells_withheld",
        "freshness",
    )
    table(
        [say(name, lang) for name in names],
        [_system(contract, states, counts, fresh, lang) for contract in release.contracts],
    )


def _sums(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {
        name: sum(row[name] for row in rows)
        for name in (*COUNTS, "partitions", "passed_partitions")
    }


def _whole(counts: dict[str, dict[str, Any]], lang: str) -> None:
    """Draw the city's sums, and say whether every delivered row is accounted for."""
    whole = _sums(list(counts.values()))
    with st.container(horizontal=True):
        st.metric(
            say("share_passed", lang),
            f"{number(whole['passed_partitions'], lang)} / {number(whole['partitions'], lang)}",
            width=180,
        )
        for name, word in zip(
            COUNTS,
            (
                "rows_delivered",
                "rows_passed",
                "rows_quarantined",
                "rows_duplicate",
                "cells_withheld",
            ),
            strict=True,
        ):
            st.metric(say(word, lang), number(whole[name], lang), width=180)
    st.write(
        say(
            "balance" if _balances(whole) else "no_balance",
            lang,
            *(number(whole[name], lang) for name in ROWS),
        )
    )


def _balances(row: dict[str, Any]) -> bool:
    return bool(row["delivered"] == row["passed"] + row["quarantined"] + row["duplicates"])


def _strip(release: Release, lang: str) -> None:
    """Draw the verdicts of the days before the newest one judged: a row a system, worst verdict
    of its datasets first.
    """
    newest = max(
        (
            row["partition"]
            for row in gate.days(release, "0000-00-00")
            if len(row["partition"]) == 10
        ),
        default=None,
    )
    if newest is None:
        return
    first = date.fromisoformat(newest) - timedelta(days=DAYS - 1)
    cells: dict[tuple[str, str], list[dict[str, Any]]] = {}
    owner = {dataset.id: pick(contract.title, lang) for contract, dataset in release.datasets}
    for row in gate.days(release, first.isoformat()):
        cells.setdefault((owner.get(row["dataset"], row["dataset"]), row["partition"]), []).append(
            row
        )
    points = [
        _cell(system, partition, rows, first, lang)
        for (system, partition), rows in sorted(
            cells.items(), key=lambda cell: (-len(cell[0][1]), cell[0])
        )
    ]
    words = {name: say(f"strip.{name}", lang) for name in VERDICTS if name != "missing"}
    titles = {name: say(name, lang) for name in ("system", "partition", *COUNTS)} | {
        "state": say("verdict", lang)
    }
    st.header(say("by_day", lang))
    chart(
        figure_charts.systems(points, words, titles),
        say("by_day_alt", lang, len({point["system"] for point in points}), DAYS),
        lang,
    )
    st.caption(say("by_day_note", lang))


def _cell(
    system: str, partition: str, rows: list[dict[str, Any]], first: date, lang: str
) -> dict[str, Any]:
    state = (
        "withheld"
        if any(row["verdict"] == "withheld" for row in rows)
        else "partly"
        if any(gate.lacks(row) for row in rows)
        else "passed"
    )
    begins = max(
        first, date.fromisoformat(partition if len(partition) == 10 else f"{partition}-01")
    )
    sums = {name: number(sum(row[name] or 0 for row in rows), lang) for name in COUNTS}
    return {
        "system": system,
        "partition": partition,
        "first": begins.isoformat(),
        "after": following(partition).isoformat(),
        "state": state,
        **sums,
    }


def _system(
    contract: Contract,
    states: dict[str, str],
    counts: dict[str, dict[str, Any]],
    fresh: dict[str, Freshness],
    lang: str,
) -> list[str]:
    rows = [counts[dataset.id] for dataset in contract.datasets if dataset.id in counts]
    sums = _sums(rows)
    title = link(pick(contract.title, lang), "dataset", lang, id=contract.datasets[0].id)
    marked = (
        title if all(map(_balances, rows)) else Markdown(f"{title} ({say('unbalanced', lang)})")
    )
    share = f"{number(sums['passed_partitions'], lang)} / {number(sums['partitions'], lang)}"
    return [
        marked,
        say(states[contract.application], lang),
        share,
        *(number(sums[name], lang) for name in COUNTS),
        _freshness(contract, fresh, lang),
    ]


def _freshness(contract: Contract, fresh: dict[str, Freshness], lang: str) -> str:
    """Say how many of a system's datasets keep their promise, and of each that does not how far
    it is behind.
    """
    standings = [(dataset, fresh[dataset.id]) for dataset in contract.datasets]
    awaited = [
        (dataset, standing) for dataset, standing in standings if standing.is_kept is not None
    ]
    if not awaited:
        return say(f"standing.{standings[0][1].state}", lang)
    late = [
        f"{pick(dataset.title, lang)}:"
        f" {say('promise', lang, number(standing.behind, lang), number(standing.promised, lang))}"
        for dataset, standing in awaited
        if not standing.is_kept
    ]
    return "; ".join([say("fresh_of", lang, len(awaited) - len(late), len(awaited)), *late])
