"""What only one place may know is known by that place alone."""

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
