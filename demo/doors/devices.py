"""The city's devices: what each table whose door is MQTT publishes, when, and how it comes into a
spool.

``feed`` lets the city's days go by: each day's messages are published at QoS 1, and a listener with
the city's clock lands them before the next day begins. Some messages come a day late and some in
another order than they were made; a device that repeats one writes its numbers differently.
"""

import json
import re
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from demo.city import ZONE, City
from demo.door import Mqtt
from demo.table import Row, Table, build, value_at
from pipelines.connectors.contracts import read_contract
from pipelines.connectors.mqtt.subscriber import subscribe
from pipelines.contract.model import Dataset, Source
from pipelines.contract.reader import SUFFIX

AS_IT_IS = "_payload"
"""Field of a row that is sent in its place: a payload that is no JSON."""
HISTORY = 1
"""Days before the window that are fetched again, for messages that came late."""
LATE, SWAPPED = 2, 5
"""Messages a day that come a day late, and that come in reverse order."""
ON_THE_WAY = 200
AT_ONCE = 500
"""Messages published before they are waited for: a broker drops what a listener is behind with
(Mosquitto: 1000).
"""
PATIENCE = 60.0
Sent = list[tuple[str, bytes]]


def messages(city: City, table: Table) -> dict[date, Sent]:
    """Return topic and payload of every message by the day on which it reaches the broker."""
    door, days, by_day = table.door, build(city, table).days, dict[date, Sent]()
    assert isinstance(door, Mqtt)
    for day in sorted(days):
        rows, dice = days[day], city.dice(table.application, table.dataset, "way", day)
        late = set(dice.sample([n for n, row in enumerate(rows) if AS_IT_IS not in row], LATE))
        swap = dice.randrange(len(rows) - SWAPPED)
        for n in (
            *range(swap),
            *reversed(range(swap, swap + SWAPPED)),
            *range(swap + SWAPPED, len(rows)),
        ):
            comes = day + timedelta(days=1) if n in late else day
            by_day.setdefault(comes, []).append(
                (
                    _topic(door, rows[n]),
                    _payload(rows[n], repeated=n > 0 and rows[n] == rows[n - 1]),
                )
            )
    return by_day


def publish(sent: Sent, address: str) -> float:
    """Publish at QoS 1 and return the seconds until the broker had acknowledged everything."""
    parts, began = urlsplit(address), time.monotonic()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv311)
    client.max_inflight_messages_set(ON_THE_WAY)
    client.connect(parts.hostname or "", parts.port or 1883)
    client.loop_start()
    try:
        for publication in [client.publish(topic, payload, qos=1) for topic, payload in sent]:
            publication.wait_for_publish(PATIENCE)
            if not publication.is_published():
                raise TimeoutError(f"{address} did not acknowledge a message within {PATIENCE:g} s")
    finally:
        client.disconnect()
        client.loop_stop()
    return time.monotonic() - began


def feed(city: City, tables: Sequence[Table], contracts: Path, root: Path, address: str) -> int:
    """Fill the spool ``root`` anew with what the devices send by the broker at ``address``;
    return how many messages that were. A device without a contract is not heard.
    """
    shutil.rmtree(root, ignore_errors=True)
    devices = [
        table
        for table in tables
        if isinstance(table.door, Mqtt) and _contract(contracts, table).is_file()
    ]
    if not devices:
        return 0
    datasets = [_heard(contracts, table, address) for table in devices]
    by_table = [messages(city, table) for table in devices]
    day, landed, reports = [city.today], Counter[str](), list[str]()
    stop, ready = threading.Event(), threading.Event()

    def clock() -> datetime:
        return datetime.combine(day[0], clock_time(23, 50), ZONE)

    listener = threading.Thread(
        target=subscribe,
        args=(datasets, root, stop, reports.append, landed, clock, ready),
        name="city-listener",
    )
    listener.start()
    ready.wait(PATIENCE)
    sent = 0
    try:
        for day[0] in (*city.before(HISTORY), city.today):
            due = [message for table in by_table for message in table.get(day[0], ())]
            for start in range(0, len(due), AT_ONCE):
                portion = due[start : start + AT_ONCE]
                publish(portion, address)
                sent += len(portion)
                _wait(lambda many=sent: landed.total() >= many, listener, reports)
    finally:
        stop.set()
        listener.join()
    return sent


def _contract(contracts: Path, table: Table) -> Path:
    return contracts / f"{table.application}{SUFFIX}"


def _heard(contracts: Path, table: Table, address: str) -> Dataset:
    (dataset,) = (
        candidate
        for candidate in read_contract(_contract(contracts, table)).datasets
        if candidate.name == table.dataset
    )
    return replace(
        dataset, source=Source("mqtt", {"connector": "mqtt", "url": address}, dataset.source.fetch)
    )


def _wait(
    condition: Callable[[], bool], listener: threading.Thread, reports: Sequence[str]
) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > until or not listener.is_alive():
            raise TimeoutError(
                "the listener does not get what was published; it said:"
                f" {'; '.join(reports) or 'nothing'}"
            )
        time.sleep(0.002)


def _topic(door: Mqtt, row: Row) -> str:
    return re.sub(r"\{([^}]*)\}", lambda match: str(value_at(row, match[1])), door.topic)


def _payload(row: Row, repeated: bool) -> bytes:
    if AS_IT_IS in row:
        return str(row[AS_IT_IS]).encode()
    fields = {
        name: float(value) if repeated and type(value) is int else value
        for name, value in row.items()
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
