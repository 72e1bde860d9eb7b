"""An MQTT broker as a contract names it: address, secrets, and the session that Lumbung keeps
there. What is done with messages is elsewhere.

The session is persistent and belongs to the spool: its client id is made once, of the application
and a name drawn for the spool. Two spools have two sessions and each gets every message; two
listeners on one spool are refused (see ``mqtt.subscriber``). MQTT 3.1.1 is spoken, which every
broker knows (https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html).
"""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from pipelines.connectors.mqtt.facts import CLEAR, PORTS, SECRETS, is_clear
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.durable import write_durably

LONGEST_WAIT = 60
"""Seconds between two tries to reach a broker that is gone, at most; the first comes after one."""


@dataclass(frozen=True)
class Broker:
    """One broker as the contract and the environment say."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    seconds: float = 30

    @property
    def address(self) -> str:
        """The address without user and password."""
        return f"{self.scheme}://{self.host}:{self.port}"


def broker_of(dataset: Dataset) -> Broker:
    """Return the broker that ``dataset`` is read from; SourceError names the fact or the
    variable that is missing or wrong.
    """
    facts = dataset.source.server
    url = str(facts.get("url", ""))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.path.strip("/"):
        raise SourceError(
            f"{dataset.id}: broker address '{parts.scheme}://{parts.hostname or ''}' is not"
            " mqtt://host:port or mqtts://host:port; correct the server's url"
        )
    if facts.get("secrets") and is_clear(parts.scheme, parts.hostname):
        raise SourceError(f"{dataset.id}: broker {parts.scheme}://{parts.hostname} {CLEAR}")
    values: dict[str, str] = {}
    for name, variable in (facts.get("secrets") or {}).items():
        if name not in SECRETS:
            raise SourceError(
                f"{dataset.id}: secret '{name}' is not used by mqtt; allowed: {', '.join(SECRETS)}"
            )
        value = os.environ.get(str(variable))
        if not value:
            raise SourceError(
                f"{dataset.id}: the environment variable {variable} (its {name}) is not set; set it"
                " and run again"
            )
        values[name] = value
    seconds = float((facts.get("limits") or {}).get("timeout_seconds", 30))
    return Broker(
        parts.scheme,
        parts.hostname,
        port or PORTS[parts.scheme],
        values.get("user"),
        values.get("password"),
        seconds,
    )


def client_for(broker: Broker, client_id: str) -> Client:
    """Return a client with a persistent session that acknowledges only what it is told to."""
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id,
        clean_session=False,
        protocol=MQTTv311,
        manual_ack=True,
    )
    client.connect_timeout = broker.seconds
    client.reconnect_delay_set(1, LONGEST_WAIT)
    if broker.user or broker.password:
        client.username_pw_set(broker.user, broker.password)
    if broker.scheme == "mqtts":
        client.tls_set()
    return client


def client_id_of(root: Path, application: str) -> str:
    """Return the id of the session that belongs to this spool."""
    path = root / ".name"
    if not path.is_file():
        root.mkdir(parents=True, exist_ok=True)
        write_durably(path, secrets.token_hex(4).encode())
    return f"lumbung-{application}-{path.read_text('ascii')}"
