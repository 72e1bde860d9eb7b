"""Answers of the row API that are asked for again: a release never changes, so what was said of it
once can be said again without asking the engine.

Bounded in bytes, the least lately asked goes first. Only pages of text are kept; whole tables are
files anyway.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from starlette.responses import Response

MOST = 32 * 1024 * 1024
"""Bytes of all answers together."""
LARGEST = 1024 * 1024
"""Bytes of an answer that is kept."""
OVERHEAD = 2048
"""Bytes counted for the objects of one answer beside their texts, rather too many than too few."""
Key = tuple[str, bytes]
Kept = tuple[bytes, str | None, dict[str, str]]


@dataclass
class AnswerCache:
    """Answers by their ETag and the question's own words, which `next` repeats."""

    held: OrderedDict[Key, Kept] = field(default_factory=OrderedDict)
    size: int = 0
    lock: Lock = field(default_factory=Lock)

    def get(self, key: Key) -> Response | None:
        """Return the answer to the same question of the same release, None when it is not held."""
        with self.lock:
            stored = self.held.get(key)
            if stored is None:
                return None
            self.held.move_to_end(key)
        content, media, headers = stored
        return Response(content, media_type=media, headers=headers)

    def keep(self, key: Key, answer: Response, headers: dict[str, str]) -> Response:
        """Hold an answer that is whole and small enough, and return it."""
        content = getattr(answer, "body", None)
        if answer.status_code == 200 and isinstance(content, bytes) and len(content) <= LARGEST:
            stored = (content, answer.media_type, dict(headers))
            with self.lock:
                if before := self.held.pop(key, None):
                    self.size -= weight(key, before)
                self.held[key] = stored
                self.size += weight(key, stored)
                while self.size > MOST:
                    self.size -= weight(*self.held.popitem(last=False))
        return answer


def weight(key: Key, stored: Kept) -> int:
    """Return the bytes that an answer costs: content, question, headers and what Python adds to
    them.
    """
    content, _, headers = stored
    return (
        len(content)
        + len(key[0])
        + len(key[1])
        + sum(len(name) + len(value) for name, value in headers.items())
        + OVERHEAD
    )


ANSWERS = AnswerCache()
