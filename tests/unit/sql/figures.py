"""The models of ``sql/`` over a few rows written by hand: every table that a contract describes is
there, empty where no row is given, and marts are made by their own files. No harvest, no lake.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.connectors.contracts import read_contract
from pipelines.contract.model import Contract, Dataset
from pipelines.contract.reader import SUFFIX
from pipelines.lake.verdicts import SCHEMA
from pipelines.lake.views import HISTORY, dataset_views, newest_of
from pipelines.models.disclosure import disclosed
from pipelines.models.indicators import check
from pipelines.models.inventory import make_datasets
from pipelines.models.sqlfile import SqlFile, read_conventions, read_sql_file
from pipelines.reference.tables import REFERENCE
from pipelines.settings import PROJECT

SQL = PROJECT / "sql"
TODAY = date(2026, 10, 1)
Rows = Sequence[Mapping[str, Any]]


def days(first: date, last: date) -> list[str]:
    """Return the partitions of the days from ``first`` to ``last``."""
    return [str(first + timedelta(days=n)) for n in range((last - first).days + 1)]


SEPTEMBER = days(date(2026, 9, 1), date(2026, 9, 30))


def figures(
    name: str,
    passed: Mapping[str, Iterable[str]] | None = None,
    today: date = TODAY,
    **tables: Rows,
) -> list[dict[str, Any]]:
    """Return what a model (``mart.name``, ``kpi.name``) gives over ``tables``
    (``application__dataset``), before small cells are emptied.

    ``passed`` are the partitions harvested of a dataset; of the others, September 2026, and
    snapshots of 1 October.
    """
    model = read(name)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(read_conventions(SQL))
        _described(con, sources(name), passed or {}, tables)
        make_marts(con, model, today)
        rows = con.execute(model.query, _asked(model, today)).to_arrow_table()
    if model.layer == "kpi":
        check(model, rows)
    if model.is_public:
        disclosed(model, rows)
    return rows.to_pylist()


@cache
def read(name: str) -> SqlFile:
    layer, _, stem = name.partition(".")
    return read_sql_file(SQL / layer / f"{stem}.sql", layer)


@cache
def sources(name: str) -> tuple[tuple[str, str], ...]:
    """Return the tables that a model reads, and its marts in turn, without the marts."""
    tables = {
        table
        for wanted in read(name).reads
        for table in (sources(".".join(wanted)) if wanted[0] == "mart" else (wanted,))
    }
    return tuple(sorted(tables))


def make_marts(
    con: duckdb.DuckDBPyConnection, model: SqlFile, today: date, given: Iterable[str] = ()
) -> set[str]:
    """Make the marts a model reads, those they read first; none that is ``given``."""
    con.execute("CREATE SCHEMA IF NOT EXISTS mart")
    made = set(given)
    for mart in (read(".".join(table)) for table in model.reads if table[0] == "mart"):
        if mart.id not in made:
            made |= make_marts(con, mart, today, made)
            rows = con.execute(mart.query, _asked(mart, today)).to_arrow_table()
            con.register("_rows", rows)
            con.execute(f"CREATE TABLE {mart.id} AS FROM _rows")
            con.unregister("_rows")
            made.add(mart.id)
    return made


def _asked(model: SqlFile, today: date) -> dict[str, date]:
    return {"today": today} if "$today" in model.query else {}


@cache
def _contract(application: str) -> Contract:
    return read_contract(PROJECT / "assets" / "contracts" / f"{application}{SUFFIX}")


def _described(
    con: duckdb.DuckDBPyConnection,
    wanted: Iterable[tuple[str, str]],
    passed: Mapping[str, Iterable[str]],
    tables: Mapping[str, Rows],
) -> None:
    """Make every table wanted that no model makes."""
    con.execute("CREATE SCHEMA lumbung; CREATE SCHEMA reference")
    names = {
        (schema, table.removesuffix(HISTORY))
        for schema, table in wanted
        if schema not in ("lumbung", "reference")
    }
    contracts = [_contract(application) for application in sorted({name for name, _ in names})]
    for table in (table for schema, table in wanted if schema == "reference"):
        con.register("_rows", REFERENCE[table]())
        con.execute(f"CREATE TABLE reference.{table} AS FROM _rows")
    make_datasets(con, contracts)
    verdicts = []
    for dataset in (dataset for contract in contracts for dataset in contract.datasets):
        if (dataset.application, dataset.name) in names:
            rows = tables.get(dataset.id.replace(".", "__"), ())
            _dataset(con, dataset, rows)
            default = ["2026-10-01"] if dataset.delivery == "snapshot" else SEPTEMBER
            verdicts += [
                {
                    "dataset": dataset.id,
                    "partition": partition,
                    "verdict": "passed",
                    "delivered": len(rows),
                    "passed": len(rows),
                    "duplicates": 0,
                }
                for partition in passed.get(dataset.id, default)
            ]
    con.register("_rows", pa.Table.from_pylist(verdicts, schema=SCHEMA))
    con.execute(
        "CREATE TABLE lumbung.passed AS FROM _rows; CREATE VIEW lumbung.verdicts AS FROM"
        " lumbung.passed"
    )


def _dataset(con: duckdb.DuckDBPyConnection, dataset: Dataset, rows: Rows) -> None:
    """Make a dataset's table, of all versions or snapshots, and its view of the newest."""
    plain = f"{dataset.application}.{dataset.name}"
    every = plain if dataset.delivery == "events" else plain + HISTORY
    empty = dataset_views(dataset, dataset.columns, [], [])[every.partition(".")[2]]
    con.execute(
        f"CREATE SCHEMA IF NOT EXISTS {dataset.application}; CREATE TABLE {every} AS {empty}"
    )
    if rows:
        columns = dict.fromkeys(column for row in rows for column in row)
        filled = [{column: row.get(column) for column in columns} for row in rows]
        con.register("_rows", pa.Table.from_pylist(filled))
        con.execute(f"INSERT INTO {every} BY NAME FROM _rows")
    if dataset.delivery == "changes":
        con.execute(f"CREATE VIEW {plain} AS {newest_of(dataset, f'FROM {every}')}")
    elif dataset.delivery == "snapshot":
        con.execute(
            f"CREATE VIEW {plain} AS FROM {every} WHERE _partition IS NOT DISTINCT FROM"
            f" (SELECT max(_partition) FROM {every})"
        )
