"""From the texts a source delivered to typed, placed rows: the Batch that goes to the gate.

Nothing is judged here. A text that cannot be read leaves NULL and the name of the rule it breaks in
``_refused``; every delivered row is staged exactly once, or counted as an exact duplicate of
another. An odd shape is put right first by ``sql/clean/<application>.<dataset>.sql``, one SELECT
over ``delivered`` that keeps ``_row`` and its siblings.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from pipelines.contract.cast import cast
from pipelines.contract.model import Column, Dataset
from pipelines.contract.terms import PLACE, RECORD, TYPES
from pipelines.contract.types import STORED
from pipelines.errors import ContractError
from pipelines.lake.delivery import Batch, Landed, Window
from pipelines.lake.partitions import window_of
from pipelines.records.open import may_leave_out, open_records
from pipelines.sqltext import identifier, quoted

FEW = 62
"""So many partitions are told apart by comparing."""


def refine(
    con: duckdb.DuckDBPyConnection,
    landed: Sequence[Landed],
    dataset: Dataset,
    window: Window,
    folder: Path,
    references: Mapping[str, tuple[str, ...]],
    sql: Path,
) -> Batch:
    """Open ``landed`` on ``con``, type and place every row, and stage the batch as
    ``folder/staged.parquet``.

    Leaves ``delivered`` (texts as they came) and ``typed`` on ``con``. SourceError when a file is
    not what it says it is; ContractError when the dataset's clean SQL loses or doubles rows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    open_records(con, landed, dataset)
    relation = shaped(con, dataset, sql)
    contents = ", ".join(
        identifier(name)
        for name in _fields(con, relation)
        if name not in ("_row", "_file", "_line", "_hint")
    )
    _type(con, dataset, window, relation, contents)
    _note_duplicates(con, relation, contents)
    staged = folder / "staged.parquet"
    order = "ORDER BY _partition, _row" if len(window.partitions) > 1 else ""
    again = "true" if _is_a_place(dataset) else "_key IN (FROM repeated)"
    con.execute(
        f"COPY (SELECT * EXCLUDE (_file, _key), {again} AS _again FROM typed"
        f" ANTI JOIN doubled USING (_row) {order}) TO {quoted(str(staged))} (FORMAT parquet)"
    )
    delivered = _counts(con, "typed", window)
    duplicates = _counts(con, "typed SEMI JOIN doubled USING (_row)", window)
    return Batch(
        staged, window.partitions, delivered, duplicates, _absent(con, dataset, landed), references
    )


def shaped(con: duckdb.DuckDBPyConnection, dataset: Dataset, sql: Path) -> str:
    """Return the relation to read: ``delivered``, or what the dataset's clean SQL makes of it."""
    path = sql / "clean" / f"{dataset.id}.sql"
    if not path.is_file():
        return "delivered"
    try:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE shaped AS {path.read_text('utf-8').strip().rstrip(';')}"
        )
        lost = con.execute(
            "SELECT count(*) FROM delivered FULL JOIN (SELECT _row, count(*) AS n FROM shaped GROUP"
            " BY 1) s USING (_row) WHERE s.n IS DISTINCT FROM 1 OR delivered._file IS NULL"
        ).fetchall()[0][0]
    except duckdb.Error as error:
        raise ContractError(
            f"{path}: {error}; it must be one SELECT over `delivered` that keeps _row, _file,"
            " _line, _hint and _shape"
        ) from error
    if lost:
        raise ContractError(
            f"{path}: {lost} rows are lost, made up or doubled; the SELECT must give every `_row`"
            " of `delivered` exactly once"
        )
    return "shaped"


def _fields(con: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    return [name for name, *_ in con.execute(f"DESCRIBE {relation}").fetchall()]


def _type(
    con: duckdb.DuckDBPyConnection, dataset: Dataset, window: Window, shaped: str, contents: str
) -> None:
    fields = set(_fields(con, shaped))
    raw = [
        f"{_present(column, fields)} AS {identifier(f'_raw_{n}')}"
        for n, column in enumerate(dataset.columns)
    ]
    raw += [
        f"{_text(column.unit_field, fields)} AS {identifier(f'_unit_{n}')}"
        for n, column in enumerate(dataset.columns)
        if column.unit_field
    ]
    typed = [
        f"{cast(column, f'_raw_{n}')}::{STORED[column.type]} AS {identifier(column.name)}"
        for n, column in enumerate(dataset.columns)
    ]
    broken = [check for n, column in enumerate(dataset.columns) for check in _checks(n, column)]
    requested = f"[{', '.join(quoted(key) for key in window.partitions)}]"
    placed = f"(list_contains({requested}, _own) AND (_hint IS NULL OR _hint = _own))"
    if dataset.delivery == "snapshot":
        placed = f"(_hint IS NULL OR list_contains({requested}, _hint))"
    fallback = (
        f"CASE WHEN list_contains({requested}, _hint) THEN _hint ELSE"
        f" {quoted(window.partitions[-1])} END"
    )
    texts = ", ".join(
        f"{quoted(column.name)}: _raw_{n}" for n, column in enumerate(dataset.columns)
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
    key = ", ".join(identifier(name) for name in dataset.row_key)
    if _is_a_place(dataset):
        raw, key = [*raw, f"hash({contents}) AS _contents"], "_contents"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE typed AS
        WITH raw AS (SELECT _row, _file, _hint, _shape, {", ".join(raw)} FROM {shaped}),
        cells AS (SELECT *, {", ".join(typed)}, {_own_partition(dataset, window)} AS _own FROM raw)
        SELECT {names}, _row, _file,
               CASE WHEN coalesce({placed}, false) THEN coalesce(_own, {fallback})
                    ELSE {fallback} END AS _partition,
               hash(_partition, {key}) AS _key,
               CASE WHEN {any_broken} THEN list_filter([{listed}], rule -> rule IS NOT NULL)
                    END::VARCHAR[] AS _refused,
               CASE WHEN _refused IS NOT NULL THEN to_json({{{texts}}}) END::VARCHAR AS _texts
        FROM cells""")


def _present(column: Column, fields: set[str]) -> str:
    text = _text(column.field, fields)
    return (
        f"CASE WHEN {text} NOT IN ({', '.join(quoted(value) for value in column.missing)}) THEN"
        f" {text} END"
        if column.missing
        else text
    )


def _text(field: str | None, fields: set[str]) -> str:
    if field == RECORD:
        whole = ", ".join(
            f"{quoted(name)}: {identifier(name)}"
            for name in sorted(fields)
            if name not in ("_row", "_hint", "_shape", *PLACE)
        )
        return f"to_json({{{whole}}})::VARCHAR" if whole else "NULL::VARCHAR"
    if field in PLACE:
        return f"{field}::VARCHAR"
    return identifier(field) if field in fields else "NULL::VARCHAR"


def _checks(number: int, column: Column) -> list[tuple[str, str]]:
    """Return what tells that a column's text breaks a rule, and the rule's name, of each."""
    checks, name = list[tuple[str, str]](), identifier(column.name)
    if column.type != TYPES[0]:
        is_unread = f"_raw_{number} IS NOT NULL AND {name} IS NULL"
        checks.append((is_unread, f"{column.name}.type"))
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


def _is_a_place(dataset: Dataset) -> bool:
    """Whether a row's key tells where in the delivery it stands, so that no two rows have one."""
    return any(dataset.column(name).field in PLACE for name in dataset.row_key)


def _note_duplicates(con: duckdb.DuckDBPyConnection, shaped: str, contents: str) -> None:
    """Note in ``repeated`` the keys, by their hashes, that may come again, and in ``doubled`` the
    rows that repeat an earlier row of their partition in every delivered field: their keys do too,
    where they are no places in the delivery.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE repeated AS
            SELECT _key FROM typed GROUP BY _key HAVING count(*) > 1;
        CREATE OR REPLACE TEMP TABLE doubled AS
        WITH suspects AS (SELECT _row, _partition FROM typed SEMI JOIN repeated USING (_key))
        SELECT _row FROM {shaped} JOIN suspects USING (_row)
        QUALIFY row_number() OVER (PARTITION BY {contents}, _partition ORDER BY _row) > 1""")


def _counts(con: duckdb.DuckDBPyConnection, relation: str, window: Window) -> Mapping[str, int]:
    counts = dict(con.execute(f"SELECT _partition, count(*) FROM {relation} GROUP BY 1").fetchall())
    return {key: counts.get(key, 0) for key in window.partitions}


def _absent(
    con: duckdb.DuckDBPyConnection, dataset: Dataset, landed: Sequence[Landed]
) -> Mapping[str, tuple[str, ...]]:
    """Return, per partition, the contract's fields that one of its files did not have at all."""
    delivered: dict[int, set[str]] = {}
    for file, field in con.execute("SELECT file, field FROM delivered_fields").fetchall():
        delivered.setdefault(file, set()).add(field)
    absent: dict[str, set[str]] = {}
    for key, file in con.execute(
        "SELECT DISTINCT _partition, _file FROM typed"
        " WHERE NOT coalesce(list_contains(_refused, 'shape'), false)"
    ).fetchall():
        sparse = may_leave_out(landed[file].path)
        expected = {column.field for column in dataset.columns if column.required or not sparse} - {
            RECORD,
            *PLACE,
        }
        absent.setdefault(key, set()).update(expected - delivered.get(file, set()))
    return {key: tuple(sorted(fields)) for key, fields in absent.items() if fields}
