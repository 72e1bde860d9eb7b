"""Which final figures of a release the next one says otherwise, and what of their making changed.

A figure that is now withheld for confidentiality, or may be, is not repeated here. How what is
found is kept stands in ``corrections``.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

from pipelines.errors import LakeError
from pipelines.lake.lake import Lake
from pipelines.models.model import Model
from pipelines.receipts.receipt import Receipt, read
from pipelines.release.manifest import DAMAGED, Manifest, Pinned

COMPARED = ("value", "numerator", "denominator", "status")
CAUSES = ("rule", "contract", "data", "code", "unknown")
"""What is known to have changed between the two: SQL, conventions or reference tables; a
contract; deliveries, or tables; only the programme; nothing.
"""
FINAL, FEW = "final", "few"
_WEAK = {"code", "version"}
"""What changes with nearly every release, so it is a cause only where nothing else is."""


def kpis_of(manifest: Manifest) -> list[str]:
    """Return the KPIs that a release pins, as ``kpi.name``."""
    return [name for name in manifest.tables if name.startswith("kpi.")]


def corrected_figures(
    lake: Lake, old: Manifest, new: Manifest, kpis: Collection[str]
) -> Iterable[dict[str, Any]]:
    """Yield a row for each column of each final figure of ``old`` that ``new`` says otherwise, of
    these ``kpis`` that ``old`` pins; one whose table is damaged says nothing.
    """
    for name in kpis:
        before, after = old.tables[name], new.tables.get(name)
        model, now = old.models[name], new.models.get(name)
        if (after and before.files == after.files) or is_damaged(new, name):
            continue
        if not model.key:  # a release made before KPIs had keys has no figure to name
            continue
        rows = [
            rows_of(lake, pinned.places(lake.root)) if pinned else [] for pinned in (before, after)
        ]
        held = {*(rows[0][0] if rows[0] else ()), *model.key}
        key = now.key if now and set(now.key) <= held else model.key
        small = any(side.header.counts_persons for side in (model, now) if side)
        causes: list[str] = []
        for row in corrected(rows[0], rows[1], key, small):
            causes = causes or _causes(lake, before, after, model, now)
            yield {
                "previous_release": old.release,
                "kpi": name.removeprefix("kpi."),
                "number": model.header.number,
                **row,
                "cause": ", ".join(_of_row(row, causes)),
            }


def is_damaged(manifest: Manifest, name: str) -> bool:
    """Whether a release withholds a model since its table is damaged."""
    withheld = manifest.withheld.get(name)
    return withheld is not None and withheld.reason == DAMAGED


def rows_of(lake: Lake, files: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a table's files."""
    if not files:
        return []
    query = "SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true)"
    with lake.reader() as con:
        return con.execute(query, [list(files)]).to_arrow_table().to_pylist()


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
        if row.get("status") != FINAL or any(_same(row, other) for other in there):
            continue
        # several: the key of the KPI is another, and none of them says the same
        now = there[0] if len(there) == 1 else {}
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
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _of_row(row: Mapping[str, Any], causes: Sequence[str]) -> Sequence[str]:
    """Return the causes of one row: with its rule's version, the rule is another too."""
    if row["new_rule_version"] in (None, row["old_rule_version"]) or "rule" in causes:
        return causes
    return ["rule", *(cause for cause in causes if cause not in ("code", "unknown"))]


def _causes(
    lake: Lake, before: Pinned, after: Pinned | None, model: Model, now: Model | None
) -> list[str]:
    """Return what changed of what the figures were made with, as far as it can be said."""
    old, new = (_receipt(lake, pinned.receipt if pinned else None) for pinned in (before, after))
    changed = _differences(lake, old, new) if old and new else set[str]()
    if now is None or now.sha256 != model.sha256:
        changed.add("rule")
    known = [cause for cause in CAUSES if cause in changed - _WEAK]
    if known:
        return known
    return ["data" if "version" in changed else "code" if "code" in changed else "unknown"]


def _differences(lake: Lake, old: Receipt, new: Receipt) -> set[str]:
    """Return what differs between two receipts, and between those of the marts they name."""
    changed = (
        {"rule"} if (old["sql"], old["conventions"]) != (new["sql"], new["conventions"]) else set()
    )
    contracts = new["contracts"].items()
    if any(old["contracts"].get(name, contract) != contract for name, contract in contracts):
        changed.add("contract")
    made_by = [(receipt["code"]["sources_sha256"], receipt["engine"]) for receipt in (old, new)]
    if made_by[0] != made_by[1]:
        changed.add("code")
    for name, was in old["inputs"].items():
        is_now = new["inputs"].get(name, was)
        if was.get("sha256") != is_now.get("sha256"):
            changed.add("rule")
        if was.get("deliveries") != is_now.get("deliveries"):
            changed.add("data")
        if was.get("receipt") != is_now.get("receipt"):
            marts = [_receipt(lake, entry.get("receipt")) for entry in (was, is_now)]
            changed |= _differences(lake, marts[0], marts[1]) if marts[0] and marts[1] else set()
        if was.get("version") != is_now.get("version"):
            changed.add("version")
    return changed


def _receipt(lake: Lake, digest: str | None) -> Receipt | None:
    with suppress(LakeError):
        return read(lake, digest) if digest else None
    return None
