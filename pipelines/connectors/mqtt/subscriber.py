"""A durable subscriber: messages at QoS 1 go to the spool, are synced, and only then acknowledged
(at least once).

A broker keeps what is not acknowledged, so a listener that is killed, or whose machine loses power,
gets it again: the same line twice at worst. It also sends only so many that are not acknowledged
(Mosquitto: 20, and 20 more an acknowledgement), so nobody waits for the minute's end: whatever came
while the last write was synced is written, synced and acknowledged together. A message that was
published at QoS 0 is landed too, but nobody keeps it for us. What a broker drops while no listener
is there (Mosquitto: `max_queued_messages` 1000, `persistent_client_expiration`) cannot be seen from
here.
"""

import fcntl
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from paho.mqtt.client import topic_matches_sub

from pipelines.connectors.mqtt.broker import Broker, broker_of, client_id_of
from pipelines.connectors.mqtt.placing import Placing
from pipelines.connectors.mqtt.session import Message, Session, Tell
from pipelines.connectors.mqtt.spool import Spool, line
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.durable import write_durably

Clock = Callable[[], datetime]
TICK = 0.2
"""Seconds between two looks at the clock when nothing comes."""


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def subscribe(
    datasets: Sequence[Dataset],
    root: Path,
    stop: threading.Event,
    tell: Tell,
    landed: Counter[str],
    clock: Clock = now,
    ready: threading.Event | None = None,
) -> list[SourceError]:
    """Land the messages of ``datasets`` (their servers chosen) under ``root`` until ``stop``;
    ``landed`` counts lines by dataset.

    One session an application and broker, each in a thread; one that cannot listen is told and
    returned, and holds up nobody else. ``ready`` is set when every one listens, or has failed to.
    """
    ready, failed = ready or threading.Event(), list[SourceError]()
    groups: dict[tuple[str, Broker], list[Dataset]] = {}
    for dataset in datasets:
        try:
            groups.setdefault((dataset.application, broker_of(dataset)), []).append(dataset)
        except SourceError as error:
            tell(str(error))
            failed.append(error)

    awaited = set(groups)

    def opened(group: tuple[str, Broker]) -> None:
        awaited.discard(group)
        if not awaited:
            ready.set()

    def run(group: tuple[str, Broker]) -> None:
        try:
            listen(group[1], groups[group], root, stop, tell, landed, clock, lambda: opened(group))
        except SourceError as error:
            failed.append(error)
            tell(str(error))
        except Exception as error:  # noqa: BLE001  the last to hear of it: a thread that ended unheard would look like a broker that says nothing
            unforeseen = SourceError(
                f"{group[1].address}: {group[0]} is not listened to any more:"
                f" {type(error).__name__}: {error}; what was not written is not acknowledged, the"
                " broker keeps it: run `lumbung listen` again, and report this if it comes back"
            )
            failed.append(unforeseen)
            tell(str(unforeseen))
        finally:
            opened(group)

    threads = [
        threading.Thread(target=run, args=(group,), name=f"listen-{group[0]}") for group in groups
    ]
    if not threads:
        ready.set()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def listen(
    broker: Broker,
    datasets: Sequence[Dataset],
    root: Path,
    stop: threading.Event,
    tell: Tell,
    landed: Counter[str],
    clock: Clock,
    ready: Callable[[], None],
) -> None:
    """Land the messages of one application's datasets until ``stop``; SourceError when that is
    not, or no longer, possible.
    """
    client_id = client_id_of(root, datasets[0].application)
    topics = sorted({_topic(dataset) for dataset in datasets})
    noted = root / f".{client_id}@{broker.host}-{broker.port}.json"
    with ExitStack() as stack:
        for dataset in datasets:
            stack.enter_context(_alone(root / dataset.id))
        writers = [
            stack.enter_context(closing(_Writer(dataset, root / dataset.id, clock, landed)))
            for dataset in datasets
        ]
        for writer in writers:
            if writer.spool.recover():
                tell(
                    f"{writer.dataset.id}: the last listener was killed; what it acknowledged is"
                    " kept"
                )
        before = json.loads(noted.read_text("utf-8")) if noted.is_file() else []
        write_durably(noted, json.dumps(sorted({*before, *topics})).encode())
        session = Session(broker, client_id, topics, sorted({*before} - {*topics}), tell)
        session.start()
        stack.callback(session.close)
        write_durably(noted, json.dumps(topics).encode())
        ready()
        try:
            while not stop.is_set():
                _land(session.take(TICK), writers, session)
            _land(session.take(0), writers, session)
            for writer in writers:
                writer.spool.roll(None)
        except OSError as error:
            raise SourceError(
                f"{broker.address}: the spool {root} cannot be written: {error}; what was not"
                " written is not acknowledged, the broker keeps it: put that right, then run"
                " `lumbung listen` again"
            ) from error


class _Writer:
    """One dataset's share: which messages are its own, and into which partition each goes."""

    def __init__(self, dataset: Dataset, folder: Path, clock: Clock, landed: Counter[str]) -> None:
        self.dataset, self.clock, self.landed = dataset, clock, landed
        self.spool, self.placing, self.zone = (
            Spool(folder),
            Placing(dataset),
            ZoneInfo(dataset.timezone),
        )

    def reads(self, topic: str) -> bool:
        return topic_matches_sub(_topic(self.dataset), topic)

    def write(self, messages: Sequence[Message]) -> None:
        moment = self.clock().astimezone(self.zone)
        self.spool.roll(moment)
        own = [message for message in messages if self.reads(message.topic)]
        if own:
            places = self.placing.places([message.payload for message in own], moment)
            self.spool.write(
                [
                    (place, line(message.topic, message.payload))
                    for place, message in zip(places, own, strict=True)
                ],
                moment,
            )
            self.landed[self.dataset.id] += len(own)

    def close(self) -> None:
        self.spool.close()
        self.placing.close()


def _land(messages: Sequence[Message], writers: Sequence[_Writer], session: Session) -> None:
    for writer in writers:
        writer.write(messages)
    stray = Counter(
        message.topic
        for message in messages
        if not any(writer.reads(message.topic) for writer in writers)
    )
    for topic, many in stray.items():
        session.tell(
            f"{session.broker.address}: {many} messages on '{topic}', which no contract reads any"
            " more; let go"
        )
    session.acknowledge(messages)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the dataset's spool against every other listener; it goes with the process, however
    that ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SourceError(
                f"{folder.name}: another listener writes {folder} already; stop it first, or give"
                " this one a spool of its own (LUMBUNG_SPOOL)"
            ) from error
        yield


def _topic(dataset: Dataset) -> str:
    return str(dataset.source.fetch["topic"])
