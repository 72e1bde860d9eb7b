"""The elements of a list in a JSON document one after another, so that no document is held whole.

What is not plainly such a list is a ValueError without a reason: whoever reads the document whole
finds what is wrong with it.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

CHUNK = 1 << 20
"""So many characters are read at a time, and as many as an element has where it has more."""
SPACE = re.compile(r"[ \t\n\r]*")


def elements(path: Path, steps: Sequence[str], decoder: json.JSONDecoder) -> Iterator[Any]:
    """Yield the elements of the list that the names ``steps`` lead to, from object to object."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        text = _Text(stream, decoder)
        yield from _list(text) if not steps else _member(text, *steps)
        if text.next():
            raise ValueError("more than one document")


def _list(text: "_Text") -> Iterator[Any]:
    text.take("[")
    if text.next() != "]":
        yield text.value()
        while text.next() == ",":
            text.take(",")
            yield text.value()
    text.take("]")


def _member(text: "_Text", step: str, *steps: str) -> Iterator[Any]:
    """Yield the elements below one name of an object, which has it once."""
    found, sign = 0, "{"
    while text.next() == sign:
        text.take(sign)
        if text.next() != '"':
            raise ValueError("no name")
        name, sign = text.value(), ","
        text.take(":")
        if name != step:
            text.value()
            continue
        found += 1
        yield from _member(text, *steps) if steps else _list(text)
    text.take("}")
    if found != 1:
        raise ValueError(f"{found} of {step}")


class _Text:
    """A document as far as it is read."""

    def __init__(self, stream: TextIO, decoder: json.JSONDecoder) -> None:
        self.stream, self.decoder = stream, decoder
        self.held, self.place = "", 0

    def next(self) -> str:
        """Return the next character that is no space, empty at the end."""
        while True:
            space = SPACE.match(self.held, self.place)
            self.place = space.end() if space else self.place
            if self.place < len(self.held) or not self._read():
                return self.held[self.place : self.place + 1]

    def take(self, sign: str) -> None:
        """Pass over a sign that has to be there."""
        if self.next() != sign:
            raise ValueError(f"no {sign}")
        self.place += 1

    def value(self) -> Any:
        """Return the next value; a number at the end of what is read may go on behind it."""
        self.next()
        while True:
            try:
                value, end = self.decoder.raw_decode(self.held, self.place)
            except ValueError:
                if not self._read():
                    raise
                continue
            if end < len(self.held) or not self._read():
                self.place = end
                return value

    def _read(self) -> bool:
        chunk = self.stream.read(max(CHUNK, len(self.held) - self.place))
        if chunk:
            self.held, self.place = self.held[self.place :] + chunk, 0
        return bool(chunk)
