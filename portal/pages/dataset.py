"""Dataset page: what it is, its columns, what the gate said, a preview, one chart, downloads. Address: ``/dataset?id=<application>.<dataset>``."""

import streamlit as st

from pipelines.contract import UNDESCRIBED, Contract, Dataset
from pipelines.partitions import last_day
from pipelines.release import Release
from portal import lineage
from portal.blocks import Markdown, bars, downloads, link, table
from portal.data import gate, tables
from portal.pages import aggregate
from portal.words.say import number, pick, reasons, say

HISTORY = 31
PREVIEW = 20


def show(release: Release, lang: str) -> None:
    """Draw the page."""
    asked = st.query_params.get("id")
    marts = {each.id: each for each in tables.aggregates(release)}
    if asked in marts:
        aggregate.show(release, marts[asked], lang)
        return
    found = tables.find(release, asked) if asked else None
    if asked and found is None:
        st.error(say("unknown_dataset", lang))
    if found is None:
        st.title(say("dataset", lang))
        names = {dataset.id: pick(dataset.title, lang) for _, dataset in tables.datasets(release)} | {
            each.id: each.header[f"title_{lang}"] for each in marts.values()
        }
        chosen = st.selectbox(say("choose", lang), sorted(names, key=names.__getitem__), index=None, format_func=lambda each: f"{names[each]} ({each})")
        if chosen:
            st.query_params["id"] = chosen
            st.rerun()
        return
    contract, dataset = found
    st.title(pick(dataset.title, lang))
    st.write(pick(dataset.meaning, lang))
    _notes(release, contract, dataset, lang)
    _facts(release, contract, dataset, lang)
    if dataset.is_public:
        st.header(say("download", lang))
        st.markdown(downloads(dataset.id, lang))
    lineage.show(release, dataset.id, lang)
    _history(release, dataset, lang)
    _dictionary(dataset, lang)
    if dataset.is_public:
        st.header(say("preview", lang))
        st.table([{name: "–" if cell is None else str(cell) for name, cell in row.items()} for row in tables.preview(release, dataset, PREVIEW)])


def _notes(release: Release, contract: Contract, dataset: Dataset, lang: str) -> None:
    """Say what a reader must know first: made-up records, an owner who has not spoken yet, a system that has stopped, rows that stay closed."""
    if contract.synthetic:
        st.warning(say("synthetic", lang), icon=":material/science:")
    if contract.status in UNDESCRIBED:
        st.info(say("undescribed", lang))
    if ended := last_day(dataset):
        st.info(say("retired_note", lang, ended))
    if not dataset.is_public:
        st.info(say("not_public", lang, dataset.exemption or dataset.information_class))
    made = tables.made_of(release, dataset.id)
    if made:
        links = [link(each.header[f"title_{lang}"], "dataset", lang, id=each.id) for each in made]
        st.markdown(f"{say('published_as', lang)}: {', '.join(links)}")


def _facts(release: Release, contract: Contract, dataset: Dataset, lang: str) -> None:
    rows = [
        [say("owner", lang), contract.owner],
        [say("inventory", lang), contract.inventory_id or "–"],
        [say("state", lang), say(tables.states(release)[contract.application], lang)],
        [say("class", lang), dataset.information_class + (f" ({dataset.exemption})" if dataset.exemption else "")],
        *([[say("licence", lang), contract.licence]] if dataset.is_public else []),
        [say("cadence", lang), say(dataset.cadence, lang)],
        [say("grain", lang), pick(dataset.grain, lang)],
        [say("purpose", lang), pick(contract.purpose, lang)],
        [say("limits", lang), pick(contract.limits, lang)],
    ]
    if dataset.is_public:
        rows.append([say("rows", lang), number(tables.count(release, dataset), lang)])
    table([say("about", lang), say("content", lang)], rows)


def _history(release: Release, dataset: Dataset, lang: str) -> None:
    st.header(say("history", lang))
    found = gate.verdicts(release, dataset.id)[:HISTORY]
    points = [{"partition": row["partition"], "rows": row[name], "kind": say(word, lang)} for row in found
              for name, word in (("passed", f"{row['verdict']}_rows"), ("quarantined", "quarantined"))]  # fmt: skip
    colours = {say("passed_rows", lang): "#166534", say("withheld_rows", lang): "#6b7280", say("quarantined", lang): "#b45309"}
    st.vega_lite_chart(bars(points, "partition", "rows", colours, [say("partition", lang), say("rows", lang)]))
    names = ("partition", "judged", "verdict", "delivered", "passed_rows", "quarantined", "duplicates", "reasons")
    kept, judged = tables.published(release, dataset), {row["partition"]: row["judged_at"] for row in found}
    rows = []
    for row in gate.history(release, dataset.id, HISTORY):
        why = reasons(row["findings"], lang) or ", ".join(sorted({each["rule"] for each in row["findings"] or ()}))
        latest = row["judged_at"] == judged.get(row["partition"])
        stays = f"; {say('last_good', lang)}" if latest and row["verdict"] == "withheld" and row["partition"] in kept else ""
        counts = [number(row[name], lang) for name in ("delivered", "passed", "quarantined", "duplicates")]
        rows.append([row["partition"], f"{row['judged_at']:%Y-%m-%d %H:%M}", say(row["verdict"], lang), *counts, why + stays])
    table([say(name, lang) for name in names], rows)


def _dictionary(dataset: Dataset, lang: str) -> None:
    st.header(say("dictionary", lang))
    public = {column.name for column in dataset.public_columns}
    rows = [
        [Markdown(f"`{column.name}`"), column.type, column.unit or "", pick(column.meaning, lang),
         say("yes", lang) if column.name in public else say("closed", lang, column.classification)]
        for column in dataset.columns
    ]  # fmt: skip
    table([say(name, lang) for name in ("column", "type", "unit", "meaning", "shown")], rows)
