"""`lumbung serve` as it is shipped: both halves of an answer leave at once, and the process ends
with its command.
"""

import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cli.serving import environment_of
from pipelines.settings import PROJECT
from tests.serving import bare, free_port, wait_for

pytestmark = pytest.mark.xdist_group("threats")
ASKED = 150
WORST = 10
"""How many times a bare server's time our answer may take. The trap (no TCP_NODELAY, so each
answer waits for an acknowledgement) costs over 100 times.
"""


class Trapped(BaseHTTPRequestHandler):
    """A server with the trap: head and body leave one after another, and the second waits for
    the client's delayed acknowledgement.
    """

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def trapped() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Trapped)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def shipped(tmp_path: Path) -> Iterator[int]:
    port = free_port()
    command = [
        sys.executable,
        "-c",
        "from cli.main import main; main()",
        "serve",
        "--port",
        str(port),
        "--dagster-port",
        "0",
        "--lake",
        str(tmp_path / "lake"),
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "LUMBUNG_COUNTS": str(tmp_path / "counts.sqlite"),
    }
    with subprocess.Popen(
        command, env=environment, cwd=PROJECT, stdout=subprocess.DEVNULL
    ) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", server)
            yield port
        finally:
            server.terminate()
            assert server.wait(timeout=30) == 0


def median(port: int) -> float:
    """Seconds that half of the answers on one kept connection take at most."""
    line, spent = http.client.HTTPConnection("127.0.0.1", port, timeout=10), []
    for _ in range(ASKED):
        begun = time.perf_counter()
        line.request("GET", "/healthz")
        assert line.getresponse().read() == b"ok"
        spent.append(time.perf_counter() - begun)
    line.close()
    return statistics.median(spent)


def test_no_answer_waits_for_an_acknowledgement(shipped: int, trapped: int, tmp_path: Path) -> None:
    with bare(tmp_path / "log") as floor:
        rounds = [(median(shipped), median(floor.port)) for _ in range(3)]
        ratio = min(ours / theirs for ours, theirs in rounds)
        assert ratio < WORST, rounds
        assert median(trapped) / min(theirs for _, theirs in rounds) > WORST, (
            "the measure sees the trap"
        )


def test_the_servers_read_and_write_where_the_command_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("LUMBUNG_SPOOL", "LUMBUNG_COUNTS", "LUMBUNG_CITY_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LUMBUNG_REGISTERS", "registers")
    told = environment_of(tmp_path / "lake", tmp_path / "contracts", 8501)
    assert told["LUMBUNG_SPOOL"] == str(tmp_path / ".lumbung" / "spool")
    assert told["LUMBUNG_REGISTERS"] == str(tmp_path / "registers")
    assert told["LUMBUNG_COUNTS"] == str(tmp_path / ".lumbung" / "counts.sqlite")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("events.ndjson", "{here}/events.ndjson"),
        ("file://events.ndjson", "{here}/events.ndjson"),
        ("/var/events.ndjson", "/var/events.ndjson"),
        ("https://lineage.example/api", "https://lineage.example/api"),
        ("", ""),
    ],
)
def test_events_go_to_the_file_that_was_named_where_the_command_was_typed(
    said: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUMBUNG_OPENLINEAGE", said)
    environment = environment_of(tmp_path / "lake", tmp_path / "contracts", 8501)
    assert environment["LUMBUNG_OPENLINEAGE"] == told.format(here=tmp_path)
