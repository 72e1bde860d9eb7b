"""Fills the databases of the city's applications: SQLite files, or the same tables in a MariaDB or
PostgreSQL that an address names.

Column types follow the values; times are naive and local, as office systems keep them. Tables have
no key of their own: a row that was entered twice is there twice.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from demo.city import City
from demo.door import Sql
from demo.table import Row, Table, build

TYPES = {
    bool: sa.Boolean,
    int: sa.BigInteger,
    float: sa.Double,
    datetime: sa.DateTime,
    date: sa.Date,
}
FORTNIGHT = 14


def address_of(table: Table, folder: Path) -> str:
    """Return the address of the application's SQLite file under the city's folder."""
    assert isinstance(table.door, Sql)
    return f"sqlite:///{folder / table.application / table.door.database}.sqlite"


def write(city: City, table: Table, url: str) -> None:
    """Create the table anew in the database at ``url`` and fill it; where nothing happened in the
    city's window, a weekend of an office, the table is there without rows.
    """
    door = table.door
    assert isinstance(door, Sql)
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    rows = _rows(city, table)
    fill(url, door.table, rows, rows or _rows(replace(city, days=FORTNIGHT), table))


def _rows(city: City, table: Table) -> list[Row]:
    days = build(city, table).days
    return [row for day in sorted(days) for row in days[day]]


def fill(url: str, name: str, rows: list[Row], examples: list[Row] | None = None) -> None:
    """Create table ``name`` anew, with the columns of ``examples`` or else of the rows, and put
    ``rows`` into it.
    """
    engine = sa.create_engine(url)
    examples = examples or rows
    fields = list(dict.fromkeys(field for row in examples for field in row))
    columns = [sa.Column(field, _type(row.get(field) for row in examples)) for field in fields]
    table = sa.Table(name, sa.MetaData(), *columns)
    with engine.begin() as connection:
        table.drop(connection, checkfirst=True)
        table.create(connection)
        if rows:
            connection.execute(table.insert(), [{**dict.fromkeys(fields), **row} for row in rows])
    engine.dispose()


def _type(values: Iterable[Any]) -> Any:
    kinds = {type(value) for value in values if value is not None}
    return TYPES[kinds.pop()]() if len(kinds) == 1 and kinds <= set(TYPES) else sa.String(400)
