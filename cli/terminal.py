"""What the command line prints on: a terminal to which no text that a source wrote tells anything.
How reports look is ``show``'s business.
"""

import unicodedata
from typing import Any

from rich.console import Console


def printable(text: str) -> str:
    """Return a text with what steers a terminal, or turns its reading round, escaped; lines and
    tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(
        letter.encode("unicode_escape").decode()
        if letter not in "\n\t" and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        else letter
        for letter in text
    )


class Terminal(Console):
    """A console that prints texts ``printable``."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as ``rich`` does."""
        told = (printable(one) if isinstance(one, str) else one for one in objects)
        super().print(*told, **options)
