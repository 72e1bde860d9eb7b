"""Lake tables as SQL views: how a model, a release and an analyst see a dataset.

``events``: every row. ``changes``: the latest version of each key, and every version as ``<name>_history``. ``snapshot``: the latest
snapshot, and all of them as ``<name>_history``. Files are listed one by one, so a view never changes under its reader.
"""

from collections.abc import Sequence
from pathlib import Path

from pipelines.cast import STORED, identifier, quoted
from pipelines.contract import Column, Dataset

HISTORY = "_history"
KEY = "('' || _partition) AS _partition"
"""DuckDB 1.5.5 ends a session with an internal error on max() of a bare hive column; the empty text keeps it from that short cut."""


def dataset_views(dataset: Dataset, columns: Sequence[Column], files: Sequence[str]) -> dict[str, str]:
    """Return view name -> SELECT for one dataset over ``files``; typed and empty when there are none."""
    rows = rows_of([(column.name, STORED[column.type]) for column in columns], files)
    if dataset.delivery == "events":
        return {dataset.name: rows}
    if dataset.delivery == "snapshot":
        newest = max((Path(file).parent for file in files), default=None)
        latest = rows_of([(column.name, STORED[column.type]) for column in columns], [file for file in files if Path(file).parent == newest])
        return {dataset.name: latest, dataset.name + HISTORY: rows}
    key = ", ".join(identifier(name) for name in dataset.key)
    newest = f"SELECT * FROM ({rows}) QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {identifier(str(dataset.partition_by))} DESC) = 1"
    return {dataset.name: newest, dataset.name + HISTORY: rows}


def rows_of(columns: Sequence[tuple[str, str]], files: Sequence[str], partition: bool = True) -> str:
    """Return the SELECT of ``columns`` (name, SQL type) over Parquet files, with ``_partition`` read from their folders."""
    names = [identifier(name) for name, _ in columns] + ([KEY] if partition else [])
    if not files:
        empty = [f"NULL::{kind} AS {identifier(name)}" for name, kind in columns] + (["NULL::VARCHAR AS _partition"] if partition else [])
        return f"SELECT {', '.join(empty)} WHERE false"
    listed = ", ".join(quoted(file) for file in files)
    options = "hive_partitioning = true, hive_types = {'_partition': VARCHAR}, union_by_name = true"
    return f"SELECT {', '.join(names)} FROM read_parquet([{listed}], {options})"
