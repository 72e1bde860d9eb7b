"""Corrections: values of KPIs that a release had published as final and the next one says
otherwise. One grow-only table, ``lumbung.corrections``; ``figure_diff`` finds what goes into it.

A final value is corrected when its value, numerator or denominator is another, when it is no longer
final, or gone; a changed provisional value is a revision and none. Found when a release is made,
against the one that is current; of a KPI that this one left out as damaged, against the last that
had it. A maker that was killed before its release was there leaves rows of
none: the next one takes those back, never rows of a release that is there or has passed its
retention, and finds them again.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.errors import LakeError
from pipelines.lake.durable import are_whole, sha256_of
from pipelines.lake.lake import Lake
from pipelines.lake.verdicts import WITH_SEQUENCE
from pipelines.release.figure_diff import corrected_figures, is_damaged, kpis_of, rows_of
from pipelines.release.manifest import CORRECTIONS, Manifest, Pinned, sequence_of
from pipelines.release.release import releases
from pipelines.sqltext import quoted

SCHEMA = pa.schema(
    {
        "release": pa.string(),
        "previous_release": pa.string(),
        "made_at": pa.timestamp("us", tz="UTC"),
        "kpi": pa.string(),
        "number": pa.string(),
        "key": pa.string(),
        "column": pa.string(),
        "old_value": pa.string(),
        "new_value": pa.string(),
        "old_rule_version": pa.string(),
        "new_rule_version": pa.string(),
        "cause": pa.string(),
        "sequence": pa.int64(),
    }
)
"""``key`` is JSON; ``column`` is one of ``figure_diff.COMPARED``, its values as text, None for
none; ``cause`` one of ``figure_diff.CAUSES``, or several with a comma between; ``sequence`` the
release's place among all, none in rows from before there were sequences, which come before.
"""
_SAME_AGAIN = ("previous_release", "kpi", "key", "column", "new_value")


def pin(lake: Lake, before: Manifest | None, made_at: datetime, draft: Manifest) -> Pinned:
    """Record what ``draft``, which has its id and sequence, corrects of ``before``, and return
    what is pinned of the table.
    """
    release, sequence = draft.release, draft.sequence
    table = lake.table(*CORRECTIONS.split("."))
    if not lake.exists(table):
        lake.append(table, SCHEMA.empty_table())
    if before:
        _undo(lake, table, before)
    listed = {tuple(row[name] for name in _SAME_AGAIN) for row in rows_of(lake, lake.files(table))}
    rows = [
        {"release": release, "made_at": made_at, "sequence": sequence, **row}
        for row in (_corrected(lake, before, draft) if before else ())
        if tuple(row[name] for name in _SAME_AGAIN) not in listed
    ]
    if rows:
        said = {"release": release, "sequence": str(sequence)}
        lake.append(table, pa.Table.from_pylist(rows, schema=SCHEMA), said)
    version = lake.version(table)
    files = [str(Path(file).relative_to(lake.root)) for file in lake.files(table, version)]
    # a file that was changed since is told, not taken as it is
    known = before.corrections.sha256 or {} if before and before.corrections else {}
    hashes = {file: known.get(file) or sha256_of(lake.root / file) for file in files}
    pinned = Pinned(str(table.relative_to(lake.root)), version, tuple(files), sha256=hashes)
    return replace(pinned, seal=pinned.sealed(release))


def _corrected(lake: Lake, before: Manifest, draft: Manifest) -> Iterator[dict[str, Any]]:
    """Yield what ``draft`` corrects of what was published last of each KPI."""
    yield from corrected_figures(lake, before, draft, kpis_of(before))
    back = {name for name in kpis_of(draft) if is_damaged(before, name)} - {*before.tables}
    for release in reversed(releases(lake)):
        if not back:
            return
        with suppress(LakeError):
            last = release.manifest
            had = sorted(back & {*last.tables})
            whole = [name for name in had if are_whole(last.tables[name].places(lake.root))]
            back -= {*whole}
            yield from corrected_figures(lake, last, draft, whole)


def _undo(lake: Lake, table: Path, before: Manifest) -> None:
    """Take back what killed makers recorded: commits for releases that never came to be, and no
    other; of those that passed their retention they stay.
    """
    folder = lake.root / "releases"
    latest = max(
        (sequence_of(path) or 0, path.name)
        for path in folder.iterdir()
        if not path.name.startswith(".") and not path.is_symlink()
    )
    is_current = (folder / "current").resolve().name == before.release
    newest = version = lake.version(table)
    pinned = pinned_version(before)
    for commit in lake.commits(table, pinned + 1) if newest > pinned else ():
        release = commit.get("release")
        if release is None or (folder / release).is_dir():
            break
        if not is_current and (int(commit.get("sequence", 0)), release) < latest:
            break
        version = commit["version"] - 1
    if version < newest:
        lake.restore(table, version)


def pinned_version(manifest: Manifest) -> int:
    """Return the version of the table that a release pins, 0 when it is older than the table."""
    return manifest.corrections.version if manifest.corrections else 0


def make_view(con: duckdb.DuckDBPyConnection, files: Sequence[str]) -> None:
    """Make ``lumbung.corrections`` in a release's file of views."""
    if files:
        rows = f"read_parquet([{', '.join(map(quoted, files))}], union_by_name = true)"
        con.execute(f"CREATE VIEW {CORRECTIONS} AS FROM {rows} {WITH_SEQUENCE}")
        return
    con.register("_corrections", SCHEMA.empty_table())
    con.execute(f"CREATE TABLE {CORRECTIONS} AS SELECT * FROM _corrections")
    con.unregister("_corrections")
