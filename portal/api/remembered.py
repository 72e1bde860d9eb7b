"""Answers of the row API that are asked for again: a release never changes, so what was said of it once can be said again without asking the engine.

Bounded in bytes, the least lately asked goes first. Only pages of text are kept; whole tables are files anyway.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from starlette.responses import Response

MOST = 32 * 1024 * 1024
"""Bytes of all answers together."""
LARGEST = 1024 * 1024
"""Bytes of an answer that is kept."""


@dataclass
class Remembered:
    """Answers by their ETag and the question's own words, which `next` repeats."""

    held: OrderedDict[tuple[str, bytes], tuple[bytes, str | None, dict[str, str]]] = field(default_factory=OrderedDict)
    size: int = 0
    lock: Lock = field(default_factory=Lock)

    def get(self, key: tuple[str, bytes]) -> Response | None:
        """Return the answer to the same question of the same release, None when it is not held."""
        with self.lock:
            found = self.held.get(key)
            if found is None:
                return None
            self.held.move_to_end(key)
        content, media, headers = found
        return Response(content, media_type=media, headers=headers)

    def keep(self, key: tuple[str, bytes], answer: Response, headers: dict[str, str]) -> Response:
        """Hold an answer that is whole and small enough, and return it."""
        content = getattr(answer, "body", None)
        if answer.status_code == 200 and isinstance(content, bytes) and len(content) <= LARGEST:
            with self.lock:
                self.size += len(content) - len(self.held.pop(key, (b"",))[0])
                self.held[key] = (content, answer.media_type, dict(headers))
                while self.size > MOST:
                    self.size -= len(self.held.popitem(last=False)[1][0])
        return answer


ANSWERS = Remembered()
