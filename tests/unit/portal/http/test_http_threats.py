"""What an attacker sends to the portal: each kind of hole that a peer had, tried on the real server
in a process of its own.

``HOLES`` says which test stands against which hole. A test wants a plain refusal, the memory where
it was, and the portal still answering; the same attacks do come through on a bare server, which is
the control.
"""

import ast
import asyncio
import gzip
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from pipelines.settings import PROJECT
from portal.http.protocol import BoundedProtocol
from tests.released import released
from tests.serving import Served, bare, free_port, serving

pytestmark = pytest.mark.xdist_group("threats")
GROWTH = 40.0
"""MiB that the memory may grow over an attack: allocators keep some, none of these is a
gigabyte.
"""
CANARY = "1571010203990001"
HOLES = {
    "CKAN CVE-2023-32321 path traversal by resource id": "test_no_path_leads_out_of_the_portal",
    "CKAN CVE-2023-50248 memory by a form field": (
        "test_a_form_of_a_gigabyte_is_refused_before_it_is_read"
    ),
    "CKAN CVE-2024-27097 log injection": "test_a_log_record_is_one_line_and_holds_no_query",
    "CKAN CVE-2024-41674 credential in an error message": (
        "test_an_error_says_nothing_of_the_inside"
    ),
    "CKAN CVE-2024-41675 XSS from table cells": (
        "test_pages.py::test_a_text_of_a_source_is_shown_as_it_is"
    ),
    "CKAN CVE-2024-43371 SSRF by resource URL": (
        "test_the_portal_can_fetch_nothing_and_send_no_mail"
    ),
    "CKAN CVE-2025-24372 XSS by an uploaded image": "test_nothing_can_be_uploaded",
    "CKAN CVE-2025-54384 stored XSS in markdown": (
        "test_pages.py::test_a_text_of_a_source_is_shown_as_it_is"
    ),
    "CKAN CVE-2025-64100 session fixation": "test_no_address_outside_streamlit_sets_a_cookie",
    "CKAN CVE-2026-41132 mail without checked TLS": (
        "test_the_portal_can_fetch_nothing_and_send_no_mail"
    ),
    "CKAN CVE-2026-41255 forged requests": "test_no_address_outside_streamlit_sets_a_cookie",
    "CKAN CVE-2026-42031 and -42032 datastore_search_sql": "test_there_is_no_sql_of_the_public",
    "Starlette CVE-2023-29159 StaticFiles beside the folder": (
        "test_no_path_leads_out_of_the_portal"
    ),
    "Starlette CVE-2023-30798, CVE-2025-54121 multipart": (
        "test_a_form_of_a_gigabyte_is_refused_before_it_is_read"
    ),
    "Starlette CVE-2025-62727 ranges": "test_many_ranges_are_refused_and_cost_nothing",
    "Starlette CVE-2026-48710, CVE-2026-54282 Host": (
        "test_a_lying_host_is_refused_and_never_repeated"
    ),
    "Starlette CVE-2026-48817 method name": "test_a_method_that_is_none_is_refused",
    "Starlette CVE-2026-54283 urlencoded limits": (
        "test_a_form_of_a_gigabyte_is_refused_before_it_is_read"
    ),
    "python-multipart CVE-2026-24486, -40347, -42561": "test_nothing_can_be_uploaded",
    "h11 CVE-2025-43859 request smuggling": (
        "test_a_request_that_can_be_read_in_two_ways_is_refused"
    ),
    "Datasette CVE-2021-32670 XSS": "test_nothing_of_an_address_is_repeated_as_html",
    "Datasette CVE-2023-40570 names of closed tables": (
        "test_closed_and_unknown_are_the_same_answer"
    ),
    "Datasette redirects by // and by /\\": "test_no_redirect_leads_off_the_site",
    "Datasette 0.65.3 quoting of ]": "test_closed_and_unknown_are_the_same_answer",
    "Streamlit CVE-2022-35918, CVE-2024-42474 traversal": "test_no_path_leads_out_of_the_portal",
    "Streamlit CVE-2023-27494 XSS": "test_nothing_of_an_address_is_repeated_as_html",
    "Streamlit CVE-2026-33682 UNC paths": "test_no_path_leads_out_of_the_portal",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("threats")
    released(folder)
    return folder


@pytest.fixture(scope="module")
def portal(house: Path) -> Iterator[Served]:
    with serving(house / "lake", house / "portal.log", "info", LUMBUNG_SESSIONS="8") as served:
        for _ in range(20):
            served.get("/download/hujan.rain.csv")
        yield served


@pytest.fixture(scope="module")
def unguarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with bare(tmp_path_factory.mktemp("bare") / "log") as served:
        yield served


@pytest.fixture
def unharmed(portal: Served) -> Iterator[Served]:
    """The portal, which afterwards answers and has not grown."""
    before = portal.rss()
    yield portal
    assert portal.get("/healthz")[0] == 200
    assert portal.rss() - before < GROWTH


def test_every_hole_has_a_test_that_is_there() -> None:
    for test in HOLES.values():
        name, _, function = test.rpartition("::")
        path = next(Path(__file__).parents[3].rglob(name)) if name else Path(__file__)
        assert f"def {function}(" in path.read_text("utf-8"), test


def test_a_bare_server_would_let_them_through(unguarded: Served) -> None:
    assert unguarded.get("/file", "Range: bytes=0-0,2-2")[0] == 206
    assert unguarded.get("/healthz", *(f"X-{n}: 1" for n in range(10_000)))[0] == 200
    assert b"evil.example" in unguarded.get("/away", host="evil.example")[1]
    head = (
        f"POST /taken HTTP/1.1\r\nHost: 127.0.0.1:{unguarded.port}\r\nConnection:"
        " close\r\nContent-Length: 3000000\r\n\r\n".encode()
    )
    assert unguarded.raw(head + b"a" * 3_000_000)[1].endswith(b"3000000")
    assert unguarded.get("/healthz?" + "a" * 9_000)[0] == 200


def test_many_ranges_are_refused_and_cost_nothing(unharmed: Served) -> None:
    many = "bytes=" + ",".join(f"{n}-{n}" for n in range(10_000))
    assert unharmed.get("/download/hujan.rain.csv", f"Range: {many}")[0] in (400, 416, 431)
    assert unharmed.get("/download/hujan.rain.csv", "Range: bytes=0-0,2-2")[0] == 416
    assert (
        unharmed.get("/download/hujan.rain.csv", "Range: bytes=0-0", "Range: bytes=2-2")[0] == 416
    )
    status, answer = unharmed.get("/download/hujan.rain.csv", "Range: bytes=0-3")
    assert status == 206 and answer.endswith(b"\r\n\r\n" + answer[-4:])


def test_endless_headers_are_refused(unharmed: Served) -> None:
    assert unharmed.get("/healthz", *(f"X-{n}: 1" for n in range(101)))[0] == 431
    assert unharmed.get("/healthz", "X: " + "a" * 40_000)[0] == 431
    assert unharmed.get("/healthz", *(f"X-{n}: 1" for n in range(10_000)))[0] in (0, 431)
    assert unharmed.raw(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 100_000_000)[
        0
    ] in (0, 400, 431)
    assert unharmed.get("/healthz?" + "a" * 9_000)[0] == 414


def test_a_form_of_a_gigabyte_is_refused_before_it_is_read(unharmed: Served) -> None:
    for kind in (
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json",
    ):
        for path in ("/api/3/action/datastore_search", "/"):
            assert (
                unharmed.get(
                    path, "Content-Length: 1000000000", f"Content-Type: {kind}", method="POST"
                )[0]
                == 413
            )
    for length in ("-1", "1e3", "0x10", "1, 1", "9" * 400):
        assert unharmed.get(
            "/api/3/action/package_list", f"Content-Length: {length}", method="POST"
        )[0] in (400, 413)


def test_a_compressed_body_is_never_unpacked(unharmed: Served) -> None:
    bomb = gzip.compress(b"0" * 200_000_000, 9)
    fields = [
        "Content-Encoding: gzip",
        "Content-Type: application/json",
        f"Content-Length: {len(bomb)}",
        f"Host: 127.0.0.1:{unharmed.port}",
        "Connection: close",
    ]
    sent = (
        "\r\n".join(["POST /api/3/action/datastore_search HTTP/1.1", *fields, "", ""]).encode()
        + bomb
    )
    assert 400 <= unharmed.raw(sent, 20)[0] < 500


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "evil.example#127.0.0.1",
        "127.0.0.1/x?",
        "127.0.0.1:80:80",
        "",
        "x\\y",
        "127.0.0.1 evil",
    ],
)
def test_a_lying_host_is_refused_and_never_repeated(portal: Served, host: str) -> None:
    for path in ("/", "/app", "/healthz", "/app/"):
        status, answer = portal.raw(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: evil.example\r\nConnection:"
            " close\r\n\r\n".encode()
        )
        assert status == 400 and b"evil" not in answer
    assert (
        portal.raw(
            b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        )[0]
        == 400
    )
    assert portal.raw(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")[0] == 400


def test_the_redirect_of_the_start_page_keeps_what_is_asked_and_stays_here(portal: Served) -> None:
    for query in ("?lang=en", "", "?next=//evil.example/"):
        status, answer = portal.get(f"/app{query}")
        assert status == 307 and f"\r\nlocation: /app/{query}\r\n".encode() in answer.lower()


OUTSIDE = [
    "//evil.example",
    "//evil.example/..",
    "/\\evil.example",
    "/%5cevil.example",
    "/%2f%2fevil.example",
    "/app//evil.example",
    "/app//evil.example/",
]
OUTSIDE += [
    "/app/%2f%2fevil.example/",
    "///evil.example/%2e%2e",
    "/app/\\evil.example/",
    "/download//evil.example",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_redirect_leads_off_the_site(portal: Served, path: str) -> None:
    status, answer = portal.get(path)
    assert status in (400, 404) and b"\r\nlocation:" not in answer.lower()
    for own in ("/", "/app"):
        _, answer = portal.get(own)
        places = [line for line in answer.lower().split(b"\r\n") if line.startswith(b"location:")]
        assert all(
            line.startswith((b"location: /", b"location: " + portal.address.encode()))
            and not line.startswith(b"location: //")
            for line in places
        )


LEAVING = [
    "/%2e%2e%2fetc/passwd",
    "/download/..%2f..%2fetc%2fpasswd",
    "/download/%252e%252e%252fetc",
    "/a%00b.csv",
    "/download/hujan.rain.csv%00",
]
LEAVING += [
    "/app/static/../../../etc/passwd",
    "/app/static/%2e%2e/%2e%2e/index.html",
    "/app/component/../../etc/passwd",
    "/app/media/..%2f..%2fx",
]
LEAVING += [
    "/app/%5c%5cevil.example%5cshare",
    "/app/static/..%5c..%5cwindows",
    "/release/../../x",
    "/%0d%0aSet-Cookie:%20a=b",
    "/receipts/../../x.json",
]


@pytest.mark.parametrize("path", LEAVING)
def test_no_path_leads_out_of_the_portal(portal: Served, path: str) -> None:
    status, answer = portal.get(path)
    assert status in (400, 404) and b"root:" not in answer and b"set-cookie" not in answer.lower()


def test_a_method_that_is_none_is_refused(portal: Served) -> None:
    assert {portal.get("/", method=name)[0] for name in ("BREW", "__class__", "GETX", "get")} <= {
        400,
        405,
        501,
    }
    assert {
        portal.get(path, method=name)[0]
        for name in ("PUT", "DELETE", "PATCH", "TRACE")
        for path in ("/", "/app/", "/healthz")
    } == {405}
    assert portal.get("127.0.0.1:80", method="CONNECT")[0] in (400, 404, 405)


def test_a_request_that_can_be_read_in_two_ways_is_refused(portal: Served) -> None:
    head = f"POST /api/3/action/package_list HTTP/1.1\r\nHost: 127.0.0.1:{portal.port}\r\n".encode()
    hidden = b"GET /download/hujan.rain.csv HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    for fields, body in (
        (b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n" + hidden),
        (b"Content-Length: 0\r\nContent-Length: 60\r\n", hidden),
        (b"Transfer-Encoding: chunked\r\n", b"3\r\nabcXX0\r\n\r\n" + hidden),
        (b"Transfer-Encoding: xchunked\r\n", hidden),
        (b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n" + hidden),
    ):
        _, answer = portal.raw(head + fields + b"\r\n" + body)
        assert b"rain_mm" not in answer and answer.count(b"HTTP/1.1 200") == 0


def test_a_chunked_body_without_end_is_cut_off(unharmed: Served) -> None:
    head = (
        "POST /api/3/action/package_list HTTP/1.1\r\nHost:"
        f" 127.0.0.1:{unharmed.port}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    status, _ = unharmed.raw(head + (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 2000)
    assert status in (0, 404, 405, 413)


def test_a_storm_of_conditional_requests_leaves_the_memory_where_it_was(unharmed: Served) -> None:
    tags = ", ".join(f'"{n:032x}"' for n in range(600))
    one = (
        f"GET /download/hujan.rain.csv HTTP/1.1\r\nHost: 127.0.0.1:{unharmed.port}\r\n"
        f"If-None-Match: {tags}\r\nIf-Modified-Since: x\r\n\r\n"
    ).encode()
    for _ in range(10):
        _, answers = unharmed.raw(
            one * 30 + one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), 30
        )
        assert answers.count(b"HTTP/1.1 200") == 31


def test_requests_sent_ahead_in_thousands_end_their_connection(unharmed: Served) -> None:
    one = f"GET /?p=1 HTTP/1.1\r\nHost: 127.0.0.1:{unharmed.port}\r\n\r\n".encode()
    unharmed.raw(one * 3 + one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), 30)
    before = unharmed.rss()
    lines = [socket.create_connection(("127.0.0.1", unharmed.port), timeout=30) for _ in range(10)]
    for line in lines:
        with suppress(BrokenPipeError, ConnectionResetError):
            line.sendall(one * 5000)
    for line in lines:
        with suppress(ConnectionResetError):
            while line.recv(65536):
                pass
        line.close()
    assert unharmed.rss() - before < 24
    assert unharmed.get("/healthz")[0] == 200


def test_a_head_that_never_ends_is_ended_while_a_request_is_answered_too() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(30)

    port = free_port()
    config = uvicorn.Config(
        slow, port=port, http=BoundedProtocol, lifespan="off", log_level="error"
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nX: ")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for _ in range(1000):
                line.sendall(b"a" * 1024)
                time.sleep(0.001)
    server.force_exit = server.should_exit = True
    thread.join(10)


def test_half_open_connections_are_closed_and_nobody_waits_for_them(
    unharmed: Served, unguarded: Served
) -> None:
    control = socket.create_connection(("127.0.0.1", unguarded.port), timeout=0.2)
    control.sendall(b"GET / HTTP/1.1\r\nX: ")
    start, lines = (
        time.monotonic(),
        [socket.create_connection(("127.0.0.1", unharmed.port), timeout=30) for _ in range(500)],
    )
    for number, line in enumerate(lines):
        line.sendall((b"GET / HTTP/1.1\r\nX: ", b"", b"\r\n")[number % 3])
    drip = lines[0]
    for _ in range(5):
        assert unharmed.get("/healthz")[0] == 200
        drip.sendall(b"a")
        time.sleep(1)
    for line in lines:
        assert line.recv(100) == b""
        line.close()
    assert time.monotonic() - start < 30, "a head that never ends is not waited for"
    with pytest.raises(TimeoutError):
        control.recv(100)  # the bare server waits on
    control.close()


def test_a_log_record_is_one_line_and_holds_no_query(portal: Served) -> None:
    portal.get(f"/receipts/hujan.rain.json?nik={CANARY}")
    portal.get(
        f"/download/x%0d%0a%7b%22level%22:%22forged%22%7d?secret={CANARY}",
        f"Authorization: Bearer {CANARY}",
        f"Cookie: a={CANARY}",
    )
    records = [
        json.loads(line)
        for line in portal.log.read_text("utf-8").splitlines()
        if line.startswith("{")
    ]
    assert any("forged" in record.get("path", "") for record in records), "the request is recorded"
    assert all(record["level"] in ("INFO", "WARNING") for record in records)
    assert CANARY not in portal.log.read_text("utf-8")


def test_an_error_says_nothing_of_the_inside(house: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    (lake / "releases").mkdir(parents=True)
    broken = lake / "releases" / "20260101T000000Z-0000000000000000"
    broken.mkdir()
    (broken / "manifest.json").write_text(CANARY)
    (lake / "releases" / "current").symlink_to(broken.name)
    with serving(lake, tmp_path / "log", "info") as served:
        status, answer = served.get(f"/receipts/hujan.rain.json?nik={CANARY}")
        assert status in (404, 500, 503)
        for text in (answer.decode(), served.log.read_text("utf-8")):
            assert not [
                word for word in ("Traceback", CANARY, str(lake), "site-packages") if word in text
            ]


def test_closed_and_unknown_are_the_same_answer(portal: Served) -> None:
    def said(path: str) -> bytes:
        return portal.get(path)[1].partition(b"\r\n\r\n")[2]

    for form in ("/download/{}.csv", "/receipts/{}.json"):
        answers = {
            said(form.format(name))
            for name in (
                "nobody.nothing",
                "lumbung.verdicts",
                "hujan.rain_history",
                "hujan.rain%5d",
                "hujan.rain'--",
                "]",
            )
        }
        assert len(answers) == 1 and b"rain_mm" not in answers.pop()


def test_nothing_of_an_address_is_repeated_as_html(portal: Served) -> None:
    for path in (
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "/app/%3Cscript%3Ealert(1)%3C/script%3E",
        "/app/?lang=%3Cscript%3Ealert(1)",
        "/?_trace=%3Cscript%3Ealert(1)",
    ):
        assert b"<script>alert(1)" not in portal.get(path, "Accept: text/html")[1]


def test_no_address_outside_streamlit_sets_a_cookie(portal: Served) -> None:
    for path in (
        "/healthz",
        "/readyz",
        "/download/hujan.rain.csv",
        "/receipts/hujan.rain.json",
        "/nothing",
    ):
        _, answer = portal.get(path)
        head = answer.partition(b"\r\n\r\n")[0].lower()
        assert (
            b"set-cookie" not in head
            and b"x-content-type-options: nosniff" in head
            and b"content-security-policy:" in head
        )
        assert b"strict-transport-security" not in head, "only where the public address is https"


def test_there_is_no_sql_of_the_public(portal: Served) -> None:
    for path in ("/api/3/action/datastore_search_sql", "/api/action/datastore_search_sql"):
        status, answer = portal.get(path + "?sql=SELECT%20*%20FROM%20hujan.rain")
        assert 400 <= status < 500 and b"rain_mm" not in answer


def test_nothing_can_be_uploaded(portal: Served) -> None:
    for method in ("PUT", "POST", "DELETE"):
        assert (
            portal.get("/app/_stcore/upload_file/a/b", "Content-Length: 0", method=method)[0] == 405
        )
        assert (
            portal.get("/app/_stcore/agent/interact", "Content-Length: 0", method=method)[0] == 405
        )
    for path in (PROJECT / "portal").rglob("*.py"):
        text = path.read_text("utf-8")
        assert not [
            word
            for word in ("file_uploader", "camera_input", "audio_input", ".form()", "components.v1")
            if word in text
        ], path


def test_the_portal_can_fetch_nothing_and_send_no_mail() -> None:
    refused = {
        "httpx",
        "httpx2",
        "requests",
        "urllib3",
        "aiohttp",
        "urllib.request",
        "http.client",
        "smtplib",
        "ftplib",
        "socket",
        "subprocess",
    }
    for path in (PROJECT / "portal").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not refused & {name for name in names if name}, path


def test_a_websocket_of_a_foreign_page_is_refused(unharmed: Served) -> None:
    address = f"ws://127.0.0.1:{unharmed.port}/app/_stcore/stream"
    for origin in (
        "http://evil.example",
        "null",
        "http://localhost:3000",
        "http://127.0.0.1:1",
        f"http://127.0.0.1:{unharmed.port}.evil.example",
    ):
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(address, origin=origin, subprotocols=["streamlit"]),
        ):
            pass
        assert refused.value.response.status_code == 403
    with connect(address, origin=unharmed.address, subprotocols=["streamlit"]) as session:
        assert session.subprotocol == "streamlit"
    for path in ("/app/other", "/x", "/app/%2e%2e/x"):
        with pytest.raises(InvalidStatus), connect(f"ws://127.0.0.1:{unharmed.port}{path}"):
            pass


def test_a_forged_message_ends_its_session_and_no_other(unharmed: Served) -> None:
    address = f"ws://127.0.0.1:{unharmed.port}/app/_stcore/stream"
    for forged in (b"\xff" * 1000, b"\x5a\xff\xff\xff\xff\x0f", "text", b"\x00" * 2_000_000):
        with (
            connect(address, origin=unharmed.address, subprotocols=["streamlit"]) as session,
            pytest.raises((ConnectionClosed, TimeoutError)),
        ):
            session.send(forged)
            for _ in range(100):
                session.recv(timeout=5)


def test_a_full_portal_says_so_and_points_to_the_light_pages(portal: Served) -> None:
    address, opened = f"ws://127.0.0.1:{portal.port}/app/_stcore/stream", []

    def another(source: str) -> None:
        opened.append(
            connect(
                address,
                origin=portal.address,
                subprotocols=["streamlit"],
                source_address=(source, 0),
            )
        )

    try:
        for _ in range(4):
            another("127.0.0.1")
        with pytest.raises(InvalidStatus) as refused:
            another("127.0.0.1")
        assert refused.value.response.status_code == 503, "nobody takes more than half"
        assert portal.get("/app/", "Accept: text/html")[0] == 200
        for _ in range(4):
            another("127.0.0.2")
        with pytest.raises(InvalidStatus):
            another("127.0.0.3")
        for query, word in (("", "sedang penuh"), ("?lang=en", "is full")):
            status, page = portal.get(f"/app/catalogue{query}", "Accept: text/html")
            assert (
                status == 503
                and word in page.decode()
                and b'href="/catalog' in page
                and b"retry-after" in page.lower()
            )
        assert portal.get("/download/hujan.rain.csv")[0] == 200
    finally:
        for session in opened:
            session.close()
    time.sleep(0.5)
    another("127.0.0.1")
    opened[-1].close()
