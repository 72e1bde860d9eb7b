"""The difference between two releases, by table: rows that came, went or changed, as the public
sees them, and what of contracts and SQL changed.

What is compared are the views ``application.dataset``, ``mart.name`` and ``kpi.name``: of a dataset
that changes the newest version of each row, of a snapshot the newest one. Files that both releases
pin hold the same rows and are not read; where the view needs them (a row's newest version), only
rows of the keys that the other files hold. A column that one release lacks, or ``_partition``,
makes no row a changed one; a column whose type changed is compared as text.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.city import municipality
from pipelines.contract.model import Dataset
from pipelines.errors import LakeError
from pipelines.lake.lake import Lake
from pipelines.lake.views import newest_files, newest_of, rows_of
from pipelines.release.place import place_of
from pipelines.release.release import Release
from pipelines.release.table_diff import Rows, compare, same
from pipelines.sqltext import identifier, quoted

OWN = "lumbung."
"""Tables with names that begin so are about the lake itself, and are not compared."""
MEMORY = "1GB"
"""What DuckDB may hold in memory; what is more goes to the lake's work folder."""


@dataclass(frozen=True)
class TableDiff:
    """One table that is not the same: ``state`` is ``changed``, ``added`` or ``removed``;
    ``schema`` a column's type before and after, None for none.
    """

    table: str
    state: str
    key: tuple[str, ...]
    schema: dict[str, tuple[str | None, str | None]]
    unchanged: int
    rows: Rows


@dataclass(frozen=True)
class ReleaseDiff:
    """Two releases: the tables that differ, how many do not, and before and after, None for
    none, the contracts, models and reference tables that do.
    """

    before: str
    after: str
    tables: tuple[TableDiff, ...]
    same_tables: int
    contracts: dict[str, tuple[dict[str, str] | None, dict[str, str] | None]]
    models: dict[str, tuple[str | None, str | None]]
    reference: dict[str, tuple[str | None, str | None]]


@dataclass(frozen=True)
class _Side:
    """One table in one release: its view, that view's columns and their types, its files, and
    its contract when it is a dataset.
    """

    view: str
    columns: Mapping[str, str]
    files: Sequence[str]
    key: tuple[str, ...]
    dataset: Dataset | None

    @property
    def shape(self) -> tuple[Any, ...]:
        """How the view makes its rows out of the files; sides of different shape are compared
        whole.
        """
        return (
            (self.dataset.delivery, self.dataset.key, self.dataset.partition_by)
            if self.dataset
            else ()
        )


def diff(lake: Lake, before: Release, after: Release, most: int | None = 10) -> ReleaseDiff:
    """Compare two releases, ``most`` examples of each kind a table; LakeError when one of them
    cannot be read.
    """
    old, new = before.manifest, after.manifest
    names = sorted(name for name in {*old.tables, *new.tables} if not name.startswith(OWN))
    differences: list[TableDiff] = []
    with lake.connect() as con:
        con.execute(
            f"SET TimeZone = {quoted(municipality().zone.key)}; SET memory_limit = '{MEMORY}';"
            " SET preserve_insertion_order = false"
        )
        for alias, release in (
            (("before", before), ("after", after)) if before.id != after.id else ()
        ):
            _attach(con, alias, release)
        for name in names if before.id != after.id else ():
            try:
                sides = [
                    _side(lake, con, alias, release, name)
                    for alias, release in (("before", before), ("after", after))
                ]
                difference = _table(con, name, sides[0], sides[1], most)
            except duckdb.Error as error:
                raise LakeError(
                    f"{name} of {before.id} or {after.id} cannot be read: {error}; `lumbung release"
                    " list` shows other releases"
                ) from error
            differences += [difference] if difference else []
    hashes = [
        {name: model.sha256 for name, model in manifest.models.items()}
        | {f"{OWN}{name}": sha256 for name, sha256 in manifest.views.items()}
        for manifest in (old, new)
    ]
    contracts = [
        {name: contract.written() for name, contract in manifest.contracts.items()}
        for manifest in (old, new)
    ]
    made_by = (
        _changes(*contracts),
        _changes(*hashes),
        _changes(old.reference, new.reference),
    )
    return ReleaseDiff(
        before.id, after.id, tuple(differences), len(names) - len(differences), *made_by
    )


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (old.get(name), new.get(name))
        for name in [*new, *(name for name in old if name not in new)]
        if old.get(name) != new.get(name)
    }


def _attach(con: duckdb.DuckDBPyConnection, alias: str, release: Release) -> None:
    try:
        with place_of(release.folder) as place:
            con.execute(f"ATTACH {quoted(str(place.views))} AS {alias} (READ_ONLY)")
    except duckdb.Error as error:
        raise LakeError(
            f"{release.folder}: its views cannot be read ({error}); `lumbung release list` shows"
            " other releases"
        ) from error


def _side(
    lake: Lake, con: duckdb.DuckDBPyConnection, alias: str, release: Release, name: str
) -> _Side | None:
    """Return the table as it is in one release, None when it is not there."""
    pinned = release.manifest.tables.get(name)
    if pinned is None:
        return None
    schema, table = name.split(".")
    query = (
        "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = ? AND"
        " schema_name = ? AND table_name = ? ORDER BY column_index"
    )
    columns = {
        column: kind
        for column, kind in con.execute(query, [alias, schema, table]).fetchall()
        if column != "_partition"
    }
    dataset = next(
        (
            dataset
            for contract in release.contracts
            for dataset in contract.datasets
            if dataset.id == name
        ),
        None,
    )
    model = release.manifest.models.get(name)
    key = dataset.key if dataset else model.key if model else ()
    view = f"{alias}.{identifier(schema)}.{identifier(table)}"
    return _Side(view, columns, pinned.places(lake.root), key, dataset)


def _table(
    con: duckdb.DuckDBPyConnection,
    name: str,
    before: _Side | None,
    after: _Side | None,
    most: int | None,
) -> TableDiff | None:
    """Return how the table differs, None when it does not."""
    if before is None or after is None:
        side = before or after
        assert side is not None
        count = _count(con, side.view)
        return TableDiff(
            name,
            "added" if after else "removed",
            side.key,
            {},
            0,
            Rows(count if after else 0, count if before else 0, 0, {}),
        )
    schema = _changes(before.columns, after.columns)
    if not schema and before.files == after.files and before.shape == after.shape:
        return None
    shared = [column for column in after.columns if column in before.columns]
    key = next(
        (columns for columns in (after.key, before.key) if columns and set(columns) <= set(shared)),
        (),
    )
    old, new, total = _sources(con, before, after)
    if shared:
        texts = [column for column in shared if column in schema]
        rows = compare(
            con, _picked(old, shared, texts), _picked(new, shared, texts), shared, key, most
        )
    else:
        rows = Rows(_count(con, after.view), total, 0, {})
    different = schema or rows.added or rows.removed or rows.changed
    return (
        TableDiff(name, "changed", key, schema, total - rows.removed - rows.changed, rows)
        if different
        else None
    )


def _sources(con: duckdb.DuckDBPyConnection, before: _Side, after: _Side) -> tuple[str, str, int]:
    """Return what must be read of either side, and how many rows the first one's view has."""
    if before.shape != after.shape:
        return f"FROM {before.view}", f"FROM {after.view}", _count(con, before.view)
    delivery = before.dataset.delivery if before.dataset else None
    held = [
        newest_files(side.files) if delivery == "snapshot" else side.files
        for side in (before, after)
    ]
    fresh = [
        [file for file in files if file not in set(other)] for files, other in (held, held[::-1])
    ]
    old, new = (_rows(con, side, files) for side, files in zip((before, after), fresh, strict=True))
    if delivery != "changes" or before.dataset is None or after.dataset is None:
        return old, new, _count(con, f"({_rows(con, before, held[0])})")
    key = before.dataset.key
    names = ", ".join(map(identifier, key))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _touched AS SELECT {names} FROM ({old}) UNION SELECT {names}"
        f" FROM ({new})"
    )
    states = [
        newest_of(
            dataset,
            f"SELECT row.* FROM ({_rows(con, side, side.files)}) AS row SEMI JOIN _touched ON"
            f" {same('row', '_touched', key)}",
        )
        for side, dataset in ((before, before.dataset), (after, after.dataset))
    ]
    return (
        states[0],
        states[1],
        _count(con, f"(SELECT DISTINCT {names} FROM ({_rows(con, before, before.files)}))"),
    )


def _rows(con: duckdb.DuckDBPyConnection, side: _Side, files: Sequence[str]) -> str:
    """Return the SELECT of the view's columns over some of its files."""
    held: Collection[str] = ()
    if files:
        held = [
            name
            for name, *_ in con.execute(
                "DESCRIBE FROM read_parquet($1, union_by_name = true, hive_partitioning = false)",
                [files],
            ).fetchall()
        ]
    return rows_of(list(side.columns.items()), files, held, partition=False)


def _picked(rows: str, columns: Sequence[str], texts: Collection[str]) -> str:
    """Return the SELECT of ``columns``, those in ``texts`` as text."""
    picked = [
        (
            f"CAST({identifier(name)} AS VARCHAR) AS {identifier(name)}"
            if name in texts
            else identifier(name)
        )
        for name in columns
    ]
    return f"SELECT {', '.join(picked)} FROM ({rows})"


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
