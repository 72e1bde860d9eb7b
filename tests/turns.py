"""What is slow and seldom breaks, in turns: a submission runs one of them after the suite, the next
submission the next one. ``python -m tests.turns`` runs this submission's turn, ``python -m
tests.turns suite`` prints what keeps all of them out of the suite.

Which turn it is follows from the number of commits, so the same commit is always tried the same
way. ``make conformance`` and ``make faults`` run theirs whole.
"""

import subprocess
import sys

import pytest

from pipelines.settings import PROJECT

TURNS = {
    "in a browser": (
        "tests/conformance/test_accessibility.py",
        "tests/conformance/test_accessibility_explore.py",
        "tests/conformance/test_lighthouse.py",
    ),
    "others' programmes": (
        "tests/conformance/test_agreement.py",
        "tests/conformance/test_ckan_clients.py",
        "tests/conformance/test_html.py",
        "tests/conformance/test_metadata.py",
        "tests/conformance/test_metadata_peers.py",
    ),
    "disk faults": ("tests/faults/test_fault_enumeration.py",),
    "a wheel elsewhere": ("tests/journey/test_wheel.py",),
}
"""The files of each turn; every other test file is in the suite."""


def turn(commits: int) -> str:
    """Return the turn after so many commits."""
    return list(TURNS)[commits % len(TURNS)]


def main() -> int:
    """Run the turn, or print the options of the suite; return the exit code."""
    if sys.argv[1:] == ["suite"]:
        sys.stdout.write(" ".join(f"--ignore={path}" for paths in TURNS.values() for path in paths))
        return 0
    count = ["git", "rev-list", "--count", "HEAD"]
    said = subprocess.run(count, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    name = turn(int(said))
    print(f"turn {list(TURNS).index(name) + 1} of {len(TURNS)}: {name}", flush=True)
    return int(pytest.main(["-n", "2", "--dist", "loadgroup", *TURNS[name]]))


if __name__ == "__main__":
    sys.exit(main())
