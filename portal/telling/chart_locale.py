"""How Vega writes numbers and times of axes, legends and tooltips in a language.

Definitions of d3-format and d3-time-format, made of Unicode's data by way of Babel; English is
Vega's own. https://d3js.org/d3-format#formatLocale https://d3js.org/d3-time-format#timeFormatLocale
"""

import re
from functools import cache
from typing import Any

from babel import Locale
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

DIRECTIVES = {
    "EEEE": "%A",
    "EEE": "%a",
    "dd": "%d",
    "d": "%-d",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "M": "%-m",
    "yy": "%y",
    "y": "%Y",
    "HH": "%H",
    "H": "%-H",
    "h": "%-I",
    "mm": "%M",
    "ss": "%S",
    "a": "%p",
}
"""What a field of a date's pattern (UTS 35) is called by d3."""


@cache
def chart_locale(lang: str) -> dict[str, Any]:
    """Return the definitions of ``lang``, as Vega's ``config.locale`` takes them."""
    locale = Locale.parse(lang)
    days, months = locale.days["format"], locale.months["format"]
    date, time = locale.date_formats["full"].pattern, locale.time_formats["medium"].pattern
    return {
        "number": {
            "decimal": get_decimal_symbol(lang),
            "thousands": get_group_symbol(lang),
            "grouping": [3],
            "currency": [get_currency_symbol("IDR", lang), ""],
        },
        "time": {
            "dateTime": _directives(f"{date} {time}"),
            "date": _directives(locale.date_formats["short"].pattern),
            "time": _directives(time),
            "periods": [locale.day_periods["format"]["abbreviated"][half] for half in ("am", "pm")],
            "days": _from_sunday(days["wide"]),
            "shortDays": _from_sunday(days["abbreviated"]),
            "months": [months["wide"][month] for month in range(1, 13)],
            "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
        },
    }


def _from_sunday(names: dict[int, str]) -> list[str]:
    return [names[day] for day in (6, 0, 1, 2, 3, 4, 5)]


def _directives(pattern: str) -> str:
    return re.sub(r"[A-Za-z]+", lambda field: DIRECTIVES[field[0]], pattern)
