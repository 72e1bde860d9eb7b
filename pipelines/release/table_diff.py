"""What became of a table's rows: which came, which went, and of which the values changed, found by
DuckDB over two SELECTs of the same columns.

Rows that are alike cancel each other out, as often as they are there. Of what is left, two rows
with one key are one changed row, when that key is left once on either side; every other row came or
went. NULL equals NULL and NaN equals NaN. Everything large stays in DuckDB, which spills to disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.release.database import fetched
from pipelines.sqltext import identifier


@dataclass(frozen=True)
class Rows:
    """The difference: how many rows and, by column, values; and the first of each by key. A
    value is ``key``, ``column``, ``old``, ``new``.
    """

    added: int
    removed: int
    changed: int
    columns: dict[str, int]
    added_rows: tuple[dict[str, Any], ...] = ()
    removed_rows: tuple[dict[str, Any], ...] = ()
    changed_values: tuple[dict[str, Any], ...] = ()


def compare(
    con: duckdb.DuckDBPyConnection,
    before: str,
    after: str,
    columns: Sequence[str],
    key: Sequence[str],
    most: int | None,
) -> Rows:
    """Compare two SELECTs that give ``columns`` in this order; ``most`` examples of each kind,
    all of them when it is None.
    """
    names = ", ".join(map(identifier, columns))
    both = f"SELECT *, 1 AS _n FROM ({after}) UNION ALL SELECT *, -1 AS _n FROM ({before})"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _left AS SELECT {names}, sum(_n) AS _n FROM ({both}) GROUP"
        f" BY {names} HAVING sum(_n) <> 0"
    )
    keyed = ", ".join(map(identifier, key)) or "NULL AS _none"
    once = "count(*) = 2 AND min(_n) = -1 AND max(_n) = 1" if key else "false"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _pairs AS SELECT {keyed} FROM _left GROUP BY ALL HAVING"
        f" {once}"
    )
    changed = _count(con, "SELECT count(*) FROM _pairs")
    added, removed = (
        _count(con, f"SELECT coalesce(sum({sign}_n), 0) FROM _left WHERE {sign}_n > 0") - changed
        for sign in ("", "-")
    )
    values = [name for name in columns if name not in key]
    return Rows(
        added,
        removed,
        changed,
        _columns(con, values, key) if changed else {},
        _alone(con, columns, key, "", most) if added else (),
        _alone(con, columns, key, "-", most) if removed else (),
        _values(con, values, key, most) if changed else (),
    )


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(con.execute(query).fetchall()[0][0])


def same(one: str, other: str, key: Sequence[str]) -> str:
    """Return the condition that two rows have one key, NULL being a value like another."""
    return (
        " AND ".join(
            f"{one}.{identifier(name)} IS NOT DISTINCT FROM {other}.{identifier(name)}"
            for name in key
        )
        or "false"
    )


def _joined(key: Sequence[str]) -> str:
    old, new = (
        f"JOIN _left AS {side} ON {same('_pairs', side, key)} AND {side}._n = {sign}"
        for side, sign in (("old", -1), ("new", 1))
    )
    return f"FROM _pairs {old} {new}"


def _differs(name: str) -> str:
    return f"old.{identifier(name)} IS DISTINCT FROM new.{identifier(name)}"


def _columns(
    con: duckdb.DuckDBPyConnection, values: Sequence[str], key: Sequence[str]
) -> dict[str, int]:
    """Return how many values changed in each column in which any did."""
    counts = ", ".join(f"count(*) FILTER (WHERE {_differs(name)})" for name in values)
    numbers = con.execute(f"SELECT {counts} {_joined(key)}").fetchall()[0]
    return {name: count for name, count in zip(values, numbers, strict=True) if count}


def _values(
    con: duckdb.DuckDBPyConnection, values: Sequence[str], key: Sequence[str], most: int | None
) -> tuple[dict[str, Any], ...]:
    keyed = [f"_pairs.{identifier(name)}" for name in key]
    compared = [
        f"{_differs(name)}, old.{identifier(name)}, new.{identifier(name)}" for name in values
    ]
    _, rows = fetched(
        con,
        f"SELECT {', '.join([*keyed, *compared])} {_joined(key)} ORDER BY"
        f" {', '.join(keyed)}{_limit(most)}",
    )
    changes: list[dict[str, Any]] = []
    for row in rows:
        at = {name: _plain(value) for name, value in zip(key, row, strict=False)}
        for place, name in enumerate(values):
            differs, old, new = row[len(key) + 3 * place : len(key) + 3 * place + 3]
            if differs:
                changes.append({"key": at, "column": name, "old": _plain(old), "new": _plain(new)})
    return tuple(changes[:most])


def _alone(
    con: duckdb.DuckDBPyConnection,
    columns: Sequence[str],
    key: Sequence[str],
    sign: str,
    most: int | None,
) -> tuple[dict[str, Any], ...]:
    """Return the rows that came (sign "") or went ("-")."""
    order = ", ".join(map(identifier, [*key, *(name for name in columns if name not in key)]))
    alone = (
        f"FROM _left AS one ANTI JOIN _pairs ON {same('one', '_pairs', key)} WHERE {sign}_n > 0"
        f" ORDER BY {order}{_limit(most)}"
    )
    _, rows = fetched(con, f"SELECT {', '.join(map(identifier, columns))}, abs(_n)::BIGINT {alone}")
    return tuple(
        {name: _plain(value) for name, value in zip(columns, row, strict=False)}
        for row in rows
        for _ in range(row[-1])
    )[:most]


def _limit(most: int | None) -> str:
    return "" if most is None else f" LIMIT {int(most)}"


def _plain(value: Any) -> Any:
    return (
        (int(value) if value == value.to_integral_value() else float(value))
        if isinstance(value, Decimal)
        else value
    )
