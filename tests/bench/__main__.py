"""``make bench``: measure, print the tables, write ``bench/latest.json``. Never an assertion: these
machines are noisy. The median of ``--repeat`` runs is shown, of what takes minutes one run.

Of files: (a) to the public partition, (b) the gate, (c) peak memory, for each number of rows; the
same for each form of file; who reads it faster. Of runs: (d) 365 days. Of the city: (e) a day, (f)
its release. Of the gate: (g) instructions.
"""

import argparse
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import duckdb

from pipelines.settings import PROJECT
from tests.bench.city import BARE
from tests.bench.files import DAY, FORMS, STEPS, deliver
from tests.bench.measure import measured

ENGINES = ("duckdb", "polars")
ROWS = [1_000_000, 5_000_000, 10_000_000, 50_000_000]
Line = tuple[str, float, float, str, str]
"""What, ours, the floor, what the floor is, and the aim."""
Figures = dict[str, dict[str, float]]


def linked(source: Path, to: Path) -> None:
    """Put a delivery that was made once where a measurement looks for it."""
    (to / "drop").mkdir()
    os.link(source, to / "drop" / source.name)


def of_file(rows: int, form: str, repeat: int, figures: Figures) -> Iterator[Line]:
    """Measure one delivery on its way."""
    with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
        put = partial(linked, deliver(Path(folder), rows, form))
        floor = measured(repeat, "floor", put, form)
        by_hand = measured(repeat, "by hand", put, form)
        mine = measured(repeat, "ours", put, form)
    name = f"{form} {rows}"
    figures |= {name: mine, f"{name} floor": floor, f"{name} by hand": by_hand}
    what = f"{form}, {rows / 1e6:g} M rows"
    cast, aim = "one DuckDB cast to sorted Parquet", "2" if form == "sqlite" else "1.5"
    yield f"(a) {what}: to public", mine["to public"], floor["seconds"], cast, aim
    same = "copy, hash, cast, check and publish by hand"
    yield f"(a) {what}: to public", mine["to public"], by_hand["seconds"], same, "1.5"
    checks = "one hand-written DuckDB aggregate"
    yield f"(b) {what}: the gate", mine["judge"], mine["hand-written checks"], checks, "1.5"
    yield f"(c) {what}: peak MiB", mine["peak MiB"], floor["peak MiB"], cast, "1024 MiB"


def of_readers(rows: int, repeat: int, figures: Figures) -> Iterator[Line]:
    """Measure DuckDB and Polars side by side."""
    for form in ("csv", "ndjson", "parquet"):
        with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
            put = partial(linked, deliver(Path(folder), rows, form))
            steps = {
                "read": [measured(repeat, "read", put, form, engine) for engine in ENGINES],
                "cast": [measured(repeat, name, put, form) for name in ("floor", "polars floor")],
            }
        for step, told in (("read", "to texts"), ("cast", "cast, sorted")):
            ours, theirs = steps[step]
            figures |= {f"{step} {form} duckdb": ours, f"{step} {form} polars": theirs}
            what = f"{form}, {rows / 1e6:g} M rows {told}"
            yield f"{what}: DuckDB", ours["seconds"], theirs["seconds"], "Polars, streaming", ""
            yield f"{what}: MiB", ours["peak MiB"], theirs["peak MiB"], "Polars, streaming", ""


def of_runs(figures: Figures) -> Iterator[Line]:
    """Measure 365 days of a dataset, of one run a day ten, and 365 days of ten datasets."""
    one = measured(1, "backfill", lambda _: None, 365, 1)
    ten = measured(1, "backfill", lambda _: None, 10, 10)
    apiece = measured(1, "processes", lambda _: None, 10)
    ten_datasets = measured(1, "partitions", lambda _: None, 365, 10)
    figures |= {"one run": one, "ten runs": ten, "ten processes": apiece}
    figures["ten datasets"] = ten_datasets
    what = "(d) 365 days in one run"
    live, each = "365 runs in a live process, from 10", "365 runs in a process each, from 10"
    yield what, one["seconds"], ten["a run"] * 365, live, "1/50"
    yield what, one["seconds"], apiece["a run"] * 365, each, "1/50"
    whole = "the same rows as one partition a dataset"
    yield "(d) of ten datasets", ten_datasets["seconds"], ten_datasets["whole"], whole, ""
    more, rows = ten_datasets["a partition"] * 1000, ten_datasets["whole"] / 3.65
    yield "(d) its partitions apart, ms each", more, rows, f"{whole}, ms a day", "2 ms"


def of_city(figures: Figures) -> Iterator[Line]:
    """Measure a full-scale day of the city, and its release."""
    city = figures["city"] = measured(1, "city", lambda _: None)
    what = f"(e) a full-scale day of {city['datasets']:.0f} datasets"
    yield what, city["seconds"], city["floor"], BARE, "10"
    yield "(e) of it the gate", city["gate"], city["floor"], BARE, ""
    yield "(f) its release, all of it new", city["release"], city["floor"], BARE, "10 s"
    new = "the release before it, all of it new"
    yield "(f) again, nothing changed", city["again"], city["release"], new, "2 s"
    made = "running every model and making that release"
    told = f"(f) verify {city['verified']:.0f} numbers and files"
    yield told, city["verify"], city["release"], made, ""


def of_gate(figures: Figures) -> Iterator[Line]:
    """Count the instructions of one verdict."""
    counted = figures["instructions"] = measured(1, "instructions", lambda _: None, 192)
    checks = "those of one hand-written DuckDB aggregate"
    yield "(g) a verdict of 192 rows, M instr.", counted["judge"], counted["checks"], checks, ""


def shown(lines: Sequence[Line]) -> None:
    """Print lines as a table."""
    print(f"{'':44}{'ours':>10}{'floor':>10}{'ratio':>8}  floor is (aim)")
    for what, value, base, named, aim in lines:
        ratio = f"{value / base:.2f}" if value / base > 0.1 else f"1/{base / value:.0f}"
        told = f"{named} ({aim})" if aim else named
        print(f"{what:44}{value:10.2f}{base:10.2f}{ratio:>8}  {told}", flush=True)


def main() -> None:
    """Measure, print the tables, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS, help="of a CSV file, in turn")
    parser.add_argument("--form-rows", type=int, default=10_000_000, help="of each other form")
    parser.add_argument(
        "--repeat", type=int, default=3, help="runs of a file, of which the median counts"
    )
    given = parser.parse_args()
    if not shutil.which("valgrind"):
        raise SystemExit("instructions are counted by Callgrind: install the package valgrind")
    machine = (
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python"
        f" {platform.python_version()}, DuckDB {duckdb.__version__}"
    )
    print(f"median of {given.repeat}, {machine}")
    figures = Figures()
    for rows in given.rows:
        shown([*of_file(rows, "csv", given.repeat, figures)])
        spent = figures[f"csv {rows}"]
        print("steps: " + ", ".join(f"{name} {spent[name]:.2f} s" for name in STEPS))
    for form in FORMS[1:]:
        shown([*of_file(given.form_rows, form, given.repeat, figures)])
    shown([*of_readers(given.form_rows, given.repeat, figures)])
    for part in (of_runs, of_city, of_gate):
        shown([*part(figures)])
    (PROJECT / "bench").mkdir(exist_ok=True)
    report = {"conditions": machine, "day": str(DAY), **figures}
    (PROJECT / "bench" / "latest.json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
