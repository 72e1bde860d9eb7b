"""What may go, and when: a release stays, whole and rebuildable, for the longest retention of the
contracts it was made with.

Kept with it: every table version its manifest and receipts name, the deliveries its datasets were
made of, the SQL, contracts and rules its receipts need, and the files it is handed out in.
Everything else goes after a time of grace in which readers may still hold it.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.errors import LakeError
from pipelines.files.folder import unneeded
from pipelines.files.index import folders_of
from pipelines.lake import intents
from pipelines.lake.lake import COMMITS, Lake
from pipelines.receipts.receipt import Receipt, read
from pipelines.release.release import Release, open_release, releases

GRACE_HOURS = 7 * 24


@dataclass
class _Needed:
    """What the releases that stay need: table versions by folder, kept files by hash, deliveries
    by folder, folders of files by key.
    """

    versions: dict[Path, set[int]] = field(default_factory=dict)
    hashes: set[str] = field(default_factory=set)
    deliveries: set[Path] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)

    def version(self, table: Path, version: int | None) -> None:
        if version is not None:
            self.versions.setdefault(table, set()).add(version)


def vacuum(lake: Lake, now: datetime, hours: int, dry_run: bool) -> dict[str, list[str]]:
    """Remove ``releases`` past their retention, then ``files``, ``deliveries``, ``kept`` files and
    ``downloads`` nobody needs; return what went, or would go.

    LakeError, and nothing is removed, when a release or receipt that stays cannot be read.
    """
    with lake.lock(COMMITS), lake.lock("release"):  # in this order, as a run of the release does
        if not dry_run and (stuck := intents.settle_alone(lake)):
            raise LakeError("\n".join(stuck.values()))
        old = _past(lake, now)
        needed = _needed(
            lake,
            [
                release
                for release in releases(lake)
                if release.id not in {expired.id for expired in old}
            ],
        )
        gone: dict[str, list[str]] = {"releases": [release.id for release in old]}
        gone["files"] = [
            str((table / file).relative_to(lake.root))
            for table in lake.tables()
            for file in lake.vacuum(table, needed.versions.get(table, set()), hours, dry_run)
        ]
        before = now - timedelta(hours=hours)
        deliveries = [path for path in _deliveries(lake, now) if path not in needed.deliveries]
        receipts = [
            path
            for path in sorted((lake.root / "receipts").glob("*.*"))
            if path.stem not in needed.hashes and _modified_at(path) < before
        ]
        folders = unneeded(lake, needed.folders, now, hours, dry_run)
        gone["downloads"] = [path.name for path in folders]
        gone |= {
            "deliveries": [str(path.relative_to(lake.root)) for path in deliveries],
            "kept": [path.name for path in receipts],
        }
        if not dry_run:
            for path in [release.folder for release in old] + deliveries + folders:
                shutil.rmtree(path)
            for path in receipts:
                path.unlink()
    return gone


def _past(lake: Lake, now: datetime) -> list[Release]:
    """Return the releases that every one of their contracts has let go of; the current one
    always stays. One that a clock set back dates before those it followed is no older than they.
    """
    past: list[Release] = []
    made = datetime.min.replace(tzinfo=UTC)
    for release in releases(lake):
        if release.made_at > now:
            continue
        made = max(made, release.made_at)
        days = max(
            dataset.retention_days
            for contract in release.contracts
            for dataset in contract.datasets
        )
        if release.id != open_release(lake).id and now - made > timedelta(days=days):
            past.append(release)
    return past


def _needed(lake: Lake, stay: Sequence[Release]) -> _Needed:
    needed = _Needed()
    for release in stay:
        needed.hashes |= set(release.manifest.views.values())
        needed.folders |= folders_of(release.folder)
        for table in [*release.manifest.tables.values(), *release.manifest.clean.values()]:
            needed.version(lake.root / table.table, table.version)
            _follow(lake, table.receipt, needed)
    for table in lake.tables():
        _follow(lake, lake.commits(table)[0].get("receipt"), needed)
    return needed


def _follow(lake: Lake, digest: str | None, needed: _Needed) -> None:
    """Add what a receipt needs, and what the receipts it names need."""
    if digest is None or digest in needed.hashes:
        return
    needed.hashes.add(digest)
    receipt = read(lake, digest)
    if receipt["kind"] == "dataset":
        _dataset(lake, receipt, needed)
        return
    needed.hashes |= {
        receipt["sql"],
        receipt["conventions"],
        *(contract["sha256"] for contract in receipt["contracts"].values()),
    }
    for name, pinned in receipt["inputs"].items():
        if "sha256" in pinned:
            needed.hashes.add(pinned["sha256"])
        elif name.partition(".")[0] in ("mart", "lumbung"):
            needed.version(lake.table(*name.split(".")), pinned["version"])
        else:
            needed.version(lake.dataset_table("clean", name), pinned["version"])
            needed.version(lake.dataset_table("withheld", name), pinned.get("withheld"))
        _follow(lake, pinned.get("receipt"), needed)


def _dataset(lake: Lake, receipt: Receipt, needed: _Needed) -> None:
    needed.hashes.add(receipt["contract"]["sha256"])
    for partition in receipt["partitions"].values():
        needed.hashes |= {
            partition["contract_sha256"],
            *([partition["clean_sql"]] if partition["clean_sql"] else []),
        }
        needed.version(lake.dataset_table("quarantine", receipt["name"]), partition["quarantine"])
        needed.deliveries.add(lake.deliveries(receipt["name"]) / partition["run_id"])


def _deliveries(lake: Lake, now: datetime) -> Iterator[Path]:
    """Yield the deliveries that are older than their dataset's retention, as the current
    release's contracts have it; one whose receipt cannot be read is as old as that file.
    """
    for dataset in (
        dataset for contract in open_release(lake).contracts for dataset in contract.datasets
    ):
        for path in sorted(lake.deliveries(dataset.id).glob("*/receipt.json")):
            if now - _fetched_at(lake, dataset.id, path) > timedelta(days=dataset.retention_days):
                yield path.parent


def _fetched_at(lake: Lake, dataset_id: str, path: Path) -> datetime:
    with suppress(LakeError):
        if receipt := lake.delivered(dataset_id, path.parent.name):
            return datetime.fromisoformat(receipt["fetched_at"])
    return _modified_at(path)


def _modified_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime).astimezone()
