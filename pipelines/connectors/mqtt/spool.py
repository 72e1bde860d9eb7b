"""The spool: what brokers sent, a line a message, in files that are complete, durable and in order.
Who sent it is ``mqtt.subscriber``'s business.

`<application>.<dataset>/<partition>/<HHMM>-<n>.ndjson`: the partition is that of the message's own
time, the minute that in which it came. A minute's file is `.<name>.open` while it grows: every
write is synced before anybody acknowledges it, and at the end of the minute the file gets its name
by rename, earlier where many others grow: the next number follows. After a crash `recover` cuts off
the torn last line, which nobody acknowledged, and names what was left open. A line holds only what
was published, so a message that comes twice makes two equal lines.
"""

import base64
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pipelines.lake.durable import sync

BATCH = re.compile(r"\.?(\d{4})-(\d+)\.ndjson(?:\.open)?")
MOST_LINES, MOST_BYTES = 10_000, 8 * 2**20
"""A minute's file is full at either; the next one has the next number."""
MOST_OPEN = 64
"""Files that grow at once: a device whose clock jumps about names thousands of days in a minute,
and a process may hold about a thousand files.
"""
DEEPEST = 32
"""Levels of nesting; what is deeper is no message but an attack on whoever reads it."""


def line(topic: str, payload: bytes) -> bytes:
    """Return the line of one message: an object when the payload is JSON, else a list of topic
    and text (or base64) that no reader takes for a record.
    """
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return _listed(topic, "base64", base64.b64encode(payload).decode())
    try:
        _check(text)
    except (ValueError, RecursionError):
        return _listed(topic, "text", text)
    return (
        f'{{"topic": {json.dumps(topic, ensure_ascii=False)}, "payload": {text}}}'.replace(
            "\r", " "
        )
        .replace("\n", " ")
        .encode()
        + b"\n"
    )


def _listed(*texts: str) -> bytes:
    return json.dumps(texts, ensure_ascii=False).encode() + b"\n"


def _check(text: str) -> None:
    """Raise ValueError unless ``text`` is JSON that can be kept as a table: no half characters,
    not too deep.
    """
    value = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise ValueError(f"more than {DEEPEST} levels deep")
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]


def batches(folder: Path) -> Iterator[bytes]:
    """Yield the whole lines of one partition, oldest batch first, also those of the minute that
    is being written.
    """
    names = _listing(folder)
    while names != (names := _listing(folder)):
        pass
    for name in names:
        try:
            path = folder / name
            stream = path.open("rb")
        except FileNotFoundError:
            stream = (folder / name.removeprefix(".").removesuffix(".open")).open("rb")
        with stream:
            yield from (text for text in stream if text.endswith(b"\n"))


def _listing(folder: Path) -> list[str]:
    names = os.listdir(folder) if folder.is_dir() else []  # noqa: PTH208  one system call: a rename in between is seen by the second listing
    numbered = [
        (int(match[1]), int(match[2]), match[0]) for match in map(BATCH.fullmatch, names) if match
    ]
    return [name for *_, name in sorted(numbered)]


@dataclass
class _Open:
    path: Path
    stream: BinaryIO
    minute: str
    lines: int = 0


class Spool:
    """One dataset's batches, written by one process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[str, _Open] = {}  # the one written last at the end
        is_new = not folder.is_dir()
        folder.mkdir(parents=True, exist_ok=True)
        if is_new:
            sync(folder.parent)

    def recover(self) -> int:
        """Name the batches that a crash left open, without their torn ends; return how many
        there were.
        """
        open_batches = sorted(self.folder.glob("*/.*.ndjson.open"))
        for path in open_batches:
            content = path.read_bytes()
            whole = content.rfind(b"\n") + 1
            if not whole:
                path.unlink()
                continue
            os.truncate(path, whole)
            sync(path)
            _name(path)
        return len(open_batches)

    def write(self, lines: Sequence[tuple[str, bytes]], now: datetime) -> None:
        """Append lines, each with its partition; when this returns they are on the disk."""
        grown: dict[str, list[bytes]] = {}
        for partition, text in lines:
            grown.setdefault(partition, []).append(text)
        for partition, added in grown.items():
            batch = self._batch(partition, f"{now:%H%M}")
            batch.stream.write(b"".join(added))
            os.fsync(batch.stream.fileno())
            if not batch.lines:
                sync(batch.path.parent)
            batch.lines += len(added)
            if batch.lines >= MOST_LINES or batch.stream.tell() >= MOST_BYTES:
                self._finish(partition)

    def roll(self, now: datetime | None) -> None:
        """Finish the batches of minutes that are over; all of them without ``now``."""
        for partition, batch in list(self._open.items()):
            if now is None or batch.minute != f"{now:%H%M}":
                self._finish(partition)

    def close(self) -> None:
        """Let go of what is open; it keeps its lines and gets its name from ``recover``."""
        for batch in self._open.values():
            batch.stream.close()
        self._open.clear()

    def _batch(self, partition: str, minute: str) -> _Open:
        if partition in self._open and self._open[partition].minute != minute:
            self._finish(partition)
        if partition in self._open:
            self._open[partition] = self._open.pop(partition)
        else:
            if len(self._open) >= MOST_OPEN:
                self._finish(next(iter(self._open)))
            folder = self.folder / partition
            if not folder.is_dir():
                folder.mkdir()
                sync(self.folder)
            numbers = [
                int(match[2])
                for match in map(BATCH.fullmatch, _listing(folder))
                if match and match[1] == minute
            ]
            path = folder / f".{minute}-{max(numbers, default=0) + 1}.ndjson.open"
            self._open[partition] = _Open(path, path.open("xb", buffering=0), minute)
        return self._open[partition]

    def _finish(self, partition: str) -> None:
        batch = self._open.pop(partition)
        batch.stream.close()
        _name(batch.path)


def _name(path: Path) -> None:
    path.rename(path.with_name(path.name.removeprefix(".").removesuffix(".open")))
    sync(path.parent)
