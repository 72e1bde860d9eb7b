"""Corrections: values of KPIs that a release had published as final and the next one says
otherwise. One grow-only table, ``lumbung.corrections``.

A final value is corrected when its value, numerator or denominator is another, when it is no longer
final, or gone; a changed provisional value is a revision and none. Found when a release is made,
against the one that is current. The rows name the release they came with, so the table is not among
what a release's id is the hash of; that there are any is, and they have hashes and a seal of their
own. A maker that was killed before its release was there leaves rows of none: the next one takes
those back, never rows of a release that is there or has passed its retention, and finds them again.
A figure that is now withheld for confidentiality, or may be, is not repeated here.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.errors import LakeError
from pipelines.lake.durable import sha256_of
from pipelines.lake.lake import Lake
from pipelines.models.sqlfile import NOBODY
from pipelines.receipts.receipt import Receipt, canonical, read
from pipelines.sqltext import quoted

TABLE, MARK = "lumbung.corrections", "has_corrections"
"""``MARK`` stands in the manifest, under its hash, of every release that pins the table: it
cannot be taken out unseen.
"""
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
    }
)
"""``key`` is JSON; ``column`` is one of ``COMPARED``, its values as text, None for none;
``cause`` one of ``CAUSES``, or several with a comma between.
"""
COMPARED = ("value", "numerator", "denominator", "status")
CAUSES = ("rule", "contract", "data", "code", "unknown")
"""What is known to have changed between the two: SQL, conventions or reference tables; a
contract; deliveries, or tables; only the programme; nothing.
"""
FINAL, FEW = "final", "few"
_WEAK = {"code", "version"}
"""What changes with nearly every release, so it is a cause only where nothing else is."""
_SAME_AGAIN = ("previous_release", "kpi", "key", "column", "new_value")


def pin(
    lake: Lake,
    before: tuple[str, Mapping[str, Any]] | None,
    release: str,
    made_at: datetime,
    manifest: Mapping[str, Any],
) -> dict[str, Any]:
    """Record what ``manifest``, about to be ``release``, corrects of ``before`` (id and
    manifest), and return what is pinned of the table.
    """
    table = lake.table(*TABLE.split("."))
    if not lake.exists(table):
        lake.append(table, SCHEMA.empty_table())
    if before:
        _undo(lake, table, *before)
    listed = {tuple(row[name] for name in _SAME_AGAIN) for row in _rows(lake, lake.files(table))}
    at = {"release": release, "made_at": made_at}
    found = [
        at | row
        for row in (_found(lake, *before, manifest) if before else ())
        if tuple(row[name] for name in _SAME_AGAIN) not in listed
    ]
    if found:
        lake.append(table, pa.Table.from_pylist(found, schema=SCHEMA), {"release": release})
    version = lake.version(table)
    files = [str(Path(file).relative_to(lake.root)) for file in lake.files(table, version)]
    known = (
        before[1]["tables"].get(TABLE, {}).get("sha256", {}) if before else {}
    )  # a file that was changed since is told, not taken as it is
    hashes = {file: known.get(file) or sha256_of(lake.root / file) for file in files}
    entry = {
        "table": str(table.relative_to(lake.root)),
        "version": version,
        "files": files,
        "sha256": hashes,
    }
    return {**entry, "seal": _seal(release, entry)}


def _undo(lake: Lake, table: Path, before: str, manifest: Mapping[str, Any]) -> None:
    """Take back what killed makers recorded: commits for releases that never came to be, and no
    other; of those that passed their retention they stay.
    """
    folder = lake.root / "releases"
    latest = max(
        path.name
        for path in folder.iterdir()
        if not path.name.startswith(".") and not path.is_symlink()
    )
    is_current = (folder / "current").resolve().name == before
    newest = kept = lake.version(table)
    pinned = pinned_version(manifest)
    for commit in lake.commits(table, pinned + 1) if newest > pinned else ():
        release = commit.get("release")
        if release is None or (folder / release).is_dir() or (not is_current and release < latest):
            break
        kept = commit["version"] - 1
    if kept < newest:
        lake.restore(table, kept)


def pinned_version(manifest: Mapping[str, Any]) -> int:
    """Return the version of the table that a release pins, 0 when it is older than the table."""
    return int(manifest["tables"].get(TABLE, {"version": 0})["version"])


def is_sealed(release: str, manifest: Mapping[str, Any]) -> bool:
    """Whether what a release pins of the table is what it was made with; a release made before
    there was the table says of none.
    """
    entry, must = manifest["tables"].get(TABLE), MARK in manifest
    if entry is None:
        return not must
    sealed = {name: value for name, value in entry.items() if name != "seal"}
    return entry.get("seal") == _seal(release, sealed) and (
        not must or {*sealed.get("sha256", [""])} == {*sealed["files"]}
    )


def check(lake: Lake, manifest: Mapping[str, Any]) -> str:
    """Return the first thing that is wrong with the corrections of a release, '' when they are
    what it was made with.
    """
    entry = manifest["tables"].get(TABLE)
    if not is_sealed(manifest["release"], manifest):
        said = (
            "is not what the release was made with: its manifest was changed"
            if entry
            else "is not in the manifest of a release that was made with it"
        )
        return f"{TABLE} {said}"
    for file in entry["files"] if entry else ():
        if not (lake.root / file).is_file():
            return f"{TABLE}: {file} is gone"
        if "sha256" in entry and sha256_of(lake.root / file) != entry["sha256"][file]:
            return f"{TABLE}: {file} was changed after the release was made"
    return ""


def make_view(con: duckdb.DuckDBPyConnection, files: Sequence[str]) -> None:
    """Make ``lumbung.corrections`` in a release's file of views."""
    if files:
        con.execute(
            f"CREATE VIEW {TABLE} AS SELECT * FROM read_parquet([{', '.join(map(quoted, files))}])"
        )
        return
    con.register("_corrections", SCHEMA.empty_table())
    con.execute(f"CREATE TABLE {TABLE} AS SELECT * FROM _corrections")
    con.unregister("_corrections")


def corrected(
    old: Sequence[Mapping[str, Any]],
    new: Sequence[Mapping[str, Any]],
    key: Sequence[str],
    small: bool = False,
) -> Iterable[dict[str, Any]]:
    """Yield, for each final row of ``old``, what ``new`` says otherwise: ``key``, ``column``, the
    values and the rules' versions.

    Of a KPI with ``small`` cells a row that is gone may have been closed, so its figures are not
    repeated.
    """
    by_key: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in new:
        by_key.setdefault(tuple(row.get(name) for name in key), []).append(row)
    for row in old:
        there = by_key.get(tuple(row.get(name) for name in key), [])
        if row.get("status") != FINAL or any(_same(row, each) for each in there):
            continue
        now = (
            there[0] if len(there) == 1 else {}
        )  # several: the key of the KPI is another, and none of them says the same
        hidden = now.get("reason") == FEW or bool(now.get("suppressed")) if now else small
        for column in COMPARED:
            before, after = _text(row.get(column)), _text(now.get(column))
            if before != after:
                yield {
                    "key": json.dumps(
                        {name: row.get(name) for name in key}, ensure_ascii=False, default=str
                    ),
                    "column": column,
                    "old_value": (
                        None if hidden and after is None and column != "status" else before
                    ),
                    "new_value": after,
                    "old_rule_version": row.get("rule_version"),
                    "new_rule_version": now.get("rule_version"),
                }


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(_text(one.get(column)) == _text(other.get(column)) for column in COMPARED)


def _text(value: Any) -> str | None:
    """Return a value as text, a number the same in whatever type it is kept."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return (
        None
        if value is None
        else f"{value.normalize():f}"
        if isinstance(value, Decimal)
        else str(value)
    )


def _found(
    lake: Lake, previous: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterable[dict[str, Any]]:
    for name in (name for name in old["tables"] if name.startswith("kpi.")):
        before, after = old["tables"][name], new["tables"].get(name)
        model, now = old["models"][name], new["models"].get(name)
        if (
            after and before["files"] == after["files"]
        ) or "key" not in model:  # a release made before KPIs had keys has no figure to name
            continue
        rows = [
            _rows(lake, [str(lake.root / file) for file in each["files"]] if each else [])
            for each in (before, after)
        ]
        held = {*(rows[0][0] if rows[0] else ()), *model["key"]}
        key = list(now["key"]) if now and set(now["key"]) <= held else list(model["key"])
        cause, small = (
            None,
            any(
                not each["header"].get("cells", "").startswith(f"{NOBODY},")
                for each in (model, now)
                if each
            ),
        )
        for row in corrected(rows[0], rows[1], key, small):
            cause = cause or _cause(lake, before, after, model, now)
            ruled = (
                row["new_rule_version"] not in (None, row["old_rule_version"])
                and "rule" not in cause
            )
            told = (
                ", ".join(
                    [
                        "rule",
                        *(each for each in cause.split(", ") if each not in ("code", "unknown")),
                    ]
                )
                if ruled
                else cause
            )
            yield {
                "previous_release": previous,
                "kpi": name.removeprefix("kpi."),
                "number": model["header"]["kpi"],
                **row,
                "cause": told,
            }


def _cause(
    lake: Lake,
    before: Mapping[str, Any],
    after: Mapping[str, Any] | None,
    model: Mapping[str, Any],
    now: Mapping[str, Any] | None,
) -> str:
    """Return what changed of what the figures were made with, as far as it can be said."""
    old, new = _receipt(lake, before), _receipt(lake, after or {})
    found = _differences(lake, old, new) if old and new else set()
    if now is None or now["sha256"] != model["sha256"]:
        found.add("rule")
    known = [each for each in CAUSES if each in found - _WEAK]
    return (
        ", ".join(known)
        if known
        else "data"
        if "version" in found
        else "code"
        if "code" in found
        else "unknown"
    )


def _differences(lake: Lake, old: Receipt, new: Receipt) -> set[str]:
    """Return what differs between two receipts, and between those of the marts they name."""
    found = (
        {"rule"} if (old["sql"], old["conventions"]) != (new["sql"], new["conventions"]) else set()
    )
    if any(old["contracts"].get(name, each) != each for name, each in new["contracts"].items()):
        found.add("contract")
    if (old["code"]["sources_sha256"], old["engine"]) != (
        new["code"]["sources_sha256"],
        new["engine"],
    ):
        found.add("code")
    for name, was in old["inputs"].items():
        is_now = new["inputs"].get(name, was)
        if was.get("sha256") != is_now.get("sha256"):
            found.add("rule")
        if was.get("deliveries") != is_now.get("deliveries"):
            found.add("data")
        if was.get("receipt") != is_now.get("receipt"):
            marts = [_receipt(lake, each) for each in (was, is_now)]
            found |= _differences(lake, marts[0], marts[1]) if marts[0] and marts[1] else set()
        if was.get("version") != is_now.get("version"):
            found.add("version")
    return found


def _receipt(lake: Lake, entry: Mapping[str, Any]) -> Receipt | None:
    with suppress(LakeError):
        return read(lake, entry["receipt"]) if entry.get("receipt") else None
    return None


def _rows(lake: Lake, files: Sequence[str]) -> list[dict[str, Any]]:
    if not files:
        return []
    with lake.connect() as con:
        return (
            con.execute(
                "SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true)",
                [list(files)],
            )
            .to_arrow_table()
            .to_pylist()
        )


def _seal(release: str, entry: Mapping[str, Any]) -> str:
    return sha256(canonical([release, entry])).hexdigest()
