"""The table of verdicts: one row per dataset, partition and judgement, which only grows.
``quality`` makes verdicts, this keeps them.

The latest row of a partition is its verdict; earlier ones are its history. Which is the latest is
said by ``sequence``, never by a clock.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.city import municipality
from pipelines.lake import clock
from pipelines.lake.lake import Lake
from pipelines.sqltext import identifier, quoted

FINDING = pa.struct(
    {
        "rule": pa.string(),
        "kind": pa.string(),
        "column": pa.string(),
        "level": pa.string(),
        "severity": pa.string(),
        "rows": pa.int64(),
        "value": pa.float64(),
        "low": pa.float64(),
        "high": pa.float64(),
        "unit": pa.string(),
        "absent": pa.list_(pa.string()),
        "examples": pa.list_(pa.string()),
        "message": pa.string(),
        "nonresponse": pa.string(),
        "accepted": pa.string(),
    }
)
"""One finding, as ``quality.verdict`` has it; of a verdict from before there were figures,
``message`` is what the gate said of it in English, and there is no ``value``.
"""
_SQL = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.list_(pa.string()): "VARCHAR[]",
}
_FINDINGS = (
    f"STRUCT({', '.join(f'{identifier(field.name)} {_SQL[field.type]}' for field in FINDING)})[]"
)
SCHEMA = pa.schema(
    {
        "dataset": pa.string(),
        "partition": pa.string(),
        "verdict": pa.string(),
        "delivered": pa.int64(),
        "passed": pa.int64(),
        "quarantined": pa.int64(),
        "duplicates": pa.int64(),
        "cells_withheld": pa.int64(),
        "findings": pa.list_(FINDING),
        "judged_at": pa.timestamp("us", tz="UTC"),
        "run_id": pa.string(),
        "delivery": pa.string(),
        "contract_version": pa.string(),
        "contract_sha256": pa.string(),
        "sequence": pa.int64(),
    }
)
"""One row of ``lumbung.verdicts``; ``delivery`` is the hash of what was delivered, empty when
nothing was. ``sequence`` is the version of the table that the row came with, at least; a row from
before there were sequences has none and comes before every row that has one. One from before cells
were withheld has no ``cells_withheld``.
"""
COUNTS = ("delivered", "passed", "quarantined", "duplicates", "cells_withheld")
"""What a verdict counts, of rows and of cells."""
COMPACTED = (16, 1 << 18)
"""After how many versions the table's files are joined, and up to how many bytes: every harvest
appends one, and whatever reads verdicts would open as many files as there were harvests.
"""
NEWEST_FIRST = "sequence DESC NULLS LAST, judged_at DESC"
OLDEST_FIRST = "sequence NULLS FIRST, judged_at"
WITH_SEQUENCE = "UNION ALL BY NAME SELECT NULL::BIGINT AS sequence WHERE false"
"""Gives rows from before there were sequences the column, without a value."""
WITH_LATER = f"{WITH_SEQUENCE} UNION ALL BY NAME SELECT NULL::BIGINT AS cells_withheld WHERE false"
"""Gives verdicts from before there were later columns these columns, without a value."""
_LATEST = f"QUALIFY row_number() OVER (PARTITION BY dataset, partition ORDER BY {NEWEST_FIRST}) = 1"


def record(lake: Lake, verdicts: Sequence[Mapping[str, Any]]) -> None:
    """Append verdicts: mappings with the keys of ``SCHEMA`` except ``judged_at`` and
    ``sequence``.
    """
    table = lake.table("lumbung", "verdicts")
    with lake.lock("verdicts"):
        given = {"judged_at": clock.now(), "sequence": next_sequence(lake)}
        rows = [{**verdict, **given} for verdict in verdicts]
        lake.append(table, pa.Table.from_pylist(rows, schema=SCHEMA))
        lake.compact(table, *COMPACTED)


def next_sequence(lake: Lake) -> int:
    """Return the sequence of what is recorded next: larger than that of every row there is."""
    table = lake.table("lumbung", "verdicts")
    return lake.version(table) + 1 if lake.exists(table) else 0


def newest(lake: Lake) -> list[dict[str, Any]]:
    """Return the verdict that was recorded last; empty before there is one."""
    return _rows(lake, every_sql, f"ORDER BY {NEWEST_FIRST} LIMIT 1")


def latest(lake: Lake, dataset: str | None = None) -> list[dict[str, Any]]:
    """Return the latest verdict of every partition, by dataset and partition."""
    wanted = f"WHERE dataset = {quoted(dataset)}" if dataset else ""
    return _rows(lake, latest_sql, f"{wanted} ORDER BY dataset, partition")


def passed(lake: Lake, dataset: str) -> list[dict[str, Any]]:
    """Return of every partition of a dataset the latest verdict that passed: the one whose rows
    stand.
    """
    return _rows(lake, passed_sql, f"WHERE dataset = {quoted(dataset)} ORDER BY partition")


def makers(lake: Lake, dataset: str) -> list[dict[str, Any]]:
    """Return of every partition of a dataset whose rows stand what made them: run, delivery,
    contract, and the findings of what was repaired. Whoever pins a release asks it of every
    dataset, so it is read once of all.
    """
    files = lake.files(lake.table("lumbung", "verdicts"))
    every = _makers(lake, tuple(files)) if files else None
    return every.filter(pc.field("dataset") == dataset).to_pylist() if every else []


@lru_cache(1)
def _makers(lake: Lake, files: tuple[str, ...]) -> pa.Table:
    repairs = "list_filter(findings, lambda found: found.kind = 'repaired')"
    columns = f"dataset, partition, run_id, delivery, contract_sha256, {repairs} AS repairs"
    with lake.reader() as con:
        query = f"SELECT {columns} FROM ({passed_sql(files)}) ORDER BY dataset, partition"
        return con.execute(query).to_arrow_table()


def judged_ahead(lake: Lake) -> Mapping[str, set[str]]:
    """Return, by dataset, the partitions that a clock ahead took for over: they passed by a later
    clock than the newest verdict of all, by which their days are not over.
    """
    files = lake.files(lake.table("lumbung", "verdicts"))
    return _judged_ahead(lake, tuple(files)) if files else {}


@lru_cache(4)
def _judged_ahead(lake: Lake, files: tuple[str, ...]) -> Mapping[str, set[str]]:
    """Return it as these files say, whose names no other content ever has."""
    ahead: dict[str, set[str]] = {}
    with lake.reader() as con:
        for dataset, partition in con.execute(_ahead_sql(files)).fetchall():
            ahead.setdefault(dataset, set()).add(partition)
    return ahead


def every_passed(lake: Lake, dataset: str) -> list[dict[str, Any]]:
    """Return every verdict on a dataset's partitions that passed, oldest first."""
    wanted = f"WHERE dataset = {quoted(dataset)} AND verdict = 'passed'"
    return _rows(lake, every_sql, f"{wanted} ORDER BY {OLDEST_FIRST}")


def _rows(lake: Lake, select: Callable[[Sequence[str]], str], which: str) -> list[dict[str, Any]]:
    """Return rows of the table; moments cross from DuckDB without a zone, since Arrow imports
    pandas for one that has it: half of what ``lumbung status`` took.
    """
    files = lake.files(lake.table("lumbung", "verdicts"))
    if not files:
        return []
    query = f"SELECT * REPLACE (judged_at AT TIME ZONE 'UTC' AS judged_at) FROM ({select(files)})"
    with lake.reader() as con:
        rows = con.execute(f"{query} {which}").to_arrow_table().to_pylist()
    return [{**row, "judged_at": row["judged_at"].replace(tzinfo=UTC)} for row in rows]


def latest_sql(files: Sequence[str]) -> str:
    """Return the SELECT that gives the latest verdict of every partition."""
    return f"SELECT * FROM ({every_sql(files)} {_LATEST})"


def passed_sql(files: Sequence[str]) -> str:
    """Return the SELECT that gives, of every partition, the latest verdict that passed: the one
    whose rows stand, whatever was withheld since.
    """
    return f"SELECT * FROM ({every_sql(files)} WHERE verdict = 'passed' {_LATEST})"


def shown_sql(files: Sequence[str]) -> str:
    """Return the SELECT that gives the latest verdict of every partition that is over: without
    those that a clock ahead took for over.
    """
    return _from_clocks(f"SELECT judged.* FROM ({latest_sql(files)}) AS judged", files, "NOT")


def _ahead_sql(files: Sequence[str]) -> str:
    select = f"SELECT judged.dataset, judged.partition FROM ({passed_sql(files)}) AS judged"
    return _from_clocks(select, files)


def _from_clocks(select: str, files: Sequence[str], negated: str = "") -> str:
    """Return what of the verdicts ``judged`` a clock ahead took for over, or all but these: by a
    later clock than that of the newest verdict, by which their days are not over.
    """
    return f"""
        {select}, (
            SELECT judged_at FROM ({every_sql(files)}) ORDER BY {NEWEST_FIRST} LIMIT 1
        ) AS newest(last_at)
        WHERE {negated} (
            judged.judged_at > last_at + INTERVAL {clock.ALLOWED.total_seconds():.0f} SECOND
            AND (last_at AT TIME ZONE {quoted(municipality().zone.key)})::DATE <= CASE
                WHEN length(judged.partition) = 7
                THEN last_day((judged.partition || '-01')::DATE)
                ELSE judged.partition::DATE
            END
        )"""


def every_sql(files: Sequence[str]) -> str:
    """Return the SELECT that gives every verdict there was; what an old one lacks is NULL, in its
    findings too.
    """
    listed = ", ".join(quoted(file) for file in files)
    return (
        f"SELECT * REPLACE (findings::{_FINDINGS} AS findings) FROM (FROM"
        f" read_parquet([{listed}], union_by_name = true) {WITH_LATER})"
    )


VIEWS = {"verdicts": shown_sql, "passed": passed_sql, "verdict_history": every_sql}
"""The views of the schema ``lumbung`` that models and releases have."""
