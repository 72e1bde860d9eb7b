"""Nothing is dropped from what is tested: a file is in the suite or in one turn, and every turn
comes.
"""

import subprocess
import sys
from collections import Counter

from pipelines.settings import PROJECT
from tests.turns import TURNS, turn

FILES = {str(path.relative_to(PROJECT)) for path in (PROJECT / "tests").rglob("test_*.py")}


def test_every_file_is_in_the_suite_or_in_one_turn() -> None:
    turned = Counter(path for paths in TURNS.values() for path in paths)
    assert set(turned) <= FILES and set(turned.values()) == {1}
    suite = subprocess.run(
        [sys.executable, "-m", "tests.turns", "suite"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert sorted(suite) == sorted(f"--ignore={path}" for path in turned)


def test_as_many_submissions_as_there_are_turns_run_all_of_them() -> None:
    assert {turn(commits) for commits in range(77, 77 + len(TURNS))} == set(TURNS)
    assert turn(77) == turn(77 + len(TURNS))


def test_no_unit_test_harvests_the_city() -> None:
    """A unit file is what one runs while one works: the city takes minutes."""
    for path in (PROJECT / "tests" / "unit").rglob("test_*.py"):
        assert "Harvested" not in path.read_text("utf-8"), f"{path} belongs in tests/journey"
