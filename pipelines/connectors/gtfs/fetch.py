"""GTFS Schedule and GTFS-Realtime over HTTP (https://gtfs.org): a feed as its owner serves it, now
or from an archive of days.

The answer is kept as it came, the whole ZIP or the protobuf; `pipelines/records/gtfs.py` takes the
table out of it. Without `{date}` the answer is what the source knows at this moment, so the dataset
is a snapshot. An answer that is a page, a ZIP without the table, or a feed that is cut off is
refused; a day missing from an archive fails that day alone.
"""

import io
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from pipelines.connectors.http.client import UNTOLD, Answer, Form, address_of, http
from pipelines.connectors.http.validators import mark_of
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Fingerprint, Part, Standing, Window
from pipelines.records.archive import members
from pipelines.records.gtfs import KINDS, entities, member_of

ZIP = Form("a GTFS ZIP", "application/zip", ("/zip", "x-zip-compressed", *UNTOLD))
PROTOBUF = Form("GTFS-Realtime protobuf", "application/x-protobuf", ("protobuf", *UNTOLD))
MARKS = {"{date}": "day", "{month}": "month"}
"""What stands for the partition in ``path`` -> the size of partition it names."""


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield one Part a partition of an archive, or the one Part there is now; SourceError says
    what came instead of GTFS.
    """
    facts = dataset.source.fetch
    feed = facts.get("feed")
    if bool(feed) == bool(facts.get("table")) or (feed and feed not in KINDS):
        raise SourceError(
            f"{dataset.id}: fetch names either table, a file of GTFS Schedule, or feed, one of"
            f" {', '.join(KINDS)}; found {dict(facts)}"
        )
    form, name = (PROTOBUF, "feed.pb") if feed else (ZIP, "schedule.zip")
    with http(dataset) as client:
        for address, partition in _addresses(dataset, window):
            try:
                answer = client.get(address, form=form)
                _check(dataset, answer.body, f"{dataset.id}: {answer.url}")
            except SourceError as error:
                error.partition = partition
                raise
            yield Part(name, answer.body, answer.url, partition, _print(address, answer))


def look(dataset: Dataset, window: Window, known: Mapping[str, Standing]) -> Iterator[str]:
    """Yield the partitions of an archive whose answer would be another one now. Where the server
    said nothing that tells so when it was read, nothing is asked.
    """
    form = PROTOBUF if dataset.source.fetch.get("feed") else ZIP
    with http(dataset) as client:
        for address, partition in _addresses(dataset, window):
            standing = known.get(partition or "")
            landed = standing.prints.get(_name(address)) if standing else None
            if partition and landed and landed.mark and client.differs(address, landed.mark, form):
                yield partition


def _print(address: str, answer: Answer) -> Fingerprint | None:
    mark = mark_of(answer.headers)
    return Fingerprint(_name(address), mark) if mark else None


def _name(address: str) -> str:
    return urlsplit(address).path.rpartition("/")[2]


def _addresses(dataset: Dataset, window: Window) -> Iterator[tuple[str, str | None]]:
    address = address_of(dataset)
    mark = next((mark for mark in MARKS if mark in address), None)
    if mark is None:
        if dataset.delivery != "snapshot":
            raise SourceError(
                f"{dataset.id}: {address} says what is so now, and a run of {dataset.delivery}"
                " would put it in place of what was read earlier that day; make the dataset's"
                " delivery snapshot, or give the path of an archive with {date}"
            )
        yield address, None
        return
    if MARKS[mark] != dataset.partition:
        expected = next(mark for mark, size in MARKS.items() if size == dataset.partition)
        raise SourceError(
            f"{dataset.id}: {mark} in the path, but a partition is a {dataset.partition}; write"
            f" {expected}, or change partition"
        )
    for key in window.partitions:
        yield address.replace(mark, key), key


def _check(dataset: Dataset, body: bytes, where: str) -> None:
    """Refuse what is no feed before it is kept; reading it to the end is cheap beside fetching
    it.
    """
    if dataset.source.fetch.get("feed"):
        for _ in entities(body, where):
            pass
    else:
        member_of(members(io.BytesIO(body), where), dataset, where)
