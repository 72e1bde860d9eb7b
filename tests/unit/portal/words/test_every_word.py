"""Every word that code asks for by its key is there, so that no rare page ends in a KeyError."""

import ast
from collections.abc import Iterator
from pathlib import Path

from pipelines.settings import PROJECT
from portal.words.say import WORDS


def spoken() -> Iterator[tuple[Path, int, str]]:
    """Yield file, line and key of every word that is asked for by a literal key."""
    for path in sorted((PROJECT / "portal").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield path.relative_to(PROJECT), node.lineno, key.value


def test_every_word_asked_for_by_its_key_is_there() -> None:
    words = list(spoken())
    assert len(words) > 200
    assert [word for word in words if word[2] not in WORDS] == []
