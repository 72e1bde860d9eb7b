"""Saying a word, a number, a unit or an exemption in a language.

Wording follows Indonesian administrative usage (UU 14/2008, Satu Data Indonesia). Contract texts
bring their own two languages.
"""

import re
from math import isfinite
from typing import Any

from pipelines.city import municipality
from pipelines.contract.model import Text
from portal.words import city, explore, interface, light, machine, rights, withheld
from portal.words.locale import cldr_unit, separators
from portal.words.units import COUNTED, UNITS

LANGUAGES = ("id", "en")
"""The languages every word is written in, in the order it stands in ``WORDS``."""
PARTS = (interface, explore, city, light, machine, rights, withheld)
WORDS: dict[str, tuple[str, str]] = {
    key: words for part in PARTS for key, words in part.WORDS.items()
}
"""Every word by its key; a key stands in one file alone (a test says so)."""


def offered() -> tuple[str, ...]:
    """Return the languages of the city's pages, the first where a visitor asks for none."""
    return municipality().languages


def unit(code: str, lang: str) -> str:
    """Return a unit in words, or its code where nobody has written any: a word that is missing
    costs no page.
    """
    column = LANGUAGES.index(lang)
    counted = re.fullmatch(r"(?:/(\d+))?{(\w+)}", code)
    if counted and counted[2] in COUNTED:
        per = f"per {number(int(counted[1]), lang)} " if counted[1] else ""
        return per + COUNTED[counted[2]][column]
    return UNITS[code][column] if code in UNITS else cldr_unit(code, lang) or code


def say(key: str, lang: str, *fill: object) -> str:
    """Return the word ``key`` in ``lang``; KeyError for a word nobody wrote."""
    return WORDS[key][LANGUAGES.index(lang)].format(*fill)


def pick(text: Text, lang: str) -> str:
    """Return a contract's text in ``lang``."""
    return text.en if lang == "en" else text.id


def exempt(exemption: str | None, lang: str) -> str:
    """Return an exemption as contracts state it ("UU 14/2008 Ps 17 huruf h", or with words
    "Indonesia / English") in ``lang``; empty for none.
    """
    inside = re.sub(
        r"\(([^()]*) / ([^()]*)\)", r"(\2)" if lang == "en" else r"(\1)", exemption or ""
    )
    first, _, second = inside.partition(" / ")
    text = (second or first) if lang == "en" else first
    if lang != "en":
        return text
    return re.sub(
        r"\b(letter \w) dan (\w)\b",
        r"\1 and \2",
        re.sub(r"\bPs (\d)", r"Art. \1", text).replace("huruf", "letter"),
    )


def closed_by(exemption: str | None, lang: str) -> str:
    """Return an exemption with what the letters of Art. 17 UU 14/2008 that it names protect;
    empty for none.
    """
    letters = [
        letter
        for named in re.findall(r"Ps 17 huruf ([a-j](?: dan [a-j])*)", exemption or "")
        for letter in named.split(" dan ")
    ]
    meant = "; ".join(say(f"exempt.{letter}", lang) for letter in dict.fromkeys(letters))
    return exempt(exemption, lang) + (f": {meant}" if meant else "")


def number(value: Any, lang: str, digits: int = 0) -> str:
    """Return a number as it is written: 1.234,5 in Indonesian, 1,234.5 in English; a dash for no
    number. ``digits`` keeps decimals even of whole ones.
    """
    if value is None or not isfinite(value):
        return "–"
    whole = isinstance(value, int) or (digits == 0 and float(value).is_integer())
    text = f"{int(value):,}" if whole else f"{value:,.{digits or 1}f}"
    return text.translate(separators(lang))
