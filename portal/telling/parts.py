"""A part of a page stands alone: where it cannot be made the rest of the page is shown, the page
says which part is missing, and the log says why.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from portal.words.say import say

LOG = logging.getLogger("portal.parts")
Part = TypeVar("Part")


class Parts:
    """The parts of one page, in its language; ``missing`` are the words of those that failed."""

    def __init__(self, lang: str) -> None:
        """Begin a page of which nothing has failed."""
        self.lang = lang
        self.missing: list[str] = []

    def make(self, word: str, make: Callable[[], Part], instead: Part) -> Part:
        """Return what ``make`` gives, or ``instead`` where it fails."""
        try:
            return make()
        except Exception as error:  # noqa: BLE001  whatever one part fails with
            self.failed(word, error)
            return instead

    def failed(self, word: str, error: Exception) -> None:
        """Note that a part failed: its word for the page, why for the log."""
        LOG.error("the part '%s' of a page cannot be shown", word, exc_info=error)
        self.missing.append(say(word, self.lang))

    @property
    def notes(self) -> list[str]:
        """What the page says of the parts that failed; empty when none did."""
        return [say("parts_missing", self.lang, ", ".join(self.missing))] if self.missing else []
