"""What a contract says under ``fetch``, held against what the dataset's connectors declare.

A fact nobody reads is refused with the nearest right one: a misspelt one would be passed over in
silence. Which facts there are is declared by each connector (``contract.connector``).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.contract.connector import Connector, Connectors
from pipelines.contract.model import Source
from pipelines.errors import nearest
from pipelines.yamltext import Key, YamlText

MARKS = ("{date}", "{month}")


def source_of(
    text: YamlText,
    key: Key,
    terms: Mapping[str, Any],
    servers: Mapping[str, Any],
    connectors: Connectors,
) -> Source:
    """Return where the dataset at ``key`` is read: its own server first, or the contract's
    servers in order.
    """
    fetch = terms.get("fetch") if isinstance(terms.get("fetch"), Mapping) else {}
    own = terms.get("server")
    if own is not None and own not in servers:
        text.problem(
            key, f"server '{own}' is not among the contract's servers; {nearest(str(own), servers)}"
        )
    choices = {str(own): servers[own], **servers} if own in servers else servers
    names = [str(server.get("connector", "")) for server in choices.values()]
    used = [connectors[name] for name in names[: 1 if own else None] if name in connectors]
    _check(text, key, used, fetch or {})
    return Source(next(iter(names), ""), choices, terms.get("fetch", {}))


def _check(
    text: YamlText, key: Key, connectors: Sequence[Connector], fetch: Mapping[str, Any]
) -> None:
    """Record every fact of ``fetch`` that none of the dataset's connectors knows, and every one
    the first of them lacks.
    """
    if not connectors:
        return
    place = (*key, "customProperties")
    _check_known(text, place, connectors, fetch)
    _check_needed(text, place, connectors[0], fetch)
    for mark in re.findall(r"\{[^{},]*\}", f"{fetch.get('files', '')}{fetch.get('path', '')}"):
        if mark not in MARKS:
            text.problem(
                place,
                f"fetch: '{mark}' stands for nothing; {' and '.join(MARKS)} stand for the day or"
                " month that is asked for",
            )
    for check in dict.fromkeys(connector.check_fetch for connector in connectors):
        if check is not None:
            check(text, place, fetch)


def _check_known(
    text: YamlText, place: Key, connectors: Sequence[Connector], fetch: Mapping[str, Any]
) -> None:
    known: dict[str, set[str]] = {}
    for connector in connectors:
        for fact in connector.facts:
            known.setdefault(fact.name, set()).update(fact.inner)
    for name, value in fetch.items():
        if name not in known:
            text.problem(
                place,
                f"fetch: connector {connectors[0].name} does not read '{name}';"
                f" {nearest(name, known)}",
            )
        for inner in value if isinstance(value, Mapping) and known.get(name) else ():
            if inner not in known[name]:
                text.problem(
                    place, f"fetch: {name} does not know '{inner}'; {nearest(inner, known[name])}"
                )


def _check_needed(
    text: YamlText, place: Key, connector: Connector, fetch: Mapping[str, Any]
) -> None:
    if connector.either and sum(bool(fetch.get(name)) for name in connector.either) != 1:
        text.problem(
            place,
            f"fetch: connector {connector.name} needs one of {' and '.join(connector.either)}, not"
            " both",
        )
    for fact in {fact.name: fact for fact in connector.facts}.values():
        if fact.needed and not fetch.get(fact.name):
            text.problem(
                place, f"fetch: connector {connector.name} needs '{fact.name}': {fact.meaning}"
            )
