"""A source over HTTP on loopback whose answers a test writes, and which keeps what it was asked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[int, Mapping[str, str], bytes]


class Served:
    """``answer(method, path, query, headers)`` gives status, headers and body; ``asked`` are the
    requests so far, each as method, path and query.
    """

    def __init__(
        self, answer: Callable[[str, str, dict[str, str], dict[str, str]], Answer]
    ) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.url = ""

    def taken(self) -> list[tuple[str, str, dict[str, str]]]:
        """Return what was asked since this was called last."""
        asked, self.asked = self.asked, []
        return asked


@contextmanager
def serve(
    answer: Callable[[str, str, dict[str, str], dict[str, str]], Answer],
) -> Iterator[Served]:
    """Serve ``answer`` while the block runs."""
    source = Served(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query, method = dict(parse_qsl(parts.query)), self.command
            source.asked.append((method, parts.path, query))
            status, headers, body = source.answer(method, parts.path, query, dict(self.headers))
            self.send_response(status)
            if "Content-Length" not in headers and status != 304:
                self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            if method == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    source.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield source
    finally:
        server.shutdown()
        server.server_close()
