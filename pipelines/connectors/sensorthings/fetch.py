"""OGC SensorThings 1.1 (https://docs.ogc.org/is/18-088/18-088.html): observations of a window, page
by page.

`@iot.nextLink` is followed on the same server only; the observations are counted against
`@iot.count`. Put `records: value` in the facts: that is where the list stands in the answer.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from pipelines.connectors.http.client import address_of, count_of, http, same_place
from pipelines.connectors.http.totals import miscounted
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Part, Standing, Window
from pipelines.records.json import parse, records_in

MOST_PAGES = 100_000
COUNT = "@iot.count"


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield one Part a page, as delivered; SourceError when the count and the observations
    disagree.
    """
    facts = dataset.source.fetch
    params: dict[str, str] | None = {
        **_counted(dataset, window),
        "$orderby": f"{_time(dataset)} asc,@iot.id asc",
        "$top": str(facts.get("top", 500)),
        **({"$expand": str(facts["expand"])} if "expand" in facts else {}),
    }
    url, seen, stated, visited = address_of(dataset), 0, None, set()
    with http(dataset) as client:
        for number in range(1, MOST_PAGES + 1):
            answer = client.get(url, params)
            where = f"{dataset.id}: {answer.url}"
            document = parse(answer.body, where)
            seen += len(records_in(document, dataset, where))
            stated = count_of(document.get(COUNT)) if stated is None else stated
            yield Part(f"page-{number:05d}.json", answer.body, answer.url)
            link = str(document.get("@iot.nextLink") or "")
            if not link:
                break
            if link in visited:
                raise SourceError(
                    f"{where}: @iot.nextLink leads back to a page already read; tell the owner that"
                    " the paging runs in a circle"
                )
            visited.add(link)
            url, params = same_place(dataset, link), None
    if stated is None:
        raise _uncounted(dataset)
    if seen != stated:
        raise SourceError(
            f"{dataset.id}: {address_of(dataset)}: states {stated} observations but delivered"
            f" {seen}; nothing was taken. Run again later"
        )


def look(dataset: Dataset, _: Window, known: Mapping[str, Standing]) -> Iterator[str]:
    """Yield the partitions of which the service counts other observations than it delivered."""
    with http(dataset) as client:

        def total(window: Window) -> int:
            answer = client.get(address_of(dataset), {**_counted(dataset, window), "$top": "1"})
            document = parse(answer.body, f"{dataset.id}: {answer.url}")
            stated = count_of(document.get(COUNT)) if isinstance(document, dict) else None
            if stated is None:
                raise _uncounted(dataset)
            return stated

        yield from miscounted(dataset, known, total)


def _counted(dataset: Dataset, window: Window) -> dict[str, str]:
    """Return the parameters that ask for the observations of a window and their number."""
    time = _time(dataset)
    return {
        "$filter": f"{time} ge {_moment(window.start)} and {time} lt {_moment(window.end)}",
        "$count": "true",
    }


def _uncounted(dataset: Dataset) -> SourceError:
    return SourceError(
        f"{dataset.id}: {address_of(dataset)}: does not state {COUNT}, so a short answer could not"
        " be told; ask the owner"
    )


def _time(dataset: Dataset) -> str:
    return str(dataset.source.fetch.get("filter_time", "phenomenonTime"))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
