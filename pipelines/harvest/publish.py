"""What becomes of a judged batch: quarantine, withheld versions, clean and public, in that order,
each one atomic replace of the partitions concerned.

Public holds the open columns and nothing else, so no closed value can be read from a published
file. A withheld partition changes quarantine only: clean and public keep what passed last. A row of
which cells alone are withheld stands in quarantine as it was delivered, and in clean and public
without them. ``by`` is what each commit says of its maker: the run, and the hashes of the contract
and the clean SQL it was made with.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines.contract.model import Dataset
from pipelines.contract.types import STORED
from pipelines.lake.delivery import Batch, Landed
from pipelines.lake.lake import Lake
from pipelines.lake.views import rows_of, version_columns
from pipelines.sqltext import identifier, quoted

SPAN = 1 << 18
"""Rows whose bits are looked up together."""
UNTOLD = ("shape", "placed", "schema", "gate")
"""Rules of a row whose fields may stand in each other's place, whose moment is none that was asked
for, or that was not judged.
"""


def delivery_id(landed: Sequence[Landed]) -> str:
    """Return the identity of a delivery: a hash over the hashes of its parts, the same for the
    same bytes.
    """
    return hashlib.sha256("\n".join(part.sha256 for part in landed).encode()).hexdigest()[:16]


def layers(dataset: Dataset, passed: Sequence[str]) -> tuple[str, ...]:
    """Return the layers whose tables a judged batch is committed to, in their order."""
    has_versions, is_public = bool(version_columns(dataset)), bool(passed) and dataset.is_public
    every = (
        ("quarantine", True),
        ("withheld", has_versions),
        ("clean", passed),
        ("public", is_public),
    )
    return tuple(layer for layer, is_changed in every if is_changed)


def quarantine(
    con: duckdb.DuckDBPyConnection,
    lake: Lake,
    dataset: Dataset,
    batch: Batch,
    rows: Path,
    delivery: str,
    by: dict[str, str],
) -> None:
    """Keep the rows of every judged partition of which something is withheld as they were
    delivered, with the rules they broke; ``cells`` are the columns that are emptied in a row that
    stays, NULL where the row is withheld.
    """
    sql = f"""
        SELECT delivered._row AS "row", q.rules, {quoted(delivery)} AS delivery, _line AS line,
               _shape AS line_text, to_json(delivered)::VARCHAR AS record, q.cells, q._partition
        FROM (SELECT * FROM read_parquet({quoted(str(rows))})) q
        JOIN delivered ON delivered._row = q._row
        ORDER BY 1"""
    lake.replace(con, lake.dataset_table("quarantine", dataset.id), batch.partitions, sql, by)


def withhold(
    con: duckdb.DuckDBPyConnection,
    lake: Lake,
    dataset: Dataset,
    batch: Batch,
    rows: Path,
    passed: Sequence[str],
    by: dict[str, str],
) -> None:
    """Keep key and moment of every version of a record that is not published: of rows in
    quarantine and of partitions that are withheld; nothing for a dataset without versions.

    Where key or moment may be something else than they say, nothing is known of a version.
    """
    versions = version_columns(dataset)
    if not versions:
        return
    names = ", ".join(identifier(column.name) for column in versions)
    there = " AND ".join(f"{identifier(column.name)} IS NOT NULL" for column in versions)
    doubted = [rule.name for column in versions for rule in column.rules]
    listed = ", ".join(quoted(name) for name in (*doubted, *UNTOLD))
    shown = ", ".join(quoted(key) for key in passed) or "NULL"
    sql = f"""
        SELECT DISTINCT {names}, _partition
        FROM read_parquet({quoted(str(batch.staged))})
        LEFT JOIN (
            SELECT _row, rules, cells IS NULL AS _bad FROM read_parquet({quoted(str(rows))})
        ) USING (_row)
        WHERE (_bad OR NOT coalesce(_partition IN ({shown}), false)) AND {there}
            AND NOT coalesce(list_has_any(rules, [{listed}]), false)
        ORDER BY ALL"""
    lake.replace(con, lake.dataset_table("withheld", dataset.id), batch.partitions, sql, by)


def kept(con: duckdb.DuckDBPyConnection, batch: Batch, rows: Path) -> str:
    """Return the SELECT, on ``con`` alone, of what is published of a batch, of which ``rows`` are
    those that something is withheld of.
    """
    return without_withheld(
        con,
        f"SELECT * FROM read_parquet({quoted(str(batch.staged))})",
        f"SELECT _row, cells FROM read_parquet({quoted(str(rows))})",
    )


def commit(
    con: duckdb.DuckDBPyConnection,
    lake: Lake,
    dataset: Dataset,
    kept: str,
    passed: Sequence[str],
    by: dict[str, str],
) -> None:
    """Replace the passed partitions of the dataset's clean table by the rows that are ``kept``."""
    if passed:
        _replace(
            con,
            lake,
            dataset,
            "clean",
            [column.name for column in dataset.columns],
            kept,
            passed,
            by,
        )


def publish(
    con: duckdb.DuckDBPyConnection,
    lake: Lake,
    dataset: Dataset,
    kept: str,
    passed: Sequence[str],
    by: dict[str, str],
) -> None:
    """Replace the passed partitions of the dataset's public table by the rows that are ``kept``,
    open columns only; nothing for a closed dataset.
    """
    if passed and dataset.is_public:
        _replace(
            con,
            lake,
            dataset,
            "public",
            [column.name for column in dataset.public_columns],
            kept,
            passed,
            by,
        )


def close(lake: Lake, dataset: Dataset) -> None:
    """Take out of the public table every column that the contract has closed since; its rows
    stay.
    """
    table = lake.dataset_table("public", dataset.id)
    allowed = {column.name for column in dataset.public_columns}
    stored = [name for name in lake.columns(table).names if name != "_partition"]
    if set(stored) <= allowed:
        return
    columns = [column for column in dataset.public_columns if column.name in stored]
    with lake.connect() as con:
        rows = con.sql(
            rows_of(
                [(column.name, STORED[column.type]) for column in columns],
                lake.files(table),
                stored,
            )
        )
        lake.rewrite(table, rows.to_arrow_reader)


def without_withheld(con: duckdb.DuckDBPyConnection, staged: str, bad: str) -> str:
    """Return the SELECT, on ``con`` alone, of the staged rows without the rows and cells that
    ``bad`` (_row, cells) withholds, in their order, which a join would not keep.
    """
    emptied = con.execute(f"SELECT DISTINCT unnest(cells) FROM ({bad}) ORDER BY 1").fetchall()
    kept = ", ".join(
        f"CASE WHEN NOT {_is_among(con, bad, f'list_contains(cells, {quoted(name)})')} THEN"
        f" {identifier(name)} END AS {identifier(name)}"
        for (name,) in emptied
    )
    replaced = f" REPLACE ({kept})" if kept else ""
    is_withheld = _is_among(con, bad, "cells IS NULL")
    return f"SELECT *{replaced} FROM ({staged}) WHERE NOT {is_withheld}"


def _is_among(con: duckdb.DuckDBPyConnection, bad: str, which: str) -> str:
    """Return the condition that a row is one of those of ``bad`` of which ``which`` holds.

    Each is a bit, at its place in a variable for so many rows: DuckDB copies a variable for every
    2,048 rows that it looks at.
    """
    name = hashlib.sha256(f"{bad}{which}".encode()).hexdigest()
    spans = con.execute(
        f"SELECT _row // {SPAN} AS span, bitstring_agg(_row % {SPAN}, 0, {SPAN - 1}) FROM"
        f" ({bad}) WHERE {which} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    for span, bits in spans:
        con.execute(f"SET VARIABLE bits_{name}_{span} = ?::BIT", [bits])
    return _looked_up(name, [span for span, _ in spans]) + " = 1"


def _looked_up(name: str, spans: Sequence[int]) -> str:
    """Return the bit of a row, looked for by halves; 0 in a span that has none."""
    if len(spans) > 1:
        later = spans[len(spans) // 2]
        lower, upper = (
            _looked_up(name, spans[: len(spans) // 2]),
            _looked_up(name, spans[len(spans) // 2 :]),
        )
        return f"CASE WHEN _row < {later * SPAN} THEN {lower} ELSE {upper} END"
    if not spans:
        return "0"
    bit = f"get_bit(getvariable('bits_{name}_{spans[0]}'), (_row % {SPAN})::INTEGER)"
    return f"CASE WHEN _row // {SPAN} = {spans[0]} THEN {bit} ELSE 0 END"


def _replace(
    con: duckdb.DuckDBPyConnection,
    lake: Lake,
    dataset: Dataset,
    layer: str,
    columns: list[str],
    kept: str,
    keys: Sequence[str],
    by: dict[str, str],
) -> None:
    names = ", ".join(identifier(name) for name in columns)
    listed = ", ".join(quoted(key) for key in keys)
    sql = f"SELECT {names}, _partition FROM ({kept}) WHERE _partition IN ({listed})"
    lake.replace(con, lake.dataset_table(layer, dataset.id), keys, sql, by)
