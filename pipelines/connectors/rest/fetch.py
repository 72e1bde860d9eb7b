"""REST: a JSON list over HTTP, in pages. https://wiki.open311.org/GeoReport_v2/ is one such
interface. Its facts are declared in ``rest.facts``, how pages follow each other in ``rest.paging``.

The records of all pages are counted against the stated total; a short, long, repeated or changing
answer is a SourceError. So is a record that comes on two pages, unless the contract says that the
source holds records twice: another has then come on none. Where no total is stated, pages are asked
for until one is empty or not there, or a short one comes again: a source may cap pages below the
size asked for. Links are followed to their end, on the same server only; no page is asked for
twice. What is more than ``HELD`` waits on disk.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from pipelines.connectors.http.client import (
    Http,
    NotThere,
    address_of,
    count_of,
    http,
    same_place,
)
from pipelines.connectors.http.totals import miscounted
from pipelines.connectors.rest.paging import STYLES, Facts, Page, Request, Style, dotted
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Part, Standing, Window
from pipelines.records.json import parse, records_in

MOST_PAGES = 100_000
HELD = 64 << 20
"""Bytes of pages that are held in memory until the last one has come."""
REMEDY = (
    "Run again when the source is quiet; if it stays so, ask the owner for an order that does not"
    " change, or, where the source does hold records twice, say `repeats: true` under paging"
)
Check = Callable[[Any, str], None]


@dataclass(frozen=True)
class _Answer:
    part: Part
    page: Page
    address: str


class _Moved(Exception):
    """What the pages hold moved between them: the source was written to while it was read, or has
    no order.
    """


def fetch(dataset: Dataset, window: Window, check: Check | None = None) -> Iterator[Part]:
    """Yield one Part a page, as delivered; starts over once when the total changes under way.

    ``check(document, where)`` is for connectors that know more of a page than where its list
    stands; it raises SourceError.
    """
    with http(dataset) as client, tempfile.TemporaryDirectory(prefix="lumbung-") as folder:
        for last_try in (False, True):
            try:
                yield from list(_pages(client, dataset, window, check, Path(folder)))
                return
            except _Moved as error:
                if last_try:
                    raise SourceError(
                        f"{dataset.id}: {address_of(dataset)}: {error}, twice; nothing was taken."
                        f" {REMEDY}"
                    ) from error


def look(dataset: Dataset, _: Window, known: Mapping[str, Standing]) -> Iterator[str]:
    """Yield the partitions of which the source states another number of records than came; none
    where it does not say how many there are of a window in one short answer.
    """
    fetch = dataset.source.fetch
    paging, window = fetch.get("paging") or {}, fetch.get("window") or {}
    states = "size_parameter" in paging and ("total_field" in paging or "total_header" in paging)
    if not (states and "start" in window and "end" in window):
        return
    facts: Facts = {**paging, "size": 1}
    with http(dataset) as client:

        def total(window: Window) -> int:
            request = _first(dataset, facts, window)
            stated = _answer(client, dataset, facts, request, 1, 0, None).page.total
            assert stated is not None, "an answer that does not state its total is refused"
            return stated

        yield from miscounted(dataset, known, total)


def _first(dataset: Dataset, facts: Facts, window: Window) -> Request:
    """Return the request for the first page of a window."""
    params = {**(dataset.source.fetch.get("params") or {}), **_window(dataset, window)}
    return _style(facts).begin(facts, Request(address_of(dataset), params))


def _style(facts: Facts) -> Style:
    return STYLES[str(facts.get("style", "single"))]


def _pages(
    client: Http, dataset: Dataset, window: Window, check: Check | None, aside: Path
) -> Iterator[Part]:
    facts: Facts = dataset.source.fetch.get("paging") or {}
    style, request = _style(facts), _first(dataset, facts, window)
    seen, total, before, held = 0, None, b"", 0
    visited, came, records = set[str](), set[tuple[str, bytes]](), set[bytes]()
    may_repeat = style.name == "single" or facts.get("repeats")
    for number in range(1, MOST_PAGES + 1):
        try:
            answer = _answer(client, dataset, facts, request, number, seen, check)
        except NotThere:
            if number > 1 and total is None and style.may_overshoot:
                break
            raise
        page, body = answer.page, bytes(answer.part.body)  # type: ignore[arg-type]
        if page.count and body == before:
            if total is None and page.count < int(facts.get("size", 0)):
                break
            raise SourceError(
                f"{dataset.id}: {answer.address}: page {number} repeats page {number - 1}; the"
                " source ignores its paging parameter"
            )
        told = (answer.address, hashlib.sha256(body).digest())
        if page.count and told in came:
            raise SourceError(
                f"{dataset.id}: {answer.address}: what it says comes next leads back to a page"
                " already read; tell the owner that it runs in a circle"
            )
        if total is not None and page.total != total:
            raise _Moved(f"the stated total went from {total} to {page.total} between pages")
        if not may_repeat:
            _note(page, number, records)
        seen, total, before, held = page.seen, page.total, body, held + len(body)
        yield answer.part if held <= HELD else _put_aside(answer.part, aside)
        following = style.following(facts, request, page)
        if following is None:
            break
        if _is_half(following):
            raise SourceError(
                f"{dataset.id}: {answer.address}: what it says comes next holds half a character;"
                " tell the owner"
            )
        came.add(told)
        visited.add(answer.address)
        request = following if following.params else _resolved(dataset, following, answer, visited)
    else:
        raise SourceError(
            f"{dataset.id}: {address_of(dataset)}: more than {MOST_PAGES} pages; ask for smaller"
            " windows"
        )
    if total is not None and seen != total:
        raise SourceError(
            f"{dataset.id}: {address_of(dataset)}: states {total} records but delivered {seen};"
            " nothing was taken. Run again later; if it stays so, tell the owner that their paging"
            " loses records"
        )


def _note(page: Page, number: int, came: set[bytes]) -> None:
    """Add the records of a page to those that ``came``; _Moved when one of them is among these."""
    records = {_told(record) for record in page.records}
    if again := len(came & records):
        raise _Moved(f"{again} records of page {number} had come before, so others have not")
    came |= records


def _told(record: Any) -> bytes:
    """Return the hash of a record, whatever the order of its fields."""
    whole = json.dumps(record, sort_keys=True).encode()
    return hashlib.blake2b(whole, digest_size=12).digest()


def _is_half(request: Request) -> bool:
    told = "".join((request.url, *map(str, request.params.values())))
    return any("\ud800" <= letter <= "\udfff" for letter in told)


def _put_aside(part: Part, folder: Path) -> Part:
    path = folder / part.name
    path.write_bytes(bytes(part.body))  # type: ignore[arg-type]
    return replace(part, body=path)


def _answer(
    client: Http,
    dataset: Dataset,
    facts: Facts,
    request: Request,
    number: int,
    seen: int,
    check: Check | None,
) -> _Answer:
    answer = client.get(request.url, request.params or None)
    where = f"{dataset.id}: {answer.url}"
    document = parse(answer.body, where)
    if check:
        check(document, where)
    stated = None
    if "total_header" in facts:
        stated = answer.headers.get(str(facts["total_header"]).lower())
    elif "total_field" in facts:
        stated = dotted(document, str(facts["total_field"]))
    total = count_of(stated)
    if ("total_header" in facts or "total_field" in facts) and total is None:
        name = facts.get("total_header") or facts.get("total_field")
        raise SourceError(
            f"{where}: does not state its total in '{name}' ({str(stated)[:40]!r}); correct the"
            " paging facts of the contract or ask the owner"
        )
    records = records_in(document, dataset, where)
    count = len(records)
    links = httpx.Response(200, headers={"link": answer.headers.get("link", "")}).links
    page = Page(document, records, count, seen + count, total, links.get("next", {}).get("url"))
    part = Part(f"page-{number:05d}.json", answer.body, answer.url)
    return _Answer(part, page, answer.url)


def _resolved(dataset: Dataset, following: Request, answer: _Answer, visited: set[str]) -> Request:
    """Return the request for an address that the source gave, made whole; SourceError when it is
    no address, leads to another server or back to a page already read.
    """
    try:
        whole = str(httpx.URL(answer.address).join(following.url))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise SourceError(
            f"{dataset.id}: {answer.address}: its next link is no address ({error}); tell the owner"
        ) from error
    if same_place(dataset, whole) in visited:
        raise SourceError(
            f"{dataset.id}: {answer.address}: its next link leads back to a page already read; tell"
            " the owner that it runs in a circle"
        )
    return Request(whole, {})


def _window(dataset: Dataset, window: Window) -> dict[str, str]:
    facts = dataset.source.fetch.get("window") or {}
    day = facts.get("format") == "date"
    values = {"start": window.start, "end": window.end}
    return {
        str(facts[name]): value.date().isoformat() if day else value.isoformat()
        for name, value in values.items()
        if name in facts
    }
