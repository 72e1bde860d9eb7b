"""What every request and answer goes through, piece by piece: slow bodies, compression, headers,
health, one kind of log record.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from portal.api import health
from portal.http import counts, guard, memory
from portal.http.answers import answer
from portal.http.guard import Guard
from portal.http.outgoing import Compression, Outgoing
from portal.http.server import JsonLines

LONG = b"padi " * 1000


async def body_of(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def page(request: Request) -> Response:
    return answer(request, LONG, "text/html")


def parquet(_: Request) -> Response:
    return Response(LONG, media_type="application/vnd.apache.parquet")


@pytest.fixture(autouse=True)
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBUNG_COUNTS", str(tmp_path / "counts.sqlite"))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    (tmp_path / "long.csv").write_bytes(LONG)
    routes = [
        Route("/body", body_of, methods=["POST"]),
        Route("/page", page),
        Route("/parquet", parquet),
        Route("/app/page", page),
        Route("/file", lambda _: FileResponse(tmp_path / "long.csv", media_type="text/csv")),
        *health.ROUTES,
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(layer, explore="/app") for layer in (Outgoing, Guard, Compression)],
    )
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def test_a_text_is_compressed_and_its_etag_still_answers_304(client: TestClient) -> None:
    whole, short = client.get("/page", headers={"Accept-Encoding": "identity"}), client.get("/page")
    assert (
        short.headers["content-encoding"] == "gzip"
        and int(short.headers["content-length"]) < len(LONG)
        and short.content == LONG
    )
    assert (
        "content-encoding" not in whole.headers
        and short.headers["etag"] == "W/" + whole.headers["etag"]
    )
    kept = client.get("/page", headers={"If-None-Match": short.headers["etag"]})
    assert kept.status_code == 304
    assert {answer.headers["vary"] for answer in (short, whole, kept)} == {"Accept-Encoding"}
    assert client.get("/page", headers={"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "packed"),
    [
        ("gzip;q=0", False),
        ("*;q=1, gzip;q=0", False),
        ("gzip; Q=0.000", False),
        ("x-gzipped", False),
        ("*", True),
        ("GZIP;q=0.1", True),
        ("*;q=0, gzip", True),
    ],
)
def test_an_asker_gets_gzip_only_if_it_takes_it(
    client: TestClient, asked: str, packed: bool
) -> None:
    assert (
        "content-encoding" in client.get("/page", headers={"Accept-Encoding": asked}).headers
    ) == packed


def test_files_of_ranges_compressed_kinds_and_streamlit_are_left_alone(client: TestClient) -> None:
    for path in ("/file", "/parquet", "/app/page"):
        assert "content-encoding" not in client.get(path).headers
    part = client.get("/file", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, LONG[5:10])


def test_an_answer_keeps_its_own_policy_and_gets_the_rest(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "style-src 'self'" in client.get("/page").headers["content-security-policy"]
    assert client.get("/file").headers["content-security-policy"].startswith("default-src 'none'")
    assert "strict-transport-security" not in client.get("/file").headers
    monkeypatch.setenv("LUMBUNG_URL", "https://data.kota.example")
    told = client.get("/file", headers={"Host": "data.kota.example"})
    assert told.status_code == 200 and told.headers["strict-transport-security"].startswith(
        "max-age="
    )
    assert client.get("/file").status_code == 200, (
        "a watcher on the machine itself asks by 127.0.0.1"
    )
    assert client.get("/file", headers={"Host": "kota.example"}).status_code == 400


def test_a_body_has_a_size_and_a_time(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.post("/body", content=b"a" * guard.BODY_BYTES).text == str(guard.BODY_BYTES)
    assert client.post("/body", content=iter([b"a" * guard.BODY_BYTES, b"b"])).status_code == 413
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.05)
    sent: list[Any] = []

    async def never() -> Any:
        await asyncio.sleep(5)

    async def keep(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/body",
        "raw_path": b"/body",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
    }
    asyncio.run(client.app(scope, never, keep))  # type: ignore[arg-type]
    assert sent[0]["status"] == 408


def test_health_is_told_without_a_release_and_readiness_is_not(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(tmp_path / "empty"))
    assert (client.get("/healthz").text, client.get("/readyz").status_code) == ("ok", 503)


def test_fetches_are_counted_by_day_and_nothing_more(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts.write()  # what other tests left
    monkeypatch.setenv("LUMBUNG_COUNTS", str(tmp_path / "counts" / "c.sqlite"))
    for query in ("", "?nik=1571010203990001"):
        client.get(f"/page{query}")
    client.get("/nothing")
    client.get("/app/page")
    client.get("/healthz")
    client.get("/file", headers={"Range": "bytes=0-3"})
    day = counts.today()
    wanted = [
        {"day": day, "path": "/page", "status": 200, "count": 2},
        {"day": day, "path": "/file", "status": 206, "count": 1},
    ]
    assert counts.read() == wanted
    client.get("/page")
    assert counts.read()[0]["count"] == 3, "added to, not replaced"
    assert b"1571010203990001" not in (tmp_path / "counts" / "c.sqlite").read_bytes()


def test_counts_that_cannot_be_written_wait(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts.write()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LUMBUNG_COUNTS", str(tmp_path / "file" / "c.sqlite"))
    client.get("/page")
    counts.write()
    monkeypatch.setenv("LUMBUNG_COUNTS", str(tmp_path / "c.sqlite"))
    assert [count["count"] for count in counts.read()] == [1]


def test_a_record_is_one_line_without_the_words_of_an_error() -> None:
    try:
        raise ValueError("1571010203990001\nforged")
    except ValueError:
        record = logging.LogRecord(
            "portal", logging.ERROR, __file__, 1, "failed\r\n%s", ("x",), sys.exc_info()
        )
    record.told = {"path": "/a\r\n{}"}
    line = JsonLines().format(record)
    told = json.loads(line)
    assert "\n" not in line and "\r" not in line and "1571010203990001" not in line
    assert told["error"] == "ValueError" and told["places"] and told["path"] == "/a\r\n{}"


def test_freed_memory_is_returned_to_the_system() -> None:
    kept = [bytes(600) + str(n).encode() for n in range(200_000)]
    last, full, freed = kept[-1], memory.held(), 30 * 1024 * 1024
    del kept
    assert memory.held() > full - freed, "glibc keeps what lies below the last"
    memory.give_back()
    assert last and memory.held() < full - freed
