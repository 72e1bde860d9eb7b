"""A text in the two languages the city writes: ``Indonesia / English`` in the files people keep.

Which of them a page speaks is the portal's business.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """The same words in Indonesian and English."""

    id: str
    en: str


def both(words: str) -> Text:
    """Split 'Indonesia / English'."""
    indonesian, _, english = words.partition(" / ")
    return Text(indonesian.strip(), english.strip())
