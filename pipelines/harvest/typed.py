"""The SELECT that makes typed, placed rows of delivered texts.

A text that cannot be read leaves NULL and the name of the rule it breaks in ``_refused``.
"""

from collections.abc import Collection, Mapping, Sequence

from pipelines.contract.cast import cast, repaired, repairs
from pipelines.contract.model import Column, Dataset
from pipelines.contract.terms import PERIOD, PLACE, RECORD, TYPES
from pipelines.contract.types import STORED
from pipelines.lake.delivery import Window
from pipelines.lake.partitions import window_of
from pipelines.sqltext import identifier, pointer, quoted

FEW = 62
"""So many partitions are told apart by comparing."""


def contents(fields: Mapping[str, str]) -> str:
    """Return what a row was delivered with: its fields, and its text where it has none."""
    return ", ".join(
        identifier(name)
        for name in dict.fromkeys(fields.values())
        if name not in ("_row", "_file", "_line", "_hint")
    )


def typed(
    dataset: Dataset,
    window: Window,
    relation: str,
    fields: Mapping[str, str],
    misplaced: Collection[str] = (),
) -> str:
    """Return the SELECT over ``relation``, whose ``fields`` are texts in the columns they name,
    beside ``_row``, ``_file``, ``_hint`` and ``_shape``: the contract's columns, ``_row``,
    ``_file``, ``_partition``, ``_again`` (whether its key cannot tell it from a duplicate),
    ``_refused``, ``_texts``, and ``_contents``, a hash, where the row's key is its place. Of the
    fields that are ``misplaced`` in some record, the table of that name says in which.
    """
    odd = {
        n
        for n, column in enumerate(dataset.columns)
        if column.field in misplaced and column.type != "object"
    }
    raw = [sql for n, c in enumerate(dataset.columns) for sql in _raw(n, c, fields, n in odd)]
    typed = [
        f"{cast(column, f'_raw_{n}')}::{STORED[column.type]} AS {identifier(column.name)}"
        for n, column in enumerate(dataset.columns)
    ]
    broken = [found for n, c in enumerate(dataset.columns) for found in _checks(n, c, n in odd)]
    placed = f"({_asked(window, '_own')} AND (_hint IS NULL OR _hint = _own))"
    if dataset.delivery == "snapshot":
        placed = f"(_hint IS NULL OR {_asked(window, '_hint')})"
    *others, last = map(quoted, window.partitions)
    fallback = f"CASE WHEN {_asked(window, '_hint')} THEN _hint ELSE {last} END"
    partition = f"CASE WHEN coalesce({placed}, false) THEN coalesce(_own, {fallback})"
    partition = f"{partition} ELSE {fallback} END" if others else last
    texts = ", ".join(
        f"{quoted(column.name)}: {f'_said_{n}' if column.writing.repairs else f'_raw_{n}'}"
        for n, column in enumerate(dataset.columns)
    )
    broken += [
        ("_shape IS NOT NULL", "shape"),
        (f"_shape IS NULL AND NOT coalesce({placed}, false)", "placed"),
    ]
    listed = ", ".join(
        f"CASE WHEN {is_broken} THEN {quoted(name)} END" for is_broken, name in broken
    )
    any_broken = " OR ".join(f"({is_broken})" for is_broken, _ in broken)
    names = ", ".join(identifier(column.name) for column in dataset.columns)
    if dataset.key_is_a_place:
        raw.append(f"hash({contents(fields)}) AS _contents")
        names += ", _contents"
    if odd:
        aside = "SELECT _row, texts AS _misplaced FROM misplaced"
        relation = f"{relation} LEFT JOIN ({aside}) USING (_row)"
    return f"""
        WITH raw AS (SELECT _row, _file, _hint, _shape, {", ".join(raw)} FROM {relation}),
        cells AS (SELECT *, {", ".join(typed)}, {_own_partition(dataset, window)} AS _own FROM raw)
        SELECT {names}, _row, _file, {dataset.key_is_a_place} AS _again,
               {partition} AS _partition,
               CASE WHEN {any_broken} THEN list_filter([{listed}], rule -> rule IS NOT NULL)
                    END::VARCHAR[] AS _refused,
               CASE WHEN _refused IS NOT NULL THEN to_json({{{texts}}}) END::VARCHAR AS _texts
        FROM cells{" ORDER BY _row" if odd else ""}"""


def key_of(dataset: Dataset) -> str:
    """Return the hash of a typed row's partition and key, the same for rows that may be one."""
    names = ["_contents"] if dataset.key_is_a_place else map(identifier, dataset.row_key)
    return f"hash(_partition, {', '.join(names)})"


def _asked(window: Window, partition: str) -> str:
    """Return the condition that a partition is one of those asked for."""
    keys = ", ".join(map(quoted, window.partitions))
    is_few = len(window.partitions) <= FEW
    return f"{partition} IN ({keys})" if is_few else f"list_contains([{keys}], {partition})"


def _raw(number: int, column: Column, fields: Mapping[str, str], is_odd: bool) -> list[str]:
    """Return the texts that a column is made of: what is meant as ``_raw``, and what its checks
    look at; of one in whose place a record may hold another thing that as ``_held``.
    """
    said = source(column, fields)
    meant = repaired(column, said)
    told = [f"{meant} AS _raw_{number}"]
    if is_odd:
        held = f"json_extract_string(_misplaced, {quoted(pointer(column.field))})"
        told = [
            f"{repaired(column, held)} AS _held_{number}",
            f"CASE WHEN {held} IS NULL THEN {meant} END AS _raw_{number}",
        ]
    if column.writing.repairs:
        told.append(f"{said} AS _said_{number}")
    if column.writing.spellings:
        told.append(f"{_is_torn(column, fields)} AS _torn_{number}")
    if column.unit_field:
        told.append(f"{_text(column.unit_field, fields)} AS _unit_{number}")
    return told


def source(column: Column, fields: Mapping[str, str]) -> str:
    """Return the text of a column as it was delivered: of its field, of the first of its spellings
    that says something, or of all the fields it is joined of.
    """
    texts = [_text(name, fields) for name in column.fields]
    if column.writing.joined:
        return f"nullif(concat_ws(' ', {', '.join(texts)}), '')"
    return f"coalesce({', '.join(_filled(texts))})" if len(texts) > 1 else texts[0]


def _filled(texts: Sequence[str]) -> list[str]:
    return [f"nullif({text}, '')" for text in texts]


def _is_torn(column: Column, fields: Mapping[str, str]) -> str:
    """Return the condition that spellings of one field say different things."""
    texts = ", ".join(_filled([_text(name, fields) for name in column.fields]))
    return f"len(list_distinct([{texts}])) > 1"


def _text(field: str | None, fields: Mapping[str, str]) -> str:
    if field == RECORD:
        return _record(fields)
    if field == PERIOD:
        return "_hint"
    if field in PLACE:
        return f"{field}::VARCHAR"
    return identifier(fields[field]) if field and field in fields else "NULL::VARCHAR"


def _record(fields: Mapping[str, str]) -> str:
    """Return a whole record as JSON, its fields as the source names them."""
    named = {column: field for field, column in fields.items()}
    whole = sorted(
        (field, column)
        for column, field in named.items()
        if column not in ("_row", "_hint", "_shape", *PLACE)
    )
    if len({field.lower() for field, _ in whole}) < len(whole):
        pairs = ", ".join(f"{quoted(field)}, {identifier(column)}" for field, column in whole)
        return f"json_object({pairs})::VARCHAR"
    listed = ", ".join(f"{quoted(field)}: {identifier(column)}" for field, column in whole)
    return f"to_json({{{listed}}})::VARCHAR" if whole else "NULL::VARCHAR"


def _checks(number: int, column: Column, is_odd: bool) -> list[tuple[str, str]]:
    """Return what tells that a column's text breaks a rule, and the rule's name, of each."""
    checks, name = list[tuple[str, str]](), identifier(column.name)
    if is_odd:
        checks.append((f"_held_{number} IS NOT NULL", f"{column.name}.type"))
    if column.type != TYPES[0]:
        is_unread = f"_raw_{number} IS NOT NULL AND {name} IS NULL"
        checks.append((is_unread, f"{column.name}.type"))
    if column.writing.spellings:
        checks.append((f"_torn_{number}", f"{column.name}.spellings"))
    checks += [
        (is_other, f"{column.name}.{word}")
        for word, is_other, _ in repairs(column, f"_said_{number}")
    ]
    if column.unit_field:
        other = f"_unit_{number} IS DISTINCT FROM {quoted(column.unit or '')}"
        checks.append((f"_raw_{number} IS NOT NULL AND {other}", f"{column.name}.unit"))
    return checks


def _own_partition(dataset: Dataset, window: Window) -> str:
    """Return the expression for the partition a row's own date puts it in, of those asked for at
    least; snapshots are placed by their delivery.

    DuckDB takes ten times as long to tell an instant's day in a zone as to compare it with the
    bounds of a few.
    """
    if dataset.delivery == "snapshot" or dataset.partition_by is None:
        return "_hint"
    column = dataset.column(dataset.partition_by)
    moment = identifier(column.name)
    if column.type == "timestamp" and len(window.partitions) <= FEW:
        spans = [window_of(dataset, [key]) for key in sorted(window.partitions)]
        cases = [
            f"WHEN {moment} < TIMESTAMPTZ '{span.end}' THEN CASE WHEN {moment} >= TIMESTAMPTZ"
            f" '{span.start}' THEN {quoted(span.partitions[0])} END"
            for span in spans
        ]
        return f"CASE {' '.join(cases)} END"
    local = (
        f"{moment} AT TIME ZONE {quoted(dataset.timezone)}"
        if column.type == "timestamp"
        else moment
    )
    return f"left(({local})::DATE::VARCHAR, {10 if dataset.partition == 'day' else 7})"
