"""What there is to say of one field, from its texts alone: type, marks for no value, unit, limits,
codes, whether it looks personal, and what is odd about it, with the evidence.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import polars as pl

from pipelines.contract.model import PLAIN, Column
from pipelines.contract.writing import NUMBERS
from pipelines.draft.candidates import RUPIAH, SHARE
from pipelines.draft.found import slug
from pipelines.draft.personal import is_tellable, suspicion
from pipelines.draft.texts import WORDS, read, value_of
from pipelines.draft.units import unit_of
from pipelines.draft.written import listed, plural
from pipelines.sqltext import quoted

MARKS = {
    *("-", "--", "---", "–", "—", ".", "..", "...", "n/a", "#n/a", "na", "n.a.", "null", "none"),
    *("nil", "nan", "(null)", "(blank)", "#value!", "#ref!", "#div/0!"),
}
"""Texts, in small letters, that mean no value wherever they stand."""
SENTINELS = ("-99", "-999", "-9999", "999", "9999", "99999", "-1")
MOST_CODES, LONGEST_CODE, ROWS_A_CODE = 15, 40, 10
INSIDE = 200
"""So many lists and objects are looked into."""
ORDERED = ("integer", "number", "date", "timestamp")


@dataclass(frozen=True)
class Field:
    """One field of a source as it would be a column.

    ``missing`` are the marks that mean no value anywhere, ``words`` those of this column alone;
    ``low`` and ``high`` are texts of its least and most value, ``values`` its codes, ``mask`` is
    the commonest form of its texts (``A-0000``), ``options`` say how the source writes it. ``why``
    it looks personal; ``todo`` is what a person has to decide, with the evidence.
    """

    field: str
    type: str
    rows: int
    filled: int
    distinct: int
    formats: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    unit: str | None = None
    low: str | None = None
    high: str | None = None
    values: tuple[str, ...] = ()
    mask: str | None = None
    classification: str = "internal"
    why: str | None = None
    todo: tuple[str, ...] = ()

    @property
    def is_personal(self) -> bool:
        """Whether nothing of its values may be told."""
        return self.why is not None


def described(
    con: duckdb.DuckDBPyConnection,
    name: str,
    values: pl.DataFrame,
    rows: int,
    zone: str,
    spellings: Sequence[str] = (),
) -> Field:
    """Return what there is to say of the field ``name``, of which ``values`` are the distinct texts
    and how often each came (text, n), in ``rows`` records; files call it by ``spellings`` too.
    """
    bare = pl.col("text").str.strip_chars()
    is_mark = bare.str.to_lowercase().is_in(sorted(MARKS)) | ((bare == "") & (pl.col("text") != ""))
    missing = tuple(sorted({*values.filter(is_mark)["text"].str.strip_chars(" ")} - {""}))
    texts = values.filter(~is_mark & (bare != "")).sort(["n", "text"], descending=[True, False])
    if texts.is_empty():
        todo = ("no record has a value: which type?",)
        return Field(name, "string", rows, 0, 0, missing=missing, todo=todo)
    found = suspicion(name, texts["text"])
    reading = read(con, name, texts, zone, bool(found and "look like" in found[1]))
    words = tuple(text for text, _ in reading.unread if text.strip().lower() in WORDS)
    unread = [(text, count) for text, count in reading.unread if text not in words]
    texts = _meant(texts.filter(~pl.col("text").is_in(words)))
    column, filled = reading.column, int(texts["n"].sum())
    todo = [*reading.todo]
    if spellings:
        todo.append(f"some files call it {listed(spellings)}: probably one column")
    if unread:
        todo.append(_odd(column.type, unread, filled, bool(found)))
    if column.type in NUMBERS and not found:
        todo += _sentinels(con, texts, column)
    if column.type in ("array", "object"):
        todo += _inner(column.type, texts["text"])
    codes = () if found or column.type != "string" else _codes(texts, filled)
    low, high = (None, None) if found else _range(con, texts, column)
    return Field(
        name,
        column.type,
        rows,
        filled,
        texts.height,
        column.formats,
        _options(column, spellings),
        missing,
        words,
        _unit(name, column),
        low,
        high,
        codes,
        None if found or codes or column.type != "string" else _mask(texts["text"]),
        found[0] if found else "internal",
        found[1] if found else None,
        (*todo, *_spellings(codes)),
    )


def _meant(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the texts without the blanks around them."""
    stripped = texts.with_columns(pl.col("text").str.strip_chars(" "))
    summed = stripped.group_by("text").agg(pl.col("n").sum())
    return summed.sort(["n", "text"], descending=[True, False])


def _options(column: Column, spellings: Sequence[str]) -> dict[str, Any]:
    """Return what a contract says of how the source writes the column."""
    writing = column.writing
    return {
        **({"decimal": writing.decimal} if writing.decimal != PLAIN.decimal else {}),
        **({"thousands": writing.thousands} if writing.thousands else {}),
        **({"trim": True} if writing.trim else {}),
        **({"extract": writing.extract} if writing.extract else {}),
        **({"values": dict(writing.values)} if writing.values else {}),
        **({"spellings": list(spellings)} if spellings else {}),
    }


def _unit(name: str, column: Column) -> str | None:
    """Return the unit that the header or the values state, None where none is stated."""
    if column.type not in NUMBERS:
        return None
    return {RUPIAH: "IDR", SHARE: "%"}.get(column.writing.extract) or unit_of(name)


def _inner(kind: str, texts: pl.Series) -> Iterator[str]:
    """Yield which fields the objects of a list or object have: a public one says them."""
    names: dict[str, None] = {}
    for text in texts.head(INSIDE):
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):  # one that does not read is counted elsewhere
            continue
        objects = said if isinstance(said, list) else [said]
        names |= dict.fromkeys(
            str(name) for one in objects if isinstance(one, dict) for name in one
        )
    how = "items: {logicalType: object, properties}" if kind == "array" else "properties"
    if names:
        yield f"before it is public, {how} says which of its fields are: {listed(names)}"


def _odd(kind: str, unread: Sequence[tuple[str, int]], filled: int, is_closed: bool) -> str:
    """Say how many values do not read as the type, and which, where they may be told."""
    count = sum(n for _, n in unread)
    told = [] if is_closed else [text for text, _ in unread if is_tellable(text)][:5]
    said = f": {listed(told)}" if told else ""
    return f"{count:,} of {filled:,} {plural(count, 'is', 'are')} no {kind}{said}"


def _range(
    con: duckdb.DuckDBPyConnection, texts: pl.DataFrame, column: Column
) -> tuple[str | None, str | None]:
    """Return the least and the most value as texts, numbers of six digits at most."""
    if column.type not in ORDERED:
        return None, None
    con.register("_texts", texts.to_arrow())
    value = value_of(column, "text")
    if column.type == "number":
        value = f"printf('%.6g', {value})::DOUBLE"
    return con.execute(
        f"SELECT min({value})::VARCHAR, max({value})::VARCHAR FROM _texts"
    ).fetchall()[0]


def _sentinels(
    con: duckdb.DuckDBPyConnection, texts: pl.DataFrame, column: Column
) -> Iterator[str]:
    """Yield which number far from all others may be a mark for no value."""
    con.register("_texts", texts.to_arrow())
    value = value_of(column, "text")
    for text, count in texts.filter(pl.col("text").is_in(SENTINELS)).iter_rows():
        least, most = con.execute(
            f"SELECT min({value}), max({value}) FROM _texts WHERE text <> {quoted(text)}"
        ).fetchall()[0]
        is_far = least is not None and (
            float(text) > 2 * max(most, 1) or (float(text) < 0 <= least)
        )
        if is_far and count > 1:
            yield f'"{text}" came {count:,} times, far from all others: no value (missing)?'


def _codes(texts: pl.DataFrame, filled: int) -> tuple[str, ...]:
    """Return the values of a field that has few, each often, none where it has none."""
    longest = texts["text"].str.len_chars().max()
    if (
        1 < texts.height <= MOST_CODES
        and filled >= ROWS_A_CODE * texts.height
        and isinstance(longest, int)
        and longest <= LONGEST_CODE
        and all(map(is_tellable, texts["text"]))
    ):
        return tuple(sorted(texts["text"]))
    return ()


def _spellings(codes: Sequence[str]) -> tuple[str, ...]:
    """Say which codes are probably one."""
    same: dict[str, list[str]] = {}
    for code in codes:
        same.setdefault(slug(code), []).append(code)
    twice = [listed(codes) for codes in same.values() if len(codes) > 1]
    empty = [code for code in codes if code.strip().lower() in WORDS]
    return (
        *(f"probably one value, which values can say: {codes}" for codes in twice),
        *(f"{listed([code])}: a value, or none (missing)?" for code in empty),
    )


def _mask(texts: pl.Series) -> str | None:
    """Return the form that at least half of the texts have, with 0, A and a for what varies."""
    masks = (
        texts.str.replace_all(r"[0-9]", "0")
        .str.replace_all(r"\p{Lu}", "A")
        .str.replace_all(r"\p{Ll}", "a")
    )
    mask, count = masks.value_counts(sort=True).row(0)
    return mask if 2 * count >= texts.len() and "0" in mask and len(mask) <= 40 else None
