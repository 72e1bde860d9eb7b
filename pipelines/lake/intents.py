"""Intents: what a harvest is about to commit, written down before its first commit and cleared
after its verdict.

A harvest changes up to three tables and then records its verdict. Killed in between it would leave
rows of one delivery beside the verdict on another. So whoever comes next ends the intent of a dead
maker: where every commit was made its verdict is recorded; else the tables are taken back to what
they were, and a verdict says so, by which the next run asks for these partitions again.

A maker holds its dataset's lock, and shares ``COMMITS`` from its intent to its verdict. So whoever
holds one of the two alone knows that its maker is dead.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.errors import LakeError
from pipelines.lake import verdicts
from pipelines.lake.durable import sync, write_durably
from pipelines.lake.lake import COMMITS, Lake

INTERRUPTED = "interrupted"
"""The rule, and its kind, of a verdict on what was taken back."""
UNDONE = "undone"
"""What the commit that takes a table back says: the run that is undone."""
_FOLDER = "intents"
_SHAPE = {"dataset": str, "run_id": str, "before": dict, "sequence": int, "verdicts": list}
"""What an intent says."""


def intend(
    lake: Lake,
    dataset_id: str,
    run_id: str,
    layers: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Write down that a run is about to commit to the tables of ``layers``, the last of which is
    committed last, and then to record ``rows``. Whoever calls shares ``COMMITS``.
    """
    tables = {layer: lake.dataset_table(layer, dataset_id) for layer in layers}
    intent = {
        "dataset": dataset_id,
        "run_id": run_id,
        "before": {
            layer: lake.version(table) if lake.exists(table) else None
            for layer, table in tables.items()
        },
        "sequence": verdicts.next_sequence(lake),
        "verdicts": list(rows),
    }
    path = _path(lake, dataset_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    # a figure that the engine gave as a decimal is a fraction in the table too
    said = json.dumps(intent, ensure_ascii=False, indent=1, default=float)
    write_durably(path, said.encode())


def clear(lake: Lake, dataset_id: str) -> None:
    """Take the intent away: its verdict is recorded."""
    path = _path(lake, dataset_id)
    path.unlink()
    sync(path.parent)


def settle_own(lake: Lake, dataset_id: str) -> None:
    """End what an earlier harvest of this dataset left; whoever calls holds the dataset's lock."""
    if _path(lake, dataset_id).is_file():
        with lake.lock(COMMITS, shared=True):
            _settle(lake, _path(lake, dataset_id))


def settle(lake: Lake) -> list[str]:
    """End what dead harvests left, and return what was done of each, or why it cannot be. Where
    there is any intent it waits for those that commit now.
    """
    if not _open(lake):
        return []
    with lake.lock(COMMITS):
        ended, stuck = _end(lake)
    return [*ended, *stuck.values()]


def settle_alone(lake: Lake) -> dict[str, str]:
    """End what dead harvests left, for whoever holds ``COMMITS`` alone; return, by dataset, why
    what is left of its harvest cannot be ended.
    """
    return _end(lake)[1]


def _end(lake: Lake) -> tuple[list[str], dict[str, str]]:
    """End every intent, each by itself; return what was done, and by dataset why it cannot be."""
    ended, stuck = list[str](), dict[str, str]()
    for path in _open(lake):
        try:
            ended.append(_settle(lake, path))
        except LakeError as error:
            stuck[path.name.removesuffix(".json")] = str(error)
    return ended, stuck


def _open(lake: Lake) -> list[Path]:
    return sorted((lake.root / _FOLDER).glob("*.json"))


def _path(lake: Lake, dataset_id: str) -> Path:
    return lake.root / _FOLDER / f"{dataset_id}.json"


def _settle(lake: Lake, path: Path) -> str:
    """End one intent; killed in between, it is ended the same way by the next one."""
    intent = _read(path)
    dataset_id, run_id, before = intent["dataset"], intent["run_id"], intent["before"]
    told = f"{dataset_id}: run {run_id} was cut off"
    if _is_recorded(lake, intent):
        told += " when all of it was there"
    elif all(_is_committed(lake, dataset_id, run_id, *each) for each in before.items()):
        verdicts.record(lake, intent["verdicts"])
        told += " before its verdict was recorded, which is done now"
    else:
        for layer, version in before.items():
            _take_back(lake, lake.dataset_table(layer, dataset_id), version, run_id)
        verdicts.record(lake, [_undone(row) for row in intent["verdicts"]])
        told += (
            " between its commits; what it had changed is taken back, and a run without dates"
            " asks for its partitions again"
        )
    clear(lake, dataset_id)
    return told


def _read(path: Path) -> dict[str, Any]:
    try:
        intent = json.loads(path.read_bytes())
        if all(isinstance(intent[name], kind) for name, kind in _SHAPE.items()):
            return intent
        said = "it says too little"
    except (OSError, ValueError, TypeError, KeyError) as error:
        said = str(error)
    raise LakeError(
        f"{path}: what a harvest that was cut off was about to commit cannot be read ({said}); put"
        f" the file back from a backup, or remove it and run `lumbung run"
        f" {path.name.partition('.')[0]}` with --from and --to for the days of its last run"
    )


def _is_recorded(lake: Lake, intent: Mapping[str, Any]) -> bool:
    """Whether the verdicts of the intent, or on its undoing, are recorded."""
    return any(
        row["run_id"] == intent["run_id"] and (row["sequence"] or 0) >= intent["sequence"]
        for row in verdicts.latest(lake, intent["dataset"])
    )


def _is_committed(lake: Lake, dataset_id: str, run_id: str, layer: str, before: int | None) -> bool:
    """Whether the run has committed to the table of a layer since it was at ``before``."""
    table, since = lake.dataset_table(layer, dataset_id), 0 if before is None else before + 1
    return (
        lake.exists(table)
        and lake.version(table) >= since
        and any(commit.get("run_id") == run_id for commit in lake.commits(table, since))
    )


def _take_back(lake: Lake, table: Path, before: int | None, run_id: str) -> None:
    """Make a table what it was at ``before``; one that was not there then begins empty."""
    version = before or 0
    if lake.exists(table) and lake.files(table) != lake.files(table, version):
        lake.restore(table, version, {UNDONE: run_id})


def _undone(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the verdict on a partition whose delivery was taken back: withheld, nothing that was
    delivered is there; rows that stood before stand.
    """
    finding = {
        "rule": INTERRUPTED,
        "kind": INTERRUPTED,
        "level": "partition",
        "severity": "error",
        "rows": 0,
    }
    counts = {name: 0 for name in row if name in verdicts.COUNTS}
    return {**row, **counts, "verdict": "withheld", "findings": [finding], "delivery": ""}
