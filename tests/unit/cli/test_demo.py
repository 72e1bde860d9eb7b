"""What the demo leaves on disk for another terminal: for its owner's eyes, and only while it
runs.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.demo import called, environment_file

SAID = {"A_SECRET": "it's $(made up)", "LUMBUNG_TODAY": "2026-06-16"}


def test_another_terminal_reads_the_environment_as_it_was_written(tmp_path: Path) -> None:
    with environment_file(tmp_path, SAID) as path:
        done = subprocess.run(
            ["sh", "-c", f'. {path}; printf "%s|%s" "$A_SECRET" "$LUMBUNG_TODAY"'],
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout == "it's $(made up)|2026-06-16"


def test_a_file_that_others_could_read_is_replaced_and_removed_at_the_end(tmp_path: Path) -> None:
    old = tmp_path / "environment"
    old.write_text("export A_SECRET=old\n")
    old.chmod(0o644)
    with old.open() as reader, environment_file(tmp_path, SAID) as path:
        assert path.stat().st_mode & 0o777 == 0o600
        assert reader.read() == "export A_SECRET=old\n", (
            "who holds the old file open sees nothing of the new one"
        )
        assert list(tmp_path.iterdir()) == [path]
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_replaced_and_its_target_left_alone(tmp_path: Path) -> None:
    target, folder = tmp_path / "target", tmp_path / "city"
    target.write_text("mine")
    folder.mkdir()
    (folder / "environment").symlink_to(target)
    with pytest.raises(KeyboardInterrupt), environment_file(folder, SAID) as path:
        assert not path.is_symlink() and target.read_text() == "mine"
        raise KeyboardInterrupt
    assert target.read_text() == "mine" and list(folder.iterdir()) == []


def test_the_command_to_type_next_is_the_one_that_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "the tools" / "lumbung"
    installed.parent.mkdir()
    installed.touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(installed), "demo"])
    assert called() == f"'{installed}'", "no shell finds it by its name"
    monkeypatch.setenv("PATH", str(installed.parent), prepend=os.pathsep)
    assert called() == "lumbung"
    monkeypatch.setattr(sys, "argv", [".venv/bin/lumbung", "demo"])
    assert called() == ".venv/bin/lumbung"
