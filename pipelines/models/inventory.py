"""The contracts as a table: ``lumbung.datasets``, one row per dataset, which models and analysts
hold harvests against. Only what is public of a contract.
"""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from pipelines.contract.model import Contract

TABLE = "datasets"
SCHEMA = pa.schema(
    {
        "dataset": pa.string(),
        "application": pa.string(),
        "delivery": pa.string(),
        "cadence": pa.string(),
        "partition": pa.string(),
        "information_class": pa.string(),
        "is_public": pa.bool_(),
        "status": pa.string(),
        "freshness_hours": pa.float64(),
        "retention_days": pa.int64(),
        "active_from": pa.date32(),
        "active_to": pa.date32(),
    }
)
"""What each column means is said at ``contract.Dataset``."""


def make_datasets(con: duckdb.DuckDBPyConnection, contracts: Sequence[Contract]) -> None:
    """Make ``lumbung.datasets`` in a database that has the schema ``lumbung``."""
    rows = [
        {"dataset": dataset.id}
        | {name: getattr(dataset, name) for name in SCHEMA.names if name != "dataset"}
        for contract in contracts
        for dataset in contract.datasets
    ]
    con.register("_datasets", pa.Table.from_pylist(rows, schema=SCHEMA))
    con.execute(f"CREATE TABLE lumbung.{TABLE} AS SELECT * FROM _datasets")
    con.unregister("_datasets")
