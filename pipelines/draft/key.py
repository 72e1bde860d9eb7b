"""Which fields tell one record from another, by trying: one field, then two, three and four of
those that a key is made of. Where none do, a record is known by its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from pipelines.draft.field import Field
from pipelines.draft.found import slug
from pipelines.draft.texts import CODES
from pipelines.draft.written import listed

KEYS = ("string", "integer", "date", "timestamp")
FILLED = 0.99
"""Share of the records that must have a value in a field for it to be of a key."""
MOST_TOGETHER, MOST_TRIED = 4, 8
LONGEST = 200
"""Letters of a text that may be of a key."""


@dataclass(frozen=True)
class Key:
    """The fields of a key, none where no such were found, and what says so."""

    fields: tuple[str, ...]
    evidence: str


def key_of(frame: pl.DataFrame, fields: Sequence[Field]) -> Key:
    """Return the key of the records in ``frame`` (``_hint`` and the fields), each told once: that
    it tells them apart in one file's day is enough.
    """
    rows = frame.unique()
    filled = [one for one in fields if one.filled >= FILLED * one.rows and one.type in KEYS]
    candidates = sorted(filled, key=lambda one: _rank(one, fields))
    best = ("", 0, 0)
    for one in candidates:
        count, of = _distinct(rows, [one])
        if count == of and _names_something(one):
            return Key((one.field,), f"{count:,} of {of:,} distinct")
        best = max(best, (one.field, count, of), key=lambda tried: tried[1])
    tried = [one for one in candidates if one.distinct > 1 and not _is_long(rows, one)]
    moments = [one for one in tried if one.type == "timestamp"]
    for size in range(2, MOST_TOGETHER + 1):
        for several in combinations(tried[:MOST_TRIED], size):
            count, of = _distinct(rows, several)
            if count == of:
                names = tuple(one.field for one in several)
                return Key(names, f"{count:,} of {of:,} distinct together")
    for one in moments:
        count, of = _distinct(rows, [one])
        if count == of:
            return Key((one.field,), f"{count:,} of {of:,} distinct")
    if best[0]:
        return Key((), f"none: {listed([best[0]])} is nearest, {best[1]:,} of {best[2]:,} distinct")
    return Key((), "none: no field has a value in every record")


def _distinct(rows: pl.DataFrame, several: Sequence[Field]) -> tuple[int, int]:
    """Return how many different values these fields have together, and in how many records they
    have any.
    """
    there = rows
    for one in several:
        text = pl.col(one.field).str.strip_chars()
        there = there.filter(text.is_not_null() & ~text.is_in(["", *one.missing, *one.words]))
    count = there.select(pl.struct("_hint", *(one.field for one in several)).n_unique()).item()
    return count if there.height else 0, there.height


def _names_something(one: Field) -> bool:
    """Whether a field that is different in every record is so by intent, not by chance."""
    is_code = not {*slug(one.field).split("_")}.isdisjoint(CODES)
    if one.type == "timestamp":
        return False
    return is_code or one.mask is not None or one.type == "integer" or one.rows >= 20


def _rank(one: Field, fields: Sequence[Field]) -> tuple[int, int]:
    """Return codes first, then days and moments, then what else there is, as they stand."""
    words = slug(one.field).split("_")
    is_code = not {*words}.isdisjoint(CODES)
    kind = 0 if is_code else 1 if one.type in ("date", "timestamp") else 2
    if one.type == "integer" and not is_code:
        kind = 3
    return kind + (4 if one.is_personal else 0), fields.index(one)


def _is_long(rows: pl.DataFrame, one: Field) -> bool:
    longest = rows[one.field].str.len_chars().max()
    return isinstance(longest, int) and longest > LONGEST
