"""The parts of ``make bench`` that take processes of their own, each over a little: days launched
one by one, a verdict under Callgrind, and a day of the whole city with its release.
"""

from pathlib import Path

from tests.bench.measure import apart


def test_a_day_is_launched_in_a_process(tmp_path: Path) -> None:
    assert apart("processes", tmp_path, 1)["a run"] > 0


def test_the_instructions_of_a_verdict_are_counted(tmp_path: Path) -> None:
    counted = apart("instructions", tmp_path, 192)
    assert 1 < counted["checks"] < counted["judge"]


def test_a_thin_day_of_the_city_is_harvested_released_and_verified(tmp_path: Path) -> None:
    figures = apart("city", tmp_path, 0.02)
    assert figures["datasets"] > 70 and figures["rows"] > 1000
    assert figures["verified"] > 100
    named = ("seconds", "gate", "floor", "release", "again", "verify")
    assert min(figures[name] for name in named) > 0
