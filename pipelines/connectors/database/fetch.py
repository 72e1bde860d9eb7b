"""SQL databases: SQLite and PostgreSQL through ADBC, MariaDB and MySQL through ConnectorX; Arrow
all the way, only the window's rows, in the dataset's zone.

The server's `url` is `sqlite:///file`, `postgresql://user@host:port/database` or
`mysql://user@host:port/database`. What its columns are is asked for first (``database.types``). Of
events the rows of each partition are counted before they are read, so that a later look can tell
whether they are others.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.connectors.database import query, storage, types
from pipelines.connectors.database.servers import Asked, address_of, file_of, run, told, zone_of
from pipelines.connectors.database.types import Table
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Fingerprint, Part, Standing, Window

COLUMNS_OF_POSTGRESQL = Path(__file__).with_name("columns_of_postgresql.sql")
COLUMNS_OF_MYSQL = (
    "SELECT c.table_name AS said, c.column_name AS name, CAST(c.column_type AS CHAR) AS kind,"
    " b.table_type AS form FROM information_schema.columns c JOIN information_schema.tables b"
    " USING (table_schema, table_name) WHERE table_schema = {schema} AND table_name = '{table}'"
    " ORDER BY c.ordinal_position"
)


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield the window's rows as one Parquet Part, and as another what is told of rows that hold
    bytes which are no text; SourceError names the database that refused and what it said, or the
    column whose type is not read.
    """
    with tempfile.TemporaryDirectory(prefix="lumbung-") as folder:
        path, table = Path(folder) / "rows-00001.parquet", _table(dataset)
        counted = _counted(dataset, window, table) if _is_counted(dataset) else {}
        refused = _rows(dataset, window, table, path)
        address = f"{address_of(dataset)}#{dataset.source.fetch['table']}"
        yield Part(path.name, path, address, fingerprints=counted)
        if refused:
            lines = "".join(f"{json.dumps(row)}\n" for row in refused)
            yield Part("refused-00002.ndjson", lines.encode(), address)


def look(dataset: Dataset, window: Window, known: Mapping[str, Standing]) -> Iterator[str]:
    """Yield the partitions whose rows are more, fewer or later changed than when they were read;
    none that was read before they were counted.
    """
    if not _is_counted(dataset) or not any(standing.prints for standing in known.values()):
        return
    for key, now in _counted(dataset, window, _table(dataset)).items():
        before = known[key].prints.get(now.of) if key in known else None
        if before and before.mark and before.mark != now.mark:
            yield key


def sample(dataset: Dataset, window: Window, most: int, folder: Path) -> Part:
    """Return ``most`` rows of the window at most, in a Parquet file in ``folder``, for who wants to
    see what a table is like.
    """
    path = folder / "rows-00001.parquet"
    _rows(dataset, window, _table(dataset), path, f" LIMIT {most}")
    return Part(path.name, path, f"{address_of(dataset)}#{dataset.source.fetch['table']}")


def _is_counted(dataset: Dataset) -> bool:
    return dataset.keeps_past and "time" in dataset.source.fetch


def _counted(dataset: Dataset, window: Window, table: Table) -> dict[str, Fingerprint]:
    """Return how many rows each partition of the window has, and when they were last changed."""
    facts, newest = dataset.source.fetch, ""
    if "changed" in facts:
        name = query.quoted_name(dataset, facts["changed"])
        newest = types.newest(query.engine_of(dataset), name, table.kind(facts["changed"]))
    rows = _answer(dataset, query.count(dataset, window, newest), zone_of(dataset, table))
    marks = dict.fromkeys(window.partitions, "0 rows")
    for row in rows:
        changed = f", changed {row['newest']}" if row.get("newest") else ""
        if str(row["part"]) in marks:
            marks[str(row["part"])] = f"{row['counted']} rows{changed}"
    return {key: Fingerprint(str(facts["table"]), mark) for key, mark in marks.items()}


def _table(dataset: Dataset) -> Table:
    """Return the columns of the dataset's table; SourceError for a name that is none, or that the
    database has not.
    """
    engine = query.engine_of(dataset)
    query.check_names(dataset)
    *schemas, name = str(dataset.source.fetch["table"]).split(".")
    is_base = True
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="lumbung-") as folder:
            path = Path(folder) / "columns.parquet"
            run(Asked(dataset, f"SELECT * FROM {query.table_name(dataset)} LIMIT 0", path))
            columns = dict.fromkeys(pq.read_schema(path).names, "")
    else:
        schema = f"'{schemas[0]}'" if schemas else "DATABASE()"
        asked = (
            COLUMNS_OF_POSTGRESQL.read_text("utf-8").format(table=query.table_name(dataset))
            if engine == "postgresql"
            else COLUMNS_OF_MYSQL.format(schema=schema, table=name)
        )
        rows = _answer(dataset, asked, None)
        rows = [row for row in rows if row.get("said") == name] or rows
        columns = {row["name"]: row["kind"] for row in rows}
        is_base = all(row.get("form") == "BASE TABLE" for row in rows)
    if not columns:
        raise SourceError(
            f"{dataset.id}: {address_of(dataset)}: there is no table"
            f" '{dataset.source.fetch['table']}' that this user may read; correct the contract's"
            " table, or ask the database's owner for the right to read it"
        )
    table = Table(columns, is_base)
    types.check_columns(dataset, table)
    return table


def _answer(dataset: Dataset, select: str, zone: str | None) -> list[dict]:
    with tempfile.TemporaryDirectory(prefix="lumbung-") as folder:
        path = Path(folder) / "answer.parquet"
        run(Asked(dataset, select, path, zone))
        return pq.read_table(path).to_pylist()


def _rows(dataset: Dataset, window: Window, table: Table, path: Path, limit: str = "") -> list[str]:
    """Write the window's rows to ``path``; return what is told of those that are not in it."""
    engine = query.engine_of(dataset)
    names = dataset.source.fetch.get("columns") or tuple(table.columns)
    rows, ordered = query.rows(dataset, window), f"{query.ordered(dataset)}{limit}"
    if engine == "sqlite":
        return told(dataset, lambda: storage.read(file_of(dataset), names, rows, ordered, path))
    quoted = {name: query.quoted_name(dataset, name) for name in names}
    listed = ", ".join(
        f"{types.asked(dataset, engine, name, table.kind(name), text)} AS {text}"
        for name, text in quoted.items()
    )
    kinds = {name: table.kind(name) for name in names}
    run(Asked(dataset, f"SELECT {listed} {rows} {ordered}", path, zone_of(dataset, table), kinds))
    return []
