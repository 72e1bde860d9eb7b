"""``make load``: 50 people explore and 200 programs ask for five minutes; errors, times, and the
memory before, at its peak and afterwards.

The portal keeps some answers in memories of a bounded size. So the crowd comes twice with a rest
after each time: the first fills those memories, and what the second adds is memory that was not
given back.

A person is a Streamlit session over its own websocket, speaking Streamlit's messages: opens a page,
reads, goes to another, closes the tab after a minute and comes back as somebody new. A program asks
the row API, catalogue and files with a pause between. Each has an address of its own in
127.0.0.0/8, so that the limits per address hold as they are shipped. The lake is the one
``LUMBUNG_LAKE`` names. Exit code 1 when anything failed or more than ``KEPT`` was not given back.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from pipelines.settings import PROJECT, lake_path
from portal.api.answer_cache import MOST as MOST_ANSWERS
from portal.explore.sections import OFFICE
from tests.serving import Served, serving

SEED = random.SystemRandom().randint(1, 999_999)
"""Every crowd asks something else, so that what grows with each new question is seen to grow."""
PAGES = (
    "",
    "catalogue",
    "operations",
    "corrections",
    "compare",
    "quality",
    "withheld",
    "conformance",
    "developers",
    "glossary",
    OFFICE,
)
ANYWHERE = (
    "/catalog",
    "/kpi",
    "/api/3/action/package_search?rows=20",
    "/feeds/all.atom",
    "/sitemap.xml",
    "/data.json",
    "/catalog.ttl",
    "/openapi.json",
)
"""Asked for as well, where they answer."""
READING, PAUSE, TAB = (2.0, 8.0), (0.5, 3.5), 60.0
"""Seconds between two pages of a person, two requests of a program, and until a tab is closed."""
WARM = 5
"""Pages of a kind that are seen beforehand."""
RUN_SECONDS = 60.0
"""How long a page may take before it counts as an error."""
FILLING = 0.5
"""How long the first crowd stays, as a share of the second's stay."""
MOST = 768
"""MiB that the portal may hold at any moment."""
KEPT = MOST_ANSWERS // 2**20 + 16
"""MiB by which two rests may differ: the memory of answers may still fill, and allocators are
not exact.
"""


@dataclass
class Tally:
    """What happened: seconds of what went well by kind, and what did not, counted by its words."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)

    def well(self, kind: str, seconds: float) -> None:
        """Note that something went well."""
        self.seconds.setdefault(kind, []).append(seconds)


async def person(
    portal: Served, number: int, names: dict[str, list[str]], until: float, tally: Tally
) -> None:
    """Explore until the time is over, a tab after another."""
    rng = random.Random(f"{SEED} {until} {number}")
    address = f"127.0.{1 + number // 200}.{1 + number % 200}"
    while (now := time.monotonic()) < until:
        closed = min(until, now + rng.uniform(TAB / 2, TAB))
        try:
            options: dict[str, Any] = {
                "origin": portal.address,
                "subprotocols": ["streamlit"],
                "local_addr": (address, 0),
                "max_size": None,
            }
            async with connect(
                f"ws://127.0.0.1:{portal.port}/app/_stcore/stream", **options
            ) as tab:
                while time.monotonic() < closed:
                    page, query = _somewhere(rng, names)
                    begun = time.perf_counter()
                    wrong = await asyncio.wait_for(shown(tab, page, query), RUN_SECONDS)
                    if wrong:
                        tally.errors[f"page {page}: {wrong}"] += 1
                    else:
                        tally.well("page", time.perf_counter() - begun)
                    await asyncio.sleep(rng.uniform(*READING))
        except (OSError, TimeoutError, ConnectionClosed) as error:
            tally.errors[f"session: {type(error).__name__} {error}"] += 1
            await asyncio.sleep(1)


def _somewhere(rng: random.Random, names: dict[str, list[str]]) -> tuple[str, str]:
    lang = rng.choice(({}, {"lang": "en"}))
    if rng.random() < 0.5:
        kind = rng.choice([name for name in names if names[name]])
        return kind, urlencode({"id": rng.choice(names[kind]), **lang})
    return rng.choice(PAGES), urlencode(lang)


async def shown(tab: Any, page: str, query: str) -> str:
    """Ask for a page and take what is drawn until its script has ended; return what is wrong
    with it, empty for nothing.
    """
    asked = BackMsg()
    asked.rerun_script.query_string, asked.rerun_script.page_name = query, page
    await tab.send(asked.SerializeToString())
    drawn, wrong = 0, ""
    while True:
        message = ForwardMsg()
        message.ParseFromString(await tab.recv())
        match message.WhichOneof("type"):
            case "delta":
                drawn += 1
                if (
                    message.delta.WhichOneof("type") == "new_element"
                    and message.delta.new_element.WhichOneof("type") == "exception"
                ):
                    wrong = f"exception {message.delta.new_element.exception.type}"
            case "page_not_found":
                wrong = "no such page"
            case "script_finished" if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return wrong or ("" if drawn else "nothing was drawn")
            case "script_finished" if (
                message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR
            ):
                return "the script does not compile"


async def program(
    portal: Served, number: int, addresses: list[str], until: float, tally: Tally
) -> None:
    """Ask the machine addresses until the time is over, reading each answer to its end."""
    rng = random.Random(f"{SEED} {until} {number}")
    way = httpx.AsyncHTTPTransport(local_address=f"127.1.{1 + number // 200}.{1 + number % 200}")
    async with httpx.AsyncClient(transport=way, base_url=portal.address, timeout=60) as client:
        await asyncio.sleep(rng.uniform(0, PAUSE[1]))
        while time.monotonic() < until:
            path, begun = (
                rng.choice(addresses).replace("LIMIT", str(rng.randint(1, 500))),
                time.perf_counter(),
            )
            try:
                answer = await client.get(path, follow_redirects=True)
                if answer.status_code == 200:
                    tally.well("request", time.perf_counter() - begun)
                else:
                    tally.errors[f"{answer.status_code} {path.partition('?')[0]}"] += 1
            except httpx.HTTPError as error:
                tally.errors[f"{type(error).__name__} {path.partition('?')[0]}"] += 1
            await asyncio.sleep(rng.uniform(*PAUSE))


def places(portal: Served) -> tuple[dict[str, list[str]], list[str]]:
    """Return the ids a page may be asked for, by page, and the addresses for programs: whatever
    the portal says it has.
    """
    with httpx.Client(base_url=portal.address, timeout=60) as client:
        listed = client.get("/api/v1/tables").raise_for_status().json()["tables"]
        tables = [table["name"] for table in listed]
        found = ["/api/v1/tables"]
        for name in tables:
            found += [
                f"/api/v1/tables/{name}",
                f"/api/v1/tables/{name}/rows?limit=LIMIT",
                f"/api/v1/tables/{name}/aggregate?measure=count",
                f"/download/{name}.csv",
            ]
            found += [
                f"/api/v1/tables/{name}/rows?limit=1000&format={form}"
                for form in ("csv", "ndjson", "parquet")
            ]
        found += [path for path in ANYWHERE if client.get(path).status_code == 200]
    kpis = [name.removeprefix("kpi.") for name in tables if name.startswith("kpi.")]
    return {"dataset": [name for name in tables if not name.startswith("kpi.")], "kpi": kpis}, [
        quote(name, safe="/?=&") for name in found
    ]


async def watched(portal: Served, tally: Tally, until: float) -> None:
    """Note the memory every second."""
    begun = time.monotonic()
    while time.monotonic() < until:
        tally.memory.append((time.monotonic() - begun, portal.rss()))
        await asyncio.sleep(1)


async def warm(portal: Served, names: dict[str, list[str]], tally: Tally) -> None:
    """Let one person see every kind of page a few times, so that what is loaded once is not
    counted as growth.
    """
    options: dict[str, Any] = {
        "origin": portal.address,
        "subprotocols": ["streamlit"],
        "max_size": None,
    }
    async with connect(f"ws://127.0.0.1:{portal.port}/app/_stcore/stream", **options) as tab:
        everything = [(page, "") for page in PAGES] + [
            (page, urlencode({"id": name})) for page, ids in names.items() for name in ids[:WARM]
        ]
        for page, query in everything:
            if wrong := await asyncio.wait_for(shown(tab, page, query), RUN_SECONDS):
                tally.errors[f"page {page}: {wrong} (one person alone, {query})"] += 1


async def crowd(portal: Served, people: int, programs: int, seconds: float, rest: float) -> Tally:
    """Let everybody come for some seconds and go again, and return what happened until the rest
    afterwards is over.
    """
    tally = Tally()
    names, addresses = places(portal)
    until = time.monotonic() + seconds
    everybody = [person(portal, n, names, until, tally) for n in range(people)] + [
        program(portal, n, addresses, until, tally) for n in range(programs)
    ]
    await asyncio.gather(watched(portal, tally, until), *everybody)
    await watched(portal, tally, time.monotonic() + rest)
    return tally


async def all_of_them(
    portal: Served, people: int, programs: int, seconds: float, rest: float
) -> dict[str, Any]:
    """Run the load and return the figures."""
    fresh, first = portal.rss(), Tally()
    await warm(portal, places(portal)[0], first)
    seen = portal.rss()
    filling = await crowd(portal, people, programs, seconds * FILLING, rest)
    before = portal.rss()
    tally = await crowd(portal, people, programs, seconds, rest)
    after, load = portal.rss(), os.getloadavg()[1]
    errors = first.errors + filling.errors + tally.errors
    figures = {
        "seed": SEED,
        "people": people,
        "programs": programs,
        "seconds": seconds,
        "load average of 5 minutes": load,
        "cores": os.cpu_count(),
        "errors": errors.total(),
        "error kinds": dict(errors.most_common(12)),
        "memory MiB": {
            "started": fresh,
            "every kind of page seen": seen,
            "a crowd came and went": before,
            "peak": max(amount for _, amount in tally.memory),
            "another came and went": after,
            "not given back": after - before,
        },
        "memory": tally.memory[::5],
    }
    for kind, spent in tally.seconds.items():
        cuts = statistics.quantiles(spent, n=100) if len(spent) > 1 else spent * 99
        figures[kind] = {
            "count": len(spent),
            "median s": cuts[49],
            "p95 s": cuts[94],
            "p99 s": cuts[98],
            "most s": max(spent),
        }
    return figures


def main() -> None:
    """Serve the lake, load it, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument(
        "--rest",
        type=float,
        default=90,
        help="seconds to wait for the memory afterwards; sessions are forgotten after 30",
    )
    given = parser.parse_args()
    lake = lake_path()
    if not (lake / "releases" / "current").exists():
        raise SystemExit(
            f"{lake} has no release; `make run` makes one, LUMBUNG_LAKE names another lake"
        )
    with (
        tempfile.TemporaryDirectory(prefix="lumbung-load-") as folder,
        serving(lake, Path(folder) / "portal.log") as portal,
    ):
        figures = asyncio.run(
            all_of_them(portal, given.people, given.programs, given.seconds, given.rest)
        )
        said = portal.log.read_text("utf-8")
        figures["log"] = Counter(line[:300] for line in said.splitlines()).most_common(5)
    (PROJECT / "bench").mkdir(exist_ok=True)
    (PROJECT / "bench" / "load.json").write_text(json.dumps(figures, indent=1))
    print(
        json.dumps({name: figure for name, figure in figures.items() if name != "memory"}, indent=1)
    )
    held = figures["memory MiB"]
    sys.exit(1 if figures["errors"] or held["not given back"] > KEPT or held["peak"] > MOST else 0)


if __name__ == "__main__":
    main()
