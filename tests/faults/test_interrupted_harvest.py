"""F2: every mutating call of a harvest's delivery and redelivery x KILL, ENOSPC, EIO and short
writes, each followed by *another* application's run and release, with no rerun of the one that
failed; and the same of ending what was left half done.

Then clean, public, quarantine, the release and the verdicts agree, on all of one delivery or on all
of the other, and what was taken back is asked for again.
"""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from assets.due import keys_to_harvest
from assets.harvest import harvest
from pipelines.connectors.contracts import read_contract
from pipelines.lake import verdicts
from pipelines.lake.lake import Lake
from pipelines.release.release import open_release
from tests.faults.points import DAY, Ordered, points, rows
from tests.sample import drop, row, write_sample

pytestmark = pytest.mark.xdist_group("faults")
SLICE = 8
"""Points of each scenario in a turn."""
OPEN = "gauge, epoch_us(measured_at), rain_mm, kind, _partition"
SECOND = DAY + timedelta(days=1)


@dataclass
class Town:
    """Two applications, the lake both were harvested into, and what orders are given by."""

    folder: Path
    ordered: Ordered

    def order(self, lake: Path, **more: Any) -> dict[str, Any]:
        return self.ordered(lake, city=str(self.folder), **more)

    def others(self, lake: Path, **more: Any) -> None:
        """Run the other application and release."""
        answer = self.order(lake, application="angin", release=True, run="other", **more)
        assert answer["ended"] == "done", "the other application's run failed"

    def delivered(self, gauges: int) -> None:
        for day in (DAY, SECOND):
            lines = [row(day, gauge) for gauge in range(gauges)]
            drop(self.folder / "drop", day, [*lines, row(day, -1)])

    def asked(self, lake: Path) -> tuple[str, ...]:
        """Return the days of rain that a run without dates asks for."""
        (dataset,) = read_contract(self.folder / "contracts" / "hujan.odcs.yaml").datasets
        return keys_to_harvest(Lake(lake), dataset, None, SECOND)


@pytest.fixture(scope="module")
def town(ordered: Ordered, tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("town")
    write_sample(folder / "contracts", folder / "drop")
    write_sample(folder / "contracts", folder / "wind", application="angin")
    for day in (DAY, SECOND):
        drop(folder / "wind", day, [row(day, gauge) for gauge in range(3)])
    (folder / "sql").mkdir()
    (folder / "sql" / "conventions.sql").write_text("")
    return Town(folder, ordered)


@pytest.fixture(params=["first", "again"])
def before(request: pytest.FixtureRequest, town: Town, tmp_path: Path) -> tuple[Path, int]:
    """A lake in which rain was never harvested, or was; and how many rows each day has of it. Its
    next delivery has five.
    """
    lake = tmp_path / "before"
    gauges = 0
    if request.param == "again":
        gauges = 8
        town.delivered(gauges)
        assert town.order(lake, application="hujan", run="first")["ended"] == "done"
    town.others(lake)
    town.delivered(5)
    return lake, gauges


def agreed(root: Path) -> int:
    """Return how many rows each day has, everywhere the same; and no intent is left."""
    lake = Lake(root)
    clean, public = rows(lake, "clean", OPEN), rows(lake, "public", OPEN)
    passed = {row["partition"]: row for row in verdicts.passed(lake, "hujan.rain")}
    assert clean == public, "clean and public disagree"
    with open_release(lake).connect() as con:
        seen = con.execute(f"SELECT {OPEN} FROM hujan.rain").fetchall()
    assert sorted(map(repr, seen)) == public, "the release shows something else"
    days = {str(DAY), str(SECOND)}
    counts = {day: sum(f"'{day}')" in line for line in public) for day in days}
    assert {day: row["passed"] for day, row in passed.items()} == {
        day: count for day, count in counts.items() if count
    }, "the verdicts say something else"
    judged = dict(passed)
    for latest in verdicts.latest(lake, "hujan.rain"):
        if not {"source", "interrupted"} & {finding["kind"] for finding in latest["findings"]}:
            judged[latest["partition"]] = latest
    held = rows(lake, "quarantine", "_partition")
    assert sum(row["quarantined"] for row in judged.values()) == len(held)
    assert not [*(root / "intents").glob("*.json")]
    (count,) = set(counts.values())
    return count


def faulted(
    town: Town, before: tuple[Path, int], done: int, tmp_path: Path, **order: Any
) -> list[tuple[str, int]]:
    """Carry an order out once for each point, with its fault; then let another application run, and
    return how each ended and how many rows each day has then: ``done`` where it says it did all.
    """
    lake, gauges = before
    counted = tmp_path / "counted"
    shutil.copytree(lake, counted, symlinks=True)
    calls = int(town.order(counted, **order)["calls"])
    ended: list[tuple[str, int]] = []
    for n, kind in points(calls, SLICE):
        root, point = tmp_path / f"{n}-{kind}", f"call {n} of {calls}, {kind}"
        shutil.copytree(lake, root, symlinks=True)
        answer = town.order(root, n=n, kind=kind, **order)
        assert answer["ended"] != "hang", point
        begun = bool([*(root / "intents").glob("*.json")])
        town.others(root)
        try:
            count = agreed(root)
        except AssertionError as error:
            raise AssertionError(f"{point} ({answer['ended']}): {error}") from error
        assert count in (gauges, 5), point
        if answer["ended"] == "done":
            assert count == done, f"{point}: said done, and is not there"
        if begun and count != 5:
            assert str(DAY) in town.asked(root), f"{point}: taken back, and not asked for again"
            again = town.order(root, application="hujan", release=True, run="again")
            assert (again["ended"], agreed(root)) == ("done", 5), f"{point}: the rerun"
        ended.append((answer["ended"], count))
        shutil.rmtree(root)
    print(f"{len(ended)} points: { {each: ended.count(each) for each in set(ended)} }")
    return ended


def test_every_fault_of_a_harvest_leaves_all_of_one_delivery(
    town: Town, before: tuple[Path, int], tmp_path: Path
) -> None:
    ended = faulted(town, before, 5, tmp_path, application="hujan", run="faulted")
    assert ended


@pytest.mark.parametrize("commits", [2, 3])
def test_every_fault_of_ending_what_was_left_does_too(
    town: Town,
    before: tuple[Path, int],
    commits: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left(town, before[0], commits, monkeypatch)
    expected = 5 if commits == 3 else before[1]
    ended = faulted(town, before, expected, tmp_path, settle=True)
    assert {count for _, count in ended} == {expected}


def test_the_control_that_ends_nothing_is_caught(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = tmp_path / "lake"
    town.delivered(8)
    assert town.order(lake, application="hujan", run="first")["ended"] == "done"
    town.delivered(5)
    left(town, lake, 2, monkeypatch)
    town.others(lake, control="no intents")
    with pytest.raises(AssertionError, match="clean and public disagree"):
        agreed(lake)


def left(town: Town, lake: Path, commits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a harvest of the next delivery die after so many commits."""
    real, done = Lake.replace, list[Path]()

    def replace(self: Lake, con: Any, table: Path, *more: Any) -> int:
        if len(done) == commits:
            raise KeyboardInterrupt
        done.append(table)
        return real(self, con, table, *more)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    contract = read_contract(town.folder / "contracts" / "hujan.odcs.yaml")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Lake, "replace", replace)
        patch.setattr(verdicts, "record", dies)
        (dataset,) = contract.datasets
        harvest(Lake(lake), town.folder / "sql", contract, dataset, [str(DAY), str(SECOND)], "left")
