"""A backfill in one run against a run a day: in one live process, and in a process each, as Dagster
launches them; and what of it is no work on rows.
"""

import statistics
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT
from tests.bench.files import DAY
from tests.sample import drop, row, sample_dataset, write_sample

ROWS = 50
"""Rows of a day."""


def backfill(
    folder: Path, days: int, runs: int, datasets: int = 1, rows: int = ROWS
) -> dict[str, float]:
    """Materialize ``days`` days of ``rows`` rows of so many datasets through Dagster in ``runs``
    runs.
    """
    import dagster as dg

    from assets.definitions import build_defs
    from assets.ingest import key_of
    from assets.instance import QUIET, open_instance
    from assets.timetable import range_tags
    from quality import duckdb_source

    assert duckdb_source
    names = [f"hujan_{n}" for n in range(datasets)]
    for name in names:
        write_sample(folder / "contracts", folder / "drop", name)
    for n in range(days):
        day = DAY + timedelta(days=n)
        drop(folder / "drop", day, [row(day, gauge) for gauge in range(rows)])
    lake = Lake(folder / "lake")
    job = build_defs(
        folder / "contracts", lake, PROJECT / "sql"
    ).resolve_implicit_global_asset_job_def()
    keys = [key_of(layer, f"{name}.rain") for name in names for layer in ("raw", "clean", "public")]
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


def partitions(folder: Path, days: int, datasets: int) -> dict[str, float]:
    """Materialize ``days`` days of so many datasets in one run, and the same rows as one partition
    a dataset: what the first takes longer is what partitions cost that is no work on rows, a file
    to open and two to write among it. Libraries are loaded before either.
    """
    spent = {}
    for name, keys, rows in (("warm", 1, 1), ("whole", 1, days * ROWS), ("days", days, ROWS)):
        (folder / name).mkdir()
        spent[name] = backfill(folder / name, keys, 1, datasets, rows)["seconds"]
    more = (spent["days"] - spent["whole"]) / (datasets * (days - 1))
    return {"seconds": spent["days"], "whole": spent["whole"], "a partition": more}


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
        drop(folder / "drop", day, [row(day, gauge) for gauge in range(ROWS)])
        begun = time.perf_counter()
        subprocess.run(
            [*command, "--from", str(day), "--to", str(day)],
            cwd=PROJECT,
            check=True,
            capture_output=True,
        )
        seconds.append(time.perf_counter() - begun)
    return {"a run": statistics.mean(seconds)}
