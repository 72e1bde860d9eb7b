"""Lake tables as SQL views: how a model, a release and an analyst see a dataset.

``events``: every row. ``changes``: the latest version of each key, with ``MARK``, and every version
as ``<name>_history``. ``snapshot``: the latest snapshot, and all of them as ``<name>_history``.
Files are listed one by one, so a view never changes under its reader.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

from pipelines.contract.model import Column, Dataset
from pipelines.contract.types import STORED
from pipelines.sqltext import identifier, quoted

HISTORY = "_history"
MARK = "newer_version_withheld"
"""The column that says of a key whose version shown is not its newest: that one is withheld."""
KEY = "('' || _partition) AS _partition"
"""DuckDB 1.5.5 ends a session with an internal error on max() of a bare hive column; the empty
text keeps it from that short cut.
"""


def dataset_views(
    dataset: Dataset,
    columns: Sequence[Column],
    files: Sequence[str],
    held: Collection[str],
    withheld: Sequence[str] | None = None,
) -> dict[str, str]:
    """Return view name -> SELECT for one dataset over ``files``; typed and empty when there are
    none. ``withheld`` are the files of its withheld versions; None, and there is no ``MARK``.

    ``held`` are the columns the table has; one that the contract has opened or added since is NULL
    until its days are harvested again.
    """
    typed = [(column.name, STORED[column.type]) for column in columns]
    rows = rows_of(typed, files, held)
    if dataset.delivery == "events":
        return {dataset.name: rows}
    if dataset.delivery == "snapshot":
        return {
            dataset.name: rows_of(typed, newest_files(files), held),
            dataset.name + HISTORY: rows,
        }
    newest = newest_of(dataset, rows)
    if withheld is not None:
        newest = marked(dataset, newest, withheld)
    return {dataset.name: newest, dataset.name + HISTORY: rows}


def version_columns(dataset: Dataset) -> tuple[Column, ...]:
    """Return the columns that tell a version of a record: its key and its moment; none where the
    dataset has no versions.
    """
    if dataset.delivery != "changes":
        return ()
    names = dict.fromkeys([*dataset.key, str(dataset.partition_by)])
    return tuple(dataset.column(name) for name in names)


def marked(dataset: Dataset, newest: str, withheld: Sequence[str]) -> str:
    """Return the SELECT that adds ``MARK`` to the newest versions: whether one of ``withheld`` is
    newer still.
    """
    typed = [(column.name, STORED[column.type]) for column in version_columns(dataset)]
    versions = rows_of(typed, withheld, [name for name, _ in typed], partition=False)
    order = identifier(str(dataset.partition_by))
    same = " AND ".join(
        f"withheld.{identifier(name)} = shown.{identifier(name)}" for name in dataset.key
    )
    return f"""
        SELECT shown.*, EXISTS (
            SELECT 1 FROM ({versions}) AS withheld
            WHERE {same} AND withheld.{order} > shown.{order}
        ) AS {MARK}
        FROM ({newest}) AS shown"""


def newest_of(dataset: Dataset, rows: str) -> str:
    """Return the SELECT that leaves of a ``changes`` dataset's ``rows`` the newest version of
    each key.
    """
    key = ", ".join(identifier(name) for name in dataset.key)
    order = identifier(str(dataset.partition_by))
    return f"""
        SELECT * FROM ({rows})
        QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {order} DESC) = 1"""


def newest_files(files: Sequence[str]) -> list[str]:
    """Return the files of a ``snapshot`` dataset's newest snapshot."""
    newest = max((Path(file).parent for file in files), default=None)
    return [file for file in files if Path(file).parent == newest]


def rows_of(
    columns: Sequence[tuple[str, str]],
    files: Sequence[str],
    held: Collection[str],
    partition: bool = True,
) -> str:
    """Return the SELECT of ``columns`` (name, SQL type) over Parquet files that hold some of
    them, with ``_partition`` read from their folders.
    """
    names = [
        identifier(name) if name in held else f"NULL::{kind} AS {identifier(name)}"
        for name, kind in columns
    ] + ([KEY] if partition else [])
    if not files:
        empty = [f"NULL::{kind} AS {identifier(name)}" for name, kind in columns] + (
            ["NULL::VARCHAR AS _partition"] if partition else []
        )
        return f"SELECT {', '.join(empty)} WHERE false"
    listed = ", ".join(quoted(file) for file in files)
    options = "hive_partitioning = true, hive_types = {'_partition': VARCHAR}, union_by_name = true"
    return f"SELECT {', '.join(names)} FROM read_parquet([{listed}], {options})"
