"""The receipt of one published value: what a reader takes away, with its table's receipt inside.
``receipts`` says what a receipt is.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pipelines.receipts.canonical import canonical
from pipelines.receipts.receipt import SCHEMA, Receipt
from pipelines.release.release import Release


def value_receipt(
    release: Release, name: str, row: Mapping[str, Any], table_receipt: Receipt
) -> Receipt:
    """Return the receipt of one value of ``kpi.<name>``: ``row`` with all its columns; its
    ``id`` is the hash of the rest.
    """
    model, pinned = release.manifest.models[name], release.manifest.tables[name]
    receipt = {
        "schema": SCHEMA,
        "kind": "value",
        "release": release.id,
        "made_at": release.made_at.isoformat(),
        "kpi": model.header.number,
        "name": name,
        "key": {column: row[column] for column in model.key},
        "row": json.loads(canonical(dict(row))),
        "table": {"version": pinned.version, "receipt": pinned.receipt},
        "made_from": table_receipt,
    }
    return {**receipt, "id": f"sha256:{hashlib.sha256(canonical(receipt)).hexdigest()}"}
