"""The demo: a synthetic city on loopback, its last days harvested through Dagster, and the portal on top."""

import json
import os
import shlex
import sys
from pathlib import Path

from assets.run import Report
from cli import show
from cli.materialize import materialize
from cli.serving import free, serve_all
from demo.alive import Ports, alive
from demo.city import City
from pipelines.lake import Lake
from pipelines.partitions import today
from pipelines.settings import contracts_path, setting, sql_path


def run_demo(lake: Path, days: int, scale: float, seed: int, ports: tuple[int, int, Ports], serve: bool, as_json: bool) -> Report:
    """Harvest the last ``days`` days of the demo city into ``lake``; serve portal and Dagster afterwards when ``serve``."""
    port, dagster_port, city_ports = ports
    if serve:
        free(port, "--port")
        if dagster_port:
            free(dagster_port, "--dagster-port")
    for each in (city_ports.web, city_ports.sftp, city_ports.broker):
        free(each, "--city-port")
    city = City(seed=seed, scale=scale, today=today("Asia/Jakarta"), days=days)
    folder = Path(setting("LUMBUNG_CITY_FOLDER")).resolve()
    with alive(city, folder, city_ports) as environment:
        os.environ.update(environment)
        written = _environment_file(folder, {**environment, "LUMBUNG_LAKE": str(lake.resolve())})
        report = materialize(contracts_path(), Lake(lake), sql_path(), [], city.window[0], city.window[-1], quiet=as_json, stopped_days=days)
        if as_json:
            sys.stdout.write(json.dumps(show.report_json(report), indent=1, ensure_ascii=False, default=str) + "\n")
        else:
            show.report(report)
        if serve:
            show.CONSOLE.print(f"as long as this runs, another terminal can ask the same city: . {written}; .venv/bin/lumbung run sikesal", soft_wrap=True)
            serve_all(lake, contracts_path(), port, dagster_port)
    return report


def _environment_file(folder: Path, environment: dict[str, str]) -> Path:
    """Write what another terminal must know of the running city: addresses, its today, and the made-up secrets of its doors."""
    path = folder / "environment"
    path.touch(mode=0o600)
    path.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(environment.items())), "utf-8")
    return path
