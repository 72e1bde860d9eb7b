"""From a delivered file to its public partition, against one DuckDB statement that casts the same
file to sorted Parquet, and against what a person would write by hand to do all of it; the gate
against one hand-written aggregate that checks the same, in seconds and in instructions; and who
reads a form of file faster, DuckDB or Polars.
"""

import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import adbc_driver_sqlite.dbapi
import duckdb
import polars as pl

from pipelines.connectors.registry import fetch_of
from pipelines.contract.model import Dataset, Source
from pipelines.harvest import publish
from pipelines.harvest.refine import refine
from pipelines.lake.delivery import MEMORY, Landed
from pipelines.lake.lake import Lake
from pipelines.records.open import READERS
from pipelines.settings import PROJECT
from tests.sample import sample_dataset, window

DAY = date(2026, 1, 1)
FORMS = ("csv", "ndjson", "parquet", "sqlite")
TEXTS = dict.fromkeys(("gauge", "measured_at", "rain_mm", "kind", "observer"), pl.String())
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
           count(DISTINCT (gauge, measured_at)){refused}
    FROM read_parquet('{staged}')"""
REFUSED = ", count(*) FILTER (WHERE len(_refused) > 0)"


def deliver(folder: Path, rows: int, form: str = "csv") -> Path:
    """Deliver one day's ``rows`` readings in a form, a thousand of each gauge; of some the rain is
    less than none, and some are dry days with rain. It has lain for an hour, as an office's file
    has at night: one of the last minute is looked at twice, 0.3 s apart.
    """
    path = folder / "drop" / f"rain_{DAY}.{form}"
    path.parent.mkdir(parents=True, exist_ok=True)
    gauges = max(1, rows // 1000)
    moment = f"TIMESTAMP '{DAY} 00:00:00' + to_seconds(86 * (i // {gauges}))"
    told = f"strftime({moment}, '%Y-%m-%dT%H:%M:%S+07:00')"
    readings = f"""
        SELECT 'G' || (i % {gauges}) AS gauge,
               {f"{told}::TIMESTAMPTZ" if form == "parquet" else told} AS measured_at,
               CASE WHEN i % 5003 = 5002 THEN -1.0
                    ELSE round((hash(i) % 1000) / 20.0 + 0.1, 1) END AS rain_mm,
               CASE WHEN i % 7001 = 7000 THEN 'dry' ELSE 'wet' END AS kind,
               'Warga Sintetis ' || (i % 97) AS observer
        FROM range({rows}) t(i)"""
    with duckdb.connect() as con:
        if form == "sqlite":
            with adbc_driver_sqlite.dbapi.connect(str(path)) as there, there.cursor() as cursor:
                cursor.adbc_ingest("rain", con.execute(readings).to_arrow_reader())
                there.commit()
        else:
            options = {"csv": "FORMAT csv, HEADER", "ndjson": "FORMAT json"}.get(form, "")
            con.execute(f"COPY ({readings}) TO '{path}' ({options or 'FORMAT parquet'})")
    os.utime(path, (time.time() - 3600,) * 2)
    return path


def floor_cast(folder: Path, form: str = "csv") -> dict[str, float]:
    """Cast the file to sorted Parquet in one DuckDB statement; what is in SQLite comes as Arrow."""
    path = folder / "drop" / f"rain_{DAY}.{form}"
    begun = time.perf_counter()
    with (
        duckdb.connect(config={"temp_directory": str(folder / "spill")}) as con,
        adbc_driver_sqlite.dbapi.connect(str(path) if form == "sqlite" else None) as there,
        there.cursor() as cursor,
    ):
        if form == "sqlite":
            cursor.execute("SELECT * FROM rain")
            con.register("told", cursor.fetch_record_batch())
        source = {
            "csv": f"read_csv('{path}', header = true, columns = {COLUMNS})",
            "ndjson": f"read_json('{path}', format = 'newline_delimited', columns = {COLUMNS})",
            "parquet": f"'{path}'",
            "sqlite": "(SELECT * REPLACE (measured_at::TIMESTAMPTZ AS measured_at) FROM told)",
        }[form]
        con.execute(
            f"COPY (SELECT * FROM {source} ORDER BY gauge, measured_at) TO"
            f" '{folder / 'floor.parquet'}'"
        )
    return {"seconds": time.perf_counter() - begun}


def by_hand(folder: Path, form: str = "csv") -> dict[str, float]:
    """Do by hand what ours does, without a contract, a reason for a row, a table's log or a
    receipt: keep a copy of the delivery and its hash, cast it, check it by one aggregate, and write
    the open columns without the rows and cells that do not hold.
    """
    begun = time.perf_counter()
    delivery = folder / "drop" / f"rain_{DAY}.{form}"
    with Path(shutil.copy(delivery, folder / "landed")).open("rb") as stream:
        hashlib.file_digest(stream, "sha256")
        os.fsync(stream.fileno())
    floor_cast(folder, form)
    cast = folder / "floor.parquet"
    checked(cast)
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT gauge, measured_at, CASE WHEN rain_mm >= 0 THEN rain_mm END AS rain_mm,"
            f" kind FROM '{cast}' WHERE NOT (kind = 'dry' AND rain_mm > 0)) TO"
            f" '{folder / 'public.parquet'}'"
        )
    return {"seconds": time.perf_counter() - begun}


def polars_cast(folder: Path, form: str = "csv") -> dict[str, float]:
    """Cast the file to sorted Parquet as one streaming query of Polars."""
    path, typed = folder / "drop" / f"rain_{DAY}.{form}", {**TEXTS, "rain_mm": pl.Float64}
    begun = time.perf_counter()
    frame = {
        "csv": lambda: pl.scan_csv(path, schema=typed),
        "ndjson": lambda: pl.scan_ndjson(path, schema=typed),
        "parquet": lambda: pl.scan_parquet(path),
    }[form]()
    if form != "parquet":
        moment = pl.col("measured_at").str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_zone="UTC")
        frame = frame.with_columns(moment)
    frame.sort("gauge", "measured_at").sink_parquet(
        folder / "floor.parquet", compression="snappy", engine="streaming"
    )
    return {"seconds": time.perf_counter() - begun}


def delivered(folder: Path, form: str) -> Dataset:
    """Return the sample dataset, of any number of rows, read from this form of file."""
    dataset = sample_dataset(folder)
    rules = tuple(rule for rule in dataset.rules if rule.kind != "rows")
    source = replace(
        dataset.source, fetch={**dataset.source.fetch, "files": f"rain_{{date}}.{form}"}
    )
    if form == "sqlite":
        server = {"url": f"sqlite:///{folder / 'drop' / f'rain_{DAY}.sqlite'}"}
        source = Source("database", server, {"table": "rain", "time": "measured_at"})
    return replace(dataset, rules=rules, source=source)


def ours(folder: Path, form: str = "csv") -> dict[str, float]:
    """Bring the file from where it was delivered to the committed clean and public partition; the
    hand-written checks run on the same batch.
    """
    from quality import duckdb_source, gate

    assert duckdb_source
    dataset, lake, span = delivered(folder, form), Lake(folder / "lake"), window(DAY)
    marks = [time.perf_counter()]
    with lake.connect(MEMORY) as con:
        parts = fetch_of(dataset.source.connector)(dataset, span)
        landed = lake.land(dataset.id, "run", parts, span.partitions)
        marks.append(time.perf_counter())
        batch = refine(con, landed, dataset, span, folder / "work", {}, PROJECT / "sql")
        marks.append(time.perf_counter())
        verdict = gate.judge(batch, dataset, folder / "work")
        marks.append(time.perf_counter())
        assert verdict.quarantine is not None and verdict.passed == (DAY.isoformat(),), (
            verdict.partitions[0].findings
        )
        what = (con, lake, dataset, batch, verdict.quarantine)
        publish.quarantine(*what, "delivery", {"run_id": "run"})
        marks.append(time.perf_counter())
        kept = publish.kept(con, batch, verdict.quarantine)
        publish.commit(con, lake, dataset, kept, verdict.passed, {"run_id": "run"})
        marks.append(time.perf_counter())
        publish.publish(con, lake, dataset, kept, verdict.passed, {"run_id": "run"})
        marks.append(time.perf_counter())
    spent = (after - before for before, after in pairwise(marks))
    return {
        **dict(zip(STEPS, spent, strict=True)),
        "to public": marks[-1] - marks[0],
        "peak MiB": peak(),
        "hand-written checks": checked(batch.staged, REFUSED),
    }


STEPS = ("land", "refine", "judge", "quarantine", "commit", "publish")


def peak() -> float:
    """Return the most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def checked(rows: Path, refused: str = "") -> float:
    """Return the seconds that the hand-written checks of a file of typed rows take, with the count
    of ``refused`` texts where the file tells of them.
    """
    begun = time.perf_counter()
    with duckdb.connect() as con:
        con.execute(CHECKS.format(staged=rows, refused=refused)).fetchall()
    return time.perf_counter() - begun


def read_texts(folder: Path, form: str, engine: str) -> dict[str, float]:
    """Bring a file's records to a Parquet file of texts, as a stream, by DuckDB or by Polars."""
    path, texts = folder / "drop" / f"rain_{DAY}.{form}", folder / "texts.parquet"
    dataset, scan = delivered(folder, form), READERS[f".{form}"].scan
    begun = time.perf_counter()
    if engine == "polars":
        names = [column.field or column.name for column in dataset.columns]
        frame = {
            "csv": lambda: pl.scan_csv(path, infer_schema=False),
            "ndjson": lambda: pl.scan_ndjson(path, schema=dict.fromkeys(names, pl.String)),
            "parquet": lambda: pl.scan_parquet(path).select(pl.all().cast(pl.String)),
        }[form]()
        frame.sink_parquet(texts, compression="zstd", compression_level=1)
    else:
        with Lake(folder / "lake").connect(MEMORY) as con:
            assert scan
            scanned = scan(con, Landed(path, "", path.name, None), dataset)
            assert scanned
            select, _ = scanned
            con.execute(f"COPY ({select}) TO '{texts}' (COMPRESSION zstd, COMPRESSION_LEVEL 1)")
    return {"seconds": time.perf_counter() - begun, "peak MiB": peak()}


def gate_alone(folder: Path, rows: int, what: str) -> dict[str, float]:
    """Judge a batch a second time, or run the hand-written checks of it, and let Callgrind count
    what only that takes; it was started with ``--instr-atstart=no``.
    """
    from quality import gate

    deliver(folder, rows)
    dataset, lake, span = delivered(folder, "csv"), Lake(folder / "lake"), window(DAY)
    with lake.connect(MEMORY) as con:
        parts = fetch_of("file")(dataset, span)
        landed = lake.land(dataset.id, "run", parts, span.partitions)
        batch = refine(con, landed, dataset, span, folder / "work", {}, PROJECT / "sql")

    def once() -> None:
        if what == "checks":
            checked(batch.staged, REFUSED)
        else:
            assert gate.judge(batch, dataset, folder / "work").passed

    once()
    control = ["callgrind_control", "-i", "on", str(os.getpid())]
    subprocess.run(control, check=True, capture_output=True)
    once()
    control[2] = "off"
    subprocess.run(control, check=True, capture_output=True)
    return {}


def instructions(folder: Path, rows: int) -> dict[str, float]:
    """Return the millions of instructions of one warm verdict of a dataset, and of the hand-written
    checks: what noise cannot hide.
    """
    if not shutil.which("valgrind"):
        raise SystemExit("instructions are counted by Callgrind: install the package valgrind")
    counted = {}
    for what in ("judge", "checks"):
        place = folder / what
        place.mkdir()
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no"]
        command += [f"--callgrind-out-file={place / 'out'}", sys.executable, "-W", "ignore", "-m"]
        command += ["tests.bench.measure", "gate_alone", str(place), f'[{rows}, "{what}"]']
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
        (found,) = re.findall(r"Collected : (\d+)", done.stderr)
        counted[what] = int(found) / 1e6
    return counted
