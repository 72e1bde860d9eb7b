"""What a cell of a workbook says, as text. docs/contracts.md has the table of it.

A number is the double that the file holds; how it is shown (percent, currency, decimals) says
nothing of it, but that it is a date. ECMA-376 part 1: 18.8.30 (formats of numbers), 18.17.4
(dates), 22.9.2.19 (``_x000D_``).
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import NamedTuple

NO_VALUE = "#FORMULA"
"""The text of a formula that was saved without its value."""
LONGEST_FORMAT = 1_000
DAY = 86_400_000
LAST = date(9999, 12, 31)


class Midnight(NamedTuple):
    """A moment at the start of a day, without and with the time of day, and whether the cell's
    format shows one.
    """

    day: str
    moment: str
    has_clock: bool

    def told(self, has_clock: bool | None) -> str:
        """Return the text with the time of day or without; None as the format shows it."""
        return self.moment if (self.has_clock if has_clock is None else has_clock) else self.day


Told = str | Midnight
"""What a cell says."""


class Form(Enum):
    """What a number's format makes of it where that is no plain number."""

    DATE = "date"
    MOMENT = "date and time of day"
    TIME = "time of day"
    DURATION = "hours without end"


BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17), Form.DATE),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), Form.TIME),
    22: Form.MOMENT,
    46: Form.DURATION,
}
"""Formats that every workbook has, by number."""


def form(code: str) -> Form | None:
    """Return what a format such as ``dd/mm/yyyy hh:mm`` makes of a number, None where that is a
    number.
    """
    shown = re.sub(r'"[^"]*"|\\.|_.|\*.', "", code[:LONGEST_FORMAT]).lower().partition(";")[0]
    if re.search(r"\[(h+|m+|s+)\]", shown):
        return Form.DURATION
    shown = re.sub(r"\[[^\]]*\]", "", shown)
    if "general" in shown:
        return None
    has_time = bool(re.search("[hs]|am/pm|a/p", shown))
    has_day = bool(re.search("[yd]" if has_time else "[ydm]", shown))
    if has_day:
        return Form.MOMENT if has_time else Form.DATE
    return Form.TIME if has_time else None


def number(text: str) -> str:
    """Return the digits of the double that ``text`` stands for: the fewest that read back to it,
    without an exponent from a billionth to 10^21; ``text`` itself where it is no finite number.
    """
    if text.isdecimal() and text.isascii() and len(text) < 16 and (text[0] != "0" or text == "0"):
        return text
    value = _finite(text)
    if value is None:
        return text
    digits = repr(value)
    if "e" in digits and 1e-9 <= abs(value) < 1e21:
        digits = format(Decimal(digits), "f")
    return digits.removesuffix(".0").replace("-0", "0") if value == 0 else digits.removesuffix(".0")


def moment(text: str, form: Form, since_1904: bool) -> Told:
    """Return a number of days as the date, the time of day or the duration it is, to the
    millisecond; as the number where it is none of them.

    Days are counted as Excel counts them, with a 29 February 1900, so that nobody takes that or day
    0 for another day.
    """
    value = _finite(text)
    if value is None or not 0 <= value < 3_000_000:
        return number(text)
    day, rest = divmod(round(value * DAY), DAY)
    if form is Form.DURATION:
        return _clock(day * DAY + rest, "")
    if value < 1 and (form is Form.TIME or not since_1904):
        return _clock(rest, "0")
    if since_1904:
        first = date(1904, 1, 1)
    else:
        first = date(1899, 12, 30) if day > 60 else date(1899, 12, 31)
    if day > (LAST - first).days:
        return number(text)
    is_leap = day == 60 and not since_1904
    told = "1900-02-29" if is_leap else (first + timedelta(days=day)).isoformat()
    clock = _clock(rest, "0")
    if rest:
        return f"{told} {clock}"
    return Midnight(told, f"{told} {clock}", form is not Form.DATE)


def iso(text: str, form: Form | None) -> Told:
    """Return a date that is written in ISO 8601, as a few programs do; ``text`` itself where it
    is none.
    """
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return text
    if value.tzinfo is not None:
        return text
    day, has_clock = value.date().isoformat(), len(text) > 10 and form is not Form.DATE
    if value.time() != time():
        return f"{day} {value.time().isoformat()}"
    return Midnight(day, f"{day} 00:00:00", has_clock)


def unescaped(text: str) -> str:
    """Return a text with what XML cannot hold put back, such as ``_x000D_``."""
    return re.sub("_x([0-9A-Fa-f]{4})_", _letter, text) if "_x" in text else text


def _letter(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if code == 0 or 0xD800 <= code < 0xE000 else chr(code)


def _finite(text: str) -> float | None:
    """Return a number as XML Schema writes it; Python alone would take ``1_0`` and others' digits
    for one.
    """
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and text.isascii() and "_" not in text else None


def _clock(milliseconds: int, padding: str) -> str:
    seconds, fraction = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    told = f"{hour:02d}" if padding else str(hour)
    return f"{told}:{minute:02d}:{second:02d}" + (f".{fraction:03d}" if fraction else "")
