"""Messages of an MQTT broker (https://mqtt.org): the batches that `lumbung listen` has landed in
the spool, a partition's oldest first.

A record is a line `{"topic": ..., "payload": ...}`, so columns name `topic` and `payload.<field>`;
a payload that is no JSON goes to quarantine under `shape`. The server's `url` is `mqtt://host:port`
or `mqtts://host:port`; its `secrets` name the environment variables of `user` and `password`. A
broker forgets what it has handed over, so ``fetch`` never asks it: ``mqtt.subscriber`` lands, this
reads.

A broker may deliver a message twice; the second line is the same and counts as an exact duplicate.
With ``key``, so does a message that its sender repeats in another spelling (`1.50` for `1.5`): it
is read as the first was written, the spool keeps both. A message of the same key with other values
stays as it is, and the gate's rule `key` sees it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from pipelines.connectors.mqtt.spool import batches
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Part, Window
from pipelines.settings import spool_path

MOST_BYTES = 64 * 2**20
"""Batches are joined into Parts of about this size: a day has 1440 minutes, and a Part has a
price.
"""


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield the window's messages; SourceError when the dataset has never been listened to."""
    folder = spool_path() / dataset.id
    if dataset.delivery == "snapshot":
        raise SourceError(
            f"{dataset.id}: messages are no whole table; make the delivery events, or changes"
        )
    if not folder.is_dir():
        raise SourceError(
            f"{dataset.id}: nothing was ever landed in {folder}; run `lumbung listen"
            f" {dataset.application}` and let it run (LUMBUNG_SPOOL)"
        )
    names = tuple(str(name) for name in dataset.source.fetch.get("key") or ())
    for key in window.partitions:
        lines = batches(folder / key)
        for number, body in enumerate(_joined(_spelled_once(lines, names) if names else lines)):
            yield Part(f"messages-{number:03d}.ndjson", body, f"{folder / key}", key)


def _joined(lines: Iterable[bytes]) -> Iterator[bytes]:
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if size >= MOST_BYTES:
            yield b"".join(batch)
            batch, size = [], 0
    if batch:
        yield b"".join(batch)


def _spelled_once(lines: Iterable[bytes], names: Sequence[str]) -> Iterator[bytes]:
    """Yield the lines, one that says what an earlier line of its key says as that one was
    written.
    """
    seen: set[bytes] = set()
    first: dict[tuple[str, str], bytes] = {}
    for line in lines:
        if line not in seen:
            seen.add(line)
            meant = _meaning(line, names)
            if meant is not None:
                yield first.setdefault(meant, line)
                continue
        yield line


def _meaning(line: bytes, names: Sequence[str]) -> tuple[str, str] | None:
    """Return a message's key and what it says, independent of spelling; None for one that does
    not state its key.
    """
    record = json.loads(
        line, parse_float=_number, parse_int=_number, object_hook=lambda fields: {"object": fields}
    )
    stated = [_at(record, f"payload.{name}") for name in names]
    if any(value is None for value in stated):
        return None
    return json.dumps(stated), json.dumps(record, sort_keys=True)


def _at(value: Any, dotted: str) -> Any:
    for step in dotted.split("."):
        value = value["object"].get(step) if isinstance(value, dict) and "object" in value else None
    return value


def _number(text: str) -> dict[str, str]:
    """Return what is equal for equal numbers, however they are written."""
    try:
        return {"number": str(Decimal(text).normalize(Context(prec=len(text) + 1)))}
    except InvalidOperation:
        return {"number": text}
