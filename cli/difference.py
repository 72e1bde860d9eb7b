"""How the difference between two releases is told to people: a line a table, then the columns,
values and rows; ``--json`` has the same as data.
"""

from collections.abc import Mapping
from typing import Any

from cli.show import CONSOLE, table
from pipelines.release.diff import ReleaseDiff, TableDiff

COUNTS = ("added", "removed", "changed", "unchanged")


def show(found: ReleaseDiff) -> None:
    """Print it."""
    _line(
        f"{found.before} -> {found.after}: {len(found.tables)} tables differ, {found.same_tables}"
        " do not"
    )
    if found.tables:
        rows = [
            {
                "table": each.table,
                "is": each.state,
                **{count: _counts(each)[count] for count in COUNTS},
            }
            for each in found.tables
        ]
        table("Rows", ["table", "is", *COUNTS], rows)
    for each in found.tables:
        _one(each)
    for name, (old, new) in found.contracts.items():
        same = old and new and old["version"] == new["version"]
        words = (
            f"its text changed, version {new['version']} did not"
            if same and new
            else f"version {_version(old)} -> {_version(new)}"
        )
        _line(f"contract {name}: {words}")
    for kind, what, changes in (
        ("model", "its SQL file", found.models),
        ("reference table", "its content", found.reference),
    ):
        for name, (old, new) in changes.items():
            _line(
                f"{kind} {name}:"
                f" {f'{what} changed' if old and new else 'it is new' if new else 'it is gone'}"
            )


def _one(one: TableDiff) -> None:
    for name, (old, new) in one.schema.items():
        _line(f"{one.table}.{name}: {old or 'no column'} -> {new or 'no column'}")
    for name, count in one.rows.columns.items():
        _line(f"{one.table}.{name}: {count} values changed")
    for value in one.rows.changed_values:
        _line(
            f"  changed: {_words(value['key'])}: {value['column']} {_word(value['old'])} ->"
            f" {_word(value['new'])}"
        )
    for kind, rows in (("added", one.rows.added_rows), ("removed", one.rows.removed_rows)):
        for row in rows:
            _line(f"  {kind}: {one.table} {_words({name: row[name] for name in one.key or row})}")


def _counts(one: TableDiff) -> dict[str, int]:
    return {
        "added": one.rows.added,
        "removed": one.rows.removed,
        "changed": one.rows.changed,
        "unchanged": one.unchanged,
    }


def _version(entry: Mapping[str, str] | None) -> str:
    return entry["version"] if entry else "none"


def _words(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_word(value)}" for name, value in row.items())


def _word(value: Any) -> str:
    return "empty" if value is None else str(value)


def _line(text: str) -> None:
    CONSOLE.print(text, markup=False, soft_wrap=True)
