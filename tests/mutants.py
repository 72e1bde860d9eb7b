"""Mutants: code changed in one place at a time, to see whether a unit test notices it; ``make
mutants``.

Which modules are changed and which lines are texts is said in pyproject.toml under ``tool.mutmut``.
A module is held by the unit tests of its name, where there are none by those of its folder there.
With ``SAMPLE=40`` that many of a module's mutants are tried, the same each time. What is printed is
killed of tried (made), by module, and the names of those that live: ``mutmut show NAME`` gives the
change, ``mutmut browse`` all of them. Each run begins with an empty ``mutants/``: mutmut alone
would keep what is no Python there as it was.
"""

import argparse
import random
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any

from mutmut.__main__ import cli, collect_source_file_mutation_data, create_mutants
from mutmut.configuration import config
from mutmut.state import state
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import copy_src_dir
from mutmut.workers import isolation

FOLDER = Path("mutants")
KILLED = ("killed", "timeout")


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("modules", nargs="+", help="modules, or rooms with all their modules")
    parser.add_argument("--sample", type=int, default=1_000_000, help="mutants of a module to try")
    parser.add_argument("--cores", default="1", help="mutants tried at once")
    return parser.parse_args()


def holding(modules: Iterable[str], selection: list[str]) -> list[str]:
    """Return the tests that hold these modules: the file of a module's name, where there is none
    those that lie where its folder is mirrored.
    """
    held: dict[str, None] = {}
    for module in modules:
        path = PurePath("tests/unit", *module.split("."))
        own = path.with_name(f"test_{path.name}.py")
        folder = [entry for entry in selection if path.is_relative_to(entry)]
        held |= dict.fromkeys([str(own)] if Path(own).exists() else folder)
    return list(held)


def became(modules: list[str]) -> dict[str, str]:
    """Return what became of each mutant of the modules, by its name."""
    mutants, _ = collect_source_file_mutation_data(mutant_names=[f"{name}.*" for name in modules])
    return {name: status_by_exit_code[code] for _, name, code in mutants}


def by_module(names: list[str]) -> dict[str, list[str]]:
    modules: dict[str, list[str]] = {}
    for name in sorted(names):
        modules.setdefault(name.rpartition(".")[0], []).append(name)
    return modules


class QuickestFirst(isolation.ForkServerRunner):
    """Tries a mutant with the quickest of its tests first: the first that fails is the last."""

    def submit(self, mutant_name: str, tests: list[str], *limits: Any) -> None:
        super().submit(mutant_name, sorted(tests, key=state().duration_by_test.get), *limits)


def main(modules: list[str], sample: int, cores: str) -> None:
    """Try mutants of these modules, or rooms, and say how many were killed."""
    isolation.ForkServerRunner = QuickestFirst
    shutil.rmtree(FOLDER, ignore_errors=True)
    copy_src_dir()
    create_mutants(int(cores))
    made = by_module([*became(modules)])
    tests = holding(made, config().pytest_add_cli_args_test_selection)
    config().pytest_add_cli_args_test_selection = tests
    chance = random.Random(1)
    tried = [
        name for names in made.values() for name in chance.sample(names, min(sample, len(names)))
    ]
    cli(["run", "--max-children", cores, *tried], standalone_mode=False)
    ends = {name: how for name, how in became(modules).items() if name in tried}
    for name, how in sorted(ends.items()):
        if how not in KILLED:
            print(f"{how}: {name}")
    killed = Counter(name.rpartition(".")[0] for name, how in ends.items() if how in KILLED)
    for module, names in made.items():
        count = min(sample, len(names))
        print(
            f"{module}: {killed[module]} of {count} killed, {killed[module] / count:.0%}"
            f" ({len(names)} made)"
        )
    print(f"all: {killed.total()} of {len(tried)} killed, {killed.total() / len(tried):.0%}")


if __name__ == "__main__":
    given = asked()
    main(given.modules, given.sample, given.cores)
