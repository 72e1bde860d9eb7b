"""The demo: a synthetic city on loopback, its last days harvested through Dagster, and the
portal on top.
"""

import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assets.report import Report
from cli import show
from cli.materialize import materialize
from cli.serving import free, serve_all
from demo.alive import Ports, alive
from demo.city import ZONE, City
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import today
from pipelines.settings import contracts_path, settings, sql_path


def run_demo(
    lake: Path,
    days: int,
    scale: float,
    seed: int,
    ports: tuple[int, int, Ports],
    serve: bool,
    as_json: bool,
) -> Report:
    """Harvest the last ``days`` days of the demo city into ``lake``; serve portal and Dagster
    afterwards when ``serve``.
    """
    port, dagster_port, city_ports = ports
    if serve:
        free(port, "--port")
        if dagster_port:
            free(dagster_port, "--dagster-port")
    for city_port in (city_ports.web, city_ports.sftp, city_ports.broker):
        free(city_port, "--city-port")
    city = City(seed=seed, scale=scale, today=today(ZONE.key), days=days)
    folder = settings().city_folder.resolve()
    own = {"LUMBUNG_LAKE": str(lake.resolve())}
    with (
        alive(city, folder, city_ports, contracts=contracts_path()) as environment,
        environment_file(folder, {**environment, **own}) as written,
    ):
        os.environ.update(environment)
        report = materialize(
            contracts_path(),
            Lake(lake),
            sql_path(),
            [],
            city.window[0],
            city.window[-1],
            quiet=as_json,
            stopped_days=days,
        )
        if as_json:
            sys.stdout.write(
                json.dumps(show.report_json(report), indent=1, ensure_ascii=False, default=str)
                + "\n"
            )
        else:
            show.report(report)
        if serve:
            show.CONSOLE.print(
                f"as long as this runs, another terminal can ask the same city: . {written};"
                f" {called()} run sikesal",
                markup=False,
                soft_wrap=True,
            )
            serve_all(lake, contracts_path(), port, dagster_port)
    return report


def called() -> str:
    """Return ``lumbung`` as it was called, to be typed again: its name alone where the shell finds
    it.
    """
    command = sys.argv[0]
    name = Path(command).name
    return name if shutil.which(name) == command else shlex.quote(command)


@contextmanager
def environment_file(folder: Path, environment: dict[str, str]) -> Iterator[Path]:
    """Keep what another terminal must know of the running city in a file that only its owner reads,
    until the block ends.

    These are addresses, the city's today, and the made-up secrets of its doors. A new file takes
    the place of whatever bears its name, so neither an old file's mode nor a link's target matters.
    """
    path = folder / "environment"
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=folder, prefix="environment.", delete=False
    ) as file:
        file.writelines(
            f"export {name}={shlex.quote(value)}\n" for name, value in sorted(environment.items())
        )
    Path(file.name).replace(path)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
