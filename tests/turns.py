"""What is slow and seldom breaks, in turns: a submission runs two of them after the suite, the next
submission perhaps others. ``python -m tests.turns`` runs this submission's turns, ``python -m
tests.turns suite`` prints what keeps all of them out of the suite.

Which turns they are follows from the commit's hash, so the same commit is always tried the same
way, also in a shallow clone, and whoever submits every so many commits still meets every turn.
``make conformance`` and ``make faults`` run theirs whole.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

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
    "every page": (
        "tests/journey/test_explore.py",
        "tests/journey/test_pages.py",
        "tests/unit/portal/light/test_light_hostile.py",
    ),
    "one thing wrong": (
        "tests/faults/test_fault_enumeration.py",
        "tests/faults/test_interrupted_harvest.py",
        "tests/releases/test_interrupted.py",
        "tests/releases/test_one_model_wrong.py",
        "tests/releases/test_one_table_damaged.py",
        "tests/releases/test_one_thing_wrong.py",
        "tests/releases/test_process_ended.py",
    ),
    "the city again": (
        "tests/journey/test_bench_of_the_city.py",
        "tests/journey/test_one_day_of_the_city.py",
        "tests/journey/test_receipts_of_the_city.py",
        "tests/journey/test_three_users.py",
        "tests/unit/demo/test_city.py",
    ),
    "releases compared": (
        "tests/releases/test_arrival.py",
        "tests/releases/test_corrected_at_the_source.py",
        "tests/releases/test_corrections.py",
        "tests/releases/test_diff.py",
        "tests/releases/test_receipts.py",
        "tests/releases/test_volume.py",
    ),
    "real files and servers": (
        "tests/journey/test_real_servers.py",
        "tests/real/test_real_files.py",
        "tests/real/test_real_gtfs.py",
        "tests/unit/pipelines/connectors/test_mqtt.py",
    ),
    "bad days": ("tests/journey/test_bad_days.py",),
    "a wheel elsewhere": ("tests/journey/test_wheel.py",),
}
"""The files of each turn; every other test file is in the suite."""


def turns(commit: str) -> tuple[str, str]:
    """Return the two turns of a commit, by its hash."""
    names = list(TURNS)
    others, first = divmod(int(commit, 16), len(names))
    return names.pop(first), names[others % len(names)]


def head(folder: Path) -> str:
    """Return the hash of the commit checked out in a folder; SystemExit says what to do without."""
    try:
        return subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(
            f"{folder}: git names no commit here, and the turns follow from its hash; run this in"
            " a git clone, or run files of TURNS in tests/turns.py with pytest"
        ) from error


def main() -> int:
    """Run the turns, or print the options of the suite; return the exit code."""
    if sys.argv[1:] == ["suite"]:
        sys.stdout.write(" ".join(f"--ignore={path}" for paths in TURNS.values() for path in paths))
        return 0
    names = turns(head(PROJECT))
    print(f"turns of {len(TURNS)}: {', '.join(names)}", flush=True)
    return max(_run(TURNS[name]) for name in names)


def _run(files: Sequence[str]) -> int:
    """Run one turn in processes of its own: what others' programmes leave in one, such as a
    standard output that is closed later, is not the next turn's.
    """
    pytest = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup"]
    return subprocess.run([*pytest, *files], cwd=PROJECT).returncode


if __name__ == "__main__":
    sys.exit(main())
