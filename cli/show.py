"""How reports look: tables for people, plain values for ``--json``."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from pipelines import verdicts
from pipelines.contract import Contract
from pipelines.lake import Lake
from pipelines.partitions import following, last_complete

if TYPE_CHECKING:
    from assets.run import Report

CONSOLE = Console(highlight=False)
COUNTS = ("delivered", "passed", "quarantined", "duplicates")


def table(title: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows as a table, numbers to the right."""
    shown = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for column in columns:
        shown.add_column(column, justify="right" if rows and isinstance(rows[0].get(column), int) else "left", overflow="fold")
    for row in rows:
        shown.add_row(*[str(row.get(column, "")) for column in columns])
    CONSOLE.print(shown)


def report(done: "Report") -> None:
    """Print a run's summary: a line per dataset, then what is withheld and why, then errors."""
    lines = []
    for dataset, rows in done.datasets.items():
        passed = sum(row["verdict"] == "passed" for row in rows)
        total = {count: sum(row[count] for row in rows) for count in COUNTS}
        published = sum(row["passed"] for row in rows if row["verdict"] == "passed")
        lines.append({"dataset": dataset, "passed": passed, "withheld": len(rows) - passed, "delivered": total["delivered"],
                      "published": published, "quarantined": total["quarantined"], "duplicate": total["duplicates"]})  # fmt: skip
    table("Partitions and rows", ["dataset", "passed", "withheld", "delivered", "published", "quarantined", "duplicate"], lines)
    for dataset, rows in done.datasets.items():
        for row in rows:
            if row["verdict"] != "passed":
                why = "; ".join(
                    f"{finding['rule']}: {finding['message']}"
                    for finding in row["findings"]
                    if finding["level"] == "partition" and finding["severity"] == "error"
                )
                worst = sorted((each for each in row["findings"] if each["level"] == "row" and each["severity"] == "error"), key=lambda each: -each["rows"])
                rows_too = "".join(f"; {each['rule']}: {each['rows']} rows" for each in worst[:3])
                CONSOLE.print(f"withheld: {dataset} {row['partition']}: {why}{rows_too}", markup=False, soft_wrap=True)
    for error in done.errors:
        CONSOLE.print(f"error: {error}", style="red", markup=False, soft_wrap=True)
    CONSOLE.print(f"release {done.release}" if done.release else "no new release was made; the last good one stays")


def report_json(done: "Report") -> dict[str, Any]:
    """Return a run's report as plain values."""
    keep = ("partition", "verdict", *COUNTS)
    datasets = {
        name: [
            {**{key: row[key] for key in keep}, "findings": [{**finding, "examples": list(finding["examples"] or ())} for finding in row["findings"] or ()]}
            for row in rows
        ]
        for name, rows in done.datasets.items()
    }
    return {"datasets": datasets, "release": done.release, "errors": done.errors, "withheld": done.withheld}


def status_rows(lake: Lake, contracts: Sequence[Contract]) -> list[dict[str, Any]]:
    """Return one row per dataset: state, newest passed partition, its age against the SLA, and what is withheld with reasons."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in verdicts.latest(lake):
        found.setdefault(row["dataset"], []).append(row)
    rows = []
    for contract in contracts:
        for dataset in contract.datasets:
            judged = found.get(dataset.id, [])
            passed = [row["partition"] for row in judged if row["verdict"] == "passed"]
            withheld = [
                {
                    "partition": row["partition"],
                    "why": [f"{f['rule']}: {f['message']}" for f in row["findings"] if f["level"] == "partition" and f["severity"] == "error"],
                }
                for row in judged
                if row["verdict"] != "passed"
            ]
            late = None
            if passed and not dataset.active_to:
                late = (last_complete(dataset) - following(passed[-1]) + timedelta(days=1)) > timedelta(hours=dataset.freshness_hours)
            state = "stopped" if dataset.active_to else "never harvested" if not judged else "late" if late or not passed else "fresh"
            rows.append({
                "dataset": dataset.id, "inventory": contract.inventory_id, "state": state, "class": dataset.information_class,
                "newest": passed[-1] if passed else None, "last_verdict": judged[-1]["verdict"] if judged else None,
                "judged_at": judged[-1]["judged_at"].astimezone(UTC).isoformat(timespec="seconds") if judged else None, "withheld": withheld,
            })  # fmt: skip
    return rows


def status(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the state of every dataset."""
    table(f"State at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", ["dataset", "state", "class", "newest", "last_verdict"], rows)
    for row in rows:
        for each in row["withheld"]:
            CONSOLE.print(f"withheld: {row['dataset']} {each['partition']}: {'; '.join(each['why'])}", markup=False, soft_wrap=True)
