r"""One record of JSON as a row of texts: nested objects become dotted names, arrays stay JSON,
numbers keep the digits that were written.

A record that no row can say keeps its whole text instead: one that names a field twice in one
object (RFC 8259 leaves open which counts), or in two ways (``{"a": {"b": 1}, "a.b": 2}``), that is
too wide, or that holds half a character (``\ud83d`` alone), which no text may. What a record holds
in another place than its contract asks for is no missing value: it is ``misplaced``. Where records
stand in a file is not known here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.contract.model import Dataset

MOST_FIELDS = 1_000
"""Fields of a record, and of all records of a file; no contract names a tenth of it."""
MISPLACED = "_misplaced"
"""The column of what records hold in another place than is asked for: texts by field, as JSON. No
table has it whose records hold nothing so.
"""
Row = dict[str, str | None] | str
"""A record's fields as texts, or the whole text of what is no record."""


class _Digits(str):
    """A number as it was written."""


class _Empty(str):
    """An object without fields, as text."""


class Repeated(dict[str, Any]):
    """An object that names a field twice; ``pairs`` is all that it holds."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


class Misplacing(dict[str, str | None]):
    """A row whose record holds something else than an object above a field that is asked for, or
    an object at it: ``misplaced`` is the text of that, by the field.
    """

    misplaced: Mapping[str, str]


class _NoRowError(Exception):
    """A record that no row can say."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    return held if len(held) == len(pairs) else Repeated(pairs)


DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_Digits, parse_int=_Digits, parse_constant=_Digits
)


@dataclass(frozen=True)
class Asked:
    """What a contract asks of a record: the fields, those among them that are objects, and those
    below each name.
    """

    fields: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    below: Mapping[str, Sequence[str]] = field(default_factory=dict)


NOTHING = Asked()


def asked_of(dataset: Dataset) -> Asked:
    """Return what a dataset's contract asks of each of its records."""
    fields = dict.fromkeys(column.field for column in dataset.columns)
    below: dict[str, list[str]] = {}
    for name in fields:
        steps = name.split(".")
        for count in range(1, len(steps)):
            below.setdefault(".".join(steps[:count]), []).append(name)
    objects = frozenset(column.field for column in dataset.columns if column.type == "object")
    return Asked(frozenset(fields), objects, below)


def flat(record: Mapping[str, Any], asked: Asked = NOTHING) -> Row:
    """Return one record with dotted names and texts only, or its text where no row can say it."""
    found = _found(record, asked)
    return dump(record) if found is None else _row(*found, asked)


def _found(
    record: Mapping[str, Any], asked: Asked
) -> tuple[dict[str, str | None], dict[str, str]] | None:
    """Return the texts of a record by their dotted names, and those of objects that stand where
    something is asked for; None where no row can say it.
    """
    fields: dict[str, str | None] = {}
    objects: dict[str, str] = {}
    try:
        _put(fields, record, "", asked, objects)
    except _NoRowError:
        return None
    return fields, objects


def _row(fields: dict[str, str | None], misplaced: dict[str, str], asked: Asked) -> Row:
    for above, names in asked.below.items():
        text = fields.get(above)
        if text is not None and not isinstance(text, _Empty):
            misplaced |= {name: text for name in names if name not in fields}
    if not misplaced:
        return fields
    row = Misplacing(fields)
    row.misplaced = misplaced
    return row


def _put(
    fields: dict[str, str | None],
    record: Mapping[str, Any],
    prefix: str,
    asked: Asked,
    objects: dict[str, str],
) -> None:
    """Put the texts of a record into ``fields``, and into ``objects`` those that stand where a
    value is asked for.
    """
    if isinstance(record, Repeated):
        raise _NoRowError
    for key, value in record.items():
        name = prefix + key
        if isinstance(value, dict) and value:
            _put(fields, value, name + ".", asked, objects)
            if name not in asked.fields:
                continue
            objects[name] = text = dump(value)
            if name not in asked.objects:
                continue
        elif value is None or isinstance(value, str):
            text = None if value is None else str(value)
        else:
            text = _text(value)
        if name in fields:
            raise _NoRowError
        fields[name] = text


def _text(value: Any) -> str:
    """Return a list, a truth value or an object without fields as JSON text."""
    if isinstance(value, list) and any(map(_repeats, value)):
        raise _NoRowError
    return _Empty("{}") if isinstance(value, dict) else dump(value)


def _repeats(value: Any) -> bool:
    if isinstance(value, dict):
        return isinstance(value, Repeated) or any(map(_repeats, value.values()))
    return isinstance(value, list) and any(map(_repeats, value))


def dump(value: Any) -> str:
    """Return JSON text in which numbers keep their digits, and objects every field."""
    if isinstance(value, _Digits):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(dump, value)) + "]"
    if isinstance(value, dict):
        pairs = value.pairs if isinstance(value, Repeated) else value.items()
        told = (f"{json.dumps(name, ensure_ascii=False)}: {dump(item)}" for name, item in pairs)
        return "{" + ", ".join(told) + "}"
    return json.dumps(value, ensure_ascii=False)


def is_deep(value: Any, most: int) -> bool:
    """Say whether a value of JSON is nested deeper than ``most`` levels."""
    level = [value]
    for _ in range(most):
        level = [inner for held in level for inner in _inside(held)]
    return bool(level)


def _inside(value: Any) -> Sequence[Any]:
    every = [*value.values()] if isinstance(value, dict) else value
    return [inner for inner in every if isinstance(inner, dict | list)]


@dataclass(frozen=True)
class Reading:
    """How the records of a dataset become rows: what is asked of each, and the list in it whose
    elements are the rows, where ``fetch.explode`` names one.
    """

    asked: Asked
    explode: str | None

    def rows(self, record: Any) -> list[Row]:
        """Return the rows of one record: itself, or the elements of its list."""
        if not isinstance(record, dict):
            return [dump(record)]
        if not self.explode:
            return [flat(record, self.asked)]
        if _repeats(record):
            return [dump(record)]
        *steps, last = self.explode.split(".")
        beside, inner = dict(record), record
        holder = beside
        for step in steps:
            inner = inner.get(step)
            if inner is None:
                return []
            if not isinstance(inner, dict):
                return [dump(record)]
            holder[step] = holder = dict(inner)
        elements = holder.pop(last, None)
        if elements is None:
            return []
        shared = _found(beside, self.asked)
        if not isinstance(elements, list) or shared is None:
            return [dump(record)]
        return [self._element(beside, *shared, element) for element in elements]

    def _element(
        self,
        beside: Mapping[str, Any],
        fields: Mapping[str, str | None],
        objects: Mapping[str, str],
        element: Any,
    ) -> Row:
        """Return the row of an element, with what stands beside its list."""
        own = _found({str(self.explode): element}, self.asked)
        if own is None or not fields.keys().isdisjoint(own[0]):
            return dump({**beside, str(self.explode): element})
        return _row({**fields, **own[0]}, {**objects, **own[1]}, self.asked)

    def of_line(self, text: str) -> list[Row]:
        """Return the rows of a line of NDJSON: of its record, or the line where it is none."""
        try:
            value = DECODER.decode(text)
            rows = self.rows(value) if isinstance(value, dict) else [text]
        except (ValueError, RecursionError):
            return [text]
        return [text] if len(rows) == 1 and isinstance(rows[0], str) else rows


def reading_of(dataset: Dataset) -> Reading:
    """Return how the records of a dataset become rows."""
    path = dataset.source.fetch.get("explode")
    return Reading(asked_of(dataset), str(path) if path else None)


def whole(row: Row) -> Row:
    """Return a row, or its text where it is too wide or holds half a character."""
    text = row if isinstance(row, str) else "".join((*row, *filter(None, row.values())))
    try:
        text.encode()
    except UnicodeEncodeError:
        told = row if isinstance(row, str) else dump(row)
        return told.encode("utf-8", "backslashreplace").decode()
    return dump(row) if isinstance(row, dict) and len(row) > MOST_FIELDS else row
