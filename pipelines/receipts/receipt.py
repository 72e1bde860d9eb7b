"""Receipts: what a published number or file needs to be rebuilt, as JSON under its own hash.
``receipt.schema.json`` says what each field means.

A *table* receipt is made with every version of a mart or KPI: the SQL, its parameters, every input
at its version and what reached it (deliveries, a mart's own receipt), contracts, code, engine, and
the hash of the rows. A *dataset* receipt is made with every release of a public dataset: per
partition its files, the delivery they were made of and the run that judged it. A *value* receipt is
one number of a release with its table's receipt inside: what a reader takes away. How they are held
against the lake is ``verify``'s business.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jsonschema_rs
import pyarrow as pa

from pipelines.errors import LakeError
from pipelines.lake.lake import Lake
from pipelines.receipts.canonical import canonical

SCHEMA = "lumbung-receipt/1"
ENGINE = {"name": "duckdb", "version": duckdb.__version__}
Receipt = dict[str, Any]


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """Return one engine for every hash: a release takes a hundred, and starting one costs more."""
    return duckdb.connect()


def rows_sha256(rows: pa.Table) -> str:
    """Return the hash of a table's rows, whatever their order: of the sorted hashes of each row
    as JSON.
    """
    if not rows.num_rows:
        return hashlib.sha256().hexdigest()
    with _engine().cursor() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.register("_rows", rows)
        query = (
            "SELECT sha256(coalesce(string_agg(h, '' ORDER BY h), '')) FROM (SELECT"
            " sha256(to_json(_rows)::VARCHAR) AS h FROM _rows)"
        )
        return str(con.execute(query).fetchall()[0][0])


def recipe(receipt: Receipt) -> str:
    """Return the hash of how a table was made, whatever of: its SQL, conventions, contracts and
    reference tables.
    """
    rules = {
        name: source["sha256"] for name, source in receipt["inputs"].items() if "sha256" in source
    }
    return hashlib.sha256(
        canonical([receipt["sql"], receipt["conventions"], receipt["contracts"], rules])
    ).hexdigest()


def store(lake: Lake, receipt: Receipt) -> str:
    """Keep a table's or dataset's receipt in the lake and return its hash."""
    return lake.store(canonical(receipt), "json")


def keep_name(receipt: Receipt) -> str:
    """Return the hash a receipt is kept under."""
    return hashlib.sha256(canonical(receipt)).hexdigest()


def read(lake: Lake, digest: str) -> Receipt:
    """Return the receipt kept under a hash; LakeError when it is gone, changed or no receipt."""
    return checked(lake.stored(digest, "json"))


def checked(path: Path) -> Receipt:
    """Return the receipt in a file; LakeError says what is wrong with it."""
    try:
        receipt = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise LakeError(f"{path}: not a receipt: {error}") from error
    wrong = next(_validator().iter_errors(receipt), None)
    if wrong is not None:
        place = "/".join(map(str, wrong.instance_path)) or "the whole"
        raise LakeError(
            f"{path}: not a receipt as receipt.schema.json describes it: {place}:"
            f" {wrong.message[:200]}"
        )
    if receipt["kind"] == "value":
        content = {key: value for key, value in receipt.items() if key != "id"}
        if receipt["id"] != f"sha256:{hashlib.sha256(canonical(content)).hexdigest()}":
            raise LakeError(
                f"{path}: its content is not the one its id is the hash of; the receipt was changed"
                " after it was made"
            )
    return receipt


@cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(
        json.loads((Path(__file__).parent / "receipt.schema.json").read_bytes())
    )
