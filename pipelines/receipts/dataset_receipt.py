"""The receipt of a dataset's public or clean table: for each partition its files with their hashes,
and the delivery, run, contract and quarantine.

Made with a release, for what has changed since the release before; ``receipt`` says what a receipt
is.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.contract.model import Contract, Dataset
from pipelines.lake import verdicts
from pipelines.lake.durable import sha256_of
from pipelines.lake.lake import Lake
from pipelines.lake.tables import by_partition
from pipelines.receipts.code import code
from pipelines.receipts.receipt import ENGINE, SCHEMA, Receipt

UNKNOWN = "unknown"
"""Stands for the clean SQL of a partition harvested before commits told of it."""


def dataset_receipt(
    lake: Lake,
    contract: Contract,
    dataset: Dataset,
    layer: str,
    version: int,
    files: Sequence[str],
    before: Receipt | None,
) -> Receipt:
    """Return the receipt of one version of a dataset's public or clean table; partitions whose
    files ``before`` names already are taken from it.
    """
    parted = by_partition(files)
    earlier = before["partitions"] if before else {}
    fresh = {
        key
        for key, paths in parted.items()
        if key not in earlier or set(earlier[key]["files"]) != set(paths)
    }
    makers = _makers(lake, dataset, layer) if fresh else {}
    partitions = {
        key: (
            {
                "files": {file: sha256_of(lake.root / file) for file in parted[key]},
                **makers[key],
            }
            if key in fresh
            else earlier[key]
        )
        for key in parted
    }
    described = {"version": contract.version, "sha256": lake.store(contract.content, "yaml")}
    return {
        "schema": SCHEMA,
        "kind": "dataset",
        "name": dataset.id,
        "layer": layer,
        "version": version,
        "contract": described,
        "partitions": partitions,
        "code": code(),
        "engine": ENGINE,
    }


def files_of(receipt: Receipt) -> list[str]:
    """Return the files that the receipt of a dataset's table names, relative to the lake."""
    partitions = receipt["partitions"].values()
    return [file for partition in partitions for file in partition["files"]]


def _makers(lake: Lake, dataset: Dataset, layer: str) -> Mapping[str, dict[str, Any]]:
    """Return, by partition, the run whose rows stand and what it made them with: by its last
    commit, as an earlier one of its was taken back if it was tried again.
    """
    by_run = _by_run(lake, lake.dataset_table(layer, dataset.id))
    held_back = {
        run: commit["version"]
        for run, commit in _by_run(lake, lake.dataset_table("quarantine", dataset.id)).items()
    }
    return {
        row["partition"]: {
            "run_id": row["run_id"],
            "delivery": row["delivery"],
            "contract_sha256": row["contract_sha256"],
            "timezone": dataset.timezone,
            "quarantine": held_back.get(row["run_id"]),
            "clean_sql": (
                by_run[row["run_id"]].get("clean_sql")
                if "contract" in by_run.get(row["run_id"], {})
                else UNKNOWN
            ),
            **_repairs(dataset, layer, row["repairs"]),
        }
        for row in verdicts.makers(lake, dataset.id)
    }


def _repairs(
    dataset: Dataset, layer: str, found: Sequence[Mapping[str, Any]] | None
) -> dict[str, dict[str, int]]:
    """Return in how many rows texts were repaired, by rule, of the columns the layer has; nothing
    where none was.
    """
    columns = dataset.public_columns if layer == "public" else dataset.columns
    names = {column.name for column in columns}
    repairs = {each["rule"]: each["rows"] for each in found or () if each["column"] in names}
    return {"repairs": repairs} if repairs else {}


def _by_run(lake: Lake, table: Path) -> dict[str, dict[str, Any]]:
    """Return the last commit of each run."""
    commits = reversed(lake.commits(table, 0))
    return {commit["run_id"]: commit for commit in commits if "run_id" in commit}
