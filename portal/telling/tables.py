"""How facts of a table are told, wherever they stand: how fresh it is, units of its columns,
forms and sizes of its files.
"""

from pipelines.files.export import FORMS
from portal.data.freshness import Freshness
from portal.words.say import number, say, unit

SIZES = ("B", "kB", "MB", "GB")


def fresh(freshness: Freshness, lang: str) -> str:
    """Return how fresh a dataset is: its newest good partition, how far that is behind, what was
    promised, and whether that is kept.
    """
    if freshness.newest is None:
        return say("standing.never harvested", lang)
    if freshness.behind is None:
        return f"{say('newest_is', lang, freshness.newest)}; {say('standing.stopped', lang)}"
    promise = say("promise_kept" if freshness.is_kept else "promise_broken", lang)
    sentence = say(
        "behind",
        lang,
        freshness.newest,
        number(freshness.behind, lang),
        number(freshness.promised, lang),
        promise,
    )
    return (
        f"{sentence}; {say('standing.withheld', lang)}"
        if freshness.state == "withheld"
        else sentence
    )


def measured(code: str | None, lang: str) -> str:
    """Return a unit in words with its code, nothing for a pure number."""
    if not code or code == "1":
        return ""
    words = unit(code, lang)
    return words if words == code else f"{words} ({code})"


def form(name: str) -> str:
    """Return a form of file as people call it: ``excel.csv`` is CSV for Excel."""
    return FORMS[name].name


def size(count: int, lang: str) -> str:
    """Return a number of bytes in the largest unit that leaves a whole number before the point."""
    value, place = float(count), 0
    while value >= 1000 and place < len(SIZES) - 1:
        value, place = value / 1000, place + 1
    return f"{number(value, lang, 1) if place else count} {SIZES[place]}"
