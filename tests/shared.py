"""What every worker of a run may read and none may write, made by the first that asks for it."""

import fcntl
import hashlib
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import PROJECT

MADE_BY = (
    *("assets", "pipelines", "quality", "sql", "uv.lock"),
    *("tests/released.py", "tests/sample.py", "tests/shared.py"),
)
"""What decides how something shared comes out: the rooms that harvest and release, and what makes
it."""


def once(config: pytest.Config, name: str, make: Callable[[Path], Any]) -> Any:
    """Return what ``make`` returns of a folder; all workers get the same, and so do later runs of
    the same code: ``pytest --cache-clear`` forgets it.
    """
    root = config.cache.mkdir(name)  # type: ignore[union-attr]  # None only under -p no:cacheprovider
    folder, stored = root / "folder", root / f"{code()}.pickle"
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stored.exists():
            for earlier in root.glob("*.pickle"):
                earlier.unlink()
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            stored.write_bytes(pickle.dumps(make(folder)))
    return pickle.loads(stored.read_bytes())


def code() -> str:
    """Return a hash of the files of ``MADE_BY``."""
    digest = hashlib.sha256()
    for name in MADE_BY:
        path = PROJECT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.suffix in {".py", ".sql", ".yaml", ".lock"}:
                digest.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def content(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of every file below a folder, to see that nobody wrote there."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}
