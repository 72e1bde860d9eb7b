"""How reports look: tables for people, plain values for ``--json``."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from cli.terminal import Terminal, printable
from pipelines.contract.contracts import Contracts
from pipelines.contract.model import Dataset
from pipelines.errors import LakeError
from pipelines.harvest.lifecycle import standing, state_of
from pipelines.lake import verdicts
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import spans
from pipelines.release.manifest import DAMAGED
from pipelines.release.release import open_release
from quality.words import says

if TYPE_CHECKING:
    from assets.report import Report

CONSOLE = Terminal(highlight=False, width=None if sys.stdout.isatty() else 200)
"""Standard output; what is piped or written to a file is not folded to a terminal's width."""
SET_ASIDE = "set aside"
"""The state of a system whose contract is wrong, beside those of ``harvest.lifecycle``."""
LISTS = ("absent", "examples")
COUNTS = ("delivered", "passed", "quarantined", "duplicates", "cells_withheld")


def table(title: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows as a table, numbers to the right."""
    shown = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for column in columns:
        shown.add_column(
            Text(printable(column)),
            justify="right" if rows and isinstance(rows[0].get(column), int) else "left",
            overflow="fold",
        )
    for row in rows:
        shown.add_row(*[Text(printable(str(row.get(column, "")))) for column in columns])
    CONSOLE.print(shown)


def report(run: "Report") -> None:
    """Print a run's summary: a line per dataset that was due, then what is withheld and why, then
    errors.
    """
    lines = []
    for dataset, rows in ((name, rows) for name, rows in run.datasets.items() if rows):
        passed = sum(row["verdict"] == "passed" for row in rows)
        total = {count: sum(row[count] or 0 for row in rows) for count in COUNTS}
        published = sum(row["passed"] for row in rows if row["verdict"] == "passed")
        lines.append(
            {
                "dataset": dataset,
                "passed": passed,
                "withheld": len(rows) - passed,
                "delivered": total["delivered"],
                "published": published,
                "quarantined": total["quarantined"],
                "duplicate": total["duplicates"],
                "cells withheld": total["cells_withheld"],
            }
        )
    if lines:
        table(
            "Partitions and rows",
            list(lines[0]),
            lines,
        )
    elif not run.errors:
        CONSOLE.print(
            "nothing was due: every complete day has been harvested; --from and --to ask for days"
            " again"
        )
    for dataset, rows in run.datasets.items():
        _withheld(
            dataset, [(row["partition"], _why(row)) for row in rows if row["verdict"] != "passed"]
        )
    for note in run.notes:
        CONSOLE.print(f"note: {note}", markup=False, soft_wrap=True)
    for error in run.errors:
        CONSOLE.print(f"error: {error}", style="red", markup=False, soft_wrap=True)
    CONSOLE.print(
        f"release {run.release}"
        if run.release
        else "no new release was made; the last good one stays"
    )


def _why(row: Mapping[str, Any]) -> str:
    errors = [finding for finding in row["findings"] if finding["severity"] == "error"]
    why = [
        f"{finding['rule']}: {says(finding)}"
        for finding in errors
        if finding["level"] == "partition"
    ]
    worst = sorted(
        (finding for finding in errors if finding["level"] == "row"),
        key=lambda finding: -finding["rows"],
    )
    return "; ".join([*why, *(f"{finding['rule']}: {says(finding)}" for finding in worst[:3])])


def _withheld(dataset: str, parts: Sequence[tuple[str, str]]) -> None:
    """Print what is withheld, partitions with one and the same reason on one line."""
    by_reason: dict[str, list[str]] = {}
    for partition, why in parts:
        by_reason.setdefault(why, []).append(partition)
    for why, keys in by_reason.items():
        shown = ", ".join(
            first if first == last else f"{first}..{last}" for first, last in spans(keys)
        )
        CONSOLE.print(f"withheld: {dataset} {shown}: {why}", markup=False, soft_wrap=True)


def report_json(run: "Report") -> dict[str, Any]:
    """Return a run's report as plain values."""
    keep = ("partition", "verdict", *COUNTS)
    datasets = {
        name: [
            {
                **{key: row[key] for key in keep},
                "findings": [
                    {**finding, **{name: list(finding[name] or ()) for name in LISTS}}
                    for finding in row["findings"] or ()
                ],
            }
            for row in rows
        ]
        for name, rows in run.datasets.items()
    }
    return {
        "datasets": datasets,
        "release": run.release,
        "errors": run.errors,
        "withheld": run.withheld,
        "notes": run.notes,
        "profiles": {
            name: [asdict(one) for one in profiles] for name, profiles in run.profiles.items()
        },
    }


def sources(lake: Lake, contracts: Contracts) -> list[dict[str, Any]]:
    """Return one entry per system, by its row in the inventory: its state and why, and every
    dataset with what is withheld and the reasons. A system that never had a good contract comes
    last, with what is wrong.
    """
    by_dataset: dict[str, list[dict[str, Any]]] = {}
    for row in verdicts.latest(lake):
        by_dataset.setdefault(row["dataset"], []).append(row)
    entries = []
    for contract in sorted(
        contracts.standing,
        key=lambda contract: (contract.inventory_id or "~", contract.application),
    ):
        state, why = state_of(contract, by_dataset)
        if contract.application in contracts.problems:
            state, why = SET_ASIDE, contracts.problems[contract.application]
        entries.append(
            {
                "inventory": contract.inventory_id,
                "application": contract.application,
                "title": contract.title.en,
                "state": state,
                "why": why,
                "datasets": [
                    _dataset(dataset, by_dataset.get(dataset.id, []))
                    for dataset in contract.datasets
                ],
            }
        )
    described = {entry["application"] for entry in entries}
    nothing = {"inventory": None, "title": "", "state": SET_ASIDE, "datasets": []}
    return entries + [
        {"application": name, **nothing, "why": why}
        for name, why in sorted(contracts.problems.items())
        if name not in described
    ]


def _dataset(dataset: Dataset, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    current = standing(dataset, rows)
    withheld = [
        {
            "partition": row["partition"],
            "why": [
                f"{finding['rule']}: {says(finding)}"
                for finding in row["findings"]
                if finding["level"] == "partition" and finding["severity"] == "error"
            ],
        }
        for row in rows
        if row["verdict"] != "passed"
    ]
    judged = rows[-1]["judged_at"].astimezone(UTC).isoformat(timespec="seconds") if rows else None
    return {
        "dataset": dataset.id,
        "state": current.state,
        "class": dataset.information_class,
        "newest": current.newest,
        "last_verdict": rows[-1]["verdict"] if rows else None,
        "judged_at": judged,
        "withheld": withheld,
        "cells_withheld": sum(row["cells_withheld"] or 0 for row in rows),
    }


MODEL_REASONS = {
    "unreadable": "its file cannot be read",
    "fails": "its SELECT, or what it gives, is wrong",
    DAMAGED: "a table of it cannot be read, or a harvest that was cut off cannot be ended",
    "rests": "it rests on what is withheld",
}
"""Why a model was not made anew, by the code a manifest has."""


def withheld_models(lake: Lake) -> list[dict[str, str]]:
    """Return the marts and KPIs that the current release shows as they were last made."""
    with suppress(LakeError):  # no release yet, or one that `lumbung verify` tells more of
        return [
            {
                "model": name,
                "reason": why.reason,
                "why": f"{MODEL_REASONS[why.reason]} {why.because}".strip(),
            }
            for name, why in open_release(lake).manifest.withheld.items()
            if why.reason in MODEL_REASONS
        ]
    return []


def status(
    entries: Sequence[Mapping[str, Any]], models: Sequence[Mapping[str, str]], notes: Sequence[str]
) -> None:
    """Print the state of every system and dataset, what is withheld, and what else there is to
    know.
    """
    lines = [
        {
            "row": entry["inventory"] or "",
            "system": entry["application"],
            "system is": entry["state"],
            **dataset,
            "dataset": dataset["dataset"].partition(".")[2],
        }
        for entry in entries
        for dataset in entry["datasets"]
    ]
    columns = ["row", "system", "system is", "dataset", "state", "class", "newest", "last_verdict"]
    columns.append("cells_withheld")
    table(f"State at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", columns, lines)
    for entry in entries:
        if entry["state"] in ("degraded", SET_ASIDE):
            CONSOLE.print(
                f"{entry['state']}: {entry['application']}: {entry['why']}",
                markup=False,
                soft_wrap=True,
            )
        for dataset in entry["datasets"]:
            _withheld(
                dataset["dataset"],
                [(part["partition"], "; ".join(part["why"])) for part in dataset["withheld"]],
            )
    for model in models:
        CONSOLE.print(
            f"withheld: {model['model']}, shown as it was last made if that can be read:"
            f" {model['why']};"
            f" `lumbung {'run' if model['reason'] == DAMAGED else 'check sql'}` says what is wrong",
            markup=False,
            soft_wrap=True,
        )
    for note in notes:
        CONSOLE.print(f"note: {note}", markup=False, soft_wrap=True)
