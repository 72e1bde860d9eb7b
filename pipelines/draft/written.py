"""Texts of other people as words of YAML, in values and in comments, so that they end no line and
begin nothing.
"""

import re
from collections.abc import Iterable

PLAIN = r"[A-Za-z_](?:[\w.()%+/-]| (?! |#))*(?<! )"
RESERVED = {"null", "true", "false", "yes", "no", "on", "off", "nan", "y", "n"}


def word(text: str) -> str:
    """Return a text as one word of YAML: as it stands where it is plain, else in quotes."""
    if re.fullmatch(PLAIN, text, re.ASCII) and text.lower() not in RESERVED:
        return text
    return in_quotes(text)


def in_quotes(text: str) -> str:
    """Return a text in double quotes, with what cannot be seen escaped as YAML does."""
    return f'"{"".join(map(_letter, text))}"'


def listed(texts: Iterable[str]) -> str:
    """Return texts in quotes, one after another."""
    return ", ".join(map(in_quotes, texts))


def comment(text: str) -> str:
    """Return a text as it may stand behind ``#``."""
    return "".join(letter if letter.isprintable() else _letter(letter) for letter in text)


def plural(count: int, one: str, several: str) -> str:
    """Return the word for so many."""
    return one if count == 1 else several


def _letter(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
