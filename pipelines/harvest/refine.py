"""From the texts a source delivered to typed, placed rows: the Batch that goes to the gate.

Nothing is judged here, and every delivered row is staged exactly once, or counted as an exact
duplicate of another. What lies in files on the way is no larger in memory for more rows. An odd
shape is put right first by ``sql/clean/<application>.<dataset>.sql``, one SELECT over ``delivered``
that keeps ``_row`` and its siblings.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from pipelines.contract.model import Dataset
from pipelines.contract.terms import OWN
from pipelines.errors import ContractError
from pipelines.harvest.typed import contents, key_of, typed
from pipelines.lake.delivery import Batch, Landed, Window
from pipelines.records.open import ON_THE_WAY, may_leave_out, open_records
from pipelines.sqltext import quoted

MOST_TOLD = 5


def refine(
    con: duckdb.DuckDBPyConnection,
    landed: Sequence[Landed],
    dataset: Dataset,
    window: Window,
    folder: Path,
    references: Mapping[str, tuple[str, ...]],
    sql: Path,
) -> Batch:
    """Open ``landed`` on ``con``, type and place every row, and stage the batch in ``folder``.

    Leaves ``delivered`` (texts as they came) and ``typed`` on ``con``. SourceError when a file is
    not what it says it is; ContractError when the dataset's clean SQL loses or doubles rows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    open_records(con, landed, dataset, folder)
    relation, staged = shaped(con, dataset, sql), folder / "typed.parquet"
    fields = fields_in(con, relation)
    select = typed(dataset, window, relation, fields, _misplaced(con))
    con.execute(f"COPY ({select}) TO {quoted(str(staged))} {ON_THE_WAY}")
    con.execute(f"CREATE OR REPLACE TEMP VIEW typed AS FROM read_parquet({quoted(str(staged))})")
    _note_duplicates(con, dataset, relation, contents(fields))
    has_again = con.execute("SELECT EXISTS (FROM repeated)").fetchall()[0][0]
    if has_again or len(window.partitions) > 1 or relation != "delivered":
        staged = folder / "staged.parquet"
        again = f"_again OR {key_of(dataset)} IN (FROM repeated) AS _again"
        rows = f"SELECT * REPLACE ({again}) FROM typed ANTI JOIN doubled USING (_row)"
        con.execute(
            f"COPY ({rows} ORDER BY _partition, _row) TO {quoted(str(staged))} {ON_THE_WAY}"
        )
    delivered = _counts(con, "typed", window)
    duplicates = _counts(con, "typed SEMI JOIN doubled USING (_row)", window)
    return Batch(
        staged,
        window.partitions,
        delivered,
        duplicates,
        _absent(con, dataset, landed),
        references,
        garbled=_garbled(con),
    )


def _clean(sql: Path, dataset: Dataset) -> Path:
    """Return where the dataset's clean SQL stands, if it has any."""
    return sql / "clean" / f"{dataset.id}.sql"


def shaped(con: duckdb.DuckDBPyConnection, dataset: Dataset, sql: Path) -> str:
    """Return the relation to read: ``delivered``, or what the dataset's clean SQL makes of it."""
    path = _clean(sql, dataset)
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


def fields_in(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Return the column of ``relation`` that has each field: the one that is the source's by this
    very name, else the one that is called so.
    """
    columns = [name for name, *_ in con.execute(f"DESCRIBE {relation}").fetchall()]
    named = con.execute("SELECT DISTINCT field, name FROM delivered_fields WHERE field <> name")
    apart = {field: name for field, name in named.fetchall() if name in columns}
    return {name: name for name in columns} | apart


def _misplaced(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the fields in whose place some record holds another thing."""
    found = con.execute("SELECT DISTINCT unnest(json_keys(texts)) FROM misplaced").fetchall()
    return {field for (field,) in found}


def _garbled(con: duckdb.DuckDBPyConnection) -> Mapping[str, tuple[str, ...]]:
    """Return, per partition, what is wrong with the first of what is no record."""
    if not con.execute("SELECT EXISTS (FROM garbled)").fetchall()[0][0]:
        return {}
    found = con.execute(
        f"SELECT _partition, texts FROM garbled JOIN typed USING (_row) QUALIFY row_number() OVER"
        f" (PARTITION BY _partition ORDER BY _row) <= {MOST_TOLD} ORDER BY _row"
    ).fetchall()
    return {
        key: tuple(text for of, text in found if of == key) for key in {key for key, _ in found}
    }


def _note_duplicates(
    con: duckdb.DuckDBPyConnection, dataset: Dataset, shaped: str, contents: str
) -> None:
    """Note in ``repeated`` the keys, by their hashes, that may come again, and in ``doubled`` the
    rows that repeat an earlier row of their partition in every delivered field: their keys do too,
    where they are no places in the delivery.
    """
    key = key_of(dataset)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE repeated AS
            SELECT {key} AS _key FROM typed GROUP BY _key HAVING count(*) > 1;
        CREATE OR REPLACE TEMP TABLE doubled AS
        WITH suspects AS (SELECT _row, _partition FROM typed WHERE {key} IN (FROM repeated))
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
    for file, *named in con.execute("SELECT file, field, name FROM delivered_fields").fetchall():
        delivered.setdefault(file, set()).update(named)
    absent: dict[str, set[str]] = {}
    for key, file in con.execute(
        "SELECT DISTINCT _partition, _file FROM typed"
        " WHERE NOT coalesce(list_contains(_refused, 'shape'), false)"
    ).fetchall():
        sparse = may_leave_out(landed[file].path)
        known = {*delivered.get(file, ()), *OWN}
        for column in dataset.columns:
            if column.required or not sparse:
                absent.setdefault(key, set()).update(column.lacking(known))
    return {key: tuple(sorted(fields)) for key, fields in absent.items() if fields}
