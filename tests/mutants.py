"""Mutants: code changed in one place at a time, to see whether a unit test notices it; ``make
mutants``.

Which modules are changed, by which tests they are held, and which lines are texts, is said in
pyproject.toml under ``tool.mutmut``. What is printed is killed of made, by module, and the names
of those that live: ``mutmut show NAME`` gives the change, ``mutmut browse`` all of them. Each run
begins with an empty ``mutants/``: mutmut alone would keep what is no Python there as it was.
"""

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

FOLDER = Path("mutants")
KILLED = ("killed", "timeout")


def mutmut(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "mutmut", *arguments]


def tried(modules: list[str]) -> dict[str, str]:
    """Return what became of each mutant of the modules, by its name."""
    told = subprocess.run(mutmut("results", "--all", "true"), capture_output=True, check=True)
    lines = (line.strip().rpartition(": ") for line in told.stdout.decode().splitlines())
    return {name: became for name, _, became in lines if name.startswith(tuple(modules))}


def main(modules: list[str]) -> None:
    """Try every mutant of these modules, or rooms, and say how many were killed."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    subprocess.run(mutmut("run", *(f"{module}.*" for module in modules)), check=True)
    became = tried([f"{module}." for module in modules])
    made = Counter(name.rpartition(".")[0] for name in became)
    killed = Counter(name.rpartition(".")[0] for name, how in became.items() if how in KILLED)
    for name, how in became.items():
        if how not in KILLED:
            print(f"{how}: {name}")
    for module, count in sorted(made.items()):
        print(f"{module}: {killed[module]} of {count} killed, {killed[module] / count:.0%}")
    print(f"all: {killed.total()} of {made.total()} killed, {killed.total() / made.total():.0%}")


if __name__ == "__main__":
    main(sys.argv[1:])
