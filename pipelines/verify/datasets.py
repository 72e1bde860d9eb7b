"""Rebuilds partitions of a dataset, public or clean, from the bytes that were delivered: unpacked,
typed and placed again, without the rows and cells the gate held back.

What the gate decided is an input here (the quarantine of that run); what the rows say is computed
anew.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from pipelines.city import EARLIER_ZONE
from pipelines.contract.model import Dataset, Source
from pipelines.errors import LakeError, SourceError
from pipelines.harvest.publish import delivery_id, without_withheld
from pipelines.harvest.refine import refine
from pipelines.lake.delivery import Landed
from pipelines.lake.durable import sha256_of
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import window_of
from pipelines.models.workbench import stored_contracts
from pipelines.receipts.dataset_receipt import UNKNOWN
from pipelines.receipts.receipt import Receipt
from pipelines.sqltext import identifier, quoted

BEFORE = (
    "was harvested before receipts told by which SQL; harvest it again to be able to rebuild it"
)


def rebuilt_partitions(
    lake: Lake, receipt: Receipt, published: Sequence[str] | None, only: Collection[str] = ()
) -> dict[str, str]:
    """Return, by partition, the first difference to what is published, empty when there is none;
    runs in the order of their partitions.

    ``published`` are the files the release pins, None when the receipt alone does; each must be in
    the receipt with the hash it has. LakeError when the delivery, contract or quarantine that a
    partition was made of is gone or was changed.
    """
    digests = {
        file: digest
        for partition in receipt["partitions"].values()
        for file, digest in partition["files"].items()
    }
    strange = sorted(set(published) ^ set(digests)) if published is not None else ()
    if published is not None and strange:
        place, other = ("release", "receipt") if strange[0] in published else ("receipt", "release")
        raise LakeError(f"{strange[0]}: is in the {place} and not in the {other}")
    wanted = {
        key: partition
        for key, partition in receipt["partitions"].items()
        if not only or key in only
    }
    changes = {key: changed(lake, partition["files"]) for key, partition in wanted.items()}
    for run in dict.fromkeys(
        partition["run_id"] for key, partition in wanted.items() if not changes[key]
    ):
        keys = [
            key
            for key, partition in wanted.items()
            if partition["run_id"] == run and not changes[key]
        ]
        changes |= _of_run(lake, receipt["name"], {key: wanted[key] for key in keys})
    return changes


def changed(lake: Lake, files: Mapping[str, str]) -> str:
    """Return which file is not the one it was."""
    for file, digest in files.items():
        path = lake.root / file
        if not path.is_file():
            return f"{file} is gone"
        if sha256_of(path) != digest:
            return (
                f"{file} has another content than its receipt says; it was changed after it was"
                " made"
            )
    return ""


def _of_run(lake: Lake, name: str, partitions: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the first difference of each partition that one run made."""
    first = next(iter(partitions.values()))
    application, _, table = name.partition(".")
    with TemporaryDirectory(prefix="lumbung-") as temporary, lake.connect() as con:
        folder = Path(temporary)
        (contract,) = stored_contracts(
            lake,
            {application: first["contract_sha256"]},
            folder,
            first.get("timezone", EARLIER_ZONE),
        )
        dataset = next(candidate for candidate in contract.datasets if candidate.name == table)
        landed, requested = _delivery(lake, name, first["run_id"])
        if delivery_id(landed) != first["delivery"]:
            raise LakeError(
                f"{name}: the delivery of run {first['run_id']} is another than the receipt says"
                f" ({first['delivery']})"
            )
        staged = _refined(
            con,
            lake,
            dataset,
            landed,
            requested,
            folder,
            first["clean_sql"] if first["clean_sql"] != UNKNOWN else None,
        )
        rows, bad = (
            f"SELECT * FROM read_parquet({quoted(str(staged))})",
            _withheld(lake, name, first),
        )
        differences = {}
        for key, partition in partitions.items():
            own = f"SELECT * FROM ({rows}) WHERE _partition = {quoted(key)}"
            if bad:
                own = without_withheld(con, own, f"{bad} AND _partition = {quoted(key)}")
            files = [str(lake.root / file) for file in partition["files"]]
            differences[key] = _difference(con, own, files)
        if first["clean_sql"] == UNKNOWN:
            return {key: f"{BEFORE} ({said})" if said else "" for key, said in differences.items()}
        return differences


def _withheld(lake: Lake, name: str, made: Mapping[str, Any]) -> str:
    """Return the SELECT of what a delivery's quarantine withheld, empty where nothing. A row's
    number is its own within its partition: another run of the same bytes may have numbered others.
    """
    if made["quarantine"] is None:
        return ""
    held = lake.files(lake.dataset_table("quarantine", name), made["quarantine"])
    if not held:
        return ""
    listed = ", ".join(quoted(file) for file in held)
    options = "hive_partitioning = true, hive_types = {'_partition': VARCHAR}, union_by_name = true"
    return (
        'SELECT "row" AS _row, cells FROM (SELECT NULL::VARCHAR[] AS cells WHERE false UNION ALL BY'
        f" NAME FROM read_parquet([{listed}], {options})) WHERE delivery ="
        f" {quoted(made['delivery'])}"
    )


def _delivery(lake: Lake, name: str, run: str) -> tuple[tuple[Landed, ...], list[str]]:
    """Return a run's delivery, every part's bytes held against its hash, and the partitions
    asked for.
    """
    folder, receipt = lake.deliveries(name) / run, lake.delivered(name, run)
    if receipt is None:
        raise LakeError(f"{folder}: its receipt is gone; what was made of it cannot be rebuilt")
    for part in receipt["parts"]:
        said = changed(lake, {str((folder / part["file"]).relative_to(lake.root)): part["sha256"]})
        if said:
            raise LakeError(said)
    landed = tuple(
        Landed(folder / part["file"], part["sha256"], part["address"], part["partition"])
        for part in receipt["parts"]
    )
    return landed, receipt["asked"]


def _refined(
    con: duckdb.DuckDBPyConnection,
    lake: Lake,
    dataset: Dataset,
    landed: Sequence[Landed],
    requested: Sequence[str],
    folder: Path,
    clean: str | None,
) -> Path:
    """Return the rows of a delivery, typed and placed; a part that cannot be read had its
    partition left out, and has again.
    """
    if clean:
        (folder / "clean").mkdir()
        (folder / "clean" / f"{dataset.id}.sql").write_bytes(lake.stored(clean, "sql").read_bytes())
    server = next(iter(dataset.source.server.values()))
    source = replace(dataset, source=Source(str(server["connector"]), server, dataset.source.fetch))
    window, unreadable = window_of(dataset, requested), set[str]()
    while True:
        parts = [part for part in landed if part.partition not in unreadable]
        try:
            left = replace(
                window, partitions=tuple(key for key in window.partitions if key not in unreadable)
            )
            return refine(con, parts, source, left, folder / "work", {}, folder).staged
        except SourceError as error:
            if error.partition is None or error.partition in unreadable:
                raise
            unreadable.add(error.partition)


def _difference(con: duckdb.DuckDBPyConnection, rows: str, files: Sequence[str]) -> str:
    """Return the first row that is only on one side, of the columns that are published."""
    listed = ", ".join(quoted(file) for file in files)
    held = f"FROM read_parquet([{listed}], hive_partitioning = false)"
    columns = [name for name, *_ in con.execute(f"DESCRIBE {held}").fetchall()]
    shown = ", ".join(identifier(name) for name in columns)
    rebuilt = f"SELECT {shown} FROM ({rows})"
    for what, one, other in (
        ("rebuilt and not published", rebuilt, f"SELECT {shown} {held}"),
        ("published and not rebuilt", f"SELECT {shown} {held}", rebuilt),
    ):
        row = con.execute(
            f"SELECT to_json(d)::VARCHAR FROM (({one}) EXCEPT ALL ({other})) d ORDER BY 1 LIMIT 1"
        ).fetchall()
        if row:
            return f"a row is {what}: {row[0][0][:300]}"
    return ""
