"""How a language writes numbers and units, as Unicode's locale data (CLDR) says by way of Babel.

Babel's own rounding and patterns are not used: it rounds halves to even where Python rounds the
number that is stored, and takes thirty times as long. What CLDR has no word for is typed in
``units``. https://cldr.unicode.org
"""

from functools import cache
from typing import Literal

from babel.numbers import get_decimal_symbol, get_group_symbol
from babel.units import format_unit

CLDR_UNITS: dict[str, tuple[str, Literal["long", "short"]]] = {
    "h": ("duration-hour", "long"),
    "min": ("duration-minute", "long"),
    "s": ("duration-second", "long"),
    "d": ("duration-day", "long"),
    "deg": ("angle-degree", "long"),
    "m": ("length-meter", "short"),
    "km": ("length-kilometer", "short"),
    "m3": ("volume-cubic-meter", "short"),
    "Cel": ("temperature-celsius", "short"),
}
"""Units (UCUM) that CLDR has, by its name and whether its word or its symbol is written."""
SEVERAL = 5
"""A number whose form of a unit stands behind any figure."""


@cache
def separators(lang: str) -> dict[int, str]:
    """Return what a number with a comma between thousands and a decimal point becomes in
    ``lang``, as ``str.translate`` takes it.
    """
    return str.maketrans({",": get_group_symbol(lang), ".": get_decimal_symbol(lang)})


@cache
def cldr_unit(code: str, lang: str) -> str | None:
    """Return the word or symbol of a unit behind several, None for one that CLDR has not."""
    if code not in CLDR_UNITS:
        return None
    name, length = CLDR_UNITS[code]
    return format_unit(SEVERAL, name, length, locale=lang).removeprefix(str(SEVERAL)).strip()
