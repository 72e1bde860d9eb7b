"""The demo: a synthetic city on loopback, its last days harvested through Dagster, and the portal on top."""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

from assets.run import Report
from cli import show
from cli.materialize import materialize
from cli.serving import free, serve_all
from demo.city import City
from demo.everything import prepare
from demo.server import serve as serve_city
from pipelines.lake import Lake
from pipelines.partitions import today
from pipelines.settings import contracts_path, setting, sql_path


def run_demo(lake: Path, days: int, scale: float, seed: int, ports: tuple[int, int, int], serve: bool, as_json: bool) -> Report:
    """Harvest the last ``days`` days of the demo city into ``lake``; serve portal and Dagster afterwards when ``serve``."""
    port, dagster_port, city_port = ports
    if serve:
        free(port, "--port")
        if dagster_port:
            free(dagster_port, "--dagster-port")
    free(city_port, "--city-port")
    city = City(seed=seed, scale=scale, today=today("Asia/Jakarta"), days=days)
    folder = Path(setting("LUMBUNG_CITY_FOLDER")).resolve()
    prepare(city, folder)
    os.environ["LUMBUNG_CITY_FOLDER"] = str(folder)
    os.environ["LUMBUNG_CITY"] = f"http://127.0.0.1:{city_port}"
    with serve_city(city, folder, port=city_port):
        report = materialize(contracts_path(), Lake(lake), sql_path(), [], city.today - timedelta(days=days), city.today - timedelta(days=1), quiet=as_json)
        if as_json:
            sys.stdout.write(json.dumps(show.report_json(report), indent=1, ensure_ascii=False, default=str) + "\n")
        else:
            show.report(report)
        if serve:
            serve_all(lake, contracts_path(), port, dagster_port)
    return report
