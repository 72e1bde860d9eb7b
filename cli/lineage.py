"""``lumbung lineage``: what something is made of and what is made of it, as a tree for people and
as JSON for programs.

How it is found out is ``pipelines.lineage.graph``' and ``pipelines.lineage.columns``' business;
here it is only laid out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.markup import escape
from rich.tree import Tree

from cli import show
from pipelines.contract.model import Contract
from pipelines.lake.lake import Lake
from pipelines.lineage.columns import ModelColumns, closed_inputs, columns_of
from pipelines.lineage.graph import Node, graph_of, server_of
from pipelines.lineage.prov import provenance
from pipelines.lineage.select import ROWS, Field
from pipelines.models.sqlfile import SqlFile
from pipelines.release.manifest import model_of
from pipelines.release.release import open_release


def lineage(read: tuple[Contract, ...], files: Sequence[SqlFile], named: str) -> dict[str, Any]:
    """Return the lineage of what is called ``named``, from contracts and SQL files; LumbungError
    with the near names when nothing is.
    """
    graph = graph_of(read, map(model_of, files))
    node = graph.find(named)
    columns = columns_of(files, read)
    return {
        **_node(node, read),
        "upstream": [_node(graph.nodes[name], read) for name in graph.above(node.id)],
        "downstream": [_node(graph.nodes[name], read) for name in graph.below(node.id)],
        "edges": sorted(list(edge) for edge in graph.around(node.id).edges),
        **(_origins(columns[node.id], read) if node.id in columns else {}),
        **(_used(node.id, columns) if node.kind == "dataset" else {}),
    }


def prov(lake: Lake, name: str, release: str | None) -> dict[str, Any]:
    """Return the provenance of a published table of a release as PROV in JSON-LD."""
    opened = open_release(lake, release)
    return provenance(
        opened, graph_of(opened.contracts, opened.manifest.models.values()).find(name).id
    )


def tell(described: Mapping[str, Any]) -> None:
    """Print a lineage for people: above, below, and each column with what it is made of."""
    nodes = {
        node["name"]: node for node in (described, *described["upstream"], *described["downstream"])
    }
    edges = [tuple(edge) for edge in described["edges"]]
    show.CONSOLE.print(_line(described), soft_wrap=True)
    for title, near in (
        ("made of", lambda name: [start for start, end in edges if end == name]),
        ("goes into", lambda name: [end for start, end in edges if start == name]),
    ):
        tree = Tree(title)
        _grow(tree, described["name"], near, nodes)
        show.CONSOLE.print(tree if tree.children else f"{title}: nothing", soft_wrap=True)
    for name, fields in described.get("columns", {}).items():
        show.CONSOLE.print(f"  [bold]{name}[/] ← {_fields(fields) or 'a constant'}", soft_wrap=True)
    for title in ("rows_decided_by", "closed"):
        if described.get(title):
            show.CONSOLE.print(
                f"{title.replace('_', ' ')}: {_fields(described[title])}", soft_wrap=True
            )
    for name, models in described.get("used_by", {}).items():
        into = "; ".join(f"{model} ({', '.join(columns)})" for model, columns in models.items())
        show.CONSOLE.print(
            f"  [bold]{'rows' if name == ROWS else name}[/] → {into}", soft_wrap=True
        )
    for name, why in described.get("unresolved", {}).items():
        show.CONSOLE.print(f"[red]not resolved[/]: {name}: {escape(why)}", soft_wrap=True)


def _node(node: Node, contracts: Iterable[Contract]) -> dict[str, Any]:
    servers = {
        server_of(dataset)
        for contract in contracts
        for dataset in contract.datasets
        if dataset.id == node.id
    } - {""}
    title = {"id": node.title.id, "en": node.title.en}
    return {
        "name": node.id,
        "kind": node.kind,
        "title": title,
        "owner": node.owner,
        **node.facts,
        **({"server": servers.pop()} if servers else {}),
    }


def _origins(origins: ModelColumns, contracts: tuple[Contract, ...]) -> dict[str, Any]:
    return {
        "columns": {name: _names(fields) for name, fields in origins.roots.columns.items()},
        "reads": {name: _names(fields) for name, fields in origins.reads.columns.items()},
        "rows_decided_by": _names(origins.roots.filters),
        "closed": _names(closed_inputs(origins, contracts)),
        "unresolved": dict(origins.unresolved),
    }


def _used(dataset: str, columns: Mapping[str, ModelColumns]) -> dict[str, Any]:
    """Return which columns of which models each column of a dataset goes into; ``which rows``
    are models whose rows it decides.
    """
    used: dict[str, dict[str, list[str]]] = {}
    for model, origins in columns.items():
        for field in sorted(field for field in origins.stands_on if field.table == dataset):
            into = [name for name, fields in origins.roots.columns.items() if field in fields]
            used.setdefault(field.column, {})[model] = [
                *into,
                *(["which rows"] if field in origins.roots.filters else []),
            ] or ["which rows"]
    return {"used_by": used}


def _names(fields: Iterable[Field]) -> list[str]:
    return sorted(str(field) for field in fields)


def _fields(names: Iterable[str]) -> str:
    """Return fields by their tables: ``application.dataset (column, column)``."""
    split = [name.rpartition(".") for name in names]
    return ", ".join(
        f"{table} ({', '.join('rows' if column == ROWS else column for *_, column in group)})"
        for table, group in groupby(split, key=lambda parts: parts[0])
    )


def _line(node: Mapping[str, Any]) -> str:
    facts = [
        node["owner"],
        node.get("number"),
        node.get("protocol"),
        node.get("server"),
        node.get("information_class"),
        " → ".join(node.get("layers", ())),
    ]
    title = "" if node["title"]["en"] == node["name"] else f" {node['title']['en']}"
    return f"[bold]{node['name']}[/]{escape(title)}" + escape(
        "".join(f" · {fact}" for fact in facts if fact)
    )


def _grow(
    tree: Tree, name: str, near: Callable[[str], list[str]], nodes: Mapping[str, Mapping[str, Any]]
) -> None:
    for neighbour in near(name):
        _grow(tree.add(_line(nodes[neighbour])), neighbour, near, nodes)
