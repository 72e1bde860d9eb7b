"""Making a release: pin what is public now, write it aside, flush it, swap it in by one rename.

``current`` is a link that is renamed into place last. Before that every file of the release, every
log entry and every folder is flushed to disk, so an announced release survives a power cut. What is
pinned stands in ``pins``; what a release is, and how it is read, in ``release.release``.
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb

from pipelines.contract.model import Contract
from pipelines.errors import ContractError, LakeError
from pipelines.files.make_files import are_there, make_files
from pipelines.harvest.publish import close
from pipelines.lake import clock
from pipelines.lake.durable import sync, write_durably
from pipelines.lake.lake import Lake
from pipelines.models.sqlfile import SqlFile
from pipelines.models.view import View
from pipelines.publication.damage import NONE, Damage
from pipelines.publication.pins import drafted, possible_views
from pipelines.receipts.code import code
from pipelines.release import corrections
from pipelines.release.manifest import (
    CORRECTIONS,
    FILE,
    Manifest,
    Pinned,
    Withheld,
    sequence_of,
)
from pipelines.release.place import VIEWS, settle
from pipelines.release.release import Release, open_release, releases, releases_until
from pipelines.release.views import contents, contents_sha256, write_views


def make_release(
    lake: Lake,
    contracts: Sequence[Contract],
    models: Sequence[SqlFile],
    run_id: str,
    views: Mapping[str, View] | None = None,
    withheld: Mapping[str, Withheld] | None = None,
    damage: Damage = NONE,
) -> Release:
    """Pin what is public now and swap it in; the current release stays when nothing has changed.
    Two makers wait for each other. ``models`` are those whose tables stand, ``withheld`` says
    which could not be made anew, ``damage`` which datasets stay as the last release has them.
    """
    with _making(lake) as folder:
        for dataset in (dataset for contract in contracts for dataset in contract.datasets):
            is_whole = dataset.id not in damage.said
            if (
                is_whole
                and dataset.is_public
                and lake.exists(lake.dataset_table("public", dataset.id))
            ):
                close(lake, dataset)
        possible = possible_views(contracts, models, views or {})
        draft = drafted(lake, contracts, models, possible, withheld or {}, damage)
        return _already_made(folder, lake, draft.stamp[:16]) or _make(
            lake, folder, contracts, models, run_id, possible, draft
        )


def made_already(
    lake: Lake,
    contracts: Sequence[Contract],
    models: Sequence[SqlFile],
    views: Mapping[str, View],
    withheld: Mapping[str, Withheld],
) -> Release | None:
    """Return the release that pins just what is public now, None where it has to be made."""
    with _making(lake) as folder:
        possible = possible_views(contracts, models, views)
        draft = drafted(lake, contracts, models, possible, withheld, NONE)
        return _already_made(folder, lake, draft.stamp[:16])


@contextmanager
def _making(lake: Lake) -> Iterator[Path]:
    """Be the only maker until the block ends; yields the folder of releases, put in order."""
    folder = lake.root / "releases"
    folder.mkdir(parents=True, exist_ok=True)
    with lake.lock("release"):
        _sweep(folder)
        settle(lake.root)
        yield folder


def _sweep(folder: Path) -> None:
    """Remove what a killed maker left; whoever holds the lock is the only maker."""
    for half in folder.glob(".*.making"):
        shutil.rmtree(half)
    for link in folder.glob(".current.*"):
        link.unlink()


def _make(
    lake: Lake,
    folder: Path,
    contracts: Sequence[Contract],
    models: Sequence[SqlFile],
    run_id: str,
    views: Mapping[str, View],
    draft: Manifest,
) -> Release:
    known = releases(lake)
    newest, now = next(reversed(known), None), clock.now().replace(microsecond=0)
    while now in {release.made_at for release in known}:  # a release is known by its second
        now += timedelta(seconds=1)
    name = f"{now:%Y%m%dT%H%M%SZ}-{draft.stamp[:16]}"
    sequence = 1 + max((sequence_of(release.folder) or 0 for release in known), default=0)
    draft = replace(draft, release=name, sequence=sequence)
    corrected = corrections.pin(lake, _standing(lake), now, draft)
    tables = {**draft.tables, CORRECTIONS: corrected}
    _sync_tables(lake, tables)
    aside = folder / f".{name}.making"
    (aside / "contracts").mkdir(parents=True)
    for contract in contracts:
        write_durably(aside / "contracts" / contract.path.name, contract.content)
    manifest = replace(
        draft,
        tables=tables,
        made_at=now.isoformat(timespec="seconds"),
        run_id=run_id,
        code=code(),
        views_sha256=write_views(aside / VIEWS, lake, contracts, models, tables, views),
    )
    write_durably(aside / FILE, manifest.content())
    sync(aside)
    aside.rename(folder / name)
    sync(folder)
    make_files(lake, Release(folder / name), newest)
    _swap(folder, name)
    return Release(folder / name)


def _already_made(folder: Path, lake: Lake, stamp: str) -> Release | None:
    """Return the release that pins just this, whole: the current one, or the newest, whose maker
    was killed before it was swapped in.
    """
    current = folder / "current"
    if current.is_dir() and current.resolve().name.endswith(f"-{stamp}"):
        release = Release(current.resolve())
        if not _is_whole(lake, release):
            return None
        if not are_there(lake, release):
            make_files(lake, release, _before(lake, release))
        return release
    newest = next(reversed(releases(lake)), None)
    if newest is not None and newest.id.endswith(f"-{stamp}") and _is_whole(lake, newest):
        make_files(lake, newest, _before(lake, newest))
        _swap(folder, newest.id)
        return newest
    return None


def _is_whole(lake: Lake, release: Release) -> bool:
    """Whether a release is as it was made: manifest, contracts, views. One that was changed since
    is made anew, also without news.
    """
    try:
        made = release.contracts and release.manifest.views_sha256
        return contents_sha256(contents(release.folder / VIEWS, lake.root)) == made
    except (LakeError, ContractError, OSError, duckdb.Error):
        return False


def _before(lake: Lake, release: Release) -> Release | None:
    return next(reversed(releases_until(lake, release.id)[:-1]), None)


def _standing(lake: Lake) -> Manifest | None:
    """Return what was published last: the current release or, where that is damaged, the newest
    that is not.

    A newer one, whose maker was killed before it became the current one, stands where it has
    corrections that the current one has not.
    """
    standing: list[Manifest] = []
    with suppress(LakeError):
        for release in (open_release(lake), *reversed(releases(lake))):
            with suppress(LakeError):
                standing.append(release.manifest)
            if len(standing) == 2:
                break
    return max(standing, key=corrections.pinned_version, default=None)


def _swap(folder: Path, name: str) -> None:
    """Point ``current`` at a release by renaming a link over it: readers see the old one or the
    new one.
    """
    aside = folder / f".current.{os.getpid()}"
    aside.symlink_to(name)
    aside.rename(folder / "current")
    sync(folder)


def _sync_tables(lake: Lake, tables: Mapping[str, Pinned]) -> None:
    """Flush every pinned file, its table's log and the folders between; what the newest release
    before pinned is flushed already, and the log of a damaged table may be gone.
    """
    before: dict[str, Pinned] = {}
    with suppress(LakeError):
        before = {
            table.table: table
            for release in releases(lake)[-1:]
            for table in release.manifest.tables.values()
        }
    known = {file for table in before.values() for file in table.files}
    folders: set[Path] = set()
    for table in tables.values():
        covered = before[table.table].version if table.table in before else -1
        entries = lake.root / table.table / "_delta_log"
        log = [
            path
            for path in (entries.iterdir() if entries.is_dir() else ())
            if path.is_file() and not _is_flushed(path.name, covered)
        ]
        for path in [*(lake.root / file for file in table.files if file not in known), *log]:
            sync(path)
            folders.update(parent for parent in path.parents if parent.is_relative_to(lake.root))
    for folder in sorted(folders, reverse=True):
        sync(folder)


def _is_flushed(name: str, covered: int) -> bool:
    """Whether a log entry was flushed with version ``covered``; the checkpoint of that version
    is written after it, so it may not have been.
    """
    version, _, kind = name.partition(".")
    return version.isdecimal() and int(version) <= covered - (kind != "json")
