"""What only one place may know is known by that place alone, and settings name places there are."""

import tomllib
from pathlib import Path

import pytest

from pipelines.settings import PROJECT

ROOMS = ("assets", "pipelines", "quality", "portal", "demo", "cli")
KNOWN_BY = {"_partition=": "pipelines/lake/tables.py"}
"""By words, the one file that may hold them: how the folders of a table's partitions are named."""


@pytest.mark.parametrize("words", KNOWN_BY)
def test_only_one_file_knows_it(words: str) -> None:
    files: list[Path] = [path for room in ROOMS for path in (PROJECT / room).rglob("*.py")]
    holders = [str(path.relative_to(PROJECT)) for path in files if words in path.read_text("utf-8")]
    assert holders == [KNOWN_BY[words]], f"ask {KNOWN_BY[words]} instead of reading '{words}'"


OURS = ("Jambi", "15.71", "Asia/Jakarta")
CODE = (".py", ".sql", ".html", ".css", ".js", ".json", ".toml")


def test_no_code_names_the_city() -> None:
    """What a city is stands in ``assets/city.yaml``; what a law of its province says, and what is
    made up of it, in ``pipelines/reference`` and ``demo``; that there was a zone before there was
    such a file, in ``pipelines/city.py``.
    """
    rooms = [PROJECT / room for room in (*ROOMS, "sql") if room != "demo"]
    assert [room for room in rooms if not room.is_dir()] == []
    files = [path for room in rooms for path in room.rglob("*") if path.suffix in CODE]
    assert len(files) > 300
    for path in files:
        if not path.is_relative_to(PROJECT / "pipelines" / "reference"):
            told = [name for name in OURS if name in path.read_text("utf-8")]
            stated = ["Asia/Jakarta"] if path == PROJECT / "pipelines" / "city.py" else []
            assert told == stated, f"{path} names {told}; it stands in the city's file"


def test_the_mutants_are_made_of_files_there_are() -> None:
    """mutmut passes over in silence what it does not find."""
    mutants = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    keys = ("source_paths", "only_mutate", "also_copy", "pytest_add_cli_args_test_selection")
    named = [name for key in keys for name in mutants[key]]
    assert [name for name in named if not list(PROJECT.glob(name))] == []
