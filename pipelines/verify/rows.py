"""How the rows of a table differ, rebuilt and as they are published: the first difference, in
words.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.receipts.canonical import canonical

Rows = Sequence[Mapping[str, Any]]


def place_of(key: Sequence[str], row: Mapping[str, Any]) -> str:
    """Return which of a table's rows one is, in the words of its key."""
    return ", ".join(f"{name} {row[name]}" for name in key)


def by_place(key: Sequence[str], rows: Rows) -> dict[str, list[Mapping[str, Any]]]:
    """Return rows by their place."""
    placed: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        placed.setdefault(place_of(key, row), []).append(row)
    return placed


def difference_at(rebuilt: Rows, published: Rows) -> str:
    """Return the first difference between the rows of one place, empty when there is none."""
    if len(rebuilt) > 1 or len(published) > 1:
        same = Counter(map(canonical, rebuilt)) == Counter(map(canonical, published))
        return (
            "" if same else f"is published {len(published)} times and rebuilt {len(rebuilt)} times"
        )
    return _difference(rebuilt[0] if rebuilt else None, published[0] if published else None)


def first_difference(key: Sequence[str], rebuilt: Rows, published: Rows) -> str:
    """Return the first difference between a table rebuilt and as it is published, empty when
    there is none.
    """
    rows = {canonical(row): row for row in (*rebuilt, *published)}
    ours, theirs = (Counter(map(canonical, side)) for side in (rebuilt, published))
    more, less = sorted((ours - theirs).elements()), sorted((theirs - ours).elements())
    if not more and not less:
        return ""
    one, other = (rows[more[0]] if more else None), (rows[less[0]] if less else None)
    if one and key:
        there = place_of(key, one)
        other = next((rows[row] for row in less if place_of(key, rows[row]) == there), None)
    place = place_of(key, one or other or {})
    return f"{place + ': ' if place else ''}{_difference(one, other)}"


def _difference(rebuilt: Mapping[str, Any] | None, published: Mapping[str, Any] | None) -> str:
    """Return the first column in which a row differs."""
    if published is None:
        return f"is not published, and rebuilt it is {_short(rebuilt)}"
    if rebuilt is None:
        return f"is published as {_short(published)}, and rebuilt it is not there"
    for name in {**rebuilt, **published}:
        if rebuilt.get(name) != published.get(name):
            return f"{name} is {published.get(name)} published and {rebuilt.get(name)} rebuilt"
    return ""


def _short(row: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{name} {value}" for name, value in (row or {}).items())[:200]
