"""The gate: ``judge(batch, dataset, workdir) -> Verdict``, one Great Expectations validation of the
rows and one of the partitions' profile.

GX decides, by one expectation over all rules of a table; DuckDB counts, in ``database``. Rows that
break a rule are listed in there, never in Python, and every finding is attributed to its partition.
It fails closed: whatever goes wrong in here withholds the partitions, kind ``gate``.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa

from pipelines.contract.model import Dataset
from pipelines.lake.delivery import Batch
from pipelines.sqltext import quoted, without_values
from quality import database as own
from quality.conditions import condition
from quality.figures import within
from quality.findings import add_partition_findings, row_findings
from quality.later import put_off
from quality.verdict import Finding, PartitionVerdict, Verdict
from quality.volume import BOUNDS, bounds


def judge(batch: Batch, dataset: Dataset, workdir: Path, docs: Path | None = None) -> Verdict:
    """Judge every partition of ``batch`` by the contract's rules; never raises for bad data or a
    rule that breaks.

    ``docs`` is a folder for GX's Data Docs of both validations, built when given.
    """
    try:
        return _judge(batch, dataset, workdir / "quarantine.parquet", docs)
    except Exception as error:  # noqa: BLE001  no verdict is not an option: what cannot be judged is withheld, and says why
        said = without_values(error).splitlines()[0][:300]
        finding = Finding(
            "gate",
            "gate",
            None,
            "partition",
            "error",
            message=f"the gate could not judge the batch, so nothing of it is published: {said}",
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


def _all_of(batch: Batch, quarantine: Path) -> Path | None:
    """Send every staged row to quarantine: what cannot be judged waits there, or in the raw
    delivery when it cannot even be read.
    """
    staged = f"read_parquet({quoted(str(batch.staged))})"
    try:
        with own.connected(quarantine.with_suffix(".spill")) as con:
            own.run(
                con,
                f"COPY (SELECT _row, _partition, ['gate'] AS rules, NULL::VARCHAR[] AS cells"
                f" FROM {staged} ORDER BY _row) TO"
                f" {quoted(str(quarantine))} (FORMAT parquet)",
            )
    except sa.exc.SQLAlchemyError:
        return None
    return quarantine


def _judge(batch: Batch, dataset: Dataset, quarantine: Path, docs: Path | None) -> Verdict:
    row_rules = [rule for rule in dataset.all_rules if rule.level == "row"]
    partition_rules = [
        rule
        for rule in dataset.all_rules
        if rule.level == "partition" and (rule.kind not in BOUNDS or bounds(rule, batch))
    ]
    with own.connected(quarantine.with_suffix(".spill")) as con:
        own.open_batch(con, batch, row_rules)
        by_row = [(rule.name, rule.severity, condition(rule, dataset)) for rule in row_rules]
        broken = _broken(con, "batch", by_row)
        own.collect(con, dataset, row_rules, broken)
        own.profile(con, batch, dataset, partition_rules)
        figures = [(rule.name, rule.severity, within(rule)) for rule in partition_rules]
        broken = _broken(con, "profile", figures)
        if docs is not None:
            con.commit()
            _expectations().build_docs(con.engine, {"batch": by_row, "profile": figures}, docs)
        findings = row_findings(con, dataset, row_rules, batch.garbled)
        for rule in partition_rules:
            if rule.name in broken:
                add_partition_findings(con, rule, batch, findings)
        changed = [
            key
            for key, broken in findings.items()
            if any(finding.kind == "schema" for finding in broken)
        ]
        bad = own.quarantine(con, changed, quarantine)
    verdicts = (
        _verdict(batch, key, findings.get(key, ()), *bad.get(key, (0, 0)))
        for key in batch.partitions
    )
    return Verdict(dataset.id, tuple(verdicts), quarantine)


def _broken(
    con: sa.Connection, table: str, rules: Sequence[tuple[str, str, str]]
) -> Collection[str]:
    """Return the names of the rules that GX finds broken; RuntimeError names the one that cannot
    be computed.
    """
    con.commit()
    try:
        return _expectations().broken(con.engine, table, rules)
    except RuntimeError:
        own.blame(con, table, rules)
        raise


def _expectations() -> ModuleType:
    """Return what asks Great Expectations, which takes seconds to import: once, and only to judge,
    and without what it is never asked for.
    """
    put_off()
    from quality import duckdb_source  # noqa: PLC0415

    return duckdb_source


def _verdict(
    batch: Batch, key: str, findings: Sequence[Finding], quarantined: int, cells: int
) -> PartitionVerdict:
    """Return one partition's verdict; that it is empty, where the contract allows it, is noted."""
    staged = batch.delivered[key] - batch.duplicates[key]
    if staged == 0 and not any(finding.kind == "rows" for finding in findings):
        findings = (*findings, Finding("empty", "rows", None, "partition", "warning", value=0))
    return PartitionVerdict(
        key,
        "withheld" if any(finding.withholds for finding in findings) else "passed",
        batch.delivered[key],
        staged - quarantined,
        quarantined,
        batch.duplicates[key],
        tuple(findings),
        cells,
    )
