"""A file is there whole or not at all, and has reached the disk before it has its name."""

import hashlib
import os
from pathlib import Path

import pytest

from pipelines.lake.durable import sha256_of, sync, write_durably


def test_a_file_reaches_the_disk_before_its_name_and_then_the_folder_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, done = tmp_path / "receipt.json", []
    path.write_bytes(b"before")
    fsync, replace = os.fsync, Path.replace

    def told(descriptor: int) -> None:
        place = Path(f"/proc/self/fd/{descriptor}").resolve()
        done.append("folder" if place == tmp_path else place.read_text())
        fsync(descriptor)

    def renamed(aside: Path, target: Path) -> Path:
        assert aside.parent == tmp_path and aside.name.startswith(".receipt.json.")
        done.append(f"renamed over {target.read_text()}")
        return replace(aside, target)

    monkeypatch.setattr(os, "fsync", told)
    monkeypatch.setattr(Path, "replace", renamed)
    write_durably(path, b"after")
    assert done == ["after", "renamed over before", "folder"]
    assert path.read_bytes() == b"after" and list(tmp_path.iterdir()) == [path]


def test_a_hash_is_that_of_the_whole_content(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\x00\r\n" * 100_000)
    assert sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_was_opened_to_be_synced_is_closed_again(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    sync(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "nothing")
    assert len(list(Path("/proc/self/fd").iterdir())) == before
