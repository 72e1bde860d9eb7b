"""Files made by two processes ahead of the one that lists them are the same files, and what fails
ahead is made by that one.
"""

import hashlib
import multiprocessing
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipelines.files import ahead
from pipelines.files.ahead import made_ahead
from pipelines.files.make_files import make_files
from pipelines.lake.lake import Lake
from pipelines.release.release import open_release
from tests.released import released

pytestmark = pytest.mark.xdist_group("gate")


def _held(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def _fails(names: Sequence[str]) -> None:
    raise OSError(names)


def test_two_processes_make_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released(tmp_path, beside=("sungai",))
    lake, before = Lake(tmp_path / "lake"), _held(tmp_path / "lake" / "files")
    assert len(before) > 20
    shares: list[list[str]] = []

    def noted(sizes: dict[str, int], make: object) -> None:
        shares.append(sorted(sizes))
        made_ahead(sizes, make)  # type: ignore[arg-type]
        if len(shares) == 1:
            assert _held(tmp_path / "lake" / "files") == before, "all of them were made ahead"

    monkeypatch.setattr(ahead, "WORTHWHILE", 1)
    monkeypatch.setattr("pipelines.files.make_files.made_ahead", noted)
    shutil.rmtree(tmp_path / "lake" / "files")
    make_files(lake, open_release(lake), None)
    make_files(lake, open_release(lake), None)
    assert _held(tmp_path / "lake" / "files") == before
    assert shares == [["hujan.rain", "kpi.rainy_days", "mart.rain_daily", "sungai.rain"], []]
    assert multiprocessing.active_children() == []


def test_what_fails_ahead_is_no_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "WORTHWHILE", 1)
    made_ahead({"a": 1, "b": 1}, _fails)
    made_ahead({"a": 1}, _fails)
    made_ahead({}, _fails)
