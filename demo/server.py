"""The demo city's web interfaces on loopback, as one application: what they are says each system's
module.

``serve`` runs them in this process; ``faults`` lets a test answer in the server's place.
Standalone: ``python -m demo.server``.
"""

import argparse
import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo import everything
from demo.city import ZONE, City

Faults = Callable[[Request], Response | None]


def make_app(city: City, faults: Faults | None = None) -> Starlette:
    """Return the city's web application; what ``faults`` answers stands in the place of the
    city's own answer.
    """

    def guarded(route: Route) -> Route:
        async def answer(request: Request) -> Response:
            fault = faults(request) if faults else None
            if fault is not None:
                return fault
            return (
                await route.endpoint(request)
                if inspect.iscoroutinefunction(route.endpoint)
                else await run_in_threadpool(route.endpoint, request)
            )

        return Route(route.path, answer, methods=sorted(route.methods or {"GET"}))

    return Starlette(routes=[guarded(route) for route in everything.routes(city)])


@contextmanager
def serve(
    city: City,
    folder: Path,
    port: int = 8600,
    host: str = "127.0.0.1",
    faults: Faults | None = None,
) -> Iterator[str]:
    """Serve ``city`` until the block ends and yield its address; port 0 takes a free one.
    ``folder`` holds its files (see ``prepare``).
    """
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(city, faults), host=host, port=port, log_level="error", lifespan="off"
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise OSError(f"the demo city could not listen on {host}:{port}")
        time.sleep(0.01)
    try:
        yield f"http://{host}:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def main() -> None:
    """Prepare and serve a city from the command line."""
    parser = argparse.ArgumentParser(description="The synthetic demo city.")
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1571)
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(ZONE).date())
    parser.add_argument("--port", type=int, default=8600)
    parser.add_argument("--folder", type=Path, default=Path(".lumbung/city"))
    options = parser.parse_args()
    city = City(options.today, options.seed, options.scale, options.days)
    everything.prepare(city, options.folder)
    with serve(city, options.folder, options.port) as address:
        print(f"synthetic city at {address}; Ctrl-C stops it")
        threading.Event().wait()


if __name__ == "__main__":
    main()
