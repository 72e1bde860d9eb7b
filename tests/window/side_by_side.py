"""Part (h) of ``make bench``: the portal beside Datasette and CKAN's datastore over the same table,
asked the same by 1, 4 and 16 clients.

Medians by wrk, memory of all of a server's processes afterwards (without PostgreSQL and Redis). A
line that is lost stands in the table like any other. ``python -m tests.window.side_by_side --folder
KEPT`` keeps environments and databases for the next time.
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import psycopg

from pipelines.settings import PROJECT
from tests.serving import serving
from tests.window.million import GAUGES, NAME, csv_of, release
from tests.window.peers import Peer, ckan, datasette

LINES = (
    "new page with total",
    "page with total",
    "page without total",
    "filter with total",
    "facet",
    "group by",
    "whole CSV",
)
NEW = range(101, 141)
"""Sizes of pages that were never asked for; every other line but the filter repeats its
question, and who remembers answers may do so.
"""
OURS = {
    "new page with total": f"/api/v1/tables/{NAME}/rows?limit=SIZE",
    "page with total": f"/api/v1/tables/{NAME}/rows?limit=100",
    "page without total": f"/api/v1/tables/{NAME}/rows?limit=100&total=none",
    "filter with total": (
        f"/api/v1/tables/{NAME}/rows?limit=SIZE&filter=gauge:eq:GAUGE&filter=kind:eq:wet"
    ),
    "facet": f"/api/v1/tables/{NAME}/aggregate?group=kind&measure=count&sort=-count",
    "group by": (
        f"/api/v1/tables/{NAME}/aggregate?group=gauge,kind&measure=count,mean:rain_mm&limit=10000"
    ),
    "whole CSV": f"/download/{NAME}.csv",
}
ASK = """
local n = 0
request = function()
  n = n + 1
  local path = string.gsub("{path}", "GAUGE", "G" .. ({first} + n % {share}))
  return wrk.format("GET", (string.gsub(path, "SIZE", 100 + math.floor(n / {share}))))
end
done = function(summary, latency, requests)
  io.write(string.format("\\nJSON %d %d %d %d %.1f %.1f\\n", summary.requests,
  summary.errors.status + summary.errors.timeout + summary.errors.read
    + summary.errors.connect, summary.bytes, summary.duration, latency:percentile(50),
    latency:percentile(99)))
end
"""
CLIENTS = (1, 4, 16)
SHARE = GAUGES // len(CLIENTS)
"""Gauges a run filters by, its own: no run asks what an earlier one has asked, and one that has
asked of all its gauges goes on with pages of one row more.
"""
SLOW = 15.0
"""Seconds after which one answer is enough: what takes longer is asked by one client only."""


@contextmanager
def ours(lake: Path, folder: Path) -> Iterator[Peer]:
    """Serve the table by the command that is shipped, with no limit of requests per address."""
    with serving(lake, folder / "portal.log", LUMBUNG_RATE="0") as served:
        yield Peer("Lumbung", served.address, OURS, served.pid)


def memory(pid: int) -> float:
    """Resident memory of a process and those below it, in MiB."""
    below: dict[int, list[int]] = {}
    held: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in path.read_text().splitlines() if ":" in line)
        except OSError:
            continue  # a process that ended meanwhile
        below.setdefault(int(told["PPid"]), []).append(int(told["Pid"]))
        held[int(told["Pid"])] = int(told.get("VmRSS", "0 kB").split()[0])
    waiting, total = [pid], 0
    while waiting:
        one = waiting.pop()
        total += held.get(one, 0)
        waiting += below.get(one, [])
    return total / 1024


def once(peer: Peer, line: str, size: int = 100) -> float:
    """Return the seconds that one answer takes, read to its end."""
    begun = time.perf_counter()
    with urllib.request.urlopen(
        peer.address + peer.lines[line].replace("GAUGE", "G77").replace("SIZE", str(size)),
        timeout=600,
    ) as answer:
        while answer.read(1 << 20):
            pass
    return time.perf_counter() - begun


def timings(peer: Peer, line: str, clients: int, seconds: int, folder: Path) -> dict[str, float]:
    """Ask one line by ``clients`` kept connections for some seconds: median and 99th percentile
    in ms, answers a second, errors.
    """
    script = folder / "ask.lua"
    script.write_text(
        ASK.format(first=CLIENTS.index(clients) * SHARE, share=SHARE, path=peer.lines[line])
    )
    command = [
        "wrk",
        "-t1",
        f"-c{clients}",
        f"-d{seconds}s",
        "--timeout",
        "120s",
        "-s",
        str(script),
        peer.address,
    ]
    told = re.search(
        r"JSON (\d+) (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+)",
        subprocess.run(command, check=True, capture_output=True, text=True).stdout,
    )
    if told is None or not int(told[1]):
        return {
            "ms": once(peer, line) * 1000,
            "p99 ms": float("nan"),
            "a second": float("nan"),
            "errors": 0.0,
        }
    count, errors, _, micros, half, most = map(float, told.groups())
    return {
        "ms": half / 1000,
        "p99 ms": most / 1000,
        "a second": count / (micros / 1e6),
        "errors": errors,
    }


def whole(peer: Peer, clients: int) -> dict[str, float]:
    """Fetch the whole CSV by ``clients`` at a time: the seconds until the last one is done, and
    how many were cut off.
    """

    def fetched(_: int) -> int:
        try:
            once(peer, "whole CSV")
        except (OSError, HTTPException):
            return 1
        return 0

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        errors = sum(pool.map(fetched, range(clients)))
    return {"ms": 1000 * (time.perf_counter() - begun), "errors": float(errors)}


def measured(
    peer: Peer, clients: tuple[int, ...], seconds: int, folder: Path
) -> dict[str, dict[int, dict[str, float]]]:
    """Return every line of a server by the number of clients."""
    found: dict[str, dict[int, dict[str, float]]] = {}
    for line in LINES:
        first = once(peer, line)
        first = min(first, once(peer, line)) if first < SLOW else first
        for client in clients:
            if client > 1 and (first >= SLOW or line == LINES[0]):
                continue
            if line == LINES[0]:
                told = {
                    "ms": 1000 * statistics.median(once(peer, line, size) for size in NEW),
                    "errors": 0.0,
                }
            elif line == "whole CSV":
                told = {"ms": 1000 * first, "errors": 0.0} if client == 1 else whole(peer, client)
            else:
                told = timings(peer, line, client, seconds, folder)
            found.setdefault(line, {})[client] = told
    return found


def main() -> None:
    """Measure all, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    parser.add_argument(
        "--folder",
        type=Path,
        help="where environments and databases are kept; gone afterwards unless given",
    )
    parser.add_argument(
        "--postgres",
        default="dbname=postgres",
        help="how a superuser of a PostgreSQL on this machine connects; empty leaves CKAN out",
    )
    parser.add_argument(
        "--without", nargs="*", default=[], help="peers to leave out: datasette, ckan"
    )
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit(
            "wrk asks the servers, and is not on this machine: install the package wrk"
        )
    clients = CLIENTS
    with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as temporary:
        folder = (given.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        lake = release(folder, given.rows)
        csv = csv_of(lake)
        makers = [lambda: ours(lake, folder)]
        if "datasette" not in given.without:
            makers += [lambda: datasette(folder, csv, False), lambda: datasette(folder, csv, True)]
        if "ckan" not in given.without and given.postgres:
            makers.append(lambda: ckan(folder, csv, given.postgres))
        figures, held = {}, {}
        for make in makers:
            try:
                with make() as peer:
                    figures[peer.name] = measured(peer, clients, given.seconds, folder)
                    held[peer.name] = memory(peer.pid)
                    print(f"{peer.name} measured", file=sys.stderr, flush=True)
            except (OSError, SystemExit, subprocess.CalledProcessError, psycopg.Error) as error:
                print(f"a peer was not measured: {error} {getattr(error, 'stderr', '') or ''}")
    show(figures, held, clients, given.rows, given.seconds)


def show(
    figures: dict[str, dict[str, dict[int, dict[str, float]]]],
    held: dict[str, float],
    clients: tuple[int, ...],
    rows: int,
    seconds: int,
) -> None:
    """Print the table: medians in ms, and how many times ours the best of the others takes
    (below 1 we lost).
    """
    conditions = (
        f"{rows:,} rows, {seconds} s a figure, {os.cpu_count()} cores, load"
        f" {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    )
    names = list(figures)
    print(f"(h) {conditions}; median ms")
    print(
        f"{'line':20}{'clients':>8}"
        + "".join(f"{name:>18}" for name in names)
        + f"{'best other/ours':>18}"
    )
    for line in LINES:
        for client in clients[: 1 if line == LINES[0] else None]:
            told = [figures[name].get(line, {}).get(client) for name in names]
            cells = "".join(
                f"{peer['ms']:>17.1f}{'!' if peer['errors'] else ' '}" if peer else f"{'–':>17} "
                for peer in told
            )
            others = [peer["ms"] for peer in told[1:] if peer and not peer["errors"]]
            ratio = f"{min(others) / told[0]['ms']:>17.1f}x" if others and told[0] else f"{'–':>18}"
            print(f"{line:20}{client:>8}{cells}{ratio}")
    print(
        f"{'memory, MiB':28}"
        + "".join(f"{held[name]:>17.0f} " for name in names)
        + "  ! answers with errors; – not asked, over 15 s each"
    )
    (PROJECT / "bench").mkdir(exist_ok=True)
    (PROJECT / "bench" / "window.json").write_text(
        json.dumps({"conditions": conditions, "figures": figures, "memory MiB": held}, indent=1)
    )


if __name__ == "__main__":
    main()
