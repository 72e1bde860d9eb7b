"""What a contract must say of an MQTT broker and of a dataset's messages: address, secrets, topic
filter.

One table for what a contract may say and for what is connected to, so neither knows a word that the
other does not. Secrets are never here.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pipelines.contract.connector import Connector
from pipelines.contract.fact import Fact
from pipelines.errors import nearest
from pipelines.hosts import is_here
from pipelines.records.facts import READING
from pipelines.yamltext import Key, YamlText

PORTS = {"mqtt": 1883, "mqtts": 8883}
"""Scheme of an address -> the port meant where it names none."""
SECRETS = ("user", "password")
FILTER = r"(?:[^#+$/][^#+/]*|\+|)(?:/(?:[^#+/]*|\+))*(?:/#)?|#"
"""A topic filter (MQTT 3.1.1, 4.7); topics that begin with $ are the broker's own, or a share of
a session.
"""


def check_topic(text: YamlText, key: Key, fetch: Mapping[str, Any]) -> None:
    """Record a topic that is no topic filter."""
    topic = str(fetch.get("topic") or "")
    if topic and not re.fullmatch(FILTER, topic):
        allowed = (
            "+ stands for a whole level, # at the end for the rest, such as devices/+/heartbeat"
        )
        text.problem(key, f"fetch: topic '{topic}' is no topic filter; {allowed}")
    names = fetch.get("key")
    if names is not None and (not isinstance(names, list) or not names):
        text.problem(key, "fetch: key is a list of the payload's fields, such as [device_id, ts]")


CLEAR = (
    "is mqtt on another machine, and a password sent there can be read on the way: give the mqtts"
    " address, or ask the broker's owner for one"
)


def is_clear(scheme: str, host: str) -> bool:
    """Say whether what is sent to a broker can be read on the way."""
    return scheme == "mqtt" and not is_here(host)


def check_broker(text: YamlText, key: Key, facts: Mapping[str, Any]) -> None:
    """Record an address that is no broker's, and secrets nobody uses."""
    url = str(facts.get("url") or "")
    written = re.sub(r"\$\{[A-Z0-9_]+(?::-([^}]*))?\}", r"\1", url)
    if written and urlsplit(written).scheme not in PORTS:
        text.problem(
            key, f"connector mqtt: address '{url}' must be mqtt://host:port, or mqtts://host:port"
        )
    secrets = facts.get("secrets")
    parts = urlsplit(written)
    if secrets and parts.hostname and is_clear(parts.scheme, parts.hostname):
        text.problem(key, f"connector mqtt: {url} {CLEAR}")
    for name in secrets if isinstance(secrets, Mapping) else ():
        if name not in SECRETS:
            text.problem(key, f"secrets: mqtt does not use '{name}'; {nearest(str(name), SECRETS)}")


MQTT = Connector(
    __name__,
    "url",
    (
        *READING,
        Fact(
            "topic",
            "topic filter, `+` for one level, `#` for the rest, such as `devices/+/heartbeat`",
            needed=True,
        ),
        Fact(
            "time",
            "field of the payload that says when it happened: its partition. Read as the column"
            " that names it is; else the day it came",
        ),
        Fact(
            "key",
            "fields of the payload that make a message's identity, such as `[device_id, ts]`",
        ),
    ),
    server=("secrets",),
    check_server=check_broker,
    check_fetch=check_topic,
)
