"""What a client wants, as its request headers say (RFC 9110, 12.5 and 13.1): which kind of answer,
whether compressed, whether only what has changed.

The headers are read by werkzeug; here stands what the portal makes of them. A media type's
parameters do not count, since no form of an answer has several. What no client wants is never a
reason to refuse (RFC 9110, 12.4.1 allows either): each route has a form it answers with otherwise.
"""

from collections.abc import Collection

from starlette.datastructures import Headers
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_etags

PAGES = ("text/html", "application/xhtml+xml")


def preferred(headers: Headers, offered: Collection[str]) -> str | None:
    """Return the media type among ``offered`` that the client likes best, of equals the one it
    names first; None where it takes none of them.
    """
    accepted = _accepted(headers)
    return accepted.best_match(sorted(offered, key=accepted.find))


def preferred_to_a_page(headers: Headers, offered: Collection[str]) -> str | None:
    """Return the media type among ``offered`` that the client likes better than a page; None
    where a page is as good.
    """
    best = _accepted(headers).best_match((*PAGES, *offered))
    return None if best in PAGES else best


def is_for_people(headers: Headers) -> bool:
    """Whether the client reads pages, as browsers say of themselves: one that takes anything
    does not.
    """
    return any(kind.lower() == PAGES[0] and weight for kind, weight in _accepted(headers))


def takes_gzip(headers: Headers) -> bool:
    """Whether the client takes gzip: what it says of gzip goes before what it says of any coding;
    one that says nothing takes none.
    """
    return parse_accept_header(_whole(headers, "accept-encoding")).quality("gzip") > 0


def client_has(headers: Headers, etag: str) -> bool:
    """Whether the client has the content with this ETag already (weak comparison)."""
    return parse_etags(_whole(headers, "if-none-match").strip()).contains_weak(
        etag.removeprefix("W/").strip('"')
    )


def _accepted(headers: Headers) -> MIMEAccept:
    return MIMEAccept(
        (kind.partition(";")[0], weight)
        for kind, weight in parse_accept_header(_whole(headers, "accept"))
    )


def _whole(headers: Headers, name: str) -> str:
    """Return a header that may be there several times as one list (RFC 9110, 5.3)."""
    return ", ".join(headers.getlist(name))
