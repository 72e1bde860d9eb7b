"""A backfill in one run against a run a day: in one live process, and in a process each, as Dagster
launches them.
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
from tests.sample import drop, row, sample_dataset


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
