"""Every module has a charter and stays small: files, functions and the width that makes both
honest.
"""

import ast
import itertools
import re
import statistics
import tomllib
from pathlib import Path

import pytest

from pipelines.settings import PROJECT
from tests.house.generated import ROOMS

FILES = sorted(path for room in ROOMS for path in (PROJECT / room).rglob("*.py"))
WIDTH, LONGEST_FILE, MEDIAN_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 100, 300, 120, 60, 15
"""When they were set, half of the files had 98 lines or fewer, half of the functions 10."""
NAMELESS = ("utils", "helpers", "common", "manager", "misc")


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_module_opens_with_its_charter_and_stays_small(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    charter = ast.get_docstring(tree)
    assert charter and len(charter.split()) >= 8, "say what belongs here and what does not"
    assert path.stem not in NAMELESS
    assert len(lines(path)) <= LONGEST_FILE
    long = {
        node.name: size
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (size := _size(node)) > LONGEST_FUNCTION
    }
    assert not long, f"functions over {LONGEST_FUNCTION} lines: {long}"
    if path.name == "__init__.py":
        assert len(tree.body) == 1, "__init__.py holds a docstring only"


def test_half_of_the_files_and_functions_are_small() -> None:
    functions = [
        _size(node)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    assert statistics.median(len(lines(path)) for path in FILES) <= MEDIAN_FILE
    assert statistics.median(functions) <= MEDIAN_FUNCTION


def test_no_limit_is_kept_by_a_wide_line_or_a_formatter_that_is_switched_off() -> None:
    ruff = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]
    assert ruff["line-length"] == WIDTH and "E" in ruff["lint"]["select"]
    exempt = [*ruff["lint"]["ignore"], *itertools.chain(*ruff["lint"]["per-file-ignores"].values())]
    assert "E501" not in exempt
    for path in FILES:
        tricks = re.findall(r"#.*(?:fmt: *(?:skip|off)|noqa.*E501)", path.read_text("utf-8"))
        assert not tricks, f"{path}: {tricks}"


def test_no_filename_prefix_is_a_folder_that_was_not_made() -> None:
    for folder in {path.parent for path in FILES}:
        stems = [path.stem for path in folder.glob("*.py") if "_" in path.stem]
        prefixes = [stem.partition("_")[0] for stem in stems]
        crowded = {prefix for prefix in prefixes if prefixes.count(prefix) >= 3}
        assert not crowded, f"{folder}: make a folder of {crowded}"


def _size(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
