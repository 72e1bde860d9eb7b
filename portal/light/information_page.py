"""The page of the information office: what may be asked for and how, the law's clocks, the list of
public information, how requests were answered.

What it says of the law is UU 14/2008, article by article; its clocks are those that answers are
measured by, ``pipelines.reference.clocks``.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.contract.model import OPEN_CLASSES
from pipelines.reference.clocks import CLOCKS
from pipelines.release.release import Release
from portal.data import indicators, tables
from portal.data import information as information_office
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.light.endpoint import endpoint
from portal.light.page import lang_of, page, slice_of
from portal.light.parts import PREVIEW, card, cell
from portal.metadata import contact
from portal.words.say import pick, say

SIZE = 30
GROUNDS, EXEMPT = "abcdefg", "abcdefghij"
"""Letters of article 35(1), the grounds of an objection, and of article 17, what is exempt."""


def information(request: Request, release: Release) -> Response:
    """Answer with the office's page."""
    lang, open_entries = lang_of(request), entries(release)
    latest = indicators.latest(release)
    service, registers = information_office.service(release), information_office.registers(release)
    listed = registers[-1] if registers else None
    shown, at = slice_of(request, information_office.published(release), SIZE)
    clocks = [
        (
            say(f"clock.{clock.step}", lang),
            _length(clock.length, clock.extension, lang),
            clock.basis,
        )
        for clock in CLOCKS
        if clock.clock == "information"
    ]
    classes = [
        (say(f"class.{kind}", lang), say(f"class_note.{kind}", lang))
        for kind in (*OPEN_CLASSES, "dikecualikan")
    ]
    return page(
        request,
        release,
        "information.html",
        contact.PAGE,
        say("information_rights", lang),
        say("information_rights.about", lang),
        {"page": at["page"]} if at["page"] > 1 else {},
        mail=contact.mail(),
        classes=classes,
        clocks=clocks,
        grounds=[say(f"ground.{ground}", lang) for ground in GROUNDS],
        exempt=[say(f"exempt.{exemption}", lang) for exemption in EXEMPT],
        cards=[card(release, kpi, latest.get(kpi.stem, ()), lang) for kpi in service],
        registers=registers,
        open=shown,
        at=at,
        counts=_counts(open_entries, lang),
        listed=listed,
        shown=_rows(release, listed, lang),
    )


def _counts(open_entries: dict[str, Entry], lang: str) -> list[tuple[str, int]]:
    """Return how many open tables there are of each class."""
    classes = [entry.information_class for entry in open_entries.values()]
    return [(say(f"class.{entry}", lang), classes.count(entry)) for entry in OPEN_CLASSES]


def _rows(release: Release, listed: Entry | None, lang: str) -> dict[str, Any]:
    if listed is None or listed.dataset is None:
        return {"header": [], "rows": []}
    preview = tables.preview(release, listed.dataset, PREVIEW)
    return {
        "header": [pick(field.meaning, lang) for field in listed.fields],
        "rows": [[cell(row[field.name]) for field in listed.fields] for row in preview],
    }


def _length(length: int | None, extension: int, lang: str) -> str:
    return say("clock_extended" if extension else "clock_days", lang, length, extension)


ROUTES: list[BaseRoute] = [
    Route(contact.PAGE, endpoint(information)),
]
