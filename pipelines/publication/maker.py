"""Making a release: pin what is public now, write it aside, flush it, swap it in by one rename.

``current`` is a link that is renamed into place last. Before that every file of the release, every
log entry and every folder is flushed to disk, so an announced release survives a power cut. What a
release is, and how it is read, stands in ``release.py``.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.contract.model import Contract
from pipelines.errors import LakeError
from pipelines.files.published import are_there, make_files
from pipelines.harvest.publish import close
from pipelines.lake.durable import sha256_of, sync, write_durably
from pipelines.lake.lake import Lake
from pipelines.models.sqlfile import SqlFile, View
from pipelines.receipts.code import code
from pipelines.receipts.dataset_receipt import dataset_receipt
from pipelines.receipts.receipt import keep, read
from pipelines.reference.tables import REFERENCE
from pipelines.release import corrections
from pipelines.release.release import VIEWS, Release, open_release, releases, stamp
from pipelines.release.views import write_views


def make_release(
    lake: Lake,
    contracts: Sequence[Contract],
    models: Sequence[SqlFile],
    run_id: str,
    views: Mapping[str, View] | None = None,
) -> Release:
    """Pin what is public now and swap it in; the current release stays when nothing has changed.
    Two makers wait for each other.
    """
    folder = lake.root / "releases"
    folder.mkdir(parents=True, exist_ok=True)
    with lake.lock("release"):
        _sweep(folder)
        for dataset in (dataset for contract in contracts for dataset in contract.datasets):
            if dataset.is_public and lake.exists(lake.dataset_table("public", dataset.id)):
                close(lake, dataset)
        return _make(lake, folder, contracts, models, run_id, _possible(contracts, views or {}))


def _possible(contracts: Sequence[Contract], views: Mapping[str, View]) -> dict[str, View]:
    """Return the views whose every table a release with these contracts has."""
    known = {
        (dataset.application, dataset.name)
        for contract in contracts
        for dataset in contract.datasets
        if dataset.is_public
    }
    return {
        name: view
        for name, view in views.items()
        if all(schema == "lumbung" or (schema, table) in known for schema, table in view.reads)
    }


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
) -> Release:
    tables = _tables(lake, contracts, models)
    clean = _clean(lake, contracts)
    _receipts(lake, contracts, tables, clean)
    manifest: dict[str, Any] = {
        "tables": tables,
        corrections.MARK: True,
        "clean": {
            name: {key: value for key, value in table.items() if key != "files"}
            for name, table in clean.items()
        },
        "contracts": {
            each.application: {"version": each.version, "sha256": each.sha256} for each in contracts
        },
        "models": {f"{each.layer}.{each.name}": _model(each) for each in models},
        "views": {name: lake.keep(view.query.encode(), "sql") for name, view in views.items()},
        "reference": {
            name: hashlib.sha256(repr(table().to_pylist()).encode()).hexdigest()
            for name, table in REFERENCE.items()
        },
    }
    pinned = stamp(manifest)[:16]
    current = folder / "current"
    if current.is_dir() and current.resolve().name.endswith(f"-{pinned}"):
        release = Release(current.resolve())
        if not are_there(lake, release):
            make_files(lake, release, _before(lake, release))
        return release
    newest = next(reversed(releases(lake)), None)
    if newest is not None and newest.id.endswith(
        f"-{pinned}"
    ):  # its maker was killed before it was swapped in
        make_files(lake, newest, _before(lake, newest))
        _swap(folder, newest.id)
        return newest
    now = datetime.now(UTC).replace(microsecond=0)
    name = f"{now:%Y%m%dT%H%M%SZ}-{pinned}"
    tables[corrections.TABLE] = corrections.pin(lake, _standing(lake), name, now, manifest)
    _sync_tables(lake, tables)
    aside = folder / f".{name}.making"
    (aside / "contracts").mkdir(parents=True)
    for contract in contracts:
        write_durably(aside / "contracts" / contract.path.name, contract.path.read_bytes())
    held = write_views(aside / VIEWS, lake, contracts, models, tables, views)
    made = {
        "release": name,
        "made_at": now.isoformat(timespec="seconds"),
        "run_id": run_id,
        "code": code(),
        "views_sha256": held,
        **manifest,
    }
    write_durably(aside / "manifest.json", json.dumps(made, indent=1, ensure_ascii=False).encode())
    sync(aside)
    aside.rename(folder / name)
    sync(folder)
    make_files(lake, Release(folder / name), newest)
    _swap(folder, name)
    return Release(folder / name)


def _before(lake: Lake, release: Release) -> Release | None:
    return next((each for each in reversed(releases(lake)) if each.id < release.id), None)


def _standing(lake: Lake) -> tuple[str, dict[str, Any]] | None:
    """Return id and manifest of what was published last: the current release or, where that is
    damaged, the newest that is not.

    A newer one, whose maker was killed before it became the current one, stands where it has
    corrections that the current one has not.
    """
    found: list[tuple[str, dict[str, Any]]] = []
    with suppress(LakeError):
        for release in (open_release(lake), *reversed(releases(lake))):
            with suppress(LakeError):
                found.append((release.id, release.manifest))
            if len(found) == 2:
                break
    return max(found, key=lambda each: corrections.pinned_version(each[1]), default=None)


def _model(model: SqlFile) -> dict[str, Any]:
    words = {
        kind: {name: {"id": text.id, "en": text.en} for name, text in texts.items()}
        for kind, texts in (
            ("columns", model.columns),
            ("measures", model.measures),
            ("reasons", model.reasons),
        )
    }
    reads = [f"{schema}.{table}" for schema, table in model.reads]
    return {
        "header": model.header,
        "key": model.key,
        **words,
        "reads": reads,
        "sha256": hashlib.sha256(model.query.encode()).hexdigest(),
    }


def _swap(folder: Path, name: str) -> None:
    """Point ``current`` at a release by renaming a link over it: readers see the old one or the
    new one.
    """
    aside = folder / f".current.{os.getpid()}"
    aside.symlink_to(name)
    aside.rename(folder / "current")
    sync(folder)


def _tables(lake: Lake, contracts: Sequence[Contract], models: Sequence[SqlFile]) -> dict[str, Any]:
    """Return what is pinned of every public table."""
    public = {
        dataset.id: lake.dataset_table("public", dataset.id)
        for contract in contracts
        for dataset in contract.datasets
        if dataset.is_public
    }
    public |= {
        f"{model.layer}.{model.name}": lake.table(model.layer, model.name)
        for model in models
        if model.is_public
    }
    return _pinned(lake, public | {"lumbung.verdicts": lake.table("lumbung", "verdicts")})


def _clean(lake: Lake, contracts: Sequence[Contract]) -> dict[str, Any]:
    """Return what is pinned of every clean table: what figures of closed rows rest on. Its files
    stand in its receipt, which is not published.
    """
    return _pinned(
        lake,
        {
            dataset.id: lake.dataset_table("clean", dataset.id)
            for contract in contracts
            for dataset in contract.datasets
        },
    )


def _pinned(lake: Lake, tables: Mapping[str, Path]) -> dict[str, Any]:
    """Return version and files of those tables that there are, the files relative to the lake."""
    found = {}
    for name, table in tables.items():
        if lake.exists(table):
            version = lake.version(table)
            files = [str(Path(file).relative_to(lake.root)) for file in lake.files(table, version)]
            found[name] = {
                "table": str(table.relative_to(lake.root)),
                "version": version,
                "files": files,
            }
    return found


def _receipts(
    lake: Lake, contracts: Sequence[Contract], tables: dict[str, Any], clean: dict[str, Any]
) -> None:
    """Name the receipt of every table: a model's was made with its version, a dataset's is made
    here, or is still that of the current release.
    """
    last: dict[str, Any] = {}
    with suppress(LakeError):  # a current release that was tampered with is no ground to build on
        last = open_release(lake).manifest
    owners = {
        dataset.id: (contract, dataset) for contract in contracts for dataset in contract.datasets
    }
    for layer, pinned in (("tables", tables), ("clean", clean)):
        for name, table in pinned.items():
            before = last.get(layer, {}).get(name, {})
            if name.startswith("lumbung."):
                known = before.get("sha256", {})
                table["sha256"] = {
                    file: known.get(file) or sha256_of(lake.root / file) for file in table["files"]
                }
            elif name not in owners:
                table |= _named(lake.commits(lake.root / table["table"])[0].get("receipt"))
            elif before.get("version") == table["version"] and "receipt" in before:
                table["receipt"] = before["receipt"]
            else:
                earlier = None
                with suppress(LakeError):
                    earlier = read(lake, before["receipt"]) if "receipt" in before else None
                made = dataset_receipt(
                    lake,
                    *owners[name],
                    "public" if layer == "tables" else layer,
                    table["version"],
                    table["files"],
                    earlier,
                )
                table["receipt"] = keep(lake, made)


def _named(receipt: str | None) -> dict[str, str]:
    return {"receipt": receipt} if receipt else {}


def _sync_tables(lake: Lake, tables: dict[str, Any]) -> None:
    """Flush every pinned file, its table's log and the folders between; what the newest release
    before pinned is flushed already.
    """
    before: dict[str, Any] = {}
    with suppress(LakeError):
        before = {
            table["table"]: table
            for release in releases(lake)[-1:]
            for table in release.manifest["tables"].values()
        }
    known = {file for table in before.values() for file in table["files"]}
    folders: set[Path] = set()
    for table in tables.values():
        covered = before.get(table["table"], {"version": -1})["version"]
        log = [
            path
            for path in (lake.root / table["table"] / "_delta_log").iterdir()
            if path.is_file() and not _is_flushed(path.name, covered)
        ]
        for path in [*(lake.root / file for file in table["files"] if file not in known), *log]:
            sync(path)
            folders.update(each for each in path.parents if each.is_relative_to(lake.root))
    for folder in sorted(folders, reverse=True):
        sync(folder)


def _is_flushed(name: str, covered: int) -> bool:
    """Whether a log entry was flushed with version ``covered``; the checkpoint of that version
    is written after it, so it may not have been.
    """
    version, _, kind = name.partition(".")
    return version.isdecimal() and int(version) <= covered - (kind != "json")
