"""Others that serve the same table: Datasette as it comes and tuned, CKAN's datastore tuned. Each
in an environment of its own, made by uv.

Datasette: ``tuned`` has indexes on the filtered columns, counts known beforehand (``inspect``), and
no facet or suggestion that nobody asked for. CKAN: gunicorn with two workers, an index on each
filtered column, vacuumed, search by SQL switched on; Solr is a stub, since the datastore asks it
nothing.
"""

import http.server
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from csv import reader
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.conninfo import make_conninfo

from pipelines.settings import PROJECT
from tests.serving import free_port

DATASETTE = ["datasette==0.65.5", "setuptools<81"]
CKAN = ["ckan[requirements]==2.12.0", "gunicorn", "setuptools<81"]
TYPES = {
    "gauge": ("TEXT", "text"),
    "measured_at": ("TEXT", "timestamp"),
    "rain_mm": ("REAL", "numeric"),
    "kind": ("TEXT", "text"),
}
"""A column's type in SQLite and in CKAN."""
INDEXED = ("gauge", "kind")
Lines = Mapping[str, str]
"""A path per line of the table; ``GAUGE`` stands where another gauge is asked for each time,
``SIZE`` where the page's rows are said.
"""


@dataclass(frozen=True)
class Peer:
    """A server that is asked: its name, where it is, what is asked of it, and the processes
    whose memory counts.
    """

    name: str
    address: str
    lines: Lines
    pid: int


def environment(folder: Path, name: str, packages: list[str]) -> Path:
    """Return the folder of programs of an environment with these packages."""
    uv, place = shutil.which("uv") or str(PROJECT / ".uv" / "bin" / "uv"), folder / name
    if not (place / "ready").exists():
        subprocess.run([uv, "venv", "--quiet", "--clear", str(place)], check=True)
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", str(place / "bin" / "python"), *packages],
            check=True,
        )
        (place / "ready").touch()
    return place / "bin"


@contextmanager
def running(command: list[str], address: str, folder: Path, seconds: float = 120) -> Iterator[int]:
    """Run a server until the block ends, once it answers at ``address``."""
    with (
        (folder / f"{Path(command[0]).name}.log").open("ab") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as server,
    ):
        try:
            end = time.monotonic() + seconds
            while time.monotonic() < end and server.poll() is None:
                with suppress(OSError):
                    urllib.request.urlopen(address, timeout=5).close()
                    break
                time.sleep(0.2)
            else:
                raise SystemExit(f"{command[0]} did not come up at {address}; see {log.name}")
            yield server.pid
        finally:
            server.terminate()
            server.wait(timeout=30)


@contextmanager
def datasette(folder: Path, csv: Path, tuned: bool) -> Iterator[Peer]:
    """Serve the table by Datasette; ``tuned`` has indexes and known counts."""
    programs, name = environment(folder, "datasette", DATASETTE), "tuned" if tuned else "plain"
    database, inspected, port = folder / f"{name}.db", folder / f"{name}.json", free_port()
    if not database.exists():
        fresh = database.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with closing(sqlite3.connect(fresh)) as con, csv.open(encoding="utf-8", newline="") as file:
            header, *rows = reader(file)
            con.execute(
                f"CREATE TABLE rain ({', '.join(f'{name} {TYPES[name][0]}' for name in header)})"
            )
            con.executemany(f"INSERT INTO rain VALUES ({', '.join('?' * len(header))})", rows)
            if tuned:
                con.executescript(
                    "CREATE INDEX by_gauge ON rain (gauge, kind, rain_mm); CREATE INDEX by_kind ON"
                    " rain (kind); ANALYZE;"
                )
            con.commit()
        fresh.rename(database)
    limits = [
        "--setting",
        "sql_time_limit_ms",
        "60000",
        "--setting",
        "facet_time_limit_ms",
        "60000",
        "--setting",
        "max_csv_mb",
        "0",
    ]
    limits += ["--setting", "max_returned_rows", "20000"]
    if tuned and not inspected.exists():
        subprocess.run(
            [
                str(programs / "datasette"),
                "inspect",
                str(database),
                "--inspect-file",
                str(inspected),
            ],
            check=True,
        )
    known = ["--inspect-file", str(inspected)] if tuned else []
    command = [
        str(programs / "datasette"),
        "-i",
        str(database),
        "--port",
        str(port),
        *limits,
        *known,
    ]
    lean = "&_nofacet=1&_nosuggest=1" if tuned else ""
    uncounted = f"{lean}&_nocount=1" if tuned else "&_nocount=1"
    sql = quote(
        "select gauge, kind, count(*), avg(rain_mm) from rain group by gauge, kind order by gauge,"
        " kind"
    )
    table = f"/{name}/rain.json?_shape=objects"
    lines = {
        "new page with total": f"{table}&_size=SIZE{lean}",
        "page with total": f"{table}&_size=100{lean}",
        "page without total": f"{table}&_size=100{uncounted}",
        "filter with total": f"{table}&_size=SIZE&gauge=GAUGE&kind=wet{lean}",
        "facet": f"{table}&_size=0&_facet=kind&_nosuggest=1&_nocount=1",
        "group by": f"/{name}.json?_shape=objects&sql={sql}",
        "whole CSV": f"/{name}/rain.csv?_stream=on",
    }
    with running(command, f"http://127.0.0.1:{port}/-/versions.json", folder) as pid:
        yield Peer(f"Datasette {name}", f"http://127.0.0.1:{port}", lines, pid)


class _Stub(http.server.BaseHTTPRequestHandler):
    """Solr as far as CKAN asks before it lets a dataset be made: its own schema, and an index
    that is empty.
    """

    protocol_version = "HTTP/1.1"
    schema = b""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        empty = {
            "responseHeader": {"status": 0, "QTime": 0},
            "response": {"numFound": 0, "start": 0, "docs": []},
            "status": "OK",
        }
        body, kind = (
            (self.schema, "application/xml")
            if "schema" in self.path
            else (json.dumps(empty).encode(), "application/json")
        )
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def ckan(folder: Path, csv: Path, postgres: str) -> Iterator[Peer]:
    """Serve the table by CKAN's datastore, in databases of its own that go again; ``postgres``
    is how a superuser connects.
    """
    programs, port, name, key = (
        environment(folder, "ckan", CKAN),
        free_port(),
        f"lumbung_bench_{os.getpid()}",
        secrets.token_hex(16),
    )
    _Stub.schema = next(
        programs.parent.glob("lib/python*/site-packages/ckan/config/solr/schema.xml")
    ).read_bytes()
    solr = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Stub)
    threading.Thread(target=solr.serve_forever, daemon=True).start()
    redis_port, roles = free_port(), {"write": name, "read": f"{name}_ro"}
    redis = subprocess.Popen(
        ["redis-server", "--port", str(redis_port), "--save", "", "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    with psycopg.connect(postgres, autocommit=True) as con:
        try:
            for role in roles.values():
                con.execute(f"CREATE USER {role} PASSWORD '{key}'")
            for database in (name, f"{name}_data"):
                con.execute(f"CREATE DATABASE {database} OWNER {name} ENCODING 'utf-8'")
            ini = _configured(
                programs,
                folder / "ckan.ini",
                port,
                solr.server_port,
                redis_port,
                roles,
                f"{name}_data",
                name,
                key,
            )
            grants = subprocess.run(
                [str(programs / "ckan"), "-c", str(ini), "datastore", "set-permissions"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            with psycopg.connect(postgres, dbname=f"{name}_data", autocommit=True) as data:
                data.execute(
                    "\n".join(line for line in grants.splitlines() if not line.startswith("\\"))
                )  # type: ignore[arg-type]
            (folder / "ckan_app.py").write_text(
                "from ckan.cli import CKANConfigLoader\nfrom ckan.config.middleware import"
                f" make_app\napplication = make_app(CKANConfigLoader({str(ini)!r}).get_config())\n"
            )
            command = [
                str(programs / "gunicorn"),
                "ckan_app:application",
                "-w",
                "2",
                "--threads",
                "4",
                "-b",
                f"127.0.0.1:{port}",
                "--timeout",
                "300",
            ]
            with running(
                command, f"http://127.0.0.1:{port}/api/3/action/status_show", folder
            ) as pid:
                token = _token(programs, ini)
                resource = _loaded(
                    f"http://127.0.0.1:{port}",
                    token,
                    csv,
                    make_conninfo(postgres, dbname=f"{name}_data"),
                )
                yield Peer("CKAN datastore", f"http://127.0.0.1:{port}", _lines(resource), pid)
        finally:
            redis.terminate()
            redis.wait(timeout=20)
            solr.shutdown()
            for database in (name, f"{name}_data"):
                con.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            for role in roles.values():
                con.execute(f"DROP USER IF EXISTS {role}")


def _configured(
    programs: Path,
    ini: Path,
    port: int,
    solr: int,
    redis: int,
    roles: Mapping[str, str],
    data: str,
    main: str,
    key: str,
) -> Path:
    ini.unlink(missing_ok=True)
    subprocess.run(
        [str(programs / "ckan"), "generate", "config", str(ini)], check=True, capture_output=True
    )
    told = {
        "sqlalchemy.url": f"postgresql://{roles['write']}:{key}@localhost/{main}",
        "ckan.datastore.write_url": f"postgresql://{roles['write']}:{key}@localhost/{data}",
        "ckan.datastore.read_url": f"postgresql://{roles['read']}:{key}@localhost/{data}",
        "ckan.datastore.sqlsearch.enabled": "true",
        "ckan.site_url": f"http://127.0.0.1:{port}",
        "solr_url": f"http://127.0.0.1:{solr}/solr/ckan",
        "ckan.redis.url": f"redis://127.0.0.1:{redis}/0",
        "ckan.plugins": "datastore",
        "ckan.storage_path": str(ini.parent / "storage"),
    }
    subprocess.run(
        [
            str(programs / "ckan"),
            "config-tool",
            str(ini),
            *(f"{name}={value}" for name, value in told.items()),
        ],
        check=True,
        capture_output=True,
    )
    subprocess.run(
        [str(programs / "ckan"), "-c", str(ini), "db", "init"], check=True, capture_output=True
    )
    return ini


def _token(programs: Path, ini: Path) -> str:
    said = ""
    for command in (
        ["user", "add", "bench", "email=bench@example.org", "password=benchbench"],
        ["sysadmin", "add", "bench"],
        ["user", "token", "add", "bench", "b"],
    ):
        said = subprocess.run(
            [str(programs / "ckan"), "-c", str(ini), *command],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    return said.split()[-1]


def _loaded(address: str, token: str, csv: Path, data: str) -> str:
    def act(action: str, /, **body: Any) -> Any:
        headers = {"Authorization": token, "Content-Type": "application/json"}
        with urllib.request.urlopen(
            urllib.request.Request(
                f"{address}/api/3/action/{action}", json.dumps(body).encode(), headers
            ),
            timeout=120,
        ) as answer:
            return json.loads(answer.read())["result"]

    act("organization_create", name="bench")
    act("package_create", name="rain", owner_org="bench")
    fields = [{"id": name, "type": kind} for name, (_, kind) in TYPES.items()]
    resource = str(
        act(
            "datastore_create",
            resource={"package_id": "rain"},
            fields=fields,
            indexes=list(INDEXED),
        )["resource_id"]
    )
    with psycopg.connect(data, autocommit=True) as con:
        with (
            con.cursor() as cursor,
            cursor.copy(
                f'COPY "{resource}" ({", ".join(TYPES)}) FROM STDIN (FORMAT csv, HEADER)'
            ) as copy,
            csv.open("rb") as file,
        ):
            while chunk := file.read(1 << 20):
                copy.write(chunk)
        con.execute(f'VACUUM ANALYZE "{resource}"')
    return resource


def _lines(resource: str) -> Lines:
    search = f"/api/3/action/datastore_search?resource_id={resource}&limit=100"
    sized = search.replace("limit=100", "limit=SIZE")
    sql = quote(
        f'SELECT gauge, kind, count(*), avg(rain_mm) FROM "{resource}" GROUP BY gauge, kind ORDER'
        " BY gauge, kind"
    )
    counted = quote(f'SELECT kind, count(*) FROM "{resource}" GROUP BY kind ORDER BY 2 DESC')
    return {
        "new page with total": sized,
        "page with total": search,
        "page without total": f"{search}&include_total=false",
        "filter with total": (
            f"{sized}&filters=%7B%22gauge%22%3A%22GAUGE%22%2C%22kind%22%3A%22wet%22%7D"
        ),
        "facet": f"/api/3/action/datastore_search_sql?sql={counted}",
        "group by": f"/api/3/action/datastore_search_sql?sql={sql}",
        "whole CSV": f"/datastore/dump/{resource}?bom=false",
    }
