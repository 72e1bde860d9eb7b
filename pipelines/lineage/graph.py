"""How tables hang together: source system -> dataset -> marts -> KPIs, with the reference tables
and ``lumbung``'s own views that they read.

A graph of names only, made from contracts and from what the SQL models read; a release's contracts
and manifest are enough for it, so the portal draws the same graph that the command line prints.
Which columns a figure stands on is ``lineage.columns``' business.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from pipelines.contract.model import Contract, Dataset, Text
from pipelines.contract.server import reachable
from pipelines.errors import LumbungError, SourceError, nearest
from pipelines.lake.views import HISTORY
from pipelines.models.model import Model

Kind = Literal["system", "dataset", "mart", "kpi", "reference", "lumbung"]
KINDS: tuple[Kind, ...] = ("system", "dataset", "reference", "lumbung", "mart", "kpi")
"""In the order in which data moves."""


@dataclass(frozen=True)
class Node:
    """One thing data comes from or goes to; ``facts`` are a dataset's protocol, class and
    layers, a KPI's number.
    """

    id: str
    kind: Kind
    title: Text
    owner: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Graph:
    """Every node by its id (a system's is the application), and the edges (from, to) in the
    direction data moves.
    """

    nodes: Mapping[str, Node]
    edges: frozenset[tuple[str, str]]

    def upstream(self, name: str) -> tuple[str, ...]:
        """Return the nodes that ``name`` is made of directly."""
        return self._ordered(start for start, end in self.edges if end == name)

    def downstream(self, name: str) -> tuple[str, ...]:
        """Return the nodes that are made of ``name`` directly."""
        return self._ordered(end for start, end in self.edges if start == name)

    def around(self, name: str) -> "Graph":
        """Return ``name`` with everything above and everything below it."""
        names = {name} | self._all(name, self.upstream) | self._all(name, self.downstream)
        return Graph(
            {key: node for key, node in self.nodes.items() if key in names},
            frozenset(edge for edge in self.edges if set(edge) <= names),
        )

    def above(self, name: str) -> tuple[str, ...]:
        """Return everything ``name`` is made of, however far away."""
        return self._ordered(self._all(name, self.upstream))

    def below(self, name: str) -> tuple[str, ...]:
        """Return everything made of ``name``, however far away."""
        return self._ordered(self._all(name, self.downstream))

    def in_order(self) -> tuple[str, ...]:
        """Return every node in the order in which data moves."""
        return self._ordered(self.nodes)

    def find(self, name: str) -> Node:
        """Return the node called ``asked``: an id, a mart's or KPI's bare name, or a KPI's
        number; LumbungError names the near ones.
        """
        called = {key.lower(): key for key in self.nodes}
        for kind in ("mart", "kpi"):
            called |= {
                key.partition(".")[2]: key for key, node in self.nodes.items() if node.kind == kind
            }
        called |= {
            str(node.facts["number"]).lower(): key
            for key, node in self.nodes.items()
            if "number" in node.facts
        }
        if name.lower() not in called:
            near = nearest(name, called)
            raise LumbungError(
                f"there is no dataset, mart or KPI '{name}'; {near}; `lumbung systems` lists the"
                " datasets and what is made of them"
            )
        return self.nodes[called[name.lower()]]

    def _all(self, name: str, step: Any) -> set[str]:
        names: set[str] = set()
        frontier = [name]
        while frontier:
            frontier = [
                neighbour
                for neighbour in {near for far in frontier for near in step(far)}
                if neighbour not in names
            ]
            names.update(frontier)
        return names

    def _ordered(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(
            sorted(set(names), key=lambda name: (KINDS.index(self.nodes[name].kind), name))
        )


def graph_of(contracts: Sequence[Contract], models: Iterable[Model]) -> Graph:
    """Return the whole graph; a dataset that a model reads and no contract describes stands in
    it by its name alone.
    """
    nodes: dict[str, Node] = {}
    edges: set[tuple[str, str]] = set()
    for contract in contracts:
        nodes[contract.application] = Node(
            contract.application,
            "system",
            contract.title,
            contract.owner,
            {"inventory": contract.inventory_id},
        )
        for dataset in contract.datasets:
            nodes[dataset.id] = Node(
                dataset.id, "dataset", dataset.title, contract.owner, _facts(dataset)
            )
            edges.add((contract.application, dataset.id))
    models = tuple(models)
    for model in models:
        kind: Kind = "kpi" if model.layer == "kpi" else "mart"
        number = {"number": model.header.number} if model.header.number else {}
        nodes[model.name] = Node(model.name, kind, model.header.title, model.header.steward, number)
    for model in models:
        for read in model.reads:
            source = read if read in nodes else read.removesuffix(HISTORY)
            schema = source.partition(".")[0]
            kind = (
                "reference"
                if schema == "reference"
                else "lumbung"
                if schema == "lumbung"
                else "mart"
                if schema == "mart"
                else "dataset"
            )
            nodes.setdefault(source, Node(source, kind, Text(source, source), ""))
            edges.add((source, model.name))
    return Graph(nodes, frozenset(edges))


def server_of(dataset: Dataset) -> str:
    """Return where a dataset is fetched from, as ``scheme://host:port``: no path, no user, no
    secret; empty for a file of this machine.
    """
    try:
        server = reachable(dataset).source.server
    except SourceError:
        return ""
    parts = urlsplit(str(server.get("location") or server.get("url") or ""))
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.hostname else ""


def _facts(dataset: Dataset) -> dict[str, Any]:
    layers = ("raw", "clean", "public") if dataset.is_public else ("raw", "clean")
    return {
        "protocol": dataset.source.connector,
        "information_class": dataset.information_class,
        "layers": layers,
    }
