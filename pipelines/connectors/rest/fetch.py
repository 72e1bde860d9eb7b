"""REST: a JSON list over HTTP, in pages. https://wiki.open311.org/GeoReport_v2/ is one such
interface.

| fetch fact | meaning | |---|---| | path | added to the server's location | | records | where the
list stands in the answer: `$` (the default) or a dotted path | | params | fixed parameters | |
paging | `{style: single}` (default), `page`, `offset`, `cursor` or `link` (RFC 8288); `parameter`,
`size_parameter`, `size`, | | | `first` (1 for page, 0 for offset), `cursor_field`, `link_field`
(where the answer itself holds the next address); | | | `total_header` or `total_field` when the
source states how many there are | | window | `{start: parameter, end: parameter, format: iso or
date}`; the end is not included |

The records of all pages are counted against the stated total; a short, long, repeated or changing
answer is a SourceError. Where no total is stated, pages are asked for until one is empty or not
there, or a short one comes again: a source may cap pages below the size asked for. Links are
followed to their end, on the same server only and to no page twice.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from pipelines.connectors.http.client import (
    Answer,
    Http,
    NotThere,
    address_of,
    count_of,
    http,
    same_place,
)
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Part, Window
from pipelines.records.json import parse, records_in

MOST_PAGES = 100_000


@dataclass(frozen=True)
class _Page:
    part: Part
    count: int
    total: int | None
    document: Any
    answer: Answer


class _Moved(Exception):
    """The stated total changed between pages: the source was written to while it was read."""


def fetch(
    dataset: Dataset, window: Window, check: Callable[[Any, str], None] | None = None
) -> Iterator[Part]:
    """Yield one Part a page, as delivered; starts over once when the total changes under way.

    ``check(document, where)`` is for connectors that know more of a page than where its list
    stands; it raises SourceError.
    """
    with http(dataset) as client:
        for last_try in (False, True):
            try:
                yield from list(_pages(client, dataset, window, check))
                return
            except _Moved as error:
                if last_try:
                    raise SourceError(
                        f"{dataset.id}: {address_of(dataset)}: {error}, twice; nothing was taken."
                        " Run again when the source is quiet"
                    ) from error


def _pages(
    client: Http, dataset: Dataset, window: Window, check: Callable[[Any, str], None] | None
) -> Iterator[Part]:
    paging: Mapping[str, Any] = dataset.source.fetch.get("paging") or {"style": "single"}
    style, size = paging.get("style", "single"), int(paging.get("size", 0))
    url, params = (
        address_of(dataset),
        {**(dataset.source.fetch.get("params") or {}), **_window(dataset, window)},
    )
    if size and "size_parameter" in paging:
        params[paging["size_parameter"]] = size
    position = int(paging.get("first", 1 if style == "page" else 0))
    seen, total, before = 0, None, b""
    visited: set[str] = set()
    for number in range(1, MOST_PAGES + 1):
        if style in ("page", "offset"):
            params[paging["parameter"]] = position
        try:
            page = _page(client, dataset, url, params, number, check)
        except NotThere:
            if number > 1 and total is None and style in ("page", "offset"):
                break
            raise
        if page.count and page.part.body == before:
            if total is None and page.count < size:
                break
            raise SourceError(
                f"{dataset.id}: {page.answer.url}: page {number} repeats page {number - 1}; the"
                " source ignores its paging parameter"
            )
        if total is not None and page.total != total:
            raise _Moved(f"the stated total went from {total} to {page.total} between pages")
        seen, total, before = seen + page.count, page.total, bytes(page.part.body)  # type: ignore[arg-type]
        yield page.part
        step = _next(dataset, style, paging, page)
        more = (
            step is not None
            and (page.count > 0 or style == "link")
            and (total is None or seen < total or style in ("cursor", "link"))
        )
        if not more:
            break
        if style == "link":
            url, params = same_place(dataset, str(step)), {}
            visited.add(page.answer.url)
            if url in visited:
                raise SourceError(
                    f"{dataset.id}: {page.answer.url}: its next link leads back to a page already"
                    " read; tell the owner that it runs in a circle"
                )
        elif style == "cursor":
            params[paging["parameter"]] = step
        else:
            position += 1 if style == "page" else page.count
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


def _page(
    client: Http,
    dataset: Dataset,
    url: str,
    params: Mapping[str, Any],
    number: int,
    check: Callable[[Any, str], None] | None,
) -> _Page:
    answer = client.get(url, params or None)
    where = f"{dataset.id}: {answer.url}"
    document = parse(answer.body, where)
    if check:
        check(document, where)
    paging = dataset.source.fetch.get("paging") or {}
    stated = None
    if "total_header" in paging:
        stated = answer.headers.get(str(paging["total_header"]).lower())
    elif "total_field" in paging:
        stated = _dotted(document, str(paging["total_field"]))
    total = count_of(stated)
    if ("total_header" in paging or "total_field" in paging) and total is None:
        name = paging.get("total_header") or paging.get("total_field")
        raise SourceError(
            f"{where}: does not state its total in '{name}' ({str(stated)[:40]!r}); correct the"
            " paging facts of the contract or ask the owner"
        )
    count = len(records_in(document, dataset, where))
    part = Part(f"page-{number:05d}.json", answer.body, answer.url)
    return _Page(part, count, total, document, answer)


def _next(dataset: Dataset, style: str, paging: Mapping[str, Any], page: _Page) -> Any:
    """Return what leads to the next page, None when this was the last."""
    if style == "single":
        return None
    if style == "cursor":
        return _dotted(page.document, str(paging["cursor_field"])) or None
    if style == "link" and "link_field" in paging:
        target = _dotted(page.document, str(paging["link_field"]))
        return _joined(dataset, page, target)
    if style == "link":
        links = httpx.Response(200, headers={"link": page.answer.headers.get("link", "")}).links
        return _joined(dataset, page, links.get("next", {}).get("url"))
    return True


def _joined(dataset: Dataset, page: _Page, target: Any) -> str | None:
    """Return the whole address of a next page, None where there is none; SourceError when what
    is stated is no address.
    """
    try:
        return str(httpx.URL(page.answer.url).join(str(target))) if target else None
    except httpx.InvalidURL as error:
        raise SourceError(
            f"{dataset.id}: {page.answer.url}: its next link is no address ({error}); tell the"
            " owner"
        ) from error


def _dotted(document: Any, path: str) -> Any:
    for step in path.removeprefix("$.").split("."):
        document = document.get(step) if isinstance(document, dict) else None
    return document


def _window(dataset: Dataset, window: Window) -> dict[str, str]:
    facts = dataset.source.fetch.get("window") or {}
    day = facts.get("format") == "date"
    values = {"start": window.start, "end": window.end}
    return {
        str(facts[name]): value.date().isoformat() if day else value.isoformat()
        for name, value in values.items()
        if name in facts
    }
