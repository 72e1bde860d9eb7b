"""One connection to a broker: a persistent session that hands over messages and acknowledges them
when it is told to.

paho-mqtt reads the network in a thread of its own, reconnects and waits longer after each try. An
acknowledgement belongs to the connection on which its message came: after a reconnect the broker
sends the message again, and an old number could mean another one, so it is forgotten.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client, MQTTMessage

from pipelines.connectors.mqtt.broker import LONGEST_WAIT, Broker, client_for
from pipelines.errors import SourceError

MOST_WAITING = 20_000
"""Messages held in memory at most; the network waits then."""
SHORT, OFTEN = 5.0, 3
"""Seconds after which a connection is no longer short, and how many short ones in a row look
like a second listener.
"""
KEEP_ALIVE = 30
QOS = 1
"""At least once: the broker sends a message again until it is acknowledged."""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Message:
    """What was published, and how it is acknowledged: its number on the connection it came by."""

    topic: str
    payload: bytes
    number: int
    qos: int
    connection: int


class Session:
    """``start``, then ``take`` and ``acknowledge``, then ``close``; ``tell`` hears what happens
    to the connection.
    """

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        topics: Sequence[str],
        unsubscribed: Sequence[str],
        tell: Tell,
    ) -> None:
        self.broker, self.client_id, self.topics, self.unsubscribed, self.tell = (
            broker,
            client_id,
            topics,
            unsubscribed,
            tell,
        )
        self._state = threading.Condition()
        self._waiting: list[Message] = []
        self._connection = self._short = 0
        self._since = 0.0
        self._answered, self._refusal, self._closing, self._lost = (
            threading.Event(),
            "",
            False,
            False,
        )
        self._client = client_for(broker, client_id)
        self._client.on_connect, self._client.on_disconnect, self._client.on_connect_fail = (
            self._connected,
            self._disconnected,
            self._unreached,
        )
        self._client.on_subscribe, self._client.on_message = self._subscribed, self._came

    def start(self) -> None:
        """Connect and subscribe; SourceError says why that is not possible."""
        where = f"{self.broker.address}: {', '.join(self.topics)}"
        try:
            self._client.connect(self.broker.host, self.broker.port, KEEP_ALIVE)
        except (OSError, ValueError) as error:
            raise SourceError(
                f"{where}: no broker answers ({error}); start it, or correct the server's url in"
                " the contract"
            ) from error
        self._client.loop_start()
        self._answered.wait(self.broker.seconds)
        why = self._refusal or (
            "" if self._answered.is_set() else f"no answer within {self.broker.seconds:g} s"
        )
        if why:
            self.close()
            raise SourceError(
                f"{where}: the broker says no: {why}; check url, topic and secrets in the contract,"
                " and the broker's own rights"
            )

    def take(self, seconds: float) -> list[Message]:
        """Return what has come since the last call; wait ``seconds`` for the first."""
        with self._state:
            self._state.wait_for(lambda: self._waiting, seconds)
            messages, self._waiting = self._waiting, []
            self._state.notify_all()
            return messages

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the broker that it may forget ``messages``."""
        with self._state:
            for message in messages:
                if message.qos and message.connection == self._connection:
                    self._client.ack(message.number, message.qos)

    def close(self) -> None:
        """Leave; the session stays at the broker."""
        with self._state:
            self._closing = True
            self._state.notify_all()
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: Client, _: Any, flags: Any, reason: Any, __: Any) -> None:
        if reason.is_failure:
            self._no(str(reason))
            return
        self._since = time.monotonic()
        if self._lost:
            remark = (
                ""
                if flags.session_present
                else "; it kept no session, so what was sent meanwhile is not known here"
            )
            self.tell(f"{self.broker.address} is back{remark}")
        self._lost = False
        if self.unsubscribed:
            client.unsubscribe(list(self.unsubscribed))
        try:
            client.subscribe([(topic, QOS) for topic in self.topics])
        except ValueError as error:
            self._no(str(error))

    def _subscribed(self, _: Client, __: Any, ___: int, reasons: Any, ____: Any) -> None:
        refused = [
            topic for topic, reason in zip(self.topics, reasons, strict=False) if reason.is_failure
        ]
        if refused:
            self._no(f"topic {', '.join(refused)} is refused")
        self._answered.set()

    def _no(self, why: str) -> None:
        if self._answered.is_set():
            self.tell(f"{self.broker.address} says no: {why}")
        self._refusal = self._refusal or why
        self._answered.set()

    def _disconnected(self, _: Client, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        with self._state:
            self._connection += 1
        if self._closing or not self._answered.is_set() or self._refusal:
            return
        self._short = self._short + 1 if time.monotonic() - self._since < SHORT else 0
        self._lost = True
        self.tell(
            f"{self.broker.address} is gone ({reason}); trying again, every {LONGEST_WAIT} s at"
            " last"
        )
        if self._short == OFTEN:
            self.tell(
                f"{self.broker.address} ends the connection again and again: it seems that another"
                f" listener uses the session '{self.client_id}'; a spool that was copied carries"
                " its session's name along: stop one of the two, or remove the copy's file .name"
            )

    def _unreached(self, _: Client, __: Any) -> None:
        if not self._lost:
            self.tell(f"{self.broker.address} is not reached; trying again")
        self._lost = True

    def _came(self, _: Client, __: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        with self._state:
            self._state.wait_for(lambda: len(self._waiting) < MOST_WAITING or self._closing)
            self._waiting.append(
                Message(topic, bytes(message.payload), message.mid, message.qos, self._connection)
            )
            self._state.notify_all()
