"""Decisions: one file each, short, dated, with what and why; ``generated`` holds their index."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.house.generated import DECISIONS

FILES = sorted(path for path in DECISIONS.iterdir() if path.name != "README.md")
FIRST = date(2026, 11, 24)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_decision_is_dated_and_says_what_and_why_in_under_ten_lines(path: Path) -> None:
    day, title = path.name[:10], path.name[11:]
    assert date.fromisoformat(day) >= FIRST
    lines = path.read_text("utf-8").splitlines()
    words = re.sub(r"[^a-z0-9]+", "-", lines[0].lower().replace("'", "")).strip("-")
    assert title == f"{words}.md", "the file is named for the title"
    assert len(lines) < 10
    items = [line for line in lines[1:] if line and not line.startswith("  ")]
    labels = [item.split(":")[0] for item in items]
    assert labels in (
        ["- **What**", "- **Why**"],
        ["- **What**", "- **Why**", "- **Refused**"],
    )


def test_no_decision_is_taken_twice() -> None:
    titles = [path.name[11:] for path in FILES]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []
