"""The gate: ``judge(batch, dataset, workdir) -> Verdict``, one Great Expectations validation of the
rows and one of the partitions' profile.

GX decides; DuckDB counts. Rows that break a row rule are listed by GX's own
``unexpected_index_query``, never as Python lists, and every finding is attributed to its partition.
It fails closed: whatever goes wrong in here withholds the partitions, kind ``gate``.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipelines.contract.model import Dataset, Rule
from pipelines.lake.delivery import Batch
from pipelines.sqltext import identifier, quoted
from quality.verdict import Finding, PartitionVerdict, Verdict

MOST_EXAMPLES = 5
LONGEST_EXAMPLE = 80


def judge(batch: Batch, dataset: Dataset, workdir: Path, docs: Path | None = None) -> Verdict:
    """Judge every partition of ``batch`` by the contract's rules; never raises for bad data or a
    rule that breaks.

    ``docs`` is a folder for GX's Data Docs (``rows/`` and ``partitions/``), built when given.
    """
    database = workdir / f"gate-{uuid.uuid4().hex}.duckdb"
    try:
        return _judge(batch, dataset, database, workdir / "quarantine.parquet", docs)
    except Exception as error:  # noqa: BLE001  no verdict is not an option: what cannot be judged is withheld, and says why
        said = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
        finding = Finding(
            "gate",
            "gate",
            None,
            "partition",
            "error",
            0,
            (),
            f"the gate could not judge the batch, so nothing of it is published: {said}",
        )
        counts = [
            PartitionVerdict(
                key,
                "withheld",
                batch.delivered[key],
                0,
                batch.delivered[key] - batch.duplicates[key],
                batch.duplicates[key],
                (),
            )
            for key in batch.partitions
        ]
        return Verdict(
            dataset.id, tuple(counts), _all_of(batch, workdir / "quarantine.parquet")
        ).failed(finding)
    finally:
        database.unlink(missing_ok=True)


def _all_of(batch: Batch, quarantine: Path) -> Path | None:
    """Send every staged row to quarantine: what cannot be judged waits there, or in the raw
    delivery when it cannot even be read.
    """
    staged = f"read_parquet({quoted(str(batch.staged))})"
    try:
        with _connected(quarantine.with_suffix(".duckdb")) as con:
            _run(
                con,
                f"COPY (SELECT _row, _partition, ['gate'] AS rules FROM {staged} ORDER BY _row) TO"
                f" {quoted(str(quarantine))} (FORMAT parquet)",
            )
    except sa.exc.SQLAlchemyError:
        return None
    return quarantine


def _judge(
    batch: Batch, dataset: Dataset, database: Path, quarantine: Path, docs: Path | None
) -> Verdict:
    # Great Expectations takes seconds to import: once, and only to judge
    from quality.duckdb_source import validate  # noqa: PLC0415
    from quality.expectations import partition_expectation, row_expectation  # noqa: PLC0415

    row_rules = [rule for rule in dataset.all_rules if rule.level == "row"]
    partition_rules = [rule for rule in dataset.all_rules if rule.level == "partition"]
    with _connected(database) as con:
        _open(con, batch, dataset, row_rules)
    results = validate(
        database,
        "batch",
        [row_expectation(rule, dataset) for rule in row_rules],
        "_row",
        docs and docs / "rows",
    )
    with _connected(database) as con:
        _collect(con, row_rules, results)
        _profile(con, batch, dataset, partition_rules)
    shares = validate(
        database,
        "profile",
        [partition_expectation(rule) for rule in partition_rules],
        "_partition",
        docs and docs / "partitions",
    )
    with _connected(database) as con:
        findings = _row_findings(con, dataset, row_rules)
        for rule, result in zip(partition_rules, shares, strict=True):
            _partition_findings(con, rule, result, batch, findings)
        _set_aside(
            con,
            [
                key
                for key, found in findings.items()
                if any(each.kind == "schema" for each in found)
            ],
        )
        _run(
            con,
            "COPY (SELECT _row, _partition, rules FROM bad ORDER BY _row) TO"
            f" {quoted(str(quarantine))} (FORMAT parquet)",
        )
        bad = dict(_run(con, "SELECT _partition, count(*) FROM bad GROUP BY 1"))
    verdicts = []
    for key in batch.partitions:
        found, staged = tuple(findings.get(key, ())), batch.delivered[key] - batch.duplicates[key]
        if staged == 0 and not any(each.kind == "rows" for each in found):
            found += (
                Finding(
                    "empty",
                    "rows",
                    None,
                    "partition",
                    "warning",
                    0,
                    (),
                    "the source delivered no rows; the contract allows that",
                ),
            )
        word = "withheld" if any(each.withholds for each in found) else "passed"
        verdicts.append(
            PartitionVerdict(
                key,
                word,
                batch.delivered[key],
                staged - bad.get(key, 0),
                bad.get(key, 0),
                batch.duplicates[key],
                found,
            )
        )
    return Verdict(dataset.id, tuple(verdicts), quarantine)


@contextmanager
def _connected(database: Path) -> Iterator[sa.Connection]:
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


def _run(con: sa.Connection, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """Run one statement and return its rows."""
    result = con.exec_driver_sql(sql, tuple(parameters))
    return [tuple(row) for row in result.fetchall()] if result.returns_rows else []


def _open(con: sa.Connection, batch: Batch, dataset: Dataset, rules: list[Rule]) -> None:
    from quality.expectations import condition, reference_of  # noqa: PLC0415

    for table in {reference_of(rule)[0] for rule in rules if rule.kind == "reference"}:
        _run(
            con,
            f"CREATE TABLE {identifier(table)} AS SELECT * FROM"
            f" read_parquet([{', '.join(map(quoted, batch.references[table]))}])",
        )
    computed = [(rule.name, condition(rule, dataset)) for rule in rules]
    extra = "".join(f", ({sql}) AS {identifier(name)}" for name, sql in computed if sql is not None)
    _run(
        con,
        f"CREATE VIEW batch AS SELECT *{extra} FROM read_parquet({quoted(str(batch.staged))}) AS b",
    )
    for rule in rules:
        if rule.kind == "row":
            try:
                _run(con, f"SELECT bool_and({identifier(rule.name)}) FROM batch")
            except sa.exc.SQLAlchemyError as error:
                raise RuntimeError(f"rule '{rule.name}': {str(error).splitlines()[0]}") from error


def _collect(con: sa.Connection, rules: list[Rule], results: Sequence[Mapping[str, Any]]) -> None:
    """Fill ``violations`` (row, rule) from the queries GX gives, and ``bad``, the rows that
    broke a rule of severity error.
    """
    _run(con, "CREATE TABLE violations (_row BIGINT, rule VARCHAR, error BOOLEAN)")
    for rule, result in zip(rules, results, strict=True):
        _raise_if_broken(rule, result)
        if not result["success"]:
            query = str(result["result"]["unexpected_index_query"]).strip().rstrip(";")
            _run(
                con,
                f"INSERT INTO violations SELECT _row, ?, ? FROM ({query})",
                [rule.name, rule.severity == "error"],
            )
    _run(
        con,
        "CREATE TABLE bad AS SELECT _row, any_value(_partition) AS _partition,"
        " list_sort(list(rule)) AS rules FROM violations JOIN batch USING (_row) WHERE error GROUP"
        " BY 1",
    )


def _set_aside(con: sa.Connection, partitions: Sequence[str]) -> None:
    """Send every row of partitions whose source has changed its columns to quarantine: what a
    value means there is not known any more.
    """
    for key in partitions:
        _run(con, "UPDATE bad SET rules = list_append(rules, 'schema') WHERE _partition = ?", [key])
        _run(
            con,
            "INSERT INTO bad SELECT _row, _partition, ['schema'] FROM batch ANTI JOIN bad USING"
            " (_row) WHERE _partition = ?",
            [key],
        )


def _raise_if_broken(rule: Rule, result: Mapping[str, Any]) -> None:
    info = result.get("exception_info") or {}
    for each in [info] if "raised_exception" in info else info.values():
        if each.get("raised_exception"):
            raise RuntimeError(f"rule '{rule.name}': {each.get('exception_message')}")


def _profile(con: sa.Connection, batch: Batch, dataset: Dataset, rules: list[Rule]) -> None:
    from quality.expectations import figure  # noqa: PLC0415

    _run(con, "CREATE TABLE asked (_partition VARCHAR, absent BIGINT, ends TIMESTAMPTZ)")
    step = "INTERVAL 1 DAY" if dataset.partition == "day" else "INTERVAL 1 MONTH"
    asked = ", ".join(
        f"({quoted(key)}, {len(batch.absent.get(key, ()))}, (TIMESTAMP '{f'{key}-01'[:10]}' +"
        f" {step}) AT TIME ZONE {quoted(dataset.timezone)})"
        for key in batch.partitions
    )
    _run(con, f"INSERT INTO asked VALUES {asked}")
    figures = "".join(
        f", {figure(rule, dataset, dict(batch.references))} AS {identifier(rule.name)}"
        for rule in rules
    )
    _run(
        con,
        f"CREATE TABLE profile AS SELECT p._partition{figures} FROM asked p LEFT JOIN (SELECT"
        " batch.*, bad._row IS NOT NULL AS _bad FROM batch LEFT JOIN bad USING (_row)) b ON"
        " b._partition = p._partition GROUP BY p._partition",
    )


def _row_findings(
    con: sa.Connection, dataset: Dataset, rules: list[Rule]
) -> dict[str, list[Finding]]:
    counts = _run(
        con,
        "SELECT rule, _partition, count(*) FROM violations JOIN batch USING (_row) GROUP BY ALL"
        " ORDER BY ALL",
    )
    by_name = {rule.name: rule for rule in rules}
    findings: dict[str, list[Finding]] = {}
    for name, key, rows in counts:
        rule = by_name[name]
        message = f"{rows} row{'s' if rows > 1 else ''}: {rule.description or says(rule)}"
        findings.setdefault(key, []).append(
            Finding(
                name,
                rule.kind,
                rule.column,
                "row",
                rule.severity,
                rows,
                _examples(con, dataset, rule, key),
                message,
            )
        )
    return findings


def says(rule: Rule) -> str:
    """Return in plain words what a row or partition rule asks for."""
    value = rule.argument(rule.kind)
    stated = (
        f" ({', '.join(map(str, value)) if isinstance(value, tuple) else value})"
        if value is not None
        else ""
    )
    return f"breaks {rule.name}{stated}"


def _examples(con: sa.Connection, dataset: Dataset, rule: Rule, key: str) -> tuple[str, ...]:
    """Return up to five values, of public columns only: the rule's own column, else the row's
    key.
    """
    public = {column.name for column in dataset.public_columns}
    if rule.column is not None:
        shown = (
            f"coalesce(json_extract_string(_texts, {quoted('$.' + identifier(rule.column))}),"
            f" {identifier(rule.column)}::VARCHAR)"
        )
        allowed = rule.column in public
    else:
        shown = "concat_ws(' ', " + ", ".join(identifier(name) for name in dataset.key) + ")"
        allowed = set(dataset.key) <= public and rule.kind != "shape"
    if not allowed:
        return ()
    found = _run(
        con,
        f"SELECT DISTINCT left({shown}, {LONGEST_EXAMPLE}) AS example FROM batch SEMI JOIN (SELECT"
        " _row FROM violations WHERE rule = ?) USING (_row) WHERE _partition = ? AND example IS"
        f" NOT NULL ORDER BY 1 LIMIT {MOST_EXAMPLES}",
        [rule.name, key],
    )
    return tuple(example for (example,) in found)


def _partition_findings(
    con: sa.Connection,
    rule: Rule,
    result: Mapping[str, Any],
    batch: Batch,
    findings: dict[str, list[Finding]],
) -> None:
    from quality.expectations import limits  # noqa: PLC0415

    _raise_if_broken(rule, result)
    if result["success"]:
        return
    query = str(result["result"]["unexpected_index_query"]).strip().rstrip(";")
    low, high = limits(rule)
    for key, value in _run(con, f"SELECT _partition, {identifier(rule.name)} FROM ({query})"):
        absent = batch.absent.get(key, ())
        message = ", ".join(absent) if rule.kind == "schema" else _measured(rule, value, low, high)
        rows = int(value) if rule.kind in ("rows", "key") else 0
        shown = tuple(absent) if rule.kind == "schema" else ()
        findings.setdefault(key, []).append(
            Finding(
                rule.name, rule.kind, rule.column, "partition", rule.severity, rows, shown, message
            )
        )


def _measured(rule: Rule, value: float, low: float | None, high: float | None) -> str:
    """Return what was measured and what is allowed, as figures that need no translation, exact
    enough to differ: ``49.4 % (>= 75 %)``.
    """
    share = rule.kind in ("coverage", "quarantine_share", "reference")
    bound = next(
        (
            each
            for each in (low, high)
            if each is not None and (value < each if each is low else value > each)
        ),
        None,
    )
    digits = next(
        (
            n
            for n in range(1, 6)
            if bound is None
            or round(100 * value if share else value, n)
            != round(100 * bound if share else bound, n)
        ),
        6,
    )

    def shown(figure: float) -> str:
        text = f"{100 * figure if share else figure:.{digits}f}".rstrip("0").rstrip(".")
        return f"{text} %" if share else f"{text}{' h' if rule.kind == 'freshness' else ''}"

    bounds = [f">= {shown(low)}"] if low is not None and not (share and low == 0) else []
    bounds += [f"<= {shown(high)}"] if high is not None and high != float("inf") else []
    return f"{shown(value)} ({' and '.join(bounds)})"
