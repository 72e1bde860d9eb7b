"""The gate's own database, a DuckDB file beside the batch: the rows with a yes/no column a rule,
what broke which rule, the rows that go to quarantine, and the profile of each partition.

Opened the way Great Expectations opens it. Which rule becomes which condition or figure is in
``conditions`` and ``figures``; what was found is read out of it by ``findings``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipelines.contract.model import Dataset, Rule
from pipelines.lake.delivery import Batch
from pipelines.sqltext import identifier, quoted
from quality.conditions import condition, reference_of
from quality.figures import figure


@contextmanager
def connected(database: Path) -> Iterator[sa.Connection]:
    """Open the gate's own database the way GX does; DuckDB allows one configuration of a file in
    a process.
    """
    engine = sa.create_engine(f"duckdb:///{database}")
    try:
        with engine.connect() as con:
            con.exec_driver_sql("SET TimeZone = 'UTC'")
            yield con
            con.commit()
    finally:
        engine.dispose()


def run(con: sa.Connection, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """Run one statement and return its rows."""
    result = con.exec_driver_sql(sql, tuple(parameters))
    return [tuple(row) for row in result.fetchall()] if result.returns_rows else []


def open_batch(con: sa.Connection, batch: Batch, dataset: Dataset, rules: Sequence[Rule]) -> None:
    """Make ``batch``, the staged rows with a column for each condition, and the tables its codes
    are looked up in.
    """
    for table in {reference_of(rule)[0] for rule in rules if rule.kind == "reference"}:
        run(
            con,
            f"CREATE TABLE {identifier(table)} AS SELECT * FROM"
            f" read_parquet([{', '.join(map(quoted, batch.references[table]))}])",
        )
    computed = [(rule.name, condition(rule, dataset)) for rule in rules]
    extra = "".join(f", ({sql}) AS {identifier(name)}" for name, sql in computed if sql is not None)
    run(
        con,
        f"CREATE VIEW batch AS SELECT *{extra} FROM read_parquet({quoted(str(batch.staged))}) AS b",
    )
    for rule in rules:
        if rule.kind == "row":
            try:
                run(con, f"SELECT bool_and({identifier(rule.name)}) FROM batch")
            except sa.exc.SQLAlchemyError as error:
                raise RuntimeError(f"rule '{rule.name}': {str(error).splitlines()[0]}") from error


def unexpected(rule: Rule, result: Mapping[str, Any]) -> str | None:
    """Return the query of the rows that broke a rule, None when it holds; RuntimeError when it
    could not be judged.
    """
    info = result.get("exception_info") or {}
    for raised in [info] if "raised_exception" in info else info.values():
        if raised.get("raised_exception"):
            raise RuntimeError(f"rule '{rule.name}': {raised.get('exception_message')}")
    if result["success"]:
        return None
    return str(result["result"]["unexpected_index_query"]).strip().rstrip(";")


def collect(
    con: sa.Connection, rules: Sequence[Rule], results: Sequence[Mapping[str, Any]]
) -> None:
    """Fill ``violations`` (row, rule) from the queries GX gives, and ``bad``, the rows that
    broke a rule of severity error.
    """
    run(con, "CREATE TABLE violations (_row BIGINT, rule VARCHAR, error BOOLEAN)")
    for rule, result in zip(rules, results, strict=True):
        if query := unexpected(rule, result):
            run(
                con,
                f"INSERT INTO violations SELECT _row, ?, ? FROM ({query})",
                [rule.name, rule.severity == "error"],
            )
    run(
        con,
        "CREATE TABLE bad AS SELECT _row, any_value(_partition) AS _partition,"
        " list_sort(list(rule)) AS rules FROM violations JOIN batch USING (_row) WHERE error GROUP"
        " BY 1",
    )


def profile(con: sa.Connection, batch: Batch, dataset: Dataset, rules: Sequence[Rule]) -> None:
    """Make ``profile``: a row for each partition, with the figure each partition rule looks at."""
    run(con, "CREATE TABLE asked (_partition VARCHAR, absent BIGINT, ends TIMESTAMPTZ)")
    step = "INTERVAL 1 DAY" if dataset.partition == "day" else "INTERVAL 1 MONTH"
    requested = ", ".join(
        f"({quoted(key)}, {len(batch.absent.get(key, ()))}, (TIMESTAMP '{f'{key}-01'[:10]}' +"
        f" {step}) AT TIME ZONE {quoted(dataset.timezone)})"
        for key in batch.partitions
    )
    run(con, f"INSERT INTO asked VALUES {requested}")
    figures = "".join(
        f", {figure(rule, dataset, dict(batch.references))} AS {identifier(rule.name)}"
        for rule in rules
    )
    run(
        con,
        f"CREATE TABLE profile AS SELECT p._partition{figures} FROM asked p LEFT JOIN (SELECT"
        " batch.*, bad._row IS NOT NULL AS _bad FROM batch LEFT JOIN bad USING (_row)) b ON"
        " b._partition = p._partition GROUP BY p._partition",
    )


def quarantine(con: sa.Connection, changed: Iterable[str], path: Path) -> dict[str, int]:
    """Write the rows that go to quarantine and return how many of each partition.

    Every row of the partitions whose source has ``changed`` its columns goes too: what a value
    means there is not known any more.
    """
    for key in changed:
        run(con, "UPDATE bad SET rules = list_append(rules, 'schema') WHERE _partition = ?", [key])
        run(
            con,
            "INSERT INTO bad SELECT _row, _partition, ['schema'] FROM batch ANTI JOIN bad USING"
            " (_row) WHERE _partition = ?",
            [key],
        )
    run(
        con,
        "COPY (SELECT _row, _partition, rules FROM bad ORDER BY _row) TO"
        f" {quoted(str(path))} (FORMAT parquet)",
    )
    return dict(run(con, "SELECT _partition, count(*) FROM bad GROUP BY 1"))
