"""REST and SensorThings against a real server on loopback: every paging style, and a refusal for
every fault.
"""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from pipelines.connectors import registry
from pipelines.connectors.contracts import read_contract
from pipelines.connectors.rest import fetch as rest
from pipelines.connectors.rest.facts import REST, paging
from pipelines.connectors.rest.paging import STYLES, Facts, Page, Request, Style
from pipelines.connectors.sensorthings import fetch as sensorthings
from pipelines.contract.model import Dataset, Source
from pipelines.errors import ContractError, SourceError
from pipelines.lake.lake import Lake
from tests.sample import sample_dataset, window, write_sample

Answer = tuple[int, dict[str, str], bytes]
SPAN = window(date(2026, 1, 1))


class City:
    """A server whose answer each test writes; ``asked`` counts requests."""

    def __init__(self, answer: Callable[[str, dict[str, str], "City"], Answer]) -> None:
        self.answer, self.asked, self.headers = answer, 0, {}
        city = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                city.asked += 1
                city.headers = dict(self.headers)
                parts = urlsplit(self.path)
                status, headers, body = city.answer(
                    parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()}, city
                )
                self.send_response_only(status)
                for name, value in {
                    "Content-Type": "application/json",
                    "Content-Length": str(len(body)),
                    **headers,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True
                if len(body) != int(
                    {"Content-Length": str(len(body)), **headers}["Content-Length"]
                ):
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def served() -> Iterator[Callable[..., City]]:
    made: list[City] = []

    def start(answer: Callable[..., Answer]) -> City:
        made.append(City(answer))
        return made[-1]

    yield start
    for city in made:
        city.server.shutdown()
        city.server.server_close()


@pytest.fixture
def dataset(tmp_path) -> Dataset:
    return sample_dataset(tmp_path)


def over(
    dataset: Dataset,
    city: City,
    connector: str = "rest",
    server: dict | None = None,
    **fetch: object,
) -> Dataset:
    from dataclasses import replace

    facts = {
        "location": city.url,
        "limits": {"attempts": 2, "timeout_seconds": 2, "response_bytes": 100_000},
        **(server or {}),
    }
    return replace(dataset, source=Source(connector, facts, {"path": "/rows", **fetch}))


def page(rows: object, status: int = 200, **headers: str) -> Answer:
    return status, headers, json.dumps(rows).encode()


def ids(parts: list) -> list[int]:
    return [row["id"] for part in parts for row in json.loads(part.body)]


ROWS = [{"id": n} for n in range(7)]
PAGED = {
    "style": "page",
    "parameter": "page",
    "size_parameter": "size",
    "size": 3,
    "total_header": "X-Total",
}


def by_page(path: str, query: dict[str, str], city: City) -> Answer:
    start = (int(query["page"]) - 1) * 3
    return page(ROWS[start : start + 3], **{"X-Total": "7"})


def test_pages_are_read_to_the_end_and_kept_as_delivered(dataset, served) -> None:
    city = served(by_page)
    parts = list(
        rest.fetch(
            over(dataset, city, paging=PAGED, window={"start": "since", "end": "until"}), SPAN
        )
    )
    assert ids(parts) == list(range(7)) and city.asked == 3
    assert "since=2026-01-01T00%3A00%3A00%2B07%3A00" in parts[0].address


MOVED = {"1": [0, 1, 2], "2": [1, 2, 3], "3": [4]}
"""Seven records stated: the order changes between pages, so two come twice and two never."""


def moved(path: str, query: dict[str, str], city: City) -> Answer:
    return page([ROWS[n] for n in MOVED[query["page"]]], **{"X-Total": "7"})


def test_a_record_on_two_pages_means_that_another_came_on_none(dataset, served) -> None:
    said = "hujan.rain: .*2 records of page 2 had come before, so others have not, twice"
    with pytest.raises(SourceError, match=said):
        list(rest.fetch(over(dataset, served(moved), paging=PAGED), SPAN))
    unstated = {name: fact for name, fact in PAGED.items() if name != "total_header"}
    with pytest.raises(SourceError, match=r"say `repeats: true` under paging"):
        list(rest.fetch(over(dataset, served(moved), paging=unstated), SPAN))


def test_pages_that_moved_once_are_read_again(dataset, served) -> None:
    def settled(path: str, query: dict[str, str], city: City) -> Answer:
        return (moved if city.asked <= 2 else by_page)(path, query, city)

    parts = list(rest.fetch(over(dataset, served(settled), paging=PAGED), SPAN))
    assert ids(parts) == list(range(7))


def test_a_source_that_holds_records_twice_says_so(dataset, served) -> None:
    parts = rest.fetch(over(dataset, served(moved), paging={**PAGED, "repeats": True}), SPAN)
    assert ids(list(parts)) == [0, 1, 2, 1, 2, 3, 4]


def test_a_record_twice_on_one_page_is_the_sources_own(dataset, served) -> None:
    city = served(lambda *_: page([ROWS[0], ROWS[0]], **{"X-Total": "2"}))
    assert ids(list(rest.fetch(over(dataset, city, paging=PAGED), SPAN))) == [0, 0]


def test_offset_cursor_link_and_single(dataset, served) -> None:
    city = served(
        lambda path, query, city: page(ROWS[int(query["offset"]) : int(query["offset"]) + 3])
    )
    assert ids(
        list(
            rest.fetch(
                over(dataset, city, paging={"style": "offset", "parameter": "offset", "size": 3}),
                SPAN,
            )
        )
    ) == list(range(7))

    def cursor(path: str, query: dict[str, str], city: City) -> Answer:
        start = int(query.get("after", 0))
        return page(
            {"rows": ROWS[start : start + 3], "next": str(start + 3) if start + 3 < 7 else None}
        )

    facts = {
        "paging": {"style": "cursor", "parameter": "after", "cursor_field": "next"},
        "records": "rows",
    }
    parts = list(rest.fetch(over(dataset, served(cursor), **facts), SPAN))
    assert [len(json.loads(part.body)["rows"]) for part in parts] == [3, 3, 1]

    def link(path: str, query: dict[str, str], city: City) -> Answer:
        start = int(query.get("at", 0))
        return page(
            ROWS[start : start + 3],
            **({"Link": f'</rows?at={start + 3}>; rel="next"'} if start + 3 < 7 else {}),
        )

    assert ids(
        list(rest.fetch(over(dataset, served(link), paging={"style": "link"}), SPAN))
    ) == list(range(7))
    assert ids(list(rest.fetch(over(dataset, served(lambda *_: page(ROWS))), SPAN))) == list(
        range(7)
    )


def once_down(path: str, query: dict[str, str], city: City) -> Answer:
    return page([], 500) if city.asked == 1 else by_page(path, query, city)


def test_a_source_that_fails_once_is_asked_again(dataset, served) -> None:
    assert ids(list(rest.fetch(over(dataset, served(once_down), paging=PAGED), SPAN))) == list(
        range(7)
    )


def test_a_source_that_asks_for_a_pause_gets_it(dataset, served) -> None:
    city = served(
        lambda p, q, c: page([], 429, **{"Retry-After": "2"}) if c.asked == 1 else page(ROWS)
    )
    begun = time.monotonic()
    assert ids(list(rest.fetch(over(dataset, city), SPAN))) == list(range(7))
    assert time.monotonic() - begun >= 2 and city.asked == 2


@pytest.mark.parametrize("dated", ["GMT", "-0000", ""])
def test_a_pause_may_be_a_date_by_the_sources_own_clock(dated: str, dataset, served) -> None:
    """A server without ``Date`` is taken to have our clock."""
    now = datetime.now(UTC) + timedelta(days=400 if dated else 0)
    headers = {"Retry-After": format_datetime(now + timedelta(seconds=3), usegmt=True)}
    if dated:
        headers["Date"] = format_datetime(now, usegmt=True).replace("GMT", dated)
    city = served(lambda p, q, c: page([], 429, **headers) if c.asked == 1 else page(ROWS))
    begun = time.monotonic()
    assert ids(list(rest.fetch(over(dataset, city), SPAN))) == list(range(7))
    assert time.monotonic() - begun >= 2 and city.asked == 2


def test_a_cursor_that_runs_in_a_circle_is_refused(dataset, served) -> None:
    after = {"": (0, "a"), "a": (3, "b"), "b": (6, "a")}

    def answer(path: str, query: dict[str, str], city: City) -> Answer:
        first, following = after[query.get("cursor", "")]
        return page({"rows": [{"id": first + n} for n in range(3)], "next": following})

    city = served(answer)
    with pytest.raises(SourceError, match="leads back to a page already read"):
        list(rest.fetch(over(dataset, city, paging=CURSOR, records="rows"), SPAN))
    assert city.asked == 4


CURSOR = {"style": "cursor", "parameter": "cursor", "cursor_field": "next"}


def test_a_cursor_may_stay_the_same_while_its_server_goes_on(dataset, served) -> None:
    def answer(path: str, query: dict[str, str], city: City) -> Answer:
        return page({"rows": ROWS[city.asked - 1 : city.asked], "next": "TOKEN"})

    scrolled = over(dataset, served(answer), paging=CURSOR, records="rows")
    pages = [json.loads(part.body)["rows"] for part in rest.fetch(scrolled, SPAN)]
    assert [row for rows in pages for row in rows] == ROWS


@pytest.mark.parametrize("style", [CURSOR, {"style": "link", "link_field": "next"}])
def test_a_next_page_that_is_half_a_character_is_refused(style: dict, dataset, served) -> None:
    city = served(lambda *_: page({"rows": [{"id": 1}], "next": "\ud83d"}))
    with pytest.raises(SourceError, match="holds half a character"):
        list(rest.fetch(over(dataset, city, paging=style, records="rows"), SPAN))


def test_pages_that_are_much_wait_on_disk(dataset, served, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(rest, "HELD", 50)
    city, lake = served(by_page), Lake(tmp_path / "lake")
    parts = rest.fetch(over(dataset, city, paging=PAGED), SPAN)
    landed = lake.land(dataset.id, "run", parts, SPAN.partitions)
    assert [len(json.loads(part.path.read_bytes())) for part in landed] == [3, 3, 1]
    in_memory = [
        isinstance(part.body, bytes) for part in rest.fetch(over(dataset, city, paging=PAGED), SPAN)
    ]
    assert in_memory == [True, False, False]


def test_pages_shorter_than_asked_for_are_no_end_where_no_total_is_stated(dataset, served) -> None:
    def capped(path: str, query: dict[str, str], city: City) -> Answer:
        start = 2 * (int(query["page"]) - 1)
        return page(ROWS[start : start + 2])

    paging = {"style": "page", "parameter": "page", "size_parameter": "size", "size": 500}
    assert ids(list(rest.fetch(over(dataset, served(capped), paging=paging), SPAN))) == list(
        range(7)
    )


@pytest.mark.parametrize("end", ["not there", "the last page again"])
def test_pages_end_as_their_source_ends_them(end: str, dataset, served) -> None:
    def answer(path: str, query: dict[str, str], city: City) -> Answer:
        number = int(query["page"])
        if number > 3 and end == "not there":
            return page({"error": "no such page"}, 404)
        start = 3 * (min(number, 3) - 1)
        return page(ROWS[start : start + 3])

    paging = {"style": "page", "parameter": "page", "size_parameter": "size", "size": 3}
    assert ids(list(rest.fetch(over(dataset, served(answer), paging=paging), SPAN))) == list(
        range(7)
    )


def test_an_answer_that_drips_is_given_up(dataset) -> None:
    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
            )
            with suppress(OSError):
                while True:
                    connection.sendall(b" ")
                    time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=drip, daemon=True).start()
        facts = {
            "location": f"http://127.0.0.1:{listener.getsockname()[1]}",
            "limits": {"attempts": 1, "timeout_seconds": 0.1},
        }
        slow = replace(dataset, source=Source("rest", facts, {"path": "/rows"}))
        with pytest.raises(SourceError, match="not whole after 1 s"):
            list(rest.fetch(slow, SPAN))


FAULTS: dict[str, tuple[Callable[..., Answer], str]] = {
    "always down": (lambda *_: page([], 503), "503"),
    "total that does not match": (
        lambda p, q, c: page(ROWS[:2] if q["page"] == "1" else [], **{"X-Total": "7"}),
        "states 7 records but delivered 2",
    ),
    "total that changes": (
        lambda p, q, c: page([{"id": c.asked}] * 3, **{"X-Total": str(90 + c.asked)}),
        "stated total went from",
    ),
    "total that is none": (lambda *_: page(ROWS[:3]), "does not state its total"),
    "a web page": (
        lambda *_: (200, {"Content-Type": "text/html"}, b"<html>maintenance</html>"),
        "text/html",
    ),
    "cut off": (lambda *_: (200, {"X-Total": "7"}, b'[{"id": 1}, {"id"'), "not whole JSON"),
    "cut in transfer": (
        lambda *_: (200, {"X-Total": "7", "Content-Length": "5000"}, b"[1"),
        "no whole answer",
    ),
    "no list": (lambda *_: page({"error": "x"}, **{"X-Total": "7"}), "no list of records"),
    "not found": (lambda *_: page([], 404), "404"),
    "redirect": (
        lambda *_: page([], 302, Location="http://10.0.0.1/"),
        "redirects to http://10.0.0.1/",
    ),
    "too much": (lambda *_: page(["x" * 200_000], **{"X-Total": "1"}), "more than 100000 bytes"),
    "the same page again": (lambda *_: page(ROWS[:3], **{"X-Total": "7"}), "repeats page 1"),
    "total in other digits": (
        lambda *_: page(ROWS[:3], **{"X-Total": "²"}),
        "does not state its total in 'X-Total'",
    ),
    "total without end": (
        lambda *_: page(ROWS[:3], **{"X-Total": "9" * 5000}),
        "does not state its total in 'X-Total'",
    ),
    "a pause in other digits": (lambda *_: page([], 503, **{"Retry-After": "²"}), "answered 503"),
    "come back later": (lambda *_: page([], 429, **{"Retry-After": "3600"}), "3600 s"),
    "come back on a day": (
        lambda *_: page([], 429, **{"Retry-After": "Wed, 01 Jan 2200 00:00:00 GMT"}),
        "asks to come back after [0-9]{10} s",
    ),
    "come back in a year without end": (
        lambda *_: page([], 503, **{"Retry-After": f"Fri, 31 Dec {'9' * 20} 23:59:59 GMT"}),
        "answered 503",
    ),
    "come back in a zone without end": (
        lambda *_: page([], 503, **{"Retry-After": f"Fri, 31 Dec 1999 23:59:59 +{'9' * 17}"}),
        "answered 503",
    ),
    "come back on no day": (
        lambda *_: page([], 503, **{"Retry-After": "Wed, 45 Jan 2200 00:00:00 GMT"}),
        "answered 503",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_with_the_reason(fault: str, dataset, served) -> None:
    answer, says = FAULTS[fault]
    with pytest.raises(SourceError, match=f"hujan.rain: .*{says}"):
        list(rest.fetch(over(dataset, served(answer), paging=PAGED), SPAN))


@pytest.mark.parametrize("link", ["http://[::", "http://a:b/", "//[x", ["a"]])
@pytest.mark.parametrize("connector", ["rest", "sensorthings"])
def test_a_next_link_that_is_no_address_is_refused(
    link: object, connector: str, dataset, served
) -> None:
    city = served(
        lambda *_: page(
            {"value": [{"id": 1}], "@iot.count": 9, "@iot.nextLink": link, "next": link}
        )
    )
    module = {"rest": rest, "sensorthings": sensorthings}[connector]
    with pytest.raises(SourceError, match=r"hujan\.rain: "):
        list(
            module.fetch(
                over(
                    dataset,
                    city,
                    connector,
                    records="value",
                    paging={"style": "link", "link_field": "next"},
                ),
                SPAN,
            )
        )


@pytest.mark.parametrize("count", ["²", "9" * 5000], ids=["other digits", "without end"])
def test_a_count_that_is_no_number_is_none(count: str, dataset, served) -> None:
    city = served(lambda *_: page({"value": [], "@iot.count": count}))
    with pytest.raises(SourceError, match=r"does not state @iot\.count"):
        list(sensorthings.fetch(over(dataset, city, "sensorthings", records="value"), SPAN))


def test_a_source_that_is_not_there(dataset, served) -> None:
    city = served(by_page)
    city.server.shutdown()
    city.server.server_close()
    with pytest.raises(SourceError, match="no whole answer"):
        list(rest.fetch(over(dataset, city, paging=PAGED), SPAN))


def test_a_slow_source_is_given_up(dataset, served) -> None:
    import time

    city = served(lambda *_: (time.sleep(0.6), page(ROWS))[1])
    with pytest.raises(SourceError, match="ReadTimeout"):
        list(
            rest.fetch(
                over(dataset, city, server={"limits": {"attempts": 1, "timeout_seconds": 0.2}}),
                SPAN,
            )
        )


def test_a_secret_is_sent_and_never_shown(dataset, served, monkeypatch) -> None:
    city = served(lambda *_: page(ROWS))
    facts = over(dataset, city, server={"secrets": {"token": "HUJAN_TOKEN"}})
    with pytest.raises(SourceError, match=r"HUJAN_TOKEN .* is not set"):
        list(rest.fetch(facts, SPAN))
    monkeypatch.setenv("HUJAN_TOKEN", "kanari")
    (part,) = rest.fetch(facts, SPAN)
    assert city.headers["Authorization"] == "Bearer kanari"
    assert "kanari" not in part.address


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://x", "x"])
def test_only_web_addresses_are_asked(location: str, dataset, served) -> None:
    with pytest.raises(SourceError, match="not http"):
        list(rest.fetch(over(dataset, served(by_page), server={"location": location}), SPAN))


def things(path: str, query: dict[str, str], city: City) -> Answer:
    start = int(query.get("$skip", 0))
    answer: dict[str, object] = {"@iot.count": 7, "value": ROWS[start : start + 3]}
    if start + 3 < 7:
        answer["@iot.nextLink"] = f"{city.url}/rows?$skip={start + 3}"
    return page(answer)


def test_observations_are_read_link_by_link(dataset, served) -> None:
    parts = list(sensorthings.fetch(over(dataset, served(things), records="value"), SPAN))
    assert [row["id"] for part in parts for row in json.loads(part.body)["value"]] == list(range(7))
    assert "2025-12-31T17%3A00%3A00Z" in parts[0].address, "the day begins at midnight in Jambi"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda answer, city: {**answer, "@iot.count": 9}, "states 9 observations but delivered 7"),
        (
            lambda answer, city: {k: v for k, v in answer.items() if k != "@iot.count"},
            "does not state @iot.count",
        ),
        (lambda answer, city: {**answer, "@iot.count": None}, "does not state @iot.count"),
        (
            lambda answer, city: {**answer, "@iot.nextLink": "http://10.0.0.1/x"},
            "on another server",
        ),
        (
            lambda answer, city: {**answer, "@iot.nextLink": f"{city.url}/rows?$skip=0"},
            "in a circle",
        ),
    ],
)
def test_observations_that_do_not_add_up(change, says: str, dataset, served) -> None:
    def answer(path: str, query: dict[str, str], city: City) -> Answer:
        return page(change(json.loads(things(path, query, city)[2]), city))

    with pytest.raises(SourceError, match=says):
        list(sensorthings.fetch(over(dataset, served(answer), records="value"), SPAN))


class Keyset(Style):
    """The next page begins after the last record's id."""

    def following(self, facts: Facts, request: Request, page: Page) -> Request | None:
        if not page.leaves_more:
            return None
        return request.having(str(facts["after"]), str(page.document[-1]["id"]))


def test_a_style_of_paging_is_one_value_for_the_contract_and_for_what_is_asked(
    dataset, served, monkeypatch, tmp_path
) -> None:
    def keyset(path: str, query: dict[str, str], city: City) -> Answer:
        return page([row for row in ROWS if row["id"] > int(query.get("beyond", -1))][:3])

    def problems(facts: str) -> str:
        path = write_sample(tmp_path / "contracts", tmp_path / "drop")
        text = path.read_text("utf-8").replace("connector, value: file", "connector, value: rest")
        path.write_text(text.replace('files: "rain_{date}.csv"', f"paging: {facts}"), "utf-8")
        with pytest.raises(ContractError) as refused:
            read_contract(path)
        return str(refused.value)

    monkeypatch.setitem(STYLES, "keyset", Keyset("keyset", needs=("after",)))
    paged = replace(REST, facts=(*REST.facts, paging()))
    others = (connector for connector in registry.ALL if connector is not REST)
    monkeypatch.setattr(registry, "ALL", (*others, paged))
    facts = {"style": "keyset", "after": "beyond"}
    assert ids(list(rest.fetch(over(dataset, served(keyset), paging=facts), SPAN))) == [
        row["id"] for row in ROWS
    ]
    assert "fetch" not in problems("{style: keyset, after: beyond}")
    assert "paging style keyset needs 'after'" in problems("{style: keyset}")
    assert "paging style 'keyste'; did you mean 'keyset'?" in problems("{style: keyste}")
    assert "repeats is true or false; found 'no'" in problems(
        "{style: keyset, after: beyond, repeats: 'no'}"
    )
    assert "paging does not know 'aftr'" in problems("{style: keyset, after: a, aftr: b}")
