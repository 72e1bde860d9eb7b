"""What journeys share: a demo city harvested once, through Dagster, into a lake of its own.

Every test file imports this, so the city and its servers are imported by what starts them.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.lake import verdicts
from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT
from tests.serving import serving
from tests.shared import content, once

if TYPE_CHECKING:
    from demo.city import City
    from tests.released import SmallHouse

TODAY = date.fromisoformat(os.environ.get("LUMBUNG_CITY_TODAY", "2026-06-16"))
DAYS = int(os.environ.get("LUMBUNG_CITY_DAYS", "14"))
SCALE = float(os.environ.get("LUMBUNG_CITY_SCALE", "0.05"))
"""The demo city that journeys harvest: its days up to TODAY, and its share of the real volume."""


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put ``__main__`` back after each test: Streamlit's AppTest leaves its script there, and a
    spawned process would run it.
    """
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file on one worker, so that no fixture of a module is made twice."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(PROJECT))))


@dataclass
class Harvested:
    """A city, the lake it was harvested into, and the run's report as JSON."""

    city: "City"
    lake: Lake
    folder: Path
    report: dict[str, Any]


def run_city(
    city: "City",
    lake: Lake,
    folder: Path,
    contracts: Path = PROJECT / "assets" / "contracts",
    faults: Any = None,
    applications: Sequence[str] = (),
) -> dict[str, Any]:
    """Harvest ``city`` (all of it, or some applications) into ``lake`` and return the report."""
    import dagster as dg

    from assets.run import run
    from cli.show import report_json
    from demo.alive import alive

    with (
        alive(city, folder, faults=faults, contracts=contracts) as environment,
        pytest.MonkeyPatch.context() as patch,
        dg.DagsterInstance.ephemeral() as instance,
    ):
        for name, value in environment.items():
            patch.setenv(name, value)
        first, last = city.window[0], city.window[-1]
        report = run(
            instance,
            contracts,
            lake,
            PROJECT / "sql",
            applications,
            first,
            last,
            lambda *_: None,
            stopped_days=city.days,
        )
    return json.loads(json.dumps(report_json(report), default=str))


@pytest.fixture(scope="session")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harvested]:
    """The demo city's fourteen days before 16 June 2026, or as many as the environment says."""
    from demo.city import City
    from tests.journey.recomputed import WITHHELD

    folder, city = tmp_path_factory.mktemp("city"), City(today=TODAY, scale=SCALE, days=DAYS)
    if given := os.environ.get(
        "LUMBUNG_CONFORMANCE_LAKE"
    ):  # `make conformance`: this lake, whatever is in it
        lake, report = Lake(Path(given)), dict[str, Any]()
    else:
        lake = Lake(folder / "lake")
        report = run_city(city, lake, folder / "source")
    WITHHELD[city] = days_without(lake)
    yield Harvested(city, lake, folder, report)


def days_without(lake: Lake) -> dict[str, set[date]]:
    """Return by dataset the days of which nothing has passed."""
    days: dict[str, set[date]] = {}
    for row in verdicts.latest(lake):
        if row["verdict"] != "passed" and len(row["partition"]) == len("2026-01-01"):
            days.setdefault(row["dataset"], set()).add(date.fromisoformat(row["partition"]))
    return days


@pytest.fixture(scope="session")
def house(pytestconfig: pytest.Config) -> Iterator["SmallHouse"]:
    """The small house of ``tests.released``, one for all workers and to be read only: who writes
    into one, or wants another, makes his own.
    """
    from tests.released import released

    small = once(pytestconfig, "house", released)
    before = content(small.lake.root)
    yield small
    assert content(small.lake.root) == before, "a test wrote into the house that others read"


@pytest.fixture(scope="session")
def served(harvested: Harvested) -> Iterator[str]:
    """The portal over the harvested city, by the command that `lumbung serve` runs; its address."""
    with serving(harvested.lake.root, harvested.folder / "portal.log") as portal:
        yield portal.address


@pytest.fixture
def command(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run ``lumbung`` in this process: command(*arguments) -> (exit code, standard output,
    standard error).
    """

    from cli.main import main

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["lumbung", *map(str, arguments)])
            patch.setenv("LUMBUNG_LAKE", os.environ.get("LUMBUNG_LAKE", str(tmp_path / "lake")))
            code = 0
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
        out = capfd.readouterr()
        return code, out.out, out.err

    return call
