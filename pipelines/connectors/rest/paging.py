"""How a list over HTTP is paged: each style is one value, with the facts of ``paging`` it reads and
how it makes the next request out of a page.

A style looks at a page and changes the next request, nothing else; what a page must be, that none
comes twice and that everything has come is ``rest.fetch``'s business. A new style is one value in
``STYLES``: contracts are held against what it declares here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

COMMON = ("size_parameter", "size", "total_header", "total_field", "repeats")
"""Facts of ``paging`` that every style reads."""
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """What is asked for; without parameters ``url`` is an address that the source gave, whole or
    relative to the page that gave it.
    """

    url: str
    params: Mapping[str, Any]

    def having(self, name: str, value: Any) -> "Request":
        """Return the same request with one parameter set."""
        return replace(self, params={**self.params, name: value})


@dataclass(frozen=True)
class Page:
    """One page: its ``records``, how many they are, and ``seen`` with those of the pages before;
    ``total`` is what the source states, ``link`` what its ``Link`` header calls next.
    """

    document: Any
    records: Sequence[Any]
    count: int
    seen: int
    total: int | None
    link: str | None

    @property
    def leaves_more(self) -> bool:
        """Whether there may be more: this page held something, and not all that is stated came."""
        return self.count > 0 and (self.total is None or self.seen < self.total)


@dataclass(frozen=True)
class Style:
    """One style. ``may_overshoot`` says that it asks for pages that may not be there."""

    name: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    may_overshoot: bool = False

    def begin(self, facts: Facts, request: Request) -> Request:
        """Return the request for the first page."""
        size = int(facts.get("size", 0))
        if size and "size_parameter" in facts:
            return request.having(str(facts["size_parameter"]), size)
        return request

    def following(self, facts: Facts, request: Request, page: Page) -> Request | None:
        """Return the request for the page after ``page``, None when that was the last: a style
        with one page only.
        """
        return None


@dataclass(frozen=True)
class _Counted(Style):
    """We count, from ``first`` on in steps that ``step`` takes from a page."""

    first: int = 0
    step: Callable[[Page], int] = lambda page: 1

    def begin(self, facts: Facts, request: Request) -> Request:
        position = int(facts.get("first", self.first))
        return super().begin(facts, request).having(str(facts["parameter"]), position)

    def following(self, facts: Facts, request: Request, page: Page) -> Request | None:
        name = str(facts["parameter"])
        position = request.params[name] + self.step(page)
        return request.having(name, position) if page.leaves_more else None


class _Cursor(Style):
    """The page says what to ask for next."""

    def following(self, facts: Facts, request: Request, page: Page) -> Request | None:
        cursor = dotted(page.document, str(facts["cursor_field"]))
        return request.having(str(facts["parameter"]), cursor) if page.count and cursor else None


class _Link(Style):
    """The page gives the next one's address, in a field or in its ``Link`` header (RFC 8288)."""

    def following(self, facts: Facts, request: Request, page: Page) -> Request | None:
        named = "link_field" in facts
        target = dotted(page.document, str(facts["link_field"])) if named else page.link
        return Request(str(target), {}) if target else None


STYLES = {
    style.name: style
    for style in (
        Style("single"),
        _Counted("page", ("parameter",), ("first",), may_overshoot=True, first=1),
        _Counted(
            "offset",
            ("parameter",),
            ("first",),
            may_overshoot=True,
            step=lambda page: page.count,
        ),
        _Cursor("cursor", ("parameter", "cursor_field")),
        _Link("link", may=("link_field",)),
    )
}


def dotted(document: Any, path: str) -> Any:
    """Return what stands at a dotted path of a document, None where nothing does."""
    for step in path.removeprefix("$.").split("."):
        document = document.get(step) if isinstance(document, dict) else None
    return document
