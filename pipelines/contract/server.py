"""The servers of a contract: read and checked as they are written, and the one a dataset is read
from with what the environment knows of it filled in.

Secrets are never written in a contract, for contracts are published: it names the variable, and the
value is read here at the moment of fetching. What a connector needs of its server is declared by
the connector.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.contract.connector import Connector, Connectors
from pipelines.contract.model import Dataset, Source
from pipelines.contract.terms import SERVER
from pipelines.contract.words import terms_of
from pipelines.errors import SourceError, nearest
from pipelines.settings import default_of
from pipelines.yamltext import Key, YamlText, items_of

LIMITS = ("timeout_seconds", "response_bytes", "attempts")
"""Limits that every server may have."""
_SECONDS, _DAY = "_seconds", 86_400
"""How a limit of time ends, in seconds, and the most it may be; every other limit is a count."""
VARIABLE = r"[A-Z][A-Z0-9_]*"
SECRET = r"(?i)authorization|token|secret|password|api.?key"
"""Names of headers whose values are secrets."""
_PLACEHOLDER = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}")


def servers_of(
    text: YamlText,
    document: Mapping[str, Any],
    application: str,
    connectors: Connectors,
    is_kept: bool,
) -> dict[str, Any]:
    """Return every server's facts by its name, as written; what is wrong is recorded on
    ``text``. In a contract that a lake keeps a property that nobody reads is no mistake.
    """
    servers: dict[str, Any] = {}
    for i, item in items_of(document, "servers"):
        key, name = ("servers", i), str(item.get("server"))
        terms = terms_of(text, key, item, "server")
        connector = terms.get("connector")
        if connector is not None and connector not in connectors:
            text.problem(
                key, f"there is no connector '{connector}'; {nearest(str(connector), connectors)}"
            )
        if name in servers:
            text.problem((*key, "server"), f"'{name}' is given twice; each server has its own name")
        facts = {
            fact: value
            for fact, value in item.items()
            if fact not in ("customProperties", "id", "roles")
        }
        servers[name] = {**facts, **terms}
        _check_secrets(text, key, servers[name])
        _check_limits(text, key, servers[name], connectors.get(str(connector)))
        if connector in connectors:
            _check_server(text, key, servers[name], connectors[connector])
            if not is_kept:
                _check_read(text, key, servers[name], connectors[connector])
    if not servers:
        text.problem(("servers",), f"say where '{application}' can be read: one server at least")
    return servers


def _check_server(text: YamlText, key: Key, facts: Mapping[str, Any], connector: Connector) -> None:
    """Record what the server's connector cannot do without, and what it checks itself."""
    if not facts.get(connector.place):
        text.problem(key, f"connector {connector.name} needs '{connector.place}'")
    if connector.check_server is not None:
        connector.check_server(text, key, facts)


def _check_read(text: YamlText, key: Key, facts: Mapping[str, Any], connector: Connector) -> None:
    """Record every property of the server that its connector does not read."""
    for name in facts:
        if name in SERVER and name not in connector.server_facts:
            text.problem(
                key,
                f"{name}: connector {connector.name} does not read it;"
                f" {nearest(name, connector.server_facts)}",
            )


def _check_limits(
    text: YamlText, key: Key, facts: Mapping[str, Any], connector: Connector | None
) -> None:
    known = (*LIMITS, *(connector.limits if connector else ()))
    for name, most in _mapping(facts.get("limits")).items():
        if name not in known:
            text.problem(key, f"limits: '{name}' is not known; {nearest(str(name), known)}")
        elif not isinstance(most, int | float) or isinstance(most, bool):
            text.problem(key, f"limits: {name} is {most!r}; it is a number above 0")
        elif name.endswith(_SECONDS) and not 0 < most <= _DAY:
            text.problem(
                key, f"limits: {name} is {most!r}; it is above 0, and a day, {_DAY}, at most"
            )
        elif not name.endswith(_SECONDS) and (most < 1 or most % 1):
            text.problem(key, f"limits: {name} is {most!r}; it is a whole number from 1 on")


def _check_secrets(text: YamlText, key: Key, facts: Mapping[str, Any]) -> None:
    """Record every secret that is written out."""
    for name, variable in _mapping(facts.get("secrets")).items():
        if not re.fullmatch(VARIABLE, str(variable)):
            text.problem(
                key,
                f"secrets: {name} must be the name of an environment variable, such as"
                " SIKESAL_TOKEN, never the secret itself",
            )
    for name, value in _mapping(facts.get("headers")).items():
        if re.search(SECRET, str(name)) and "${" not in str(value):
            text.problem(
                key,
                f"headers: {name} looks like a secret; name an environment variable instead:"
                " ${VARIABLE}",
            )
    for name in ("url", "location"):
        if re.search(r"://[^/@:]*:[^/@]+@", re.sub(r"\$\{[^}]*\}", "", str(facts.get(name) or ""))):
            text.problem(
                key,
                f"{name} carries a password; name an environment variable instead: ${{VARIABLE}}",
            )


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return ``value`` if it is a mapping; that it must be one is said elsewhere."""
    return value if isinstance(value, Mapping) else {}


def reachable(dataset: Dataset) -> Dataset:
    """Return ``dataset`` with the server it is read from chosen and filled in from the environment.

    The dataset's own server, or the contract's first, is the default;
    ``LUMBUNG_SERVER_<APPLICATION>`` names another for every dataset that is read by the same
    connector. SourceError names a server or variable that is missing.
    """
    choices: Mapping[str, Any] = dataset.source.server
    variable = f"LUMBUNG_SERVER_{dataset.application.upper()}"
    name = next(iter(choices))
    chosen = os.environ.get(variable)
    if chosen and chosen not in choices:
        raise SourceError(
            f"{variable}={chosen}: the contract of {dataset.application} has no such server;"
            f" {nearest(chosen, choices)}"
        )
    if chosen and choices[chosen]["connector"] == choices[name]["connector"]:
        name = chosen
    server = {key: _fill(value, dataset) for key, value in choices[name].items()}
    return replace(dataset, source=Source(str(server["connector"]), server, dataset.source.fetch))


def _fill(value: Any, dataset: Dataset) -> Any:
    if isinstance(value, Mapping):
        return {key: _fill(inner, dataset) for key, inner in value.items()}
    if not isinstance(value, str):
        return value

    def value_of(match: re.Match[str]) -> str:
        name, default = match.groups()
        known = os.environ.get(name) or (default_of(name) if default is None else default)
        if known is not None:
            return known
        raise SourceError(
            f"{dataset.id}: its server needs the environment variable {name}, which is not set; set"
            " it and run again"
        )

    return _PLACEHOLDER.sub(value_of, value)
