"""What the gate said of a dataset: a strip of its partitions, and the same in words with the
reasons.
"""

from typing import Any

import streamlit as st

from pipelines.contract.model import Dataset
from pipelines.lake.partitions import first_day, keys_between
from pipelines.release.release import Release
from portal.data import gate, tables
from portal.explore.blocks import chart, table
from portal.telling.charts import strip
from portal.telling.findings import kept_back, reasons
from portal.words.say import number, say

SHOWN, TOLD = 92, 31
"""Partitions of the strip, and verdicts told in words."""
COUNTS = ("delivered", "passed", "quarantined", "duplicates", "cells_withheld")


def show(release: Release, dataset: Dataset, lang: str) -> None:
    """Draw the section."""
    st.header(say("history", lang), anchor="history")
    verdicts = gate.verdicts(release, dataset.id)
    if not verdicts:
        st.info(say("standing.never harvested", lang))
        return
    cells = states(dataset, verdicts)[-SHOWN:]
    words = {
        name: say(f"strip.{name}", lang) for name in ("passed", "partly", "withheld", "missing")
    }
    titles = {
        "partition": say("partition", lang),
        "state": say("verdict", lang),
        **{name: say(_column(name), lang) for name in COUNTS},
    }
    counts = {name: sum(cell["state"] == name for cell in cells) for name in words}
    alt = (
        f"{say('strip_alt', lang, len(cells))}:"
        f" {', '.join(f'{words[name]} {count}' for name, count in counts.items() if count)}"
    )
    chart(strip(cells, words, titles), alt, lang)
    st.caption(alt)
    _verdicts(release, dataset, verdicts, lang)


def states(dataset: Dataset, verdicts: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """Return each partition from the first judged to the last with its state (a key of
    ``charts.VERDICTS``) and counts; nothing is left out between.
    """
    judged = {row["partition"]: row for row in verdicts}
    keys = sorted(judged)
    if not dataset.is_now_only:
        keys = sorted({*keys, *keys_between(dataset, first_day(keys[0]), first_day(keys[-1]))})
    return [_state(key, judged.get(key)) for key in keys]


def _state(partition: str, row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {"partition": partition, "state": "missing", **dict.fromkeys(COUNTS, 0)}
    state = (
        "withheld" if row["verdict"] == "withheld" else "partly" if gate.lacks(row) else "passed"
    )
    counts = {name: row.get(name) or 0 for name in COUNTS}
    return {"partition": partition, "state": state, **counts}


def _column(name: str) -> str:
    return "passed_rows" if name == "passed" else name


def _verdicts(
    release: Release, dataset: Dataset, verdicts: tuple[dict[str, Any], ...], lang: str
) -> None:
    names = ("partition", "judged", "verdict", *map(_column, COUNTS), "reasons")
    passed, judged = (
        tables.published(release, dataset),
        {row["partition"]: _recorded(row) for row in verdicts},
    )
    rows = []
    for row in gate.history(release, dataset.id, TOLD):
        found = row["findings"]
        why = reasons(found, lang, dataset) or kept_back(found, dataset, lang)
        latest = _recorded(row) == judged.get(row["partition"])
        stays = (
            f"; {say('last_good', lang)}"
            if latest and row["verdict"] == "withheld" and row["partition"] in passed
            else ""
        )
        counts = [number(row.get(name) or 0, lang) for name in COUNTS]
        rows.append(
            [
                row["partition"],
                f"{row['judged_at']:%Y-%m-%d %H:%M}",
                say(row["verdict"], lang),
                *counts,
                why + stays,
            ]
        )
    table([say(name, lang) for name in names], rows)


def _recorded(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return what tells one verdict on a partition from another; in a release made before there
    were sequences the time alone.
    """
    return row.get("sequence"), row["judged_at"]
