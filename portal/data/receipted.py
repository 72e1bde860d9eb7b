"""Receipts of a release's tables and of single values, as the portal hands them out."""

from typing import Any

from pipelines.errors import LakeError
from pipelines.lake.lake import Lake
from pipelines.receipts.receipt import read
from pipelines.release.release import Release
from pipelines.release.value_receipt import value_receipt
from pipelines.settings import lake_path
from pipelines.sqltext import identifier
from portal.data.rows import rows_of


def receipt_of(release: Release, name: str, key: dict[str, str]) -> dict[str, Any] | None:
    """Return the receipt of a table of the release, or of the one value of a KPI that ``key``
    names; None where there is none.
    """
    pinned = release.manifest.tables.get(name)
    if pinned is None or pinned.receipt is None:
        return None
    try:
        table = read(Lake(lake_path()), pinned.receipt)
    except LakeError:
        return None
    if not key:
        return table
    if not name.startswith("kpi.") or set(key) != set(release.manifest.models[name].key):
        return None
    for row in rows_of(release.folder, f"SELECT * FROM kpi.{identifier(name[4:])}", ()):
        if all(str(row[column]) == key[column] for column in key):
            return value_receipt(release, name, row, table)
    return None
