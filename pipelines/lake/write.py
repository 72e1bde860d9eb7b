"""Rows as the Parquet files of a Delta table's partitions, one file a partition, written by DuckDB;
and what Delta's log is to be told of each.

Nothing is part of the table before its log names it: what a failure leaves is taken away.
"""

import json
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

import duckdb
from deltalake.transaction import AddAction, RemoveAction

from pipelines.errors import LakeError
from pipelines.sqltext import quoted


def write_partitions(
    con: duckdb.DuckDBPyConnection, table: Path, folders: Mapping[str, str], rows: str
) -> list[AddAction | RemoveAction]:
    """Write ``rows``, a SELECT with ``_partition``, in its order, into the ``folders`` of their
    partitions, and return what to add; no file for a partition without rows. LakeError, and nothing
    is written, when a row is of another partition.
    """
    found = con.execute(f"SELECT DISTINCT _partition FROM ({rows}) ORDER BY 1").fetchall()
    there = [key for (key,) in found]
    if outside := [key for key in there if key not in folders]:
        raise LakeError(
            f"{table}: rows of '{outside[0]}' are among those of {', '.join(folders)}, which"
            " alone are replaced; nothing is written: the SELECT that gave them is wrong"
        )
    added: list[AddAction | RemoveAction] = []
    try:
        for key in there:
            path = f"{folders[key]}/part-00000-{uuid.uuid4()}-c000.snappy.parquet"
            added.append(_write(con, table, key, path, rows))
    except BaseException:
        for add in added:
            (table / add.path).unlink()
        raise
    return added


def _write(
    con: duckdb.DuckDBPyConnection, table: Path, key: str, path: str, rows: str
) -> AddAction:
    file = table / path
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        ((_, count, size, *_),) = con.execute(
            f"COPY (SELECT * EXCLUDE (_partition) FROM ({rows}) WHERE _partition = {quoted(key)})"
            f" TO {quoted(str(file))} (FORMAT parquet, RETURN_STATS)"
        ).fetchall()
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    said = json.dumps({"numRecords": count})
    return AddAction(path, size, {"_partition": key}, time.time_ns() // 1_000_000, True, said)
