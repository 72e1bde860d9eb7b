"""A harvest ends by what is no verdict and no failure of its steps: its process is ended from
outside, as the kernel does when memory runs out, or Dagster's own database fails. It stops its own
dataset alone.
"""

import os
import signal
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.asked import CodeLocation, Selection
from assets.instance import open_instance
from assets.workers import harvested
from pipelines.models.plan import planned
from pipelines.release.last_good import standing_contracts
from tests.released import released
from tests.sample import drop, row
from tests.town import THIRD, Town

pytestmark = pytest.mark.xdist_group("gate")
MEMORY_EATER = "hujan.rain"


def _end_whoever_harvests(lake: Path, stop: threading.Event) -> None:
    """End each process that harvests one dataset: whoever holds its lock."""
    seen = set[str]()
    while not stop.is_set():
        for work in (lake / "work").glob(f"{MEMORY_EATER}-*"):
            holders = {
                int(process.name)
                for process in Path("/proc").glob("[0-9]*")
                if _holds(process, lake / "locks" / MEMORY_EATER)
            }
            if holders and work.name not in seen:
                seen.add(work.name)
                for holder in holders:
                    os.kill(holder, signal.SIGKILL)
        time.sleep(0.01)


def _holds(process: Path, file: Path) -> bool:
    try:
        return any(link.resolve() == file for link in (process / "fd").iterdir())
    except OSError:
        return False


def test_a_harvest_that_ends_its_process_stops_only_itself(tmp_path: Path) -> None:
    released(tmp_path, beside=("sungai",))
    town = Town(tmp_path)
    drop(tmp_path / "drop", THIRD, [row(THIRD, gauge) for gauge in (1, 2)])
    contracts = standing_contracts(tmp_path / "contracts", town.lake)
    location = CodeLocation(
        contracts, planned(tmp_path / "sql", contracts.standing), town.lake, tmp_path / "sql"
    )
    asked = [
        Selection(dataset, (str(THIRD),))
        for contract in contracts.read
        for dataset in contract.datasets
    ]
    stop = threading.Event()
    thread = threading.Thread(target=_end_whoever_harvests, args=(town.lake.root, stop))
    thread.start()
    try:
        with open_instance(town.lake):
            done = {one.dataset: one for one in harvested(location, asked, {}, lambda _: None)}
    finally:
        stop.set()
        thread.join()
    assert [row["verdict"] for row in done["sungai.rain"].rows] == ["passed"]
    assert done["sungai.rain"].failures == [] == done[MEMORY_EATER].rows
    assert "ended from outside" in done[MEMORY_EATER].failures[0]
    assert town.harvested().errors == [], "and the next run asks for it again"


def test_a_harvest_of_which_dagster_keeps_no_run_stops_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released(tmp_path, beside=("sungai",))
    town, kept = Town(tmp_path), dg.DagsterInstance.create_run_for_job

    def locked(instance: dg.DagsterInstance, *args: Any, **how: Any) -> dg.DagsterRun:
        if any("hujan" in key.path for key in how["job_def"].asset_layer.selected_asset_keys):
            raise sqlite3.OperationalError("database is locked")
        return kept(instance, *args, **how)

    with monkeypatch.context() as patch:
        patch.setattr(dg.DagsterInstance, "create_run_for_job", locked)
        report = town.harvested()
    assert report.errors == [
        "hujan.rain: OperationalError: database is locked; `lumbung run` asks for its days again"
    ]
    assert [row["verdict"] for row in report.datasets["sungai.rain"]] == ["passed"]
    assert report.release == town.release.id
    assert [len(town.rows(name)) for name in ("hujan.rain", "sungai.rain")] == [4, 6]
    assert town.harvested(whole=True).errors == [] and len(town.rows("hujan.rain")) == 6
