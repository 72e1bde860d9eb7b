"""Nothing is dropped from what is tested: a file is in the suite or in one turn, and every turn
comes up.
"""

import hashlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from pipelines.settings import PROJECT
from tests.turns import TURNS, head, turns

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


def test_hashes_reach_every_turn_about_equally_and_a_commit_always_has_the_same() -> None:
    """Also every fourth commit, as submissions of four commits each are."""
    hashes = [hashlib.sha1(str(number).encode()).hexdigest() for number in range(1600)]
    for submitted in (hashes, hashes[::4]):
        share = 2 * len(submitted) / len(TURNS)
        reached = Counter(name for commit in submitted for name in turns(commit))
        assert set(reached) == set(TURNS)
        assert all(share / 2 < times < share * 2 for times in reached.values()), reached
    assert all(len({*turns(commit)}) == 2 for commit in hashes)
    assert turns(hashes[0]) == turns(hashes[0])


def test_the_turns_are_those_of_the_commit_also_in_a_shallow_clone(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    git("init", "-q", "full")
    for message in ("one", "two"):
        git("-C", "full", "commit", "-q", "--allow-empty", "-m", message)
    git("clone", "-q", "--depth", "1", f"file://{tmp_path}/full", "shallow")
    commit = git("-C", "full", "rev-parse", "HEAD")
    for clone in ("full", "shallow"):
        assert head(tmp_path / clone) == commit


def test_without_git_one_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(SystemExit, match="run this in a git clone") as no_clone:
        head(tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="run this in a git clone") as no_git:
        head(tmp_path)
    for refused in (no_clone, no_git):
        assert "\n" not in str(refused.value) and str(tmp_path) in str(refused.value)


def test_no_unit_test_harvests_the_city() -> None:
    """A unit file is what one runs while one works: the city takes minutes."""
    for path in (PROJECT / "tests" / "unit").rglob("test_*.py"):
        assert "Harvested" not in path.read_text("utf-8"), f"{path} belongs in tests/journey"
