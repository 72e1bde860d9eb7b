"""How the difference between two releases is told to people: a line a table, then the columns,
values and rows; ``--json`` has the same as data.
"""

from collections.abc import Mapping
from typing import Any

from cli.show import CONSOLE, table
from pipelines.release.diff import ReleaseDiff, TableDiff

COUNTS = ("added", "removed", "changed", "unchanged")


def show(difference: ReleaseDiff) -> None:
    """Print it."""
    _line(
        f"{difference.before} -> {difference.after}: {len(difference.tables)} tables differ,"
        f" {difference.same_tables} do not"
    )
    if difference.tables:
        rows = [
            {
                "table": changed.table,
                "is": changed.state,
                **{count: _counts(changed)[count] for count in COUNTS},
            }
            for changed in difference.tables
        ]
        table("Rows", ["table", "is", *COUNTS], rows)
    for changed in difference.tables:
        _table_changes(changed)
    for name, (old, new) in difference.contracts.items():
        same = old and new and old["version"] == new["version"]
        words = (
            f"its text changed, version {new['version']} did not"
            if same and new
            else f"version {_version(old)} -> {_version(new)}"
        )
        _line(f"contract {name}: {words}")
    for kind, what, changes in (
        ("model", "its SQL file", difference.models),
        ("reference table", "its content", difference.reference),
    ):
        for name, (old, new) in changes.items():
            _line(
                f"{kind} {name}:"
                f" {f'{what} changed' if old and new else 'it is new' if new else 'it is gone'}"
            )


def _table_changes(changed: TableDiff) -> None:
    for name, (old, new) in changed.schema.items():
        _line(f"{changed.table}.{name}: {old or 'no column'} -> {new or 'no column'}")
    for name, count in changed.rows.columns.items():
        _line(f"{changed.table}.{name}: {count} values changed")
    for value in changed.rows.changed_values:
        _line(
            f"  changed: {_words(value['key'])}: {value['column']} {_word(value['old'])} ->"
            f" {_word(value['new'])}"
        )
    for kind, rows in (("added", changed.rows.added_rows), ("removed", changed.rows.removed_rows)):
        for row in rows:
            key = {name: row[name] for name in changed.key or row}
            _line(f"  {kind}: {changed.table} {_words(key)}")


def _counts(changed: TableDiff) -> dict[str, int]:
    return {
        "added": changed.rows.added,
        "removed": changed.rows.removed,
        "changed": changed.rows.changed,
        "unchanged": changed.unchanged,
    }


def _version(entry: Mapping[str, str] | None) -> str:
    return entry["version"] if entry else "none"


def _words(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_word(value)}" for name, value in row.items())


def _word(value: Any) -> str:
    return "empty" if value is None else str(value)


def _line(text: str) -> None:
    CONSOLE.print(text, markup=False, soft_wrap=True)
