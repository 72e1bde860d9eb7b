"""Rows as the Parquet files of a Delta table's partitions, one file a partition, written by DuckDB;
and what Delta's log is to be told of each.

Nothing is part of the table before its log names it: what a failure leaves is taken away.
"""

import json
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake.transaction import AddAction, RemoveAction

from pipelines.errors import LakeError
from pipelines.sqltext import identifier, quoted

TOGETHER = 122_880
"""So many rows of small partitions, which is a row group of DuckDB's, are written together."""


NUMBERS = {"BIGINT", "DOUBLE"}


def write_partitions(
    con: duckdb.DuckDBPyConnection, table: Path, folders: Mapping[str, str], rows: str
) -> list[AddAction | RemoveAction]:
    """Write ``rows``, a SELECT with ``_partition``, in its order, into the ``folders`` of their
    partitions, named as Hive names them, and return what to add; no file for a partition without
    rows. LakeError, and nothing is written, when a row is of another partition.
    """
    found = con.execute(
        f"SELECT _partition, count(*) FROM ({rows}) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if outside := [key for key, _ in found if key not in folders]:
        raise LakeError(
            f"{table}: rows of '{outside[0]}' are among those of {', '.join(folders)}, which"
            " alone are replaced; nothing is written: the SELECT that gave them is wrong"
        )
    added: list[AddAction | RemoveAction] = []
    mark, key_of = uuid.uuid4(), {folder: key for key, folder in folders.items()}
    try:
        for number, keys in enumerate(_together(found)):
            name = f"part-{number:05d}-{mark}"
            if len(keys) == 1:
                written = _write(con, table / folders[keys[0]], keys[0], rows, name)
            else:
                written = _write_together(con, table, keys, rows, name)
            for path, count, size in written:
                folder, now = path.parent.name, time.time_ns() // 1_000_000
                held, said = {"_partition": key_of[folder]}, json.dumps({"numRecords": count})
                added.append(AddAction(f"{folder}/{path.name}", size, held, now, True, said))
    except BaseException:
        for file in table.glob(f"*/part-*-{mark}-*"):
            file.unlink()
        raise
    return added


def in_types_of(con: duckdb.DuckDBPyConnection, table: Path, there: pa.Schema, rows: str) -> str:
    """Return ``rows`` in the types that columns of the same name have ``there``: a contract may
    make an integer of a number and a number of an integer, which a table's column stays. LakeError
    at any other type, and where a value would be another.
    """
    held, new = con.from_arrow(there.empty_table()), con.sql(rows)
    types = dict(zip(held.columns, map(str, held.types), strict=True))
    changed = {
        name: (types[name], str(kind))
        for name, kind in zip(new.columns, new.types, strict=True)
        if types.get(name, str(kind)) != str(kind)
    }
    for name, (old, kind) in changed.items():
        cell = identifier(name)
        lost = f"{cell} IS DISTINCT FROM TRY_CAST(TRY_CAST({cell} AS {old}) AS {kind})"
        if not {old, kind} <= NUMBERS:
            lost = "true"
        found = con.execute(f"SELECT count(*) FROM ({rows}) WHERE {lost}").fetchall()[0][0]
        if found:
            raise LakeError(
                f"{table}: column '{name}' is {old} there, and {found} of its new values are {kind}"
                " and would be others; a column keeps its type: give the new one another name"
            )
    cast = ", ".join(
        f"CAST({identifier(name)} AS {old}) AS {identifier(name)}"
        for name, (old, _) in changed.items()
    )
    return f"SELECT * REPLACE ({cast}) FROM ({rows})" if cast else rows


def _together(found: Sequence[tuple[str, int]]) -> Iterator[list[str]]:
    """Return the partitions that are written by one statement each time."""
    keys, sum_of_rows = list[str](), 0
    for key, count in found:
        if keys and sum_of_rows + count > TOGETHER:
            yield keys
            keys, sum_of_rows = [], 0
        keys, sum_of_rows = [*keys, key], sum_of_rows + count
    if keys:
        yield keys


Written = list[tuple[Path, int, int]]
"""Of each file its path, rows and bytes."""


def _write(con: duckdb.DuckDBPyConnection, folder: Path, key: str, rows: str, name: str) -> Written:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-c000.snappy.parquet"
    stats = con.execute(
        f"COPY (SELECT * EXCLUDE (_partition) FROM ({rows}) WHERE _partition = {quoted(key)})"
        f" TO {quoted(str(file))} (FORMAT parquet, RETURN_STATS)"
    ).fetchall()
    return [(file, count, size) for _, count, size, *_ in stats]


def _write_together(
    con: duckdb.DuckDBPyConnection, table: Path, keys: list[str], rows: str, name: str
) -> Written:
    """Write a file a partition by one statement and by one thread, which keeps the rows' order."""
    table.mkdir(parents=True, exist_ok=True)
    threads = con.execute("SELECT current_setting('threads')").fetchall()[0][0]
    con.execute("SET threads = 1")
    try:
        stats = con.execute(
            f"COPY (SELECT * FROM ({rows}) WHERE _partition IN ({', '.join(map(quoted, keys))}))"
            f" TO {quoted(str(table))} (FORMAT parquet, PARTITION_BY (_partition), RETURN_STATS,"
            f" OVERWRITE_OR_IGNORE, FILENAME_PATTERN {quoted(name + '-c{i}.snappy')})"
        ).fetchall()
    finally:
        con.execute(f"SET threads = {threads}")
    return [(Path(path), count, size) for path, count, size, *_ in stats]
