"""The gate's own database, a DuckDB in memory: the rows, what broke which rule, the cells and rows
that are withheld, and the profile of each partition.

Great Expectations reads it too. Which rule becomes which condition or figure is in
``conditions`` and ``figures``; what was found is read out of it by ``findings``.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa

from pipelines.contract.model import Dataset, Rule
from pipelines.contract.rules.nonresponse import nonresponse
from pipelines.lake.delivery import MEMORY, THREADS, Batch
from pipelines.sqltext import identifier, quoted, without_values
from quality.conditions import broken_sql, condition, reference_of
from quality.figures import figure
from quality.volume import BOUNDS, bounds

_idle: list[sa.Engine] = []
"""Databases of earlier batches that nobody has: to open and to close one takes longer than most
statements of a verdict.
"""
_lending = Lock()


@contextmanager
def connected(spill: Path) -> Iterator[sa.Connection]:
    """Lend the gate's own database, in memory and empty: one connection, which GX is handed too.
    What does not fit lies in the folder ``spill`` as long; one that was used, and one after an
    error, is not kept.
    """
    with _lending:
        engine = _idle.pop() if _idle else None
    engine = engine or _opened()
    try:
        with engine.connect() as con:
            run(con, f"SET temp_directory = {quoted(str(spill))}")
            run(con, "SET TimeZone = 'UTC'")
            run(con, "ATTACH ':memory:' AS gate")
            run(con, "USE gate")
            con.commit()
            yield con
            con.commit()
            run(con, "USE memory")
            con.commit()
            run(con, "DETACH gate")
            con.commit()
    except BaseException:
        engine.dispose()
        raise
    if spill.exists():
        engine.dispose()
    else:
        _idle.append(engine)


def _opened() -> sa.Engine:
    return sa.create_engine(
        "duckdb:///:memory:",
        connect_args={"config": {"memory_limit": MEMORY, "threads": THREADS}},
        poolclass=sa.pool.StaticPool,
    )


def run(con: sa.Connection, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """Run one statement and return its rows."""
    result = con.exec_driver_sql(sql, tuple(parameters))
    return [tuple(row) for row in result.fetchall()] if result.returns_rows else []


def open_batch(con: sa.Connection, batch: Batch, rules: Sequence[Rule]) -> None:
    """Make ``batch``, the staged rows, and the tables its codes are looked up in."""
    for table in {reference_of(rule)[0] for rule in rules if rule.kind == "reference"}:
        run(
            con,
            f"CREATE TABLE {identifier(table)} AS SELECT * FROM"
            f" read_parquet([{', '.join(map(quoted, batch.references[table]))}])",
        )
    run(con, f"CREATE VIEW batch AS SELECT * FROM read_parquet({quoted(str(batch.staged))})")


def blame(con: sa.Connection, table: str, rules: Sequence[tuple[str, str, str]]) -> None:
    """Find the rule whose condition cannot be computed over a table, and say so: RuntimeError."""
    for name, _, sql in rules:
        try:
            run(con, broken_sql(table, [sql]))
        except sa.exc.SQLAlchemyError as error:
            raise RuntimeError(f"rule '{name}': {without_values(error).splitlines()[0]}") from error


def collect(
    con: sa.Connection, dataset: Dataset, rules: Sequence[Rule], broken: Collection[str]
) -> None:
    """Fill ``violations`` (row, partition, the names of the rules it breaks) of the rules that were
    found ``broken``, and ``bad``, the rows that break one of severity error, with the cells that
    are withheld where that is enough.

    A row's rules stay in its own row: to gather them takes as much memory as there are bad rows.
    """
    found = [rule for rule in rules if rule.name in broken]
    _violations(con, dataset, found)
    _empty_cells(con, dataset, rules, found)
    errors = [rule for rule in rules if rule.severity == "error"]
    whole = [rule.name for rule in errors if _cell(rule, dataset) is None]
    of_errors = f"list_filter(rules, rule -> list_contains({_listed(errors)}, rule))"
    run(
        con,
        f"CREATE TABLE bad AS SELECT _row, _partition, list_sort({of_errors}) AS rules, CASE WHEN"
        f" NOT list_has_any(rules, {_names(whole)}) THEN {_cells(of_errors, errors, dataset)} END"
        f" AS cells FROM violations WHERE list_has_any(rules, {_listed(errors)})",
    )


def _names(names: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, names))}]::VARCHAR[]"


def _listed(rules: Iterable[Rule]) -> str:
    return _names(rule.name for rule in rules)


def _cell(rule: Rule, dataset: Dataset) -> str | None:
    """Return the column whose cell alone is withheld where a rule is broken."""
    return rule.column if nonresponse(rule, dataset) == "item" else None


def _cells(names: str, rules: Sequence[Rule], dataset: Dataset) -> str:
    """Return the columns that ``names`` of rules empty, sorted."""
    cells = {rule.name: _cell(rule, dataset) for rule in rules}
    found = "".join(
        f" WHEN {quoted(name)} THEN {quoted(cell)}" for name, cell in cells.items() if cell
    )
    if not found:
        return "NULL::VARCHAR[]"
    each = f"list_transform({names}, rule -> CASE rule{found} END)"
    return f"list_sort(list_distinct(list_filter({each}, cell -> cell IS NOT NULL)))"


def _breaks(rules: Sequence[Rule], dataset: Dataset) -> tuple[str, str]:
    """Return the list of those of ``rules`` that a row breaks, and whether it breaks any."""
    names = ", ".join(
        f"CASE WHEN NOT ({condition(rule, dataset)}) THEN {quoted(rule.name)} END" for rule in rules
    )
    return f"list_filter([{names}], rule -> rule IS NOT NULL)", f"coalesce({names}, '') <> ''"


def _violations(con: sa.Connection, dataset: Dataset, broken: Sequence[Rule]) -> None:
    """List every row with the rules of ``broken`` that it breaks, in one reading of the rows."""
    run(con, "CREATE TABLE violations (_row BIGINT, _partition VARCHAR, rules VARCHAR[])")
    if broken:
        listed, is_any = _breaks(broken, dataset)
        run(
            con,
            f"INSERT INTO violations SELECT _row, _partition, {listed} FROM batch AS b WHERE"
            f" {is_any}",
        )


def _empty_cells(
    con: sa.Connection, dataset: Dataset, rules: Sequence[Rule], broken: Sequence[Rule]
) -> None:
    """Make ``judged``, the batch without the cells that are withheld, and hold it against the
    conditions between columns: what is published is what has to satisfy them.
    """
    emptying = [rule for rule in broken if _cell(rule, dataset)]
    run(
        con,
        f"CREATE TABLE emptied AS SELECT _row, {_cells('rules', emptying, dataset)} AS _cells FROM"
        f" violations WHERE list_has_any(rules, {_listed(emptying)})",
    )
    lost = {_cell(rule, dataset) for rule in emptying}
    kept = ", ".join(
        f"CASE WHEN NOT coalesce(list_contains(_cells, {quoted(column.name)}), false) THEN"
        f" {identifier(column.name)} END AS {identifier(column.name)}"
        for column in dataset.columns
        if column.name in lost
    )
    run(
        con,
        f"CREATE VIEW judged AS SELECT *{f' REPLACE ({kept})' if kept else ''} FROM batch LEFT JOIN"
        " emptied USING (_row)",
    )
    between = [rule for rule in rules if rule.kind == "row"]
    if lost and between:
        listed, _ = _breaks(between, dataset)
        run(
            con,
            "UPDATE violations SET rules = list_concat(list_filter(rules, rule -> NOT"
            f" list_contains({_listed(between)}, rule)), again) FROM (SELECT _row, {listed}"
            " AS again FROM judged WHERE _cells IS NOT NULL) found WHERE violations._row ="
            " found._row",
        )


def profile(con: sa.Connection, batch: Batch, dataset: Dataset, rules: Sequence[Rule]) -> None:
    """Make ``profile``: a row for each partition, with the figure each partition rule looks at."""
    allowed = {rule.name: bounds(rule, batch) for rule in rules if rule.kind in BOUNDS}
    columns = "".join(f", {identifier(name)} BIGINT" for name in allowed)
    run(con, f"CREATE TABLE asked (_partition VARCHAR, absent BIGINT, ends TIMESTAMPTZ{columns})")
    step = "INTERVAL 1 DAY" if dataset.partition == "day" else "INTERVAL 1 MONTH"
    requested = ", ".join(
        f"({quoted(key)}, {len(batch.absent.get(key, ()))}, (TIMESTAMP '{f'{key}-01'[:10]}' +"
        f" {step}) AT TIME ZONE {quoted(dataset.timezone)}"
        + "".join(f", {of_rule.get(key, 'NULL')}" for of_rule in allowed.values())
        + ")"
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
        " judged.*, bad._row IS NOT NULL AS _broken, _broken AND bad.cells IS NULL AS _bad FROM"
        " judged LEFT JOIN bad USING (_row)) b ON b._partition = p._partition GROUP BY"
        " p._partition",
    )


def quarantine(
    con: sa.Connection, changed: Iterable[str], path: Path
) -> dict[str, tuple[int, int]]:
    """Write the rows of which something is withheld and return, of each partition, how many go to
    quarantine whole and how many cells of the others are emptied.

    Every row of the partitions whose source has ``changed`` its columns goes too: what a value
    means there is not known any more.
    """
    for key in changed:
        run(
            con,
            "UPDATE bad SET rules = list_append(rules, 'schema'), cells = NULL WHERE _partition"
            " = ?",
            [key],
        )
        run(
            con,
            "INSERT INTO bad SELECT _row, _partition, ['schema'], NULL FROM batch ANTI JOIN bad"
            " USING (_row) WHERE _partition = ?",
            [key],
        )
    run(
        con,
        "COPY (SELECT _row, _partition, rules, cells FROM bad ORDER BY _row) TO"
        f" {quoted(str(path))} (FORMAT parquet)",
    )
    counts = run(
        con,
        "SELECT _partition, count(*) FILTER (WHERE cells IS NULL),"
        " coalesce(sum(len(cells)), 0)::BIGINT FROM bad GROUP BY 1",
    )
    return {key: (rows, cells) for key, rows, cells in counts}
