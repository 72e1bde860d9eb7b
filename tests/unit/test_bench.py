"""The parts of ``make bench`` that need no city, each over a little."""

from pathlib import Path

import pytest

from tests.bench import MEASURES, deliver

pytestmark = pytest.mark.xdist_group("gate")


def test_a_file_reaches_its_partition_and_its_floor(tmp_path: Path) -> None:
    deliver(tmp_path, 2_000)
    floor, ours = MEASURES["floor"](tmp_path), MEASURES["ours"](tmp_path)
    assert floor["seconds"] > 0
    steps = ("land", "refine", "judge", "commit")
    assert ours["to committed"] == pytest.approx(sum(ours[step] for step in steps))
    assert min(ours.values()) > 0


def test_days_are_backfilled_in_one_run_and_in_several(tmp_path: Path) -> None:
    for runs in (1, 2):
        (tmp_path / str(runs)).mkdir()
        figures = MEASURES["backfill"](tmp_path / str(runs), 2, runs)
        assert figures["a run"] == figures["seconds"] / runs


def test_every_part_is_tried() -> None:
    """The others are slow: ``tests/journey/test_bench_of_the_city.py``."""
    assert {*MEASURES} == {"floor", "ours", "backfill", "processes", "city"}
