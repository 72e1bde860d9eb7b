"""Other people's catalogues against a real server: CKAN and DCAT as they should be, and a
refusal for every way in which they are not.
"""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest

from demo.city import City
from demo.server import serve
from demo.systems import otherportals
from demo.table import build
from pipelines.connectors.ckan import fetch as ckan
from pipelines.connectors.contracts import read_contract
from pipelines.connectors.dcat import fetch as dcat
from pipelines.contract.model import Dataset, Source
from pipelines.contract.server import reachable
from pipelines.errors import SourceError
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import window_of
from pipelines.records import rdf
from pipelines.records.open import open_records
from pipelines.settings import contracts_path
from tests.sample import sample_dataset, window

DAY = window(date(2026, 1, 1))
Answer = tuple[str, bytes] | tuple[str, bytes, int]
PREFIX = (
    "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> ."
    " @prefix hydra: <http://www.w3.org/ns/hydra/core#> .\n@prefix foaf:"
    " <http://xmlns.com/foaf/0.1/> .\n"
)
XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/">'
)


@pytest.fixture
def served() -> Iterator[Callable[[Callable[[str, dict[str, str]], Answer]], str]]:
    made: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[str, dict[str, str]], Answer]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                kind, body, *status = answer(
                    parts.path, {name: value[0] for name, value in parse_qs(parts.query).items()}
                )
                self.send_response(status[0] if status else 200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        made.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        Thread(target=made[-1].serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{made[-1].server_port}"

    yield start
    for server in made:
        server.shutdown()
        server.server_close()


def reading(
    tmp: Path, connector: str, url: str, delivery: str = "snapshot", **fetch: object
) -> Dataset:
    dataset = sample_dataset(tmp, delivery=delivery)
    return replace(
        dataset,
        source=Source(
            connector, {"location": url, "limits": {"attempts": 2, "timeout_seconds": 2}}, fetch
        ),
    )


def portal(
    rows: list[dict], count: int | None = None, list_name: str = "results", total: str = "count"
) -> Callable[[str, dict[str, str]], Answer]:
    def answer(path: str, query: dict[str, str]) -> Answer:
        start, size = (
            int(query.get("start", query.get("offset", 0))),
            min(int(query.get("rows", query.get("limit", 10))), 4),
        )
        found = {
            total: len(rows) if count is None else count,
            list_name: rows[start : start + size],
        }
        return (
            "application/json;charset=utf-8",
            json.dumps({"help": "", "success": True, "result": found}).encode(),
        )

    return answer


PACKAGES = [{"id": str(n), "organization": {"title": "Bappeda"}} for n in range(7)]


def test_packages_are_read_to_the_stated_count(tmp_path: Path, served) -> None:
    asked = []
    answer = portal(PACKAGES)
    dataset = reading(
        tmp_path,
        "ckan",
        served(lambda p, q: asked.append((p, q)) or answer(p, q)),
        records="result.results",
        query="jalan",
        filters="organization:bps",
    )
    parts = list(ckan.fetch(dataset, DAY))
    assert [
        row["id"] for part in parts for row in json.loads(part.body)["result"]["results"]
    ] == list("0123456")
    assert asked[0] == (
        "/package_search",
        {"q": "jalan", "fq": "organization:bps", "sort": "id asc", "rows": "100", "start": "0"},
    )


def test_a_resource_of_the_datastore_is_read_as_rows(tmp_path: Path, served) -> None:
    asked = []
    answer = portal(PACKAGES, list_name="records", total="total")
    dataset = reading(
        tmp_path,
        "ckan",
        served(lambda p, q: asked.append((p, q)) or answer(p, q)),
        records="result.records",
        resource="abc",
        size=4,
    )
    assert len(list(ckan.fetch(dataset, DAY))) == 2
    assert asked[0] == (
        "/datastore_search",
        {"resource_id": "abc", "sort": "_id asc", "limit": "4", "offset": "0"},
    )


WRONG: dict[str, tuple[Callable[[str, dict[str, str]], Answer], str]] = {
    "a short count": (portal(PACKAGES, 9), "states 9 records but delivered 7"),
    "no count": (portal(PACKAGES, total="n"), "does not state its total in 'result.count'"),
    "a page": (lambda p, q: ("text/html", b"<html>"), "answered 'text/html' instead of JSON"),
    "a no": (
        lambda p, q: (
            "application/json",
            b'{"success": false, "error": {"message": "Not authorized"}}',
        ),
        "CKAN says no: Not authorized",
    ),
    "another interface": (
        lambda p, q: ("application/json", b'{"rows": []}'),
        "no answer of CKAN's Action API but an object with rows",
    ),
    "not there": (lambda p, q: ("application/json", b'{"success": false}', 404), "answered 404"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_portal_that_answers_wrongly(case: str, tmp_path: Path, served) -> None:
    answer, says = WRONG[case]
    with pytest.raises(SourceError, match=says):
        list(ckan.fetch(reading(tmp_path, "ckan", served(answer), records="result.results"), DAY))


def test_a_catalogue_is_a_snapshot_and_its_list_is_named(tmp_path: Path) -> None:
    for connector in (ckan, dcat):
        with pytest.raises(SourceError, match="make the delivery snapshot"):
            list(
                connector.fetch(
                    reading(tmp_path, "ckan", "http://127.0.0.1:1", delivery="events"), DAY
                )
            )
    with pytest.raises(SourceError, match=r"put records: result.results under fetch"):
        list(ckan.fetch(reading(tmp_path, "ckan", "http://127.0.0.1:1"), DAY))


def turtle(first: int, last: int, more: str = "") -> Answer:
    items = "".join(
        f'<d{n}> a dcat:Dataset ; dct:title "Judul {n}"@id, "Title {n}"@en .\n'
        for n in range(first, last + 1)
    )
    return "text/turtle; charset=utf-8", f"{PREFIX}<> a dcat:Catalog . {items}{more}".encode()


def rows_of(tmp: Path, dataset: Dataset, lists: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """Land what the connector brings and return the records the reader makes of it."""
    columns = tuple(
        replace(dataset.columns[0], name=f"c{n}", field=name, type="array")
        for n, name in enumerate(lists)
    )
    dataset = replace(dataset, columns=(*dataset.columns, *columns))
    landed = Lake(tmp / "lake").land(dataset.id, "run", dcat.fetch(dataset, DAY), DAY.partitions)
    con = duckdb.connect()
    open_records(con, landed, dataset, tmp)
    cursor = con.execute("SELECT * FROM delivered ORDER BY _row")
    names = [column[0] for column in cursor.description]
    return [
        {k: v for k, v in zip(names, row, strict=True) if v is not None and k[0] != "_"}
        for row in cursor.fetchall()
    ]


def test_pages_of_a_catalogue_are_followed_and_kept_as_they_came(tmp_path: Path, served) -> None:
    pages = {
        "1": turtle(1, 3, "<> hydra:totalItems 4 ; hydra:next </katalog?page=2> ."),
        "2": turtle(3, 4),
    }
    dataset = reading(
        tmp_path, "dcat", served(lambda p, q: pages[q.get("page", "1")]), path="/katalog"
    )
    parts = list(dcat.fetch(dataset, DAY))
    assert [part.body for part in parts] == [pages["1"][1], pages["2"][1]] and parts[
        1
    ].address.endswith("/katalog?page=2")
    rows = rows_of(tmp_path, dataset)
    assert [row["dct:title@id"] for row in rows] == [
        "Judul 1",
        "Judul 2",
        "Judul 3",
        "Judul 3",
        "Judul 4",
    ]
    assert (
        rows[0]["@id"].endswith("/d1")
        and rows[0]["dct:title@en"] == "Title 1"
        and rows[0]["rdf:type"] == "dcat:Dataset"
    )


BODY = (
    PREFIX + '<http://x.example/a> a dcat:Dataset ; dct:title "Jalan"@id ; dct:issued'
    ' "2026-02-31"^^<http://www.w3.org/2001/XMLSchema#date> ;\ndcat:keyword "b", "a" ;'
    ' dct:publisher [ foaf:name "Bappeda" ] ; dct:relation <http://x.example/b> ; dct:license'
    " <http://cc.example/by> ;\ndcat:distribution [ dcat:downloadURL <http://x.example/a.csv> ;"
    ' dcat:byteSize "007" ] .\n<http://x.example/b> a dcat:Dataset ; dct:relation'
    ' <http://x.example/a> ; dcat:keyword "satu" .'
)


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("turtle", "text/turtle"),
        ("json-ld", "application/ld+json"),
        ("xml", "application/rdf+xml"),
        ("turtle", "text/plain"),
    ],
)
def test_every_form_gives_the_same_records(form: str, kind: str, tmp_path: Path, served) -> None:
    body = (
        BODY.encode()
        if form == "turtle"
        else rdf.parsed(BODY.encode(), ".ttl", "http://x.example/", "x")
        .serialize(format=form)
        .encode()
    )
    dataset = reading(tmp_path, "dcat", served(lambda p, q: (kind, body)), path="/katalog.ttl")
    first, second = rows_of(tmp_path, dataset, ("dcat:keyword", "dcat:distribution"))
    assert first == {
        "@id": "http://x.example/a",
        "rdf:type": "dcat:Dataset",
        "dct:title@id": "Jalan",
        "dct:issued": "2026-02-31",
        "dcat:keyword": '["a", "b"]',
        "dct:publisher.foaf:name": "Bappeda",
        "dct:relation": "http://x.example/b",
        "dct:license": "http://cc.example/by",
        "dcat:distribution": (
            '[{"dcat:byteSize": "007", "dcat:downloadURL": "http://x.example/a.csv"}]'
        ),
    }
    assert second == {
        "@id": "http://x.example/b",
        "rdf:type": "dcat:Dataset",
        "dct:relation": "http://x.example/a",
        "dcat:keyword": '["satu"]',
    }


BOMB = (
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    + XML
    + "<dcat:Dataset><dct:title>&b;</dct:title></dcat:Dataset></rdf:RDF>"
)
FILE = (
    '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    + XML
    + "<dcat:Dataset><dct:title>&a;</dct:title></dcat:Dataset></rdf:RDF>"
)
TRAPS: dict[str, tuple[str, bytes, str]] = {
    "a remote context": (
        "ld+json",
        b'{"@context": "https://kanari.example/c.jsonld", "@id": "a"}',
        "names a context elsewhere .*never fetched",
    ),
    "a remote context in a list": (
        "ld+json",
        b'{"@context": [[{}], ["http://kanari.example/c"]], "@id": "a"}',
        "names a context elsewhere",
    ),
    "a remote context of a term": (
        "ld+json",
        b'{"@context": {"t": {"@id": "x:t", "@context": "http://kanari.example/c"}}}',
        "names a context elsewhere",
    ),
    "a remote context far within": (
        "ld+json",
        b'[{"x:a": [{"\\u0040context": "file:///etc/passwd"}]}]',
        "names a context elsewhere",
    ),
    "an imported context": (
        "ld+json",
        b'{"@context": {"@import": "http://kanari.example/c"}}',
        "names a context elsewhere",
    ),
    "an entity bomb": ("rdf+xml", BOMB.encode(), "has a DOCTYPE, whose entities are not read"),
    "an entity from a file": (
        "rdf+xml",
        FILE.encode(),
        "has a DOCTYPE, whose entities are not read",
    ),
    "an entity bomb in UTF-16": (
        "rdf+xml",
        ('<?xml version="1.0" encoding="utf-16"?>' + BOMB).encode("utf-16"),
        "has a DOCTYPE",
    ),
    "deep XML": (
        "rdf+xml",
        (XML + "<dcat:Dataset><dct:relation>" * 300).encode(),
        "nested deeper than 100 levels",
    ),
    "deep JSON": ("ld+json", b'{"x:a":' * 300 + b"1" + b"}" * 300, "nested deeper than 100 levels"),
    "JSON without a bottom": ("ld+json", b"[" * 100_000, "not whole json-ld"),
    "Turtle without a bottom": ("turtle", b"<a> <b> " + b"[ <c> " * 5000, "not whole turtle"),
    "cut Turtle": ("turtle", turtle(1, 3)[1][:-20], "not whole turtle"),
    "cut XML": ("rdf+xml", XML.encode(), "not whole xml"),
    "cut JSON": ("ld+json", b'{"@id": "a"', "not whole json-ld"),
    "no object": ("ld+json", b"3", "not whole json-ld"),
    "a context that runs in a circle": (
        "ld+json",
        b'{"@context": {"a": "b:c", "b": "a:d"}, "a": 1}',
        "not whole json-ld",
    ),
    "no catalogue": (
        "turtle",
        PREFIX.encode() + b"<a> dct:title 'b' .",
        "neither a dcat:Catalog nor a dcat:Dataset",
    ),
}


@pytest.mark.parametrize("case", TRAPS)
def test_a_document_that_is_a_trap_or_cut_is_refused_and_nothing_else_asked(
    case: str, tmp_path: Path, served, monkeypatch
) -> None:
    kind, body, says = TRAPS[case]
    asked = []
    url = served(lambda p, q: asked.append(p) or (f"application/{kind}", body))
    looked, real = [], socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: looked.append(host) or real(host, *rest, **more),
    )
    with pytest.raises(SourceError, match=says):
        list(dcat.fetch(reading(tmp_path, "dcat", url, path="/k"), DAY))
    assert asked == ["/k"] and set(looked) <= {"127.0.0.1"}


PAGES: dict[str, tuple[Callable[[str, dict[str, str]], Answer], str]] = {
    "fewer than stated": (
        lambda p, q: turtle(1, 3, "<> hydra:totalItems 5 ."),
        "states 5 datasets but delivered 3",
    ),
    "a circle": (
        lambda p, q: turtle(1, 1, f"<> hydra:next </k?page={(int(q.get('page', 1)) + 1) % 3}> ."),
        "its next page was read already",
    ),
    "itself again": (
        lambda p, q: turtle(1, 1, "<> hydra:nextPage <> ."),
        "its next page was read already",
    ),
    "another server": (
        lambda p, q: turtle(1, 1, "<> hydra:next <http://10.0.0.1/k> ."),
        "the next page lies on another server",
    ),
    "a page instead": (
        lambda p, q: ("text/html", b"<html>"),
        "answered 'text/html' instead of RDF",
    ),
    "a text of no kind": (
        lambda p, q: ("text/plain", turtle(1, 1)[1]),
        "does not say whether it is Turtle, JSON-LD or RDF/XML",
    ),
}


@pytest.mark.parametrize("case", PAGES)
def test_pages_that_do_not_add_up(case: str, tmp_path: Path, served) -> None:
    answer, says = PAGES[case]
    with pytest.raises(SourceError, match=says):
        list(dcat.fetch(reading(tmp_path, "dcat", served(answer), path="/k"), DAY))


@pytest.mark.parametrize("count", ["²", "9" * 5000], ids=["other digits", "without end"])
def test_a_total_that_is_no_number_is_none(count: str, tmp_path: Path, served) -> None:
    url = served(lambda p, q: turtle(1, 3, f'<> hydra:totalItems "{count}" .'))
    assert len(list(dcat.fetch(reading(tmp_path, "dcat", url, path="/k"), DAY))) == 1


def test_a_document_and_a_record_have_a_size(tmp_path: Path, served, monkeypatch) -> None:
    dataset = reading(tmp_path, "dcat", served(lambda p, q: turtle(1, 9)), path="/k")
    monkeypatch.setattr(rdf, "MOST_TEXT", 40)
    with pytest.raises(SourceError, match="more than 40 characters for one dataset"):
        rows_of(tmp_path, dataset)
    monkeypatch.setattr(rdf, "MOST_STATEMENTS", 10)
    with pytest.raises(SourceError, match="more than 10 statements in one document"):
        list(dcat.fetch(dataset, DAY))


def test_the_catalogues_of_the_city_are_read_to_the_end(tmp_path: Path, monkeypatch) -> None:
    city = City(today=date(2026, 6, 16), days=4)
    monkeypatch.setattr("demo.everything.MODULES", (otherportals,))
    with serve(city, tmp_path, port=0) as address:
        monkeypatch.setenv("LUMBUNG_CITY", address)
        for connector, table in ((ckan, otherportals.PORTAL), (dcat, otherportals.WEBSITE)):
            (dataset,) = read_contract(contracts_path() / f"{table.application}.odcs.yaml").datasets
            asked = window_of(dataset, (city.window[-1].isoformat(),))
            landed = Lake(tmp_path / "lake").land(
                dataset.id, "run", connector.fetch(reachable(dataset), asked), asked.partitions
            )
            con = duckdb.connect()
            open_records(con, landed, dataset, tmp_path)
            assert con.execute("SELECT count(*) FROM delivered").fetchall() == [
                (len(build(city, table).days[city.window[-1]]),)
            ]
