"""``lumbung try``: which rows of a file would pass under a contract; what judges them is in
``cli.trial``.
"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import ERROR, PUBLISHED, WITHHELD, ContractsOption, Json, LakeOption, print_json
from cli.show import CONSOLE
from cli.trial import Trial, contract_of, tried
from pipelines.draft.written import plural
from pipelines.lake.lake import Lake
from pipelines.settings import contracts_path, lake_path, sql_path
from quality.words import says

SHOWN = 10
"""So many partitions are listed before only those that are withheld are."""


def try_(
    name: Annotated[str, typer.Argument(help="An application, or the path of a contract.")],
    files: Annotated[list[Path], typer.Argument(help="Files to judge as one delivery.")],
    dataset: Annotated[
        str | None,
        typer.Option("--dataset", help="The dataset, where a contract has several."),
    ] = None,
    contracts: ContractsOption = None,
    lake: LakeOption = None,
    as_json: Json = False,
) -> None:
    """Show which rows of files would pass under a contract, and which rule holds back the others,
    with an example of each; the harvest's own code judges them, and no lake is touched.

    Examples: lumbung try posyandu drop/posyandu/records_2026-06-01.csv; lumbung try
    posyandu.odcs.yaml june.xlsx --dataset records
    """
    contract = contract_of(name, contracts_path(contracts))
    trial = tried(contract, dataset, files, Lake(lake_path(lake)), sql_path())
    report = _report(trial)
    if as_json:
        print_json(report)
    else:
        for line in _lines(report):
            CONSOLE.print(line, markup=False, soft_wrap=True)
    raise typer.Exit(ERROR if trial.unread else PUBLISHED if trial.is_clean else WITHHELD)


def _report(trial: Trial) -> dict[str, Any]:
    """Return what became of the files as plain values."""
    partitions = trial.outcome.verdict.partitions
    counts = ("delivered", "passed", "quarantined", "duplicates", "cells_withheld")
    rules: dict[str, dict[str, Any]] = {}
    for partition in partitions:
        for finding in partition.findings:
            told = rules.setdefault(
                finding.rule,
                {
                    "rule": finding.rule,
                    "level": finding.level,
                    "withholds": _withholds(finding.level, finding.severity, finding.nonresponse),
                    "rows": 0,
                    "partitions": [],
                    "says": says(asdict(finding)),
                    "example": trial.examples.get(finding.rule),
                },
            )
            told["rows"] += finding.rows if finding.level == "row" else 0
            told["partitions"].append(partition.partition)
    return {
        "dataset": trial.dataset.id,
        "contract": str(trial.contract.path),
        "files": trial.files,
        **{count: sum(getattr(partition, count) for partition in partitions) for count in counts},
        "partitions": [
            {"partition": partition.partition, "verdict": partition.verdict}
            | {count: getattr(partition, count) for count in counts}
            for partition in partitions
        ],
        "rules": list(rules.values()),
        "notes": list(trial.notes),
    }


def _withholds(level: str, severity: str, nonresponse: str | None) -> str:
    if severity != "error":
        return "nothing"
    if level == "partition":
        return "the partition"
    return "the cell" if nonresponse == "item" else "the row"


def _lines(report: dict[str, Any]) -> Iterator[str]:
    files = plural(report["files"], "file", "files")
    yield (
        f"{report['dataset']}: {report['files']} {files}, {report['delivered']:,} rows:"
        f" {report['passed']:,} passed, {report['quarantined']:,} in quarantine,"
        f" {report['duplicates']:,} exact duplicates; {report['cells_withheld']:,} cells left empty"
    )
    withheld = [one for one in report["partitions"] if one["verdict"] == "withheld"]
    for one in withheld if len(report["partitions"]) > SHOWN else report["partitions"]:
        passed = f"{one['passed']:,} of {one['delivered']:,} rows"
        yield f"  {one['partition']}: {one['verdict']}, {passed}"
    for rule in report["rules"]:
        first, *more = rule["partitions"]
        days = f"{first} and {len(more)} more" if more else first
        rows = f"{rule['rows']:,} {plural(rule['rows'], 'row', 'rows')}"
        said = rows if rule["level"] == "row" else rule["says"]
        yield f"rule {rule['rule']} (withholds {rule['withholds']}): {said}; {days}"
        if rule["example"]:
            yield f"  such as {_example(rule['example'])}"
    yield from (f"note: {note}" for note in report["notes"])


def _example(example: dict[str, Any]) -> str:
    """Return one row as a person finds it again; values of closed columns are not among them."""
    values = ", ".join(f"{name}={value!r}" for name, value in example["values"].items())
    return f"{example['file']}, record {example['line']}: {values or 'personal, not shown'}"
