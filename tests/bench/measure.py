"""What is measured, by name, each in a process of its own: ``python -m tests.bench.measure NAME
FOLDER [ARGUMENTS]`` prints its figures as JSON.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from pipelines.settings import PROJECT
from tests.bench import city, files, runs

MEASURES: dict[str, Callable[..., dict[str, float]]] = {
    "floor": files.floor_cast,
    "by hand": files.by_hand,
    "polars floor": files.polars_cast,
    "ours": files.ours,
    "read": files.read_texts,
    "instructions": files.instructions,
    "gate_alone": files.gate_alone,
    "backfill": runs.backfill,
    "partitions": runs.partitions,
    "processes": runs.processes,
    "city": city.city_day,
}


def apart(name: str, folder: Path, *arguments: object) -> dict[str, float]:
    """Run one measurement in a process of its own and return its figures and its peak memory in
    MiB.
    """
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.measure", name, str(folder)]
    done = subprocess.run(
        [*command, json.dumps(arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


def measured(
    repeat: int, name: str, make: Callable[[Path], object], *arguments: object
) -> dict[str, float]:
    """Return the median of each figure over ``repeat`` runs."""
    figures = []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
            make(Path(folder))
            figures.append(apart(name, Path(folder), *arguments))
    return {key: statistics.median(run[key] for run in figures) for key in figures[0]}


if __name__ == "__main__":
    name, folder, *given = sys.argv[1:]
    found = MEASURES[name](Path(folder), *json.loads(given[0] if given else "[]"))
    print(json.dumps({"peak MiB": files.peak(), **found}))
