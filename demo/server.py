"""The demo city's HTTP interfaces on loopback: SIKESAL as Open311 GeoReport v2, AQMS as OGC SensorThings 1.1.

``serve`` runs them in this process; ``faults`` lets a test answer in the server's place. Standalone: ``python -m demo.server``.
"""

import argparse
import re
import threading
import time as clock
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo import air, complaints
from demo.city import ZONE, City
from demo.everything import prepare

Faults = Callable[[Request], Response | None]
FILTER = r"phenomenonTime ge (\S+) and phenomenonTime lt (\S+)"


def make_app(city: City, faults: Faults | None = None) -> Starlette:
    """Return the city's web application."""

    def guarded(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
        return lambda request: (faults(request) if faults else None) or answer(request)

    def requests(request: Request) -> Response:
        query = request.query_params
        size, page = min(int(query.get("page_size", 50)), 200), int(query.get("page", 1))
        after, before = (_moment(query[name]) if name in query else None for name in ("updated_after", "updated_before"))
        rows = [each for each in complaints.build(city)[0] if (not after or each["_at"] >= after) and (not before or each["_at"] < before)]
        return JSONResponse([_public(each) for each in rows[(page - 1) * size : page * size]], headers={"X-Total-Count": str(len(rows))})

    def services(_: Request) -> Response:
        return JSONResponse([{"service_code": code, "service_name": name, "metadata": False, "type": "realtime"} for code, name, *_ in complaints.CATEGORIES])

    def observations(request: Request) -> Response:
        query = request.query_params
        match = re.search(FILTER, query.get("$filter", ""))
        start, end = (_moment(each) for each in match.groups()) if match else (None, None)
        as_of = datetime.combine(city.today, time(), ZONE)
        rows = [each for each in air.build(city)[0] if each["_arrives"] <= as_of and (not start or start <= each["_at"] < end)]
        top, skip = int(query.get("$top", 100)), int(query.get("$skip", 0))
        answer: dict[str, Any] = {"@iot.count": len(rows), "value": [_public(each) for each in rows[skip : skip + top]]}
        if skip + top < len(rows):
            answer["@iot.nextLink"] = f"{request.url.replace(query='')}?{urlencode({**query, '$skip': skip + top})}"
        return JSONResponse(answer)

    def things(_: Request) -> Response:
        return JSONResponse({"@iot.count": 1, "value": [{"@iot.id": 1, "name": air.STATION, "description": "Data sintetis / synthetic data"}]})

    routes = [
        Route("/sikesal/open311/v2/requests.json", guarded(requests)),
        Route("/sikesal/open311/v2/services.json", guarded(services)),
        Route("/aqms/v1.1/Observations", guarded(observations)),
        Route("/aqms/v1.1/Things", guarded(things)),
    ]
    return Starlette(routes=routes)


def _public(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("_")}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace(" ", "+"))


@contextmanager
def serve(city: City, folder: Path, port: int = 8600, host: str = "127.0.0.1", faults: Faults | None = None) -> Iterator[str]:
    """Serve ``city`` until the block ends and yield its address; port 0 takes a free one. ``folder`` holds its files (see ``prepare``)."""
    server = uvicorn.Server(uvicorn.Config(make_app(city, faults), host=host, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise OSError(f"the demo city could not listen on {host}:{port}")
        clock.sleep(0.01)
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
    given = parser.parse_args()
    city = City(given.today, given.seed, given.scale, given.days)
    prepare(city, given.folder)
    with serve(city, given.folder, given.port) as address:
        print(f"synthetic city at {address}; Ctrl-C stops it")
        threading.Event().wait()


if __name__ == "__main__":
    main()
