"""How a column of each type of PostgreSQL, MariaDB and MySQL is asked for, so that its value comes
as it is. A type that is not here is refused by its name.

Most types come as they are and are told as text by ``records``. Of the others the database writes
the text itself: those that Arrow has not (money, intervals, addresses), or holds less of than the
database does (a date of zeros, an infinite time, 65 digits). SQLite, whose values have types and
whose columns have none, is ``database.storage``'s business.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError, nearest

AS_IT_IS, TEXT, JSON, CHAR, AMOUNT, BITS = (
    "{}",
    "{}::text",
    "to_jsonb({})",
    "CAST({} AS CHAR)",
    "{}::numeric",
    "CAST({} AS UNSIGNED)",
)
MOMENT = (
    "CASE WHEN {0} >= '0001-01-02' AND {0} < '9999-12-31' THEN to_char({0} AT TIME ZONE 'UTC',"
    ' \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\') ELSE {0}::text END'
)
FRACTION = "TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST({} AS CHAR)))"
BYTES = ("bytea", "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob")
"""Types of bytes: read where all of them are text, refused otherwise."""
TIMES = ("date", "time", "datetime", "timestamp")


def _asked(**by_form: str) -> dict[str, str]:
    forms = {"as_it_is": AS_IT_IS, "text": TEXT, "json": JSON, "char": CHAR}
    return {kind: forms[form] for form, kinds in by_form.items() for kind in kinds.split()}


POSTGRESQL = {
    **_asked(
        as_it_is="bool int2 int4 int8 numeric float4 float8 text varchar bpchar char name enum uuid"
        " json jsonb bytea",
        text="date time timetz timestamp interval oid bit varbit citext xml inet cidr macaddr"
        " macaddr8 range point line lseg box path polygon circle",
        json="composite hstore",
    ),
    "timestamptz": MOMENT,
    "money": AMOUNT,
}
MARIADB = {
    **_asked(
        as_it_is="tinyint smallint mediumint int bigint float double year char varchar tinytext"
        " text mediumtext longtext enum set json uuid inet4 inet6 binary varbinary tinyblob blob"
        " mediumblob longblob",
        char="decimal date time datetime timestamp",
    ),
    "bit": BITS,
}
TYPES = {"postgresql": POSTGRESQL, "mysql": MARIADB}
"""Scheme of the address -> type -> the expression that is asked for, of the column's name."""

MEANINGS = {
    AS_IT_IS: "as its value; `bytea`, `binary` and `blob` where all of them are UTF-8 text",
    TEXT: "as PostgreSQL writes it, intervals as ISO 8601",
    JSON: "as JSON, and an array of any type that is read",
    CHAR: "as MariaDB writes it, zeros and hours over 24 too",
    AMOUNT: "as a number, whatever the server's currency",
    BITS: "as a whole number",
    MOMENT: "as UTC, `2026-01-01T20:04:05.500000Z`",
}
"""Expression -> what comes by it, as the documents say."""


@dataclass(frozen=True)
class Table:
    """The columns of a table or view by name, each with its type as the catalogue says it
    (``int4[]``, ``datetime(6)``), and whether it is a table: what a view calculates is not known.
    """

    columns: Mapping[str, str]
    is_base: bool = True

    def kind(self, name: str) -> str:
        """Return the type of a column, whichever way its name is written."""
        lowered = {column.lower(): kind for column, kind in self.columns.items()}
        return self.columns.get(name) or lowered[name.lower()]


def asked(dataset: Dataset, engine: str, column: str, kind: str, name: str) -> str:
    """Return the expression that brings ``column``, quoted as ``name``; SourceError names a type
    that is not read.
    """
    base = base_of(kind)
    form = TYPES[engine].get(base)
    if form is None or (base in BYTES and kind.endswith("[]")):
        raise SourceError(
            f"{dataset.id}: {dataset.source.fetch['table']}: column '{column}' is of the type"
            f" {kind}, which is not read; read are {', '.join(TYPES[engine])}; state the `columns`"
            " to read without it, or read a view in which it is one of these"
        )
    if kind.endswith("[]"):
        return JSON.format(f"{name}::numeric[]" if base == "money" else name)
    if base in TIMES and engine == "mysql" and "(" in kind:
        return FRACTION.format(name)
    return form.format(name)


def newest(engine: str, name: str, kind: str) -> str:
    """Return the expression of the newest ``name``, which the database holds in more forms than a
    time has.
    """
    base = base_of(kind)
    if engine == "mysql" and base in ("datetime", "timestamp"):
        return f"TRIM(TRAILING '.000000' FROM CAST(CAST(max({name}) AS DATETIME(6)) AS CHAR))"
    if engine == "mysql" and base in (*TIMES, "decimal"):
        return CHAR.format(f"max({name})")
    if base in (*TIMES, "timestamptz") and base != "time":
        return f"max(CASE WHEN {name} BETWEEN '0001-01-02' AND '9999-12-30' THEN {name} END)"
    return f"max({name})"


def base_of(kind: str) -> str:
    """Return a type without its measures: ``decimal`` of ``decimal(10,2) unsigned``."""
    return re.split(r"[^a-z0-9_]", kind.lower())[0]


def check_columns(dataset: Dataset, table: Table) -> None:
    """Raise SourceError for a column of the contract that the table has not."""
    facts, known = dataset.source.fetch, {name.lower() for name in table.columns}
    for name in (
        *(facts.get("columns") or ()),
        *(facts[key] for key in ("time", "changed") if key in facts),
    ):
        if name.lower() not in known:
            raise SourceError(
                f"{dataset.id}: {facts['table']} has no column '{name}';"
                f" {nearest(name, table.columns)}: correct the contract's fetch"
            )
