"""The workbench of the SQL models: a DuckDB in which every table a model may read stands at a
pinned version.

A run pins what is there now, a rebuild pins what a receipt names; from then on both do the same.
Reference tables are kept by their hash, so that an old figure can be rebuilt after the rule's code
has moved on.
"""

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipelines.connectors.contracts import read_kept_contract
from pipelines.contract.model import Contract, Dataset
from pipelines.contract.reader import SUFFIX
from pipelines.lake.lake import Lake
from pipelines.lake.tables import without
from pipelines.lake.verdicts import SCHEMA, VIEWS, judged_ahead, passed_sql
from pipelines.lake.views import dataset_views, rows_of
from pipelines.models import inventory
from pipelines.reference.tables import REFERENCE
from pipelines.sqltext import identifier, quoted

VERDICTS = "lumbung.verdicts"


@dataclass
class Workbench:
    """``versions`` are those of the tables pinned (``application.dataset`` clean, ``mart.name``,
    ``lumbung.verdicts``), ``reference`` hashes by name, ``left_out`` partitions by dataset.
    """

    lake: Lake
    con: duckdb.DuckDBPyConnection
    contracts: Sequence[Contract]
    conventions: str
    versions: dict[str, int]
    reference: Mapping[str, str]
    left_out: Mapping[str, Collection[str]]
    deliveries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    marts: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> "Workbench":
        return self

    def __exit__(self, *_: object) -> None:
        self.con.close()

    def show_mart(self, name: str, version: int | None = None) -> None:
        """Let models see a mart as it is at ``version``, or now."""
        table = self.lake.table("mart", name)
        self.versions[f"mart.{name}"] = pinned = (
            self.lake.version(table) if version is None else version
        )
        self.marts[name] = str(self.lake.commits(table, pinned)[-1]["receipt"])
        self.con.execute(
            f"CREATE OR REPLACE VIEW mart.{identifier(name)} AS"
            f" {model_rows(self.lake, 'mart', name, pinned)}"
        )


def open_now(
    lake: Lake, contracts: Sequence[Contract], conventions: str, damaged: Collection[str] = ()
) -> Workbench:
    """Open a workbench with every table at the version it has now, those of ``damaged``
    datasets empty.
    """
    tables = {
        dataset.id: lake.dataset_table("clean", dataset.id)
        for contract in contracts
        for dataset in contract.datasets
        if dataset.id not in damaged
    }
    tables |= {withheld_of(name): lake.dataset_table("withheld", name) for name in tables}
    tables[VERDICTS] = lake.table(*VERDICTS.split("."))
    versions = {name: lake.version(table) for name, table in tables.items() if lake.exists(table)}
    reference = {name: _keep(lake, name) for name in REFERENCE}
    left_out = snapshots_to_come(lake, contracts)
    return open_pinned(lake, contracts, conventions, versions, reference, left_out)


def open_pinned(
    lake: Lake,
    contracts: Sequence[Contract],
    conventions: str,
    versions: Mapping[str, int],
    reference: Mapping[str, str],
    left_out: Mapping[str, Collection[str]] | None = None,
) -> Workbench:
    """Open a workbench with tables at ``versions``, without the partitions ``left_out`` by dataset,
    and reference tables of these hashes; LakeError when a version or a kept file is gone.
    """
    left_out = left_out or {}
    con = lake.connect()
    con.execute(
        "SET threads = 1"
    )  # a sum of fractions depends on the order of its parts, and several threads have none
    for contract in contracts:
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(contract.application)}")
        for dataset in contract.datasets:
            table, version = lake.dataset_table("clean", dataset.id), versions.get(dataset.id)
            stored = lake.columns(table, version).names if version is not None else []
            to_come = left_out.get(dataset.id, ())
            files = lake.files(table, version) if version is not None else []
            withheld = without(_withheld_files(lake, dataset, versions), to_come)
            for name, select in dataset_views(
                dataset, dataset.columns, without(files, to_come), stored, withheld
            ).items():
                con.execute(
                    f"CREATE VIEW {identifier(contract.application)}.{identifier(name)} AS {select}"
                )
    con.execute("CREATE SCHEMA reference; CREATE SCHEMA mart; CREATE SCHEMA lumbung")
    con.execute(conventions)
    inventory.make_datasets(con, contracts)
    for name, digest in reference.items():
        con.execute(
            f"CREATE TABLE reference.{name} AS SELECT * FROM"
            f" read_parquet({quoted(str(lake.stored(digest, 'parquet')))})"
        )
    judged = (
        lake.files(lake.table(*VERDICTS.split(".")), versions[VERDICTS])
        if VERDICTS in versions
        else []
    )
    con.register("_none", SCHEMA.empty_table())
    for name, select in VIEWS.items():
        con.execute(
            f"CREATE VIEW lumbung.{name} AS {select(judged)}"
            if judged
            else f"CREATE TABLE lumbung.{name} AS SELECT * FROM _none"
        )
    deliveries = _deliveries(con, judged)
    return Workbench(
        lake, con, contracts, conventions, dict(versions), reference, left_out, deliveries
    )


def snapshots_to_come(lake: Lake, contracts: Sequence[Contract]) -> dict[str, set[str]]:
    """Return, by dataset, the snapshots that a clock ahead took for those of days that were over:
    one of them would stay the newest. The rows of other datasets say themselves of which day.
    """
    datasets = (dataset for contract in contracts for dataset in contract.datasets)
    snapshots = {dataset.id for dataset in datasets if dataset.delivery == "snapshot"}
    ahead = judged_ahead(lake)
    return {name: ahead[name] for name in ahead if name in snapshots}


def withheld_of(dataset_id: str) -> str:
    """Return the name that the withheld versions of a dataset have among a workbench's tables."""
    return f"withheld/{dataset_id}"


def _withheld_files(lake: Lake, dataset: Dataset, versions: Mapping[str, int]) -> list[str]:
    version = versions.get(withheld_of(dataset.id))
    if version is None:
        return []
    return lake.files(lake.dataset_table("withheld", dataset.id), version)


def _keep(lake: Lake, name: str) -> str:
    buffer = io.BytesIO()
    pq.write_table(REFERENCE[name](), buffer)
    return lake.store(buffer.getvalue(), "parquet")


def _deliveries(con: duckdb.DuckDBPyConnection, judged: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return, by dataset and partition, the hash of the delivery whose rows stand."""
    deliveries: dict[str, dict[str, str]] = {}
    if judged:
        for dataset, partition, delivery in con.execute(
            f"SELECT dataset, partition, delivery FROM ({passed_sql(judged)}) ORDER BY ALL"
        ).fetchall():
            deliveries.setdefault(dataset, {})[partition] = delivery
    return deliveries


def model_rows(lake: Lake, layer: str, name: str, version: int | None = None) -> str:
    """Return the SELECT that reads a model's table."""
    table = lake.table(layer, name)
    with lake.reader() as con:
        empty = con.from_arrow(lake.columns(table, version).empty_table())
        columns = [
            (column, str(kind))
            for column, kind in zip(empty.columns, empty.types, strict=True)
            if column != "_partition"
        ]
    return rows_of(
        columns, lake.files(table, version), [name for name, _ in columns], partition=False
    )


def stored_contracts(
    lake: Lake, digests: Mapping[str, str], folder: Path, timezone: str | None = None
) -> tuple[Contract, ...]:
    """Read contracts as they were, from the hashes they are kept under by application;
    ``folder`` is where they are laid out, ``timezone`` that of datasets that state none.
    """
    contracts = []
    for application, digest in sorted(digests.items()):
        path = folder / f"{application}{SUFFIX}"
        path.write_bytes(lake.stored(digest, "yaml").read_bytes())
        contracts.append(read_kept_contract(path, timezone))
    return tuple(contracts)
