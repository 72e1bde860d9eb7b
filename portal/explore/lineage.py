"""The picture of where a table comes from and what is made of it, and the same in words beneath it
for those who cannot see it.

Drawn by the browser from the text given here; nothing is asked of another host. The graph is
``pipelines.lineage.graph``', made of the release alone.
"""

import streamlit as st

from pipelines.lineage.graph import Graph, Node, graph_of
from pipelines.markdowntext import ESCAPED
from pipelines.release.release import Release
from portal.explore.blocks import link
from portal.words.say import pick, say

COLOURS = {
    "system": "#e5e7eb",
    "dataset": "#dbeafe",
    "reference": "#f3f4f6",
    "lumbung": "#f3f4f6",
    "mart": "#dcfce7",
    "kpi": "#fef3c7",
}
WORDS = {
    "system": "system",
    "dataset": "dataset",
    "reference": "reference",
    "lumbung": "reference",
    "mart": "aggregate",
    "kpi": "indicator",
}
LINE = 28
"""Letters of a title on one line of its box."""


def show(release: Release, name: str, lang: str) -> None:
    """Draw the lineage of a dataset or mart of the release."""
    graph = graph_of(release.contracts, release.manifest.models.values()).around(name)
    st.header(say("lineage", lang), anchor="lineage")
    st.graphviz_chart(dot(graph, name, lang), width="stretch", alt=say("lineage_note", lang))
    st.caption(say("lineage_note", lang))
    st.markdown(listed(release, graph, lang))


def dot(graph: Graph, name: str, lang: str) -> str:
    """Return the picture as Graphviz writes it; the box of ``name`` has a thick border."""
    boxes = []
    for key, node in graph.nodes.items():
        label = _folded(pick(node.title, lang)) + _kind(node, lang)
        boxes.append(
            f'{_quoted(key)} [label={_quoted(label)}, fillcolor="{COLOURS[node.kind]}",'
            f" penwidth={3 if key == name else 1}]"
        )
    arrows = [f"{_quoted(start)} -> {_quoted(end)}" for start, end in sorted(graph.edges)]
    style = (
        'rankdir=LR; bgcolor="transparent"; node [shape=box, style="filled,rounded",'
        ' fontname="sans-serif", fontsize=11, color="#374151"]'
    )
    return "digraph {" + "; ".join([style, 'edge [color="#6b7280"]', *boxes, *arrows]) + "}"


def listed(release: Release, graph: Graph, lang: str) -> str:
    """Return the picture as a list: each thing in the order data moves, with what it is made of."""
    lines = []
    for node in (graph.nodes[key] for key in graph.in_order()):
        made_of = ", ".join(
            pick(graph.nodes[key].title, lang).translate(ESCAPED) for key in graph.upstream(node.id)
        )
        kind = say(WORDS[node.kind], lang)
        lines.append(
            f"- {kind}: {_linked(release, node, lang)}"
            + (f" ({say('made_of', lang).lower()} {made_of})" if made_of else "")
        )
    return "\n".join(lines)


def _linked(release: Release, node: Node, lang: str) -> str:
    if node.kind == "dataset":
        return link(pick(node.title, lang), "dataset", lang, id=node.id)
    if node.id in release.manifest.tables:
        address = {"mart": ("dataset", node.id), "kpi": ("kpi", node.id.partition(".")[2])}[
            node.kind
        ]
        return link(pick(node.title, lang), address[0], lang, id=address[1])
    return pick(node.title, lang).translate(ESCAPED)


def _kind(node: Node, lang: str) -> str:
    return f"\n({say(WORDS[node.kind], lang)})" if node.title.id != node.id else ""


def _folded(title: str) -> str:
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + len(word) >= LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Return a text as a string of DOT, in which nothing is markup."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
