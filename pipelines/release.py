"""The release: which version of every table the public sees, pinned in one manifest and swapped by one rename.

``releases/<id>/`` holds ``manifest.json``, the contracts it was made with and ``release.duckdb``, a read-only file of views over exactly
the pinned files. ``current`` is a link that is renamed into place last. Before that every file of the release, every log entry and every
folder is flushed to disk, so an announced release survives a power cut. The portal and analysts read releases and nothing else.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from pipelines import corrections
from pipelines.code import code
from pipelines.contract import Contract
from pipelines.contract_reader import read_contracts
from pipelines.dataset_receipt import dataset_receipt, sha256_of
from pipelines.errors import LakeError
from pipelines.lake import Lake, sync, write_durably
from pipelines.publish import close
from pipelines.receipt import keep, read
from pipelines.reference.tables import REFERENCE
from pipelines.release_views import write_views
from pipelines.sqlfile import SqlFile, View

ID = r"^\d{8}T\d{6}Z-[0-9a-f]{8}([0-9a-f]{8})?$"
"""Its time, and the start of the hash of what it pins: 16 digits, 8 in the first releases there were."""
VIEWS = "release.duckdb"
ZONE = "Asia/Jakarta"
"""The city's zone, in which a day of releases ends and their times are shown."""


@dataclass(frozen=True)
class Release:
    """One release as its readers see it: the manifest, its contracts and a connection to its tables."""

    folder: Path

    @property
    def id(self) -> str:
        """Its time and the start of its hash, such as ``20261124T091500Z-3f2a9c1b``."""
        return self.folder.name

    @property
    def made_at(self) -> datetime:
        """When it was made, to the second, as its id says."""
        return datetime.strptime(self.id.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What is pinned: ``made_at``, ``tables`` (version, files, rows), ``contracts``, ``kpis``; LakeError when it is damaged."""
        try:
            manifest = json.loads((self.folder / "manifest.json").read_bytes())
        except (OSError, ValueError) as error:
            raise LakeError(f"{self.folder}: its manifest cannot be read ({error}); `lumbung release list` shows the others") from error
        if not isinstance(manifest, dict) or not isinstance(manifest.get("tables"), dict):
            raise LakeError(f"{self.folder}: its manifest names no tables, so it is none; `lumbung release list` shows the others")
        if not _stamp(manifest).startswith(self.id.rpartition("-")[2]) or not corrections.is_sealed(self.id, manifest):
            raise LakeError(f"{self.folder}: its manifest was changed after it was made; `lumbung run` makes a new release")
        return manifest

    @cached_property
    def contracts(self) -> tuple[Contract, ...]:
        """The contracts the release was made with; LakeError when one is not the one its manifest names."""
        folder = self.folder / "contracts"
        if sorted(each["sha256"] for each in self.manifest["contracts"].values()) != sorted(sha256_of(path) for path in folder.glob("*")):
            raise LakeError(f"{folder}: these contracts were changed after the release was made; `lumbung run` makes a new release")
        return read_contracts(folder)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open the release's tables, read-only."""
        con = duckdb.connect(str(self.folder / VIEWS), read_only=True)
        con.execute(f"SET TimeZone = '{ZONE}'")
        return con


def open_release(lake: Lake, release: str | None = None) -> Release:
    """Open the current release, or the one called ``release``; LakeError when there is none."""
    folder = lake.root / "releases"
    if release is not None and not re.fullmatch(ID, release):
        raise LakeError(f"'{release}' is not a release id; `lumbung release list` shows them")
    path = folder / (release or "current")
    if not path.is_dir():
        raise LakeError(f"{lake.root}: {f'no release {release}' if release else 'no release yet'}; `lumbung run` makes one, `lumbung release list` shows them")
    return Release(path.resolve())


def releases(lake: Lake) -> list[Release]:
    """Return every release, oldest first."""
    folder = lake.root / "releases"
    return [Release(path) for path in sorted(folder.glob("*")) if re.fullmatch(ID, path.name)] if folder.is_dir() else []


def release_as_of(lake: Lake, day: date) -> Release:
    """Return the release that was current when ``day`` ended in the city; LakeError names the first one when that was later."""
    found = releases(lake)
    standing = [each for each in found if each.made_at.astimezone(ZoneInfo(ZONE)).date() <= day]
    if not standing:
        first = (
            f"the first, {found[0].id}, was made on {found[0].made_at.astimezone(ZoneInfo(ZONE)):%Y-%m-%d at %H:%M} ({ZONE})" if found else "nor is there now"
        )
        raise LakeError(f"{lake.root}: there was no release yet at the end of {day}; {first}; `lumbung release list` shows them all")
    return standing[-1]


def make_release(lake: Lake, contracts: Sequence[Contract], models: Sequence[SqlFile], run_id: str, views: Mapping[str, View] | None = None) -> Release:
    """Pin what is public now and swap it in; the current release stays when nothing has changed. Two makers wait for each other."""
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
    known = {(dataset.application, dataset.name) for contract in contracts for dataset in contract.datasets if dataset.is_public}
    return {name: view for name, view in views.items() if all(schema == "lumbung" or (schema, table) in known for schema, table in view.reads)}


def _sweep(folder: Path) -> None:
    """Remove what a killed maker left; whoever holds the lock is the only maker."""
    for half in folder.glob(".*.making"):
        shutil.rmtree(half)
    for link in folder.glob(".current.*"):
        link.unlink()


def _make(lake: Lake, folder: Path, contracts: Sequence[Contract], models: Sequence[SqlFile], run_id: str, views: Mapping[str, View]) -> Release:
    tables = _tables(lake, contracts, models)
    clean = _clean(lake, contracts)
    _receipts(lake, contracts, tables, clean)
    manifest: dict[str, Any] = {
        "tables": tables,
        corrections.MARK: True,
        "clean": {name: {key: value for key, value in table.items() if key != "files"} for name, table in clean.items()},
        "contracts": {each.application: {"version": each.version, "sha256": each.sha256} for each in contracts},
        "models": {f"{each.layer}.{each.name}": _model(each) for each in models},
        "views": {name: lake.keep(view.query.encode(), "sql") for name, view in views.items()},
        "reference": {name: hashlib.sha256(repr(table().to_pylist()).encode()).hexdigest() for name, table in REFERENCE.items()},
    }
    stamp = _stamp(manifest)[:16]
    current = folder / "current"
    if current.is_dir() and current.resolve().name.endswith(f"-{stamp}"):
        return Release(current.resolve())
    newest = next(reversed(releases(lake)), None)
    if newest is not None and newest.id.endswith(f"-{stamp}"):  # its maker was killed before it was swapped in
        _swap(folder, newest.id)
        return newest
    now = datetime.now(UTC).replace(microsecond=0)
    name = f"{now:%Y%m%dT%H%M%SZ}-{stamp}"
    tables[corrections.TABLE] = corrections.pin(lake, _standing(lake), name, now, manifest)
    _sync_tables(lake, tables)
    aside = folder / f".{name}.making"
    (aside / "contracts").mkdir(parents=True)
    for contract in contracts:
        write_durably(aside / "contracts" / contract.path.name, contract.path.read_bytes())
    held = write_views(aside / VIEWS, lake, contracts, models, tables, views)
    made = {"release": name, "made_at": now.isoformat(timespec="seconds"), "run_id": run_id, "code": code(), "views_sha256": held, **manifest}
    write_durably(aside / "manifest.json", json.dumps(made, indent=1, ensure_ascii=False).encode())
    sync(aside)
    aside.rename(folder / name)
    sync(folder)
    _swap(folder, name)
    return Release(folder / name)


def _standing(lake: Lake) -> tuple[str, dict[str, Any]] | None:
    """Return id and manifest of what was published last: the current release or, where that is damaged, the newest that is not.

    A newer one, whose maker was killed before it became the current one, stands where it has corrections that the current one has not.
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
        for kind, texts in (("columns", model.columns), ("measures", model.measures), ("reasons", model.reasons))
    }
    reads = [f"{schema}.{table}" for schema, table in model.reads]
    return {"header": model.header, "key": model.key, **words, "reads": reads, "sha256": hashlib.sha256(model.query.encode()).hexdigest()}


def _stamp(manifest: dict[str, Any]) -> str:
    pinned = {key: manifest[key] for key in (corrections.MARK, "clean", "contracts", "models", "views", "reference") if key in manifest}
    pinned["tables"] = {name: table for name, table in manifest["tables"].items() if name != corrections.TABLE}
    return hashlib.sha256(json.dumps(pinned, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _swap(folder: Path, name: str) -> None:
    """Point ``current`` at a release by renaming a link over it: readers see the old one or the new one."""
    aside = folder / f".current.{os.getpid()}"
    aside.symlink_to(name)
    aside.rename(folder / "current")
    sync(folder)


def _tables(lake: Lake, contracts: Sequence[Contract], models: Sequence[SqlFile]) -> dict[str, Any]:
    """Return what is pinned of every public table: version and files, the files relative to the lake."""
    found = {}
    wanted = {dataset.id: lake.dataset_table("public", dataset.id) for contract in contracts for dataset in contract.datasets if dataset.is_public}
    wanted |= {f"{model.layer}.{model.name}": lake.table(model.layer, model.name) for model in models if model.is_public}
    wanted["lumbung.verdicts"] = lake.table("lumbung", "verdicts")
    for name, table in wanted.items():
        if lake.exists(table):
            version = lake.version(table)
            files = [str(Path(file).relative_to(lake.root)) for file in lake.files(table, version)]
            found[name] = {"table": str(table.relative_to(lake.root)), "version": version, "files": files}
    return found


def _clean(lake: Lake, contracts: Sequence[Contract]) -> dict[str, Any]:
    """Return what is pinned of every clean table: what figures of closed rows rest on. Its files stand in its receipt, which is not published."""
    found = {}
    for dataset in (dataset for contract in contracts for dataset in contract.datasets):
        table = lake.dataset_table("clean", dataset.id)
        if lake.exists(table):
            version = lake.version(table)
            files = [str(Path(file).relative_to(lake.root)) for file in lake.files(table, version)]
            found[dataset.id] = {"table": str(table.relative_to(lake.root)), "version": version, "files": files}
    return found


def _receipts(lake: Lake, contracts: Sequence[Contract], tables: dict[str, Any], clean: dict[str, Any]) -> None:
    """Name the receipt of every table: a model's was made with its version, a dataset's is made here, or is still that of the current release."""
    last: dict[str, Any] = {}
    with suppress(LakeError):  # a current release that was tampered with is no ground to build on
        last = open_release(lake).manifest
    owners = {dataset.id: (contract, dataset) for contract in contracts for dataset in contract.datasets}
    for layer, pinned in (("tables", tables), ("clean", clean)):
        for name, table in pinned.items():
            before = last.get(layer, {}).get(name, {})
            if name.startswith("lumbung."):
                known = before.get("sha256", {})
                table["sha256"] = {file: known.get(file) or sha256_of(lake.root / file) for file in table["files"]}
            elif name not in owners:
                table |= _named(lake.commits(lake.root / table["table"])[0].get("receipt"))
            elif before.get("version") == table["version"] and "receipt" in before:
                table["receipt"] = before["receipt"]
            else:
                earlier = None
                with suppress(LakeError):
                    earlier = read(lake, before["receipt"]) if "receipt" in before else None
                made = dataset_receipt(lake, *owners[name], "public" if layer == "tables" else layer, table["version"], table["files"], earlier)
                table["receipt"] = keep(lake, made)


def _named(receipt: str | None) -> dict[str, str]:
    return {"receipt": receipt} if receipt else {}


def _sync_tables(lake: Lake, tables: dict[str, Any]) -> None:
    """Flush every pinned file, its table's log and the folders between; what the newest release before pinned is flushed already."""
    before: dict[str, Any] = {}
    with suppress(LakeError):
        before = {table["table"]: table for release in releases(lake)[-1:] for table in release.manifest["tables"].values()}
    known = {file for table in before.values() for file in table["files"]}
    folders: set[Path] = set()
    for table in tables.values():
        covered = before.get(table["table"], {"version": -1})["version"]
        log = [path for path in (lake.root / table["table"] / "_delta_log").iterdir() if path.is_file() and not _is_flushed(path.name, covered)]
        for path in [*(lake.root / file for file in table["files"] if file not in known), *log]:
            sync(path)
            folders.update(each for each in path.parents if each.is_relative_to(lake.root))
    for folder in sorted(folders, reverse=True):
        sync(folder)


def _is_flushed(name: str, covered: int) -> bool:
    """Whether a log entry was flushed with version ``covered``; the checkpoint of that version is written after it, so it may not have been."""
    version, _, kind = name.partition(".")
    return version.isdecimal() and int(version) <= covered - (kind != "json")
