"""What every vocabulary says of a table in words: its description, keywords and origin. A
vocabulary's own terms are in ``terms``.
"""

from pipelines.city import municipality
from portal.data.entry import Entry
from portal.metadata.terms import THEMES
from portal.words.say import pick, say


def description(entry: Entry, lang: str) -> str:
    """Return what the table holds, what one row is or of which tables it is computed, its limits,
    and that it is synthetic where it is.
    """
    text = pick(entry.description, lang)
    said = [text if text[-1] in ".?!" else text + "."]
    if entry.dataset:
        said.append(say("one_row", lang, pick(entry.grain, lang)))
    else:
        said.append(origin(entry, lang))
    if any(field.name == "suppressed" for field in entry.fields):
        said.append(say("small_cells_emptied", lang))
    if entry.limits:
        said.append(pick(entry.limits, lang))
    if entry.synthetic:
        said.append(say("synthetic", lang))
    return " ".join(said)


def keywords(entry: Entry, lang: str) -> tuple[str, ...]:
    """Return the city's name and the dimension's in ``lang``; the contract's own tags are of no
    stated language.
    """
    themed = (say(entry.theme, lang), pick(THEMES[entry.theme][1], lang)) if entry.theme else ()
    return (*themed, pick(municipality().name, lang))


def origin(entry: Entry, lang: str) -> str:
    """Return where a table comes from: its application and the agency that answers for it, or
    the tables it is computed from.
    """
    if entry.contract:
        return say("recorded_in", lang, pick(entry.contract.title, lang), entry.publisher)
    return say("computed_from", lang, ", ".join(entry.sources))
