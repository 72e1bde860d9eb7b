"""What a connector declares of itself so that contracts can name it: what its server must have, the
facts of ``fetch`` it reads, and checks of its own.

Only the form of a declaration stands here; each connector makes its own in
``connectors/<name>/facts.py`` and whoever reads contracts hands them in, for this room lies below
theirs. A declaration that lacks something is refused before the first contract is read: a connector
that nobody checks would pass every mistake over in silence.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from pipelines.contract.fact import Fact
from pipelines.contract.terms import NAME
from pipelines.errors import ContractError, nearest
from pipelines.yamltext import Key, YamlText

PLACES = ("location", "url", "path")
"""Facts of a server that say where it is: a web address, another address, a folder."""
Check = Callable[[YamlText, Key, Mapping[str, Any]], None]
"""Records on the text what is wrong with the facts that stand at the key."""


@dataclass(frozen=True)
class Connector:
    """One connector; its name is that of the folder its declaration lies in, beside ``fetch.py``.

    ``place`` is what its server cannot do without. Where ``facts`` names one twice the later
    stands: a connector may say more of a fact that others share. Of ``either`` exactly one fact is
    needed; ``limits`` and ``server`` are its own, beyond what every server may have.
    ``check_server`` and ``check_fetch`` look at what no declaration can say. ``looks_at`` says what
    tells, without reading it, that a partition was changed at the source; a connector that has it
    has a function ``look`` beside its ``fetch``.
    """

    declared_in: str
    place: str
    facts: tuple[Fact, ...]
    either: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    server: tuple[str, ...] = ()
    check_server: Check | None = None
    check_fetch: Check | None = None
    looks_at: str = ""

    @property
    def package(self) -> str:
        """The folder of the connector, as Python names it."""
        return self.declared_in.rpartition(".")[0]

    @property
    def name(self) -> str:
        """What a contract calls it."""
        return self.package.rpartition(".")[2]

    @property
    def is_web(self) -> bool:
        """Whether its server has a web address, and may say how it asks who we are (``auth``)."""
        return self.place == "location"

    @property
    def server_facts(self) -> tuple[str, ...]:
        """The properties of a server that it reads."""
        web = ("secrets", "auth", "headers") if self.is_web else ()
        return ("connector", self.place, "limits", *web, *self.server)


Connectors = Mapping[str, Connector]


def declared(connectors: Sequence[Connector]) -> Connectors:
    """Return the connectors by name; ContractError says of each what its declaration lacks."""
    problems = [
        f"{connector.declared_in}: connector '{connector.name}' {problem}"
        for connector in connectors
        for problem in _lacks(connector)
    ]
    names = [connector.name for connector in connectors]
    problems += [
        f"connector '{name}' is declared twice; each has a folder of its own name"
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if problems:
        raise ContractError("\n".join(problems))
    return {connector.name: connector for connector in connectors}


def _lacks(connector: Connector) -> Iterator[str]:
    if not re.fullmatch(NAME, connector.name):
        yield f"does not match {NAME}; rename its folder"
    if not _is_there(f"{connector.package}.fetch"):
        yield f"has no {connector.package}.fetch; write its function fetch there"
    if connector.place not in PLACES:
        yield f"has place {connector.place!r}; {nearest(connector.place, PLACES)}"
    if connector.is_web and connector.check_server is None:
        yield "has a web address and no check_server; http.facts has check_auth for what it says"
    known = [fact.name for fact in connector.facts]
    for fact in connector.facts:
        if not fact.name or not fact.meaning:
            yield f"has a fact {fact.name!r} without a name or a meaning; say what it means"
    for name in connector.either:
        if name not in known:
            yield f"needs either '{name}', which is no fact of it; {nearest(name, known)}"


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
