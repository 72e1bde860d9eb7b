"""Where the lake lay when a release's views were written, and the same views for where it lies now.

A view names its files by absolute path, because DuckDB reads a relative one from wherever its
reader stands. So a lake that was copied, or is mounted elsewhere, has views of another place: here
they are written again, word for word but for that place. A reader gets a copy of his own, since the
lake may be read-only to him or lie elsewhere for its maker; a maker writes them where they are.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb

from pipelines.errors import LakeError
from pipelines.lake.durable import sync
from pipelines.sqltext import quoted

VIEWS = "release.duckdb"
OWN = ("mart", "kpi", "lumbung")
"""Schemas whose tables lie in the lake under their name; any other is an application."""


@dataclass(frozen=True)
class Place:
    """A file of views to open, and where the lake lies for them."""

    views: Path
    lake: Path


@contextmanager
def place_of(release: Path) -> Iterator[Place]:
    """Give the views of the release in this folder: its own file, or a copy for where the lake
    lies, which goes afterwards and is read on by whoever has opened it. LakeError when a file of
    the lake did not come along.
    """
    views, here = release / VIEWS, release.parent.parent
    there = written_for(release) or here
    if there.resolve() == here.resolve():
        yield Place(views, there)
        return
    with tempfile.TemporaryDirectory(prefix="lumbung-views-") as folder:
        copy = Path(folder) / VIEWS
        _write(views, there, here, copy)
        yield Place(copy, here)


def written_for(release: Path) -> Path | None:
    """Return where the lake lay when the views of the release in this folder were written; None
    when they are not there, or read no table.
    """
    views = release / VIEWS
    if not views.is_file():
        return None
    return _written_for(views, release.parent.parent, views.stat().st_mtime_ns)


def settle(root: Path) -> None:
    """Write the views of every release for where the lake lies, ``root``, when those of the
    current one are of another place; for its maker alone. A release that is damaged, or whose
    files did not come along, stays as it is: whoever opens it is told.
    """
    folder = root / "releases"
    current = folder / "current"
    if _is_here(current.resolve(), root):
        return
    others = [path for path in folder.glob("[!.]*") if path.resolve() != current.resolve()]
    for release in (*others, current.resolve()):
        if _is_here(release, root):
            continue
        aside = folder / f".{release.name}.making"
        aside.mkdir()
        with suppress(LakeError, duckdb.Error):
            there = written_for(release) or root
            _write(release / VIEWS, there, root, aside / VIEWS)
            sync(aside / VIEWS)
            (aside / VIEWS).replace(release / VIEWS)
            sync(release)
        shutil.rmtree(aside)


def _is_here(release: Path, root: Path) -> bool:
    """Whether views were written for this place, or there is no saying for which."""
    with suppress(LakeError, duckdb.Error):
        return (written_for(release) or root).resolve() == root.resolve()
    return True


@lru_cache(maxsize=64)
def _written_for(views: Path, here: Path, _changed: int) -> Path | None:
    with duckdb.connect(str(views), read_only=True) as con:
        held = con.execute(
            "SELECT schema_name, view_name, sql FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
    roots = [root for view in held if (root := _root_of(*view))]
    return here if here in roots else next(iter(roots), None)


def _root_of(schema: str, name: str, sql: str) -> Path | None:
    """Return where the lake lies for a view that reads the table of its name."""
    folder = re.escape(f"{'' if schema in OWN else 'public/'}{schema}/{name}")
    found = re.search(rf"'([^']*(?:''[^']*)*)/{folder}/[^']*'", sql)
    return Path(found[1].replace("''", "'")) if found else None


def _write(views: Path, there: Path, here: Path, copy: Path) -> None:
    """Write ``copy``: the tables as they are, and every view with ``here`` for ``there``."""
    shutil.copyfile(views, copy)
    old, new = (f"{quoted(str(root))[:-1]}{os.sep}" for root in (there, here))
    with duckdb.connect(str(copy)) as con:
        made = "SELECT sql FROM duckdb_views() WHERE NOT internal ORDER BY view_oid"
        for (sql,) in con.execute(made).fetchall():
            view = sql.replace(old, new).replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)
            try:
                con.execute(view)
            except duckdb.IOException as error:
                raise LakeError(
                    f"{views}: the lake lay at {there} when this was made, and not all of it lies"
                    f" at {here}: {str(error).splitlines()[0]}; copy the whole folder of the lake,"
                    " then open it again"
                ) from error
