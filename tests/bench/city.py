"""One full-scale day of every source of the demo city, harvested, against fetching and parsing the
same parts with the bare libraries; its release, made again when nothing has changed, and every
number, mart and partition of it verified, its public partitions from the delivered bytes. What the
floor leaves out stands at ``bare``.
"""

import asyncio
import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.contract.model import Dataset
from pipelines.lake.delivery import Landed, Window
from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT

ALONE = {"etle.letters", "etle.confirmations"}
"""What a lake of one day withholds: these refer to detections and letters of days before it, so
their rows are judged and not committed.
"""
BARE = "the same parts by known address, fetched once and parsed, nothing checked or kept"


def city_day(folder: Path, scale: float = 1) -> dict[str, float]:
    """Harvest one day of every source at ``scale``, 1 for full; the floor fetches and parses the
    same parts with the bare libraries.

    The demo city makes its answers when they are first asked for, so everything is fetched once
    before anything is timed, and its files have lain for an hour as an office's have at night: one
    of the last minute is looked at twice, 0.3 s apart. A day on which anything is withheld but
    ``ALONE`` is not measured.
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
        for file in (path for path in (folder / "city").rglob("*") if path.is_file()):
            os.utime(file, (time.time() - 3600,) * 2)
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
