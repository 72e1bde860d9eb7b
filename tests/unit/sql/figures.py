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
from pipelines.lake.views import HISTORY, MARK, dataset_views, newest_of
from pipelines.models.disclosure import disclosed
from pipelines.models.indicators import check
from pipelines.models.inventory import make_datasets
from pipelines.models.sqlfile import SqlFile, read_conventions, read_sql_file
from pipelines.reference.tables import REFERENCE
from pipelines.settings import PROJECT

SQL = PROJECT / "sql"
TODAY = date(2026, 10, 1)
Rows = Sequence[Mapping[str, Any]]
Partition = tuple[str, int, int]
"""A partition that passed: its name, the rows delivered and those that passed."""


def days(first: date, last: date) -> list[str]:
    """Return the partitions of the days from ``first`` to ``last``."""
    return [str(first + timedelta(days=n)) for n in range((last - first).days + 1)]


TAKEN = "2026-10-01"
SEPTEMBER = days(date(2026, 9, 1), date(2026, 9, 30))


def figures(
    name: str,
    passed: Mapping[str, Iterable[str | Partition]] | None = None,
    today: date = TODAY,
    **tables: Rows,
) -> list[dict[str, Any]]:
    """Return what a model (``mart.name``, ``kpi.name``) gives over ``tables``
    (``application__dataset``), before small cells are emptied.

    ``passed`` are the partitions harvested of a dataset, whole where no number of rows is given; of
    the others, September 2026, and snapshots of 1 October. A mart is made by its own file unless
    its rows are given (``mart__name``).
    """
    return rows_of(name, passed, today, **tables).to_pylist()


def computed(
    name: str,
    today: date = TODAY,
    passed: Mapping[str, Iterable[str | Partition]] | None = None,
    **tables: Rows,
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return what is published of a KPI over ``tables``, by its key."""
    model = read(f"kpi.{name}")
    rows = disclosed(model, rows_of(model.id, passed, today, **tables)).to_pylist()
    return {tuple(row[part] for part in model.key): row for row in rows}


def standing(row: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    """Return some values of a row; by default a figure's parts, value, status and reason."""
    return tuple(
        row[name] for name in names or ("numerator", "denominator", "value", "status", "reason")
    )


def rows_of(
    name: str,
    passed: Mapping[str, Iterable[str | Partition]] | None,
    today: date,
    **tables: Rows,
) -> pa.Table:
    """Return what a model gives, checked as a run checks it."""
    model = read(name)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(read_conventions(SQL))
        _described(con, sources(name), passed or {}, tables)
        con.execute("CREATE SCHEMA mart")
        given = [table for table in tables if table.startswith(("mart__", "lumbung__"))]
        for table in given:
            con.register("_rows", pa.Table.from_pylist([*map(dict, tables[table])]))
            con.execute(f"CREATE OR REPLACE TABLE {table.replace('__', '.')} AS FROM _rows")
        make_marts(con, model, today, {table.replace("__", ".") for table in given})
        rows = con.execute(model.query, _asked(model, today)).to_arrow_table()
    if model.layer == "kpi":
        check(model, rows)
    if model.is_public:
        disclosed(model, rows)
    return rows


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
    passed: Mapping[str, Iterable[str | Partition]],
    tables: Mapping[str, Rows],
) -> None:
    """Make every table wanted that no model makes."""
    con.execute("CREATE SCHEMA lumbung; CREATE SCHEMA reference")
    names = {
        (schema, table.removesuffix(HISTORY))
        for schema, table in [*wanted, *(name.split(".") for name in passed)]
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
            default = [TAKEN] if dataset.delivery == "snapshot" else SEPTEMBER
            verdicts += [
                {
                    "dataset": dataset.id,
                    "partition": partition,
                    "verdict": "passed",
                    "delivered": delivered,
                    "passed": good,
                    "duplicates": 0,
                }
                for partition, delivered, good in (
                    (given, len(rows), len(rows)) if isinstance(given, str) else given
                    for given in passed.get(dataset.id, default)
                )
            ]
    con.register("_rows", pa.Table.from_pylist(verdicts, schema=SCHEMA))
    con.execute(
        "CREATE TABLE lumbung.passed AS FROM _rows; CREATE TABLE lumbung.verdicts AS FROM"
        " lumbung.passed; CREATE TABLE lumbung.verdict_history AS FROM lumbung.passed"
    )


def _dataset(con: duckdb.DuckDBPyConnection, dataset: Dataset, rows: Rows) -> None:
    """Make a dataset's table, of all versions or snapshots, and its view of the newest; a row may
    say that a newer version of it is withheld.
    """
    plain = f"{dataset.application}.{dataset.name}"
    every = plain if dataset.delivery == "events" else plain + HISTORY
    empty = dataset_views(dataset, dataset.columns, [], [])[every.partition(".")[2]]
    con.execute(
        f"CREATE SCHEMA IF NOT EXISTS {dataset.application}; CREATE TABLE {every} AS {empty}"
    )
    if dataset.delivery == "changes":
        con.execute(f"ALTER TABLE {every} ADD COLUMN {MARK} BOOLEAN")
    columns = dict.fromkeys(column for row in rows for column in row)
    lacking = [name for name in dataset.key if name not in columns]
    if dataset.delivery == "changes" and rows and lacking:
        rows = [{**row, lacking[0]: str(number)} for number, row in enumerate(rows)]
        columns[lacking[0]] = None
    if dataset.delivery == "snapshot" and rows and "_partition" not in columns:
        rows, columns = [{**row, "_partition": TAKEN} for row in rows], columns | {"_partition": 0}
    if rows:
        filled = [{column: row.get(column) for column in columns} for row in rows]
        con.register("_rows", pa.Table.from_pylist(filled))
        con.execute(f"INSERT INTO {every} BY NAME FROM _rows")
    if dataset.delivery == "changes":
        con.execute(
            f"CREATE VIEW {plain} AS SELECT * REPLACE (coalesce({MARK}, false) AS {MARK}) FROM"
            f" ({newest_of(dataset, f'FROM {every}')})"
        )
    elif dataset.delivery == "snapshot":
        con.execute(
            f"CREATE VIEW {plain} AS FROM {every} WHERE _partition IS NOT DISTINCT FROM"
            f" (SELECT max(_partition) FROM {every})"
        )
