"""Where the files of one dataset differ: fields that some lack, and names that are probably one."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.draft.found import Found, slug
from pipelines.draft.written import listed, plural
from pipelines.records.open import may_leave_out

ALIKE = 0.85
"""So much of two names must be the same for them to be one that was spelt otherwise."""


@dataclass(frozen=True)
class Drift:
    """The fields to draft; of each the other names that files call it by; those that few files have
    and that are left out; what a person has to know.
    """

    fields: tuple[str, ...]
    spellings: dict[str, tuple[str, ...]]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


def drift_of(con: duckdb.DuckDBPyConnection, found: Found, names: Sequence[str]) -> Drift:
    """Return how the files on ``con`` differ, of which ``names`` are all fields."""
    has: dict[str, set[int]] = {}
    for file, field in con.execute("SELECT file, field FROM delivered_fields").fetchall():
        has.setdefault(field, set()).add(file)
    files = len(found.landed)
    if files < 2 or any(may_leave_out(part.path) for part in found.landed):
        return Drift(tuple(names), {}, (), ())
    spellings = _spellings(names, has)
    others = {name for several in spellings.values() for name in several}
    most = _most_alike(has, files)
    kept, left_out, notes = [], [], []
    for name in (name for name in names if name not in others):
        there = set().union(*(has.get(one, set()) for one in (name, *spellings.get(name, ()))))
        missing = sorted({*range(files)} - there)
        if 2 * len(there) < files or (2 * len(there) == files and not there & most):
            left_out.append(name)
            notes.append(
                f"field {listed([name])} is in {len(there)} {plural(len(there), 'file', 'files')}"
                f" of {files} alone and was left out"
            )
            continue
        kept.append(name)
        if missing:
            example = Path(found.landed[missing[0]].address).name
            notes.append(
                f"field {listed([name])} is missing in {len(missing)} of {files} files, such as"
                f" {example}: what they hold is withheld (schema)"
            )
    if not kept:
        kept = [name for name in left_out if has[name] & most]
    return Drift(tuple(kept), spellings, tuple(left_out), tuple(notes))


def _most_alike(has: dict[str, set[int]], files: int) -> set[int]:
    """Return the files of the header that most have, the first of those that as many have."""
    by_header: dict[frozenset[str], set[int]] = {}
    for file in range(files):
        header = frozenset(field for field, there in has.items() if file in there)
        by_header.setdefault(header, set()).add(file)
    return max(by_header.values(), key=len)


def _spellings(names: Sequence[str], has: dict[str, set[int]]) -> dict[str, tuple[str, ...]]:
    """Return of each field that most files have the other names of it; names that differ in large
    and small letters alone are one field on the way, and two in their files.
    """
    known = list(dict.fromkeys([*names, *has]))
    by_use = sorted(known, key=lambda name: -len(has.get(name, ())))
    spelt: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for name in by_use:
        if name in taken or name not in names:
            continue
        others = [
            other
            for other in by_use
            if other not in (name, *taken, *spelt) and _is_one(name, other, has)
        ]
        taken.update(others)
        if others:
            spelt[name] = tuple(others)
    return spelt


def _is_one(name: str, other: str, has: dict[str, set[int]]) -> bool:
    """Whether two fields are probably one: never in the same file, with the same digits, and spelt
    nearly the same.
    """
    if not has.get(name, set()).isdisjoint(has.get(other, set())):
        return False
    if re.findall("[0-9]+", name) != re.findall("[0-9]+", other):
        return False
    one, two = slug(name), slug(other)
    return one == two or difflib.SequenceMatcher(None, one, two).ratio() >= ALIKE
