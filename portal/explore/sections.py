"""Which Streamlit pages there are and where they stand in the menu; a page's name is its address
under ``/app``, and most often its word too.
"""

import re

from portal.metadata import contact
from portal.words.say import say

OFFICE = contact.PAGE.strip("/")
"""The page of the information office."""

SECTIONS: dict[str, tuple[str, ...]] = {
    "": ("home",),
    "data": ("catalogue", "dataset"),
    "figures": ("kpi", "compare", "operations"),
    "information": (OFFICE,),
    "trust": ("quality", "withheld", "corrections", "conformance"),
    "use": ("developers", "glossary"),
}
"""Pages by section of the menu; the first is the start page."""
HOME = "home"
TITLES = {"withheld": "withheld_why", "quality": "quality_city", OFFICE: "information_rights.short"}
"""The word of a page whose name is another word already, or is shorter than its title."""
LIGHT = {
    "home": "/",
    "kpi": "/kpi",
    "catalogue": "/catalog",
    "dataset": "/catalog",
    "quality": "/quality",
    "withheld": "/withheld",
    "corrections": "/corrections",
    "conformance": "/conformance",
    "developers": "/developers",
    OFFICE: contact.PAGE,
}
"""The light page that says what a Streamlit page says."""
ONE = {"dataset": "/d/", "kpi": "/kpi/"}
"""Where the light pages of single datasets and indicators are."""


def title_of(page: str, lang: str) -> str:
    """Return a page's title in the menu."""
    return say(TITLES.get(page, page), lang)


def light_page(page: str, requested: str) -> str | None:
    """Return the path of the light page that says what a Streamlit page says, None where there
    is none; ``asked`` is the ``id`` in its address.
    """
    return (
        ONE[page] + requested
        if page in ONE and re.fullmatch(r"[a-z0-9_.]+", requested)
        else LIGHT.get(page)
    )
