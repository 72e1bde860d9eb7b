"""How a table is cited: in the manner of APA 7 and as BibTeX, with the release it is of and the
address that stays; and how it stands in another page.
"""

from html import escape

from pipelines.city import municipality
from portal.data.entry import Entry
from portal.http.address import file_of, url
from portal.words.say import pick, say

SPECIAL = str.maketrans({letter: f"\\{letter}" for letter in "&%$#_{}"})


def address(entry: Entry) -> str:
    """Return the address that gives these very rows for ever."""
    return url(file_of(entry.name, "csv", release=entry.release))


def apa(entry: Entry, lang: str) -> str:
    """Return a reference in the manner of APA 7: agency, year, title, release, kind, publisher,
    address.
    """
    kind = say(f"table.{entry.kind}", lang) + (
        f", {say('synthetic_mark', lang)}" if entry.synthetic else ""
    )
    title = pick(entry.title, lang)
    return (
        f"{entry.publisher}. ({year(entry)}). {title} ({say('release', lang)} {entry.release})"
        f" [{kind}]. {pick(municipality().portal, lang)}. {address(entry)}"
    )


def bibtex(entry: Entry, lang: str) -> str:
    """Return a BibTeX entry; braces keep names and capitals as they are."""
    facts = {
        "author": entry.publisher,
        "title": pick(entry.title, lang),
        "year": year(entry),
        "version": entry.release,
        "publisher": pick(municipality().portal, lang),
        "note": entry.licence + (f"; {say('synthetic_mark', lang)}" if entry.synthetic else ""),
    }
    lines = [f"  {name} = {{{{{text.translate(SPECIAL)}}}}}," for name, text in facts.items()]
    key = f"{entry.name}_{entry.release.partition('T')[0]}".replace(".", "_")
    return "\n".join([f"@misc{{{key},", *lines, f"  url = {{{address(entry)}}}", "}"])


def frame(entry: Entry, path: str, lang: str) -> str:
    """Return the HTML that shows a page of the portal inside another one."""
    title = escape(pick(entry.title, lang), quote=True)
    return (
        f'<iframe src="{escape(url(path), quote=True)}" title="{title}" width="100%" height="640"'
        ' loading="lazy"></iframe>'
    )


def year(entry: Entry) -> str:
    """Return the year of the release."""
    return entry.release[:4]
