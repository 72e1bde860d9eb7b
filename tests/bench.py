"""Speed and memory as ratios against named floors measured in the same run. ``make bench``; JSON
beside the table in ``bench/``.

(a) delivered file to committed partition against one DuckDB statement that casts the same file to
sorted Parquet. (b) the gate against one hand-written DuckDB aggregate that checks the same. (c) a
365-day backfill in one run against 365 runs, extrapolated from 10: in one live process, and in a
process each, as Dagster launches them. (d) peak memory. (e) one full-scale day of every source of
the demo city, harvested, against fetching and parsing the same parts with the bare libraries: what
the floor leaves out stands at ``bare``. (f) that day's release made again when nothing has changed,
and verifying every number, mart and partition of it, its public partitions from the delivered
bytes, against running its models and making it. Each measurement runs in a process of its own; the
median of ``--repeat`` runs is shown. Never an assertion: these machines are noisy.
"""

import argparse
import asyncio
import io
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from pipelines.connectors.file.fetch import fetch
from pipelines.contract.model import Dataset
from pipelines.harvest import publish
from pipelines.harvest.refine import refine
from pipelines.lake.delivery import MEMORY, Landed, Window
from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT
from tests.sample import drop, row, sample_dataset, window

DAY = date(2026, 1, 1)
COLUMNS = (
    "{'gauge': 'VARCHAR', 'measured_at': 'TIMESTAMPTZ', 'rain_mm': 'DOUBLE', 'kind': 'VARCHAR',"
    " 'observer': 'VARCHAR'}"
)
CHECKS = """
    SELECT count(*), count(*) FILTER (WHERE gauge IS NULL OR NOT regexp_matches(gauge,
    '^G[0-9]+$') OR length(gauge) > 6),
           count(*) FILTER (WHERE measured_at IS NULL), count(*) FILTER (WHERE rain_mm < 0),
           count(*) FILTER (WHERE rain_mm > 500),
           count(*) FILTER (WHERE kind NOT IN ('dry', 'wet')),
           count(*) FILTER (WHERE kind = 'dry' AND rain_mm <> 0),
           count(*) FILTER (WHERE length(observer) < 3),
           count(*) FILTER (WHERE len(_refused) > 0), count(DISTINCT (gauge, measured_at))
    FROM read_parquet('{staged}')"""


def deliver(folder: Path, rows: int) -> Path:
    """Write one day's file of ``rows`` readings, a thousand of each gauge; of some the rain is less
    than none, and some are dry days with rain.
    """
    path = folder / "drop" / f"rain_{DAY}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    gauges = max(1, rows // 1000)
    with duckdb.connect() as con:
        con.execute(f"""
            COPY (SELECT 'G' || (i % {gauges}) AS gauge,
                         strftime(TIMESTAMP '{DAY} 00:00:00' + to_seconds(86 * (i // {gauges})),
                         '%Y-%m-%dT%H:%M:%S+07:00') AS measured_at,
                         CASE WHEN i % 5003 = 5002 THEN -1.0 ELSE
                         round((hash(i) % 1000) / 20.0, 1) + 0.1 END AS rain_mm,
                         CASE WHEN i % 7001 = 7000 THEN 'dry' ELSE 'wet' END AS kind,
                         'Warga Sintetis ' || (i % 97) AS observer
                  FROM range({rows}) t(i)) TO '{path}' (FORMAT csv, HEADER)""")
    return path


def floor_cast(folder: Path) -> dict[str, float]:
    """Cast the file to sorted Parquet in one DuckDB statement."""
    path = folder / "drop" / f"rain_{DAY}.csv"
    begun = time.perf_counter()
    with duckdb.connect(config={"temp_directory": str(folder / "spill")}) as con:
        con.execute(
            f"COPY (SELECT * FROM read_csv('{path}', header=true, columns={COLUMNS}) ORDER BY"
            f" gauge, measured_at) TO '{folder / 'floor.parquet'}'"
        )
    return {"seconds": time.perf_counter() - begun}


def ours(folder: Path) -> dict[str, float]:
    """Bring the file from the drop folder to the committed clean and public partition; the
    hand-written checks run on the same batch.
    """
    from quality import duckdb_source, gate

    assert duckdb_source
    dataset = sample_dataset(folder)
    dataset = type(dataset)(
        **{
            **dataset.__dict__,
            "rules": tuple(rule for rule in dataset.rules if rule.kind != "rows"),
        }
    )
    lake, span = Lake(folder / "lake"), window(DAY)
    marks = [time.perf_counter()]
    with lake.connect(MEMORY) as con:
        landed = lake.land(dataset.id, "run", fetch(dataset, span), span.partitions)
        marks.append(time.perf_counter())
        batch = refine(con, landed, dataset, span, folder / "work", {}, PROJECT / "sql")
        marks.append(time.perf_counter())
        verdict = gate.judge(batch, dataset, folder / "work")
        marks.append(time.perf_counter())
        assert verdict.quarantine is not None and verdict.passed == (DAY.isoformat(),), (
            verdict.partitions[0].findings
        )
        publish.commit(
            con, lake, dataset, batch, verdict.quarantine, verdict.passed, {"run_id": "run"}
        )
        marks.append(time.perf_counter())
        publish.publish(
            con, lake, dataset, batch, verdict.quarantine, verdict.passed, {"run_id": "run"}
        )
        marks.append(time.perf_counter())
    steps = dict(
        zip(
            ("land", "refine", "judge", "commit", "publish"),
            (b - a for a, b in pairwise(marks)),
            strict=True,
        )
    )
    begun = time.perf_counter()
    with duckdb.connect() as con:
        con.execute(CHECKS.format(staged=batch.staged)).fetchall()
    return {
        **steps,
        "hand-written checks": time.perf_counter() - begun,
        "to committed": marks[4] - marks[0],
        "without the gate": marks[4] - marks[0] - steps["judge"],
    }


def backfill(folder: Path, days: int, runs: int) -> dict[str, float]:
    """Materialize ``days`` days of one dataset through Dagster in ``runs`` runs."""
    import dagster as dg

    from assets.definitions import build_defs
    from assets.ingest import key_of
    from assets.instance import QUIET, open_instance
    from assets.timetable import range_tags
    from quality import duckdb_source

    assert duckdb_source
    dataset = sample_dataset(folder)
    for n in range(days):
        drop(
            folder / "drop",
            DAY + timedelta(days=n),
            [row(DAY + timedelta(days=n), gauge) for gauge in range(50)],
        )
    lake = Lake(folder / "lake")
    job = build_defs(
        folder / "contracts", lake, PROJECT / "sql"
    ).resolve_implicit_global_asset_job_def()
    keys = [key_of(layer, dataset.id) for layer in ("raw", "clean", "public")]
    size = days // runs
    with open_instance(lake) as instance:
        begun = time.perf_counter()
        for first in range(0, days, size):
            tags = range_tags(
                str(DAY + timedelta(days=first)), str(DAY + timedelta(days=first + size - 1))
            )
            assert job.execute_in_process(
                instance=instance, asset_selection=keys, tags=tags, run_config=QUIET
            ).success
        seconds = time.perf_counter() - begun
    assert isinstance(job, dg.JobDefinition)
    return {"seconds": seconds, "a run": seconds / runs}


def processes(folder: Path, runs: int) -> dict[str, float]:
    """Materialize ``runs`` days of one dataset in a process each."""
    sample_dataset(folder)
    command = [
        str(Path(sys.executable).with_name("lumbung")),
        "run",
        "--contracts",
        str(folder / "contracts"),
        "--lake",
        str(folder / "lake"),
        "--json",
    ]
    seconds = []
    for n in range(runs):
        day = DAY + timedelta(days=n)
        drop(folder / "drop", day, [row(day, gauge) for gauge in range(50)])
        begun = time.perf_counter()
        subprocess.run(
            [*command, "--from", str(day), "--to", str(day)],
            cwd=PROJECT,
            check=True,
            capture_output=True,
        )
        seconds.append(time.perf_counter() - begun)
    return {"a run": statistics.mean(seconds)}


def city_day(folder: Path, scale: float = 1) -> dict[str, float]:
    """Harvest one day of every source at ``scale``, 1 for full; the floor fetches and parses the
    same parts with the bare libraries.

    The demo city makes its answers when they are first asked for, so everything is fetched once
    before anything is timed. A day on which anything is withheld but ``ALONE`` is not measured.
    """
    from assets import harvest
    from assets.asked import in_order
    from demo.alive import alive
    from demo.city import City
    from pipelines.connectors.contracts import read_contracts
    from pipelines.connectors.registry import fetch_of
    from pipelines.contract.server import reachable
    from pipelines.lake.partitions import key_of, last_day, window_of
    from pipelines.settings import contracts_path
    from quality import duckdb_source

    assert duckdb_source
    city = City(today=date(2026, 6, 16), days=1, scale=scale)
    lake = Lake(folder / "lake")
    spent, rows, withheld = dict.fromkeys(("seconds", "gate", "floor"), 0.0), 0, []

    def timed(figure: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            begun = time.perf_counter()
            try:
                return work(*args)
            finally:
                spent[figure] += time.perf_counter() - begun

        return run

    harvest.judge = timed("gate", harvest.judge)
    with alive(city, folder / "city") as environment:
        os.environ.update(environment)
        owners = {
            dataset.id: contract
            for contract in read_contracts(contracts_path())
            for dataset in contract.datasets
        }
        datasets = in_order(
            [
                dataset
                for contract in read_contracts(contracts_path())
                for dataset in contract.datasets
            ]
        )
        keys = {
            dataset.id: [key_of(dataset, last_day(dataset) or city.window[-1])]
            for dataset in datasets
        }
        for dataset in datasets:
            for _ in fetch_of(dataset.source.connector)(
                reachable(dataset), window_of(dataset, keys[dataset.id])
            ):
                pass
        for dataset in datasets:
            done = timed("seconds", harvest.harvest)(
                lake, PROJECT / "sql", owners[dataset.id], dataset, keys[dataset.id], "bench"
            )
            withheld += [
                (dataset.id, partition.findings)
                for partition in done.verdict.partitions
                if partition.verdict != "passed"
            ]
            rows += sum(partition.delivered for partition in done.verdict.partitions)
            timed("floor", bare)(
                reachable(dataset), window_of(dataset, keys[dataset.id]), done.landed
            )
    if {name for name, _ in withheld} - ALONE:
        raise SystemExit(
            f"a day of the city withholds {sorted(ALONE)} at most; this one withheld {withheld}"
        )
    return {**spent, "rows": rows, "datasets": len(owners), **released(lake)}


def released(lake: Lake) -> dict[str, float]:
    """Run every model and make a release, and once more when nothing has changed, then verify every
    number, mart and partition of it.
    """
    from assets.release_run import run_release
    from pipelines.models.plan import planned
    from pipelines.release.last_good import standing_contracts
    from pipelines.settings import contracts_path
    from pipelines.verify.rebuild import Rebuild

    contracts, sql = standing_contracts(contracts_path(), lake), PROJECT / "sql"
    plan, day = planned(sql, contracts.standing), date(2026, 6, 16)
    begun = time.perf_counter()
    done = run_release(lake, contracts, plan, sql, day, "bench")
    made = time.perf_counter()
    again = run_release(lake, contracts, plan, sql, day, "again")
    unchanged = time.perf_counter()
    if done.withheld or again.release != done.release:
        raise SystemExit(f"withheld: {done.withheld}; first {done.release}, then {again.release}")
    rebuild = Rebuild(lake, done.release, sql)
    told = [outcome for name in rebuild.names() for outcome in rebuild.verify(name)]
    wrong = [outcome for outcome in told if not outcome.ok]
    if wrong:
        raise SystemExit(f"{len(wrong)} of {len(told)} were not rebuilt as published: {wrong[0]}")
    return {
        "release": made - begun,
        "again": unchanged - made,
        "verify": time.perf_counter() - unchanged,
        "verified": len(told),
    }


def bare(dataset: Dataset, window: Window, landed: Sequence[Landed]) -> None:
    """Fetch a dataset's parts again with one bare client, and parse them.

    The floor is told what it need not find out: the addresses of pages and files, and which rows of
    a database are meant. It tries once, checks nothing and keeps nothing. Requests are signed by
    ``connectors.http.auth`` and ``connectors.sftp.server``; members of a ZIP are read as they were
    unpacked.
    """
    import httpx

    from pipelines.connectors.http.auth import auth_of

    match dataset.source.connector:
        case "database":
            bare_query(dataset, window)
        case "sftp":
            for part, body in zip(landed, asyncio.run(bare_copies(dataset, landed)), strict=True):
                bare_parse(part.path, body)
        case "mqtt":
            for part in landed:
                bare_parse(
                    part.path,
                    b"".join(file.read_bytes() for file in sorted(Path(part.address).iterdir())),
                )
        case "file":
            for part in landed:
                bare_parse(
                    part.path,
                    (
                        part.path.read_bytes()
                        if "!" in part.address
                        else Path(part.address).read_bytes()
                    ),
                )
        case _:
            with httpx.Client(
                headers=dataset.source.server.get("headers"), auth=auth_of(dataset, 1, 30)
            ) as client:
                for part in landed:
                    bare_parse(part.path, client.get(part.address).raise_for_status().content)


def bare_query(dataset: Dataset, window: Window) -> None:
    """Select the window's rows into Arrow through the database's own driver."""
    import adbc_driver_sqlite.dbapi

    facts = dataset.source.fetch
    sql = f'SELECT {", ".join(facts.get("columns", ["*"]))} FROM "{facts["table"]}"'
    if "time" in facts:
        sql += (
            f' WHERE "{facts["time"]}" >= \'{window.start.date()}\' AND "{facts["time"]}" <'
            f" '{window.end.date()}'"
        )
    with (
        adbc_driver_sqlite.dbapi.connect(
            str(dataset.source.server["url"]).removeprefix("sqlite:///")
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
        cursor.fetch_arrow_table()


async def bare_copies(dataset: Dataset, landed: Sequence[Landed]) -> list[bytes]:
    """Read the files over one SFTP connection."""
    import asyncssh

    from pipelines.connectors.sftp.server import options, server_of

    server, bodies = server_of(dataset), []
    async with (
        asyncssh.connect(server.host, server.port, **options(server)) as connection,
        connection.start_sftp_client() as client,
    ):
        for part in landed:
            async with client.open(
                f"{server.folder}/{part.address.rpartition('/')[2]}", "rb"
            ) as file:
                bodies.append(await file.read())
    return bodies


def bare_parse(path: Path, body: bytes) -> None:
    """Parse a part with its library alone."""
    import lxml.html
    import polars as pl
    import rdflib
    from google.transit import gtfs_realtime_pb2

    match path.suffix:
        case ".json" | ".jsonld":
            json.loads(body)
        case ".ndjson":
            [json.loads(line) for line in body.splitlines() if line.startswith(b"{")]
        case ".csv":
            pl.read_csv(
                body,
                infer_schema=False,
                encoding="utf8-lossy",
                separator=";" if b";" in body[:200] else ",",
                truncate_ragged_lines=True,
                quote_char=None,
            )
        case ".xlsx":
            pl.read_excel(body, infer_schema_length=0)
        case ".html":
            lxml.html.fromstring(body)
        case ".parquet":
            pl.read_parquet(body)
        case ".pb":
            gtfs_realtime_pb2.FeedMessage().ParseFromString(body)
        case ".ttl" | ".rdf":
            rdflib.Graph().parse(data=body, format="turtle" if path.suffix == ".ttl" else "xml")
        case ".zip":
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                for name in archive.namelist():
                    pl.read_csv(
                        archive.read(name),
                        infer_schema=False,
                        encoding="utf8-lossy",
                        truncate_ragged_lines=True,
                        quote_char=None,
                    )
        case _:
            raise SystemExit(f"{path.name}: no bare library is named for {path.suffix}")


def apart(name: str, folder: Path, *arguments: object) -> dict[str, float]:
    """Run one measurement in a process of its own and return its figures and its peak memory in
    MiB.
    """
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "tests.bench",
        "--only",
        name,
        "--folder",
        str(folder),
        "--arguments",
        json.dumps(arguments),
    ]
    done = subprocess.run(
        command,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


ALONE = {"etle.letters", "etle.confirmations"}
"""What a lake of one day withholds: these refer to detections and letters of days before it, so
their rows are judged and not committed.
"""
BARE = "the same parts by known address, fetched once and parsed, nothing checked or kept"
MEASURES: dict[str, Callable[..., dict[str, float]]] = {
    "floor": floor_cast,
    "ours": ours,
    "backfill": backfill,
    "processes": processes,
    "city": city_day,
}


def measured(
    repeat: int, name: str, make: Callable[[Path], None], *arguments: object
) -> dict[str, float]:
    """Return the median of each figure over ``repeat`` runs."""
    runs = []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
            make(Path(folder))
            runs.append(apart(name, Path(folder), *arguments))
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def main() -> None:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", choices=MEASURES)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--arguments", type=json.loads, default=[])
    given = parser.parse_args()
    if given.only:
        figures = MEASURES[given.only](given.folder, *given.arguments)
        print(
            json.dumps(
                {**figures, "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
            )
        )
        return
    with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
        source = deliver(Path(folder), given.rows)

        def copy(to: Path) -> None:
            (to / "drop").mkdir()
            shutil.copyfile(source, to / "drop" / source.name)

        floor = measured(given.repeat, "floor", copy)
        mine = measured(given.repeat, "ours", copy)
    one = measured(1, "backfill", lambda _: None, 365, 1)
    ten = measured(1, "backfill", lambda _: None, 10, 10)
    apiece = measured(1, "processes", lambda _: None, 10)
    city = measured(1, "city", lambda _: None)
    lines = [
        (
            "(a) file to committed partition",
            mine["to committed"],
            floor["seconds"],
            "one DuckDB cast to sorted Parquet",
            3.0,
        ),
        (
            "(a) the same without the gate",
            mine["without the gate"],
            floor["seconds"],
            "one DuckDB cast to sorted Parquet",
            3.0,
        ),
        (
            "(b) the gate",
            mine["judge"],
            mine["hand-written checks"],
            "one DuckDB aggregate with the same checks",
            3.0,
        ),
        (
            "(c) 365 days in one run",
            one["seconds"],
            ten["a run"] * 365,
            "365 runs in a live process, from 10",
            1 / 50,
        ),
        (
            "(c) the same",
            one["seconds"],
            apiece["a run"] * 365,
            "365 runs in a process each, from 10",
            1 / 50,
        ),
        (
            f"(e) a full-scale day of {city['datasets']:.0f} datasets",
            city["seconds"],
            city["floor"],
            BARE,
            None,
        ),
        (
            "(e) the same without the gate",
            city["seconds"] - city["gate"],
            city["floor"],
            BARE,
            None,
        ),
        (
            "(f) a release in which nothing changed",
            city["again"],
            city["release"],
            "the release before it, all of it new",
            None,
        ),
        (
            f"(f) verify {city['verified']:.0f} numbers and files",
            city["verify"],
            city["release"],
            "running every model and making that release",
            None,
        ),
        ("(d) peak memory, MiB", mine["peak MiB"], floor["peak MiB"], "the same DuckDB cast", None),
    ]
    machine = (
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python"
        f" {platform.python_version()}, DuckDB {duckdb.__version__}"
    )
    conditions = f"{given.rows:,} rows, median of {given.repeat}, {machine}"
    print(conditions)
    print(f"{'':34}{'ours':>10}{'floor':>10}{'ratio':>9}  floor is")
    for what, value, base, named, aim in lines:
        ratio = f"{value / base:.2f}" if aim is None or aim >= 1 else f"1/{base / value:.0f}"
        print(
            f"{what:34}{value:10.2f}{base:10.2f}{ratio:>9}  {named}"
            + (f" (aim {aim:g})" if aim and aim >= 1 else " (aim 1/50)" if aim else "")
        )
    print(
        "steps: "
        + ", ".join(
            f"{name} {mine[name]:.2f} s"
            for name in ("land", "refine", "judge", "commit", "publish")
        )
    )
    (PROJECT / "bench").mkdir(exist_ok=True)
    report = {
        "conditions": conditions,
        "floor": floor,
        "ours": mine,
        "one run": one,
        "ten runs": ten,
        "ten processes": apiece,
        "city": city,
    }
    (PROJECT / "bench" / "latest.json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
