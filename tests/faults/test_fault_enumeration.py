"""F1: every mutating call of one whole day (fetch, land, refine, judge, commit, record, release) x
KILL, ENOSPC, EIO and short writes.

Readers see the release before or the one after, whole; a run that says it is done is; a rerun ends
like an undisturbed run. ``LUMBUNG_FAULTS=all`` runs every point (`make faults`), else a slice that
rotates with the date. Negative controls take a guard away.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.lake.lake import Lake
from pipelines.lake.verdicts import latest
from pipelines.release.release import open_release, releases
from tests.faults.points import DAY, Ordered, points, rows
from tests.sample import drop, row

pytestmark = pytest.mark.xdist_group("faults")
SLICE = 24


def seen(lake: Lake) -> list[str] | None:
    """What a reader of the current release sees, None before the first; raises when it is not
    whole.
    """
    if not (lake.root / "releases" / "current").exists():
        assert not (lake.root / "releases" / "current").is_symlink(), "current points nowhere"
        return None
    release = open_release(lake)
    for table in release.manifest.tables.values():
        assert all((lake.root / file).is_file() for file in table.files)
    with release.connect() as con:
        return sorted(map(repr, con.execute("SELECT * FROM hujan.rain").fetchall()))


def state(lake: Lake) -> dict[str, Any]:
    """Everything a rerun must bring back, without times and run ids."""
    verdicts = [
        {
            key: row[key]
            for key in (
                "dataset",
                "partition",
                "verdict",
                "delivered",
                "passed",
                "quarantined",
                "duplicates",
                "cells_withheld",
            )
        }
        for row in latest(lake)
    ]
    return {
        "clean": rows(lake, "clean", "*"),
        "public": rows(lake, "public", "*"),
        "quarantine": rows(lake, "quarantine", '"row", rules, record, _partition'),
        "verdicts": verdicts,
        "seen": seen(lake),
    }


@pytest.fixture(scope="module")
def undisturbed(
    ordered: Ordered, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], int]:
    lake = tmp_path_factory.mktemp("undisturbed") / "lake"
    answer = ordered(lake)
    assert answer["ended"] == "done" and int(answer["calls"]) > 50
    found = state(Lake(lake))
    assert len(found["seen"]) == 14 and len(found["quarantine"]) == 2
    return found, int(answer["calls"])


def test_every_fault_leaves_a_whole_release_and_a_rerun_ends_the_same(
    ordered: Ordered, undisturbed: tuple[dict[str, Any], int], tmp_path: Path
) -> None:
    clean, calls = undisturbed
    ended: dict[str, int] = {}
    for n, kind in points(calls, SLICE):
        root = tmp_path / f"{n}-{kind}"
        lake, point = Lake(root), f"call {n} of {calls}, {kind}"
        answer = ordered(root, n, kind)
        ended[answer["ended"]] = ended.get(answer["ended"], 0) + 1
        assert answer["ended"] != "hang", point
        before = seen(lake)
        assert before in (None, clean["seen"]), f"{point}: a reader saw part of a release"
        if answer["ended"] == "done":
            assert before == clean["seen"], f"{point}: said done, but the release is not there"
        assert ordered(root)["ended"] == "done", f"{point}: the rerun failed"
        assert state(lake) == clean, f"{point}: the rerun ended in another state"
        shutil.rmtree(root)
    print(f"fault points by how they ended: {ended}")
    assert set(ended) >= {"killed"}


def test_a_second_release_replaces_the_first_or_leaves_it(
    ordered: Ordered, undisturbed: tuple[dict[str, Any], int], city: Path, tmp_path: Path
) -> None:
    """The same with a release already there: a slice around the swap, where the old and the new
    one meet.
    """
    base = tmp_path / "base"
    assert ordered(base)["ended"] == "done"
    old = seen(Lake(base))
    changed = (city / "drop" / f"rain_{DAY}.csv").read_text()
    drop(city / "drop", DAY, [row(DAY, number, rain="3") for number in range(9)])
    try:
        first = tmp_path / "counted"
        shutil.copytree(base, first, symlinks=True)
        calls = int(ordered(first)["calls"])
        new = seen(Lake(first))
        assert new != old
        for n in range(calls - 14, calls + 1):
            root = tmp_path / f"second-{n}"
            shutil.copytree(base, root, symlinks=True)
            answer = ordered(root, n, "KILL")
            assert seen(Lake(root)) in (
                old,
                new,
            ), f"call {n} of {calls}: neither the old release nor the new one"
            assert (
                answer["ended"] == "killed"
                and ordered(root)["ended"] == "done"
                and seen(Lake(root)) == new
            )
            shutil.rmtree(root)
    finally:
        (city / "drop" / f"rain_{DAY}.csv").write_text(changed)


def test_the_control_that_swaps_in_place_is_caught(
    ordered: Ordered, city: Path, tmp_path: Path
) -> None:
    base = tmp_path / "base"
    assert ordered(base)["ended"] == "done"
    changed = (city / "drop" / f"rain_{DAY}.csv").read_text()
    drop(city / "drop", DAY, [row(DAY, number, rain="4") for number in range(8)])
    try:
        counted = tmp_path / "counted"
        shutil.copytree(base, counted, symlinks=True)
        calls = int(ordered(counted, control="swap in place")["calls"])
        caught = 0
        for n in range(calls - 3, calls + 1):
            root = tmp_path / f"control-{n}"
            shutil.copytree(base, root, symlinks=True)
            ordered(root, n, "KILL", control="swap in place")
            caught += seen(Lake(root)) is None
        assert caught, "a swap that is not atomic went unnoticed"
    finally:
        (city / "drop" / f"rain_{DAY}.csv").write_text(changed)


def unsynced(log: Path, lake: Lake) -> list[str]:
    """Return the files of the announced release that were not flushed after their last write and
    before the swap, from the log of calls.
    """
    calls = [line.split("\t") for line in log.read_text().splitlines()]
    swap = next(
        int(n)
        for n, call, _, other in calls
        if call == "rename" and other.endswith("/releases/current")
    )
    release = releases(lake)[-1]
    wanted = [
        str(lake.root / file) for table in release.manifest.tables.values() for file in table.files
    ]
    wanted += [
        str(path)
        for table in release.manifest.tables.values()
        for path in (lake.root / table.table / "_delta_log").glob("*.json")
    ]
    found = []
    for path in wanted:
        if not any(
            call == "fsync" and name == path and int(n) < swap for n, call, name, _ in calls
        ):
            found.append(path)
    for name in ("manifest.json", "release.duckdb"):
        if not any(
            call == "fsync" and name in where and int(n) < swap for n, call, where, _ in calls
        ):
            found.append(name)
    return found


def test_what_is_announced_was_flushed_before(ordered: Ordered, tmp_path: Path) -> None:
    assert ordered(tmp_path / "lake", log=str(tmp_path / "log"))["ended"] == "done"
    assert unsynced(tmp_path / "log", Lake(tmp_path / "lake")) == []


def test_what_a_second_release_announces_was_flushed_by_it_or_by_the_first(
    ordered: Ordered, city: Path, tmp_path: Path
) -> None:
    lake, first, second = tmp_path / "lake", tmp_path / "first", tmp_path / "second"
    assert ordered(lake, log=str(first))["ended"] == "done"
    old, changed = open_release(Lake(lake)).id, (city / "drop" / f"rain_{DAY}.csv").read_text()
    drop(city / "drop", DAY, [row(DAY, number, rain="5") for number in range(7)])
    try:
        assert (
            ordered(lake, log=str(second))["ended"] == "done" and open_release(Lake(lake)).id != old
        )
    finally:
        (city / "drop" / f"rain_{DAY}.csv").write_text(changed)
    late = unsynced(second, Lake(lake))
    assert late, "what the first release flushed was flushed again"
    assert set(late) <= {
        line.split("\t")[2]
        for line in first.read_text().splitlines()
        if line.split("\t")[1] == "fsync"
    }


def test_the_control_without_fsync_is_caught(ordered: Ordered, tmp_path: Path) -> None:
    assert (
        ordered(tmp_path / "lake", log=str(tmp_path / "log"), control="no fsync")["ended"] == "done"
    )
    assert unsynced(tmp_path / "log", Lake(tmp_path / "lake"))
