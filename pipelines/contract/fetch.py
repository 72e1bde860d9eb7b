"""What a contract must say so that its records can be fetched: the facts of each kind of server,
and of ``fetch`` for each connector.

A fact nobody reads is refused with the nearest right one: a misspelt one would be passed over in
silence. The connectors' first lines explain the facts.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.contract.auth import SECRET, check_auth, check_sftp
from pipelines.contract.mqtt import check_broker, check_topic
from pipelines.contract.source import ContractText, Key, nearest

READING = {
    "records": (),
    "unpivot": ("keep", "name", "value"),
    "csv": ("delimiter", "encoding", "header_row"),
    "sheet": (),
    "explode": (),
}
"""Facts of every connector that say how a delivered file is read."""
FETCH: dict[str, dict[str, tuple[str, ...]]] = {
    "rest": {
        "path": (),
        "params": (),
        "paging": (
            "style",
            "parameter",
            "size_parameter",
            "size",
            "first",
            "cursor_field",
            "link_field",
            "total_header",
            "total_field",
        ),
        "window": ("start", "end", "format"),
    },
    "sensorthings": {"path": (), "filter_time": (), "expand": (), "top": ()},
    "database": {"table": (), "time": (), "columns": ()},
    "file": {"files": (), "zip": ()},
    "sftp": {"files": (), "zip": ()},
    "ckan": {"query": (), "filters": (), "resource": (), "size": ()},
    "dcat": {"path": (), "params": ()},
    "gtfs": {"path": (), "table": (), "feed": ()},
    "mqtt": {"topic": (), "time": (), "key": ()},
    "ocds": {
        "path": (),
        "params": (),
        "paging": ("size_parameter", "size", "total_header", "total_field"),
        "window": ("start", "end", "format"),
        "merge": (),
    },
}
NEEDED: dict[str, tuple[str, ...]] = {
    "rest": (),
    "sensorthings": ("records",),
    "database": ("table",),
    "file": ("files",),
    "gtfs": ("path",),
    "ocds": ("records",),
    "sftp": ("files",),
    "ckan": ("records",),
    "dcat": (),
    "mqtt": ("topic",),
}
EITHER = {"gtfs": ("table", "feed")}
"""Facts of which exactly one is needed."""
SERVER = {
    "rest": "location",
    "sensorthings": "location",
    "gtfs": "location",
    "ocds": "location",
    "ckan": "location",
    "dcat": "location",
    "database": "url",
    "sftp": "url",
    "mqtt": "url",
    "file": "path",
}
"""What each connector's server cannot do without."""
LIMITS = ("timeout_seconds", "response_bytes", "attempts")
MORE_LIMITS = {"sftp": ("files", "total_bytes", "file_seconds")}
STYLES = {
    "single": (),
    "page": ("parameter",),
    "offset": ("parameter",),
    "cursor": ("parameter", "cursor_field"),
    "link": (),
}
"""Paging style -> the facts it needs."""
MARKS = ("{date}", "{month}")
VARIABLE = r"[A-Z][A-Z0-9_]*"


def check_fetch(
    text: ContractText, key: Key, connectors: Sequence[str], fetch: Mapping[str, Any]
) -> None:
    """Record every fact of ``fetch`` that none of the contract's connectors knows, and every one
    the first of them lacks.
    """
    known = [each for each in connectors if each in FETCH]
    if not known:
        return
    connector = known[0]
    table = {**READING, **{name: inner for each in known for name, inner in FETCH[each].items()}}
    place = (*key, "customProperties")
    for name, value in fetch.items():
        if name not in table:
            text.problem(
                place,
                f"fetch: connector {connector} does not read '{name}'; {nearest(name, table)}",
            )
        for inner in value if isinstance(value, Mapping) and table.get(name) else ():
            if inner not in table[name]:
                text.problem(
                    place, f"fetch: {name} does not know '{inner}'; {nearest(inner, table[name])}"
                )
    if connector in EITHER and sum(bool(fetch.get(name)) for name in EITHER[connector]) != 1:
        text.problem(
            place,
            f"fetch: connector {connector} needs one of {' and '.join(EITHER[connector])}, not"
            " both",
        )
    for name in NEEDED[connector]:
        if not fetch.get(name):
            text.problem(
                place,
                f"fetch: connector {connector} needs '{name}'; see the first lines of"
                f" pipelines/connectors/{connector}.py",
            )
    for mark in re.findall(r"\{[^{},]*\}", f"{fetch.get('files', '')}{fetch.get('path', '')}"):
        if mark not in MARKS:
            text.problem(
                place,
                f"fetch: '{mark}' stands for nothing; {' and '.join(MARKS)} stand for the day or"
                " month that is asked for",
            )
    if connector == "mqtt":
        check_topic(text, place, fetch)
    paging = fetch.get("paging")
    if isinstance(paging, Mapping):
        style = str(paging.get("style", "single"))
        if style not in STYLES:
            text.problem(place, f"fetch: paging style '{style}'; {nearest(style, STYLES)}")
        for name in STYLES.get(style, ()):
            if not paging.get(name):
                text.problem(place, f"fetch: paging style {style} needs '{name}'")


def check_server(text: ContractText, key: Key, facts: Mapping[str, Any]) -> None:
    """Record what the server's connector cannot do without, and every secret that is written
    out: contracts are published.
    """
    connector = str(facts.get("connector", ""))
    needed = SERVER.get(connector)
    if needed and not facts.get(needed):
        text.problem(key, f"connector {connector} needs '{needed}'")
    limits, secrets, headers = (
        _mapping(facts.get(name)) for name in ("limits", "secrets", "headers")
    )
    known = (*LIMITS, *MORE_LIMITS.get(connector, ()))
    for name, most in limits.items():
        if name not in known:
            text.problem(key, f"limits: '{name}' is not known; {nearest(str(name), known)}")
        elif not isinstance(most, int | float) or isinstance(most, bool) or not 0 < most < math.inf:
            text.problem(key, f"limits: {name} is {most!r}; it is a number above 0")
    for name, variable in secrets.items():
        if not re.fullmatch(VARIABLE, str(variable)):
            text.problem(
                key,
                f"secrets: {name} must be the name of an environment variable, such as"
                " SIKESAL_TOKEN, never the secret itself",
            )
    if connector == "sftp":
        check_sftp(text, key, facts)
    elif connector == "mqtt":
        check_broker(text, key, facts)
    elif needed == "location":
        check_auth(text, key, facts)
    if "auth" in facts and needed != "location":
        text.problem(
            key, f"auth: connector {connector} does not read it; its secrets say who we are"
        )
    for name, value in headers.items():
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
