"""The portal in a process of its own, by the command that `lumbung serve` runs, and bytes sent
to it that no HTTP client would send.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import PROJECT


@dataclass(frozen=True)
class Served:
    """A running portal: where it is, which process, what it said on standard error."""

    address: str
    port: int
    pid: int
    log: Path

    def rss(self) -> float:
        """Memory of the process now, in MiB."""
        return (
            next(
                int(line.split()[1])
                for line in Path(f"/proc/{self.pid}/status").read_text().splitlines()
                if line.startswith("VmRSS")
            )
            / 1024
        )

    def raw(self, sent: bytes, seconds: float = 5.0) -> tuple[int, bytes]:
        """Send bytes on a connection and read to its end: the status (0 for none) and all that
        came back, also when it was refused half-way.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as line:
            with suppress(BrokenPipeError, ConnectionResetError):
                line.sendall(sent)
            return _read(line)

    def get(
        self, path: str, *fields: str, method: str = "GET", host: str | None = None
    ) -> tuple[int, bytes]:
        """Ask for a path exactly as it is written."""
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {host or f'127.0.0.1:{self.port}'}",
            "Connection: close",
            *fields,
        ]
        return self.raw("\r\n".join([*lines, "", ""]).encode())


def _read(line: socket.socket) -> tuple[int, bytes]:
    came = b""
    with suppress(ConnectionResetError):
        while chunk := line.recv(65536):
            came += chunk
    return int(came.split(b" ", 2)[1]) if came.startswith(b"HTTP/1.1 ") else 0, came


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(lake: Path, log: Path, level: str = "error", **settings: str) -> Iterator[Served]:
    """Serve a lake on a free port until the block ends, with ``settings`` in its environment."""
    port = free_port()
    own = {
        "LUMBUNG_LAKE": str(lake),
        "LUMBUNG_COUNTS": str(log.with_suffix(".sqlite")),
        "LUMBUNG_URL": f"http://127.0.0.1:{port}",
        **settings,
    }
    with started(
        ["-m", "portal.http.server", "--port", str(port), "--log-level", level], port, log, own
    ) as served:
        yield served


@contextmanager
def bare(log: Path) -> Iterator[Served]:
    """Serve ``tests.bare`` by uvicorn as it comes."""
    port = free_port()
    with started(
        ["-m", "uvicorn", "tests.bare:app", "--port", str(port), "--log-level", "error"],
        port,
        log,
        {},
    ) as served:
        yield served


@contextmanager
def started(command: list[str], port: int, log: Path, settings: dict[str, str]) -> Iterator[Served]:
    """Run Python with ``command`` until the block ends, once it answers on ``port``."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **settings}
    with (
        log.open("wb") as file,
        subprocess.Popen(
            [sys.executable, *command], env=environment, cwd=PROJECT, stdout=file, stderr=file
        ) as server,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", server)
            yield Served(f"http://127.0.0.1:{port}", port, server.pid, log)
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_for(url: str, server: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    """Wait until an address answers; RuntimeError when the server ended or did not come up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not come up; exit code {server.poll()}")
