"""Published figures that were corrected, as the page of corrections lists them."""

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from pipelines.lake.verdicts import WITH_SEQUENCE
from pipelines.models.model import Model
from pipelines.release.figure_diff import COMPARED
from pipelines.release.release import Release
from portal.data.indicators import kpis
from portal.data.rows import rows_of


@dataclass(frozen=True)
class Correction:
    """One figure that was final and is another now: of which indicator (None when it is gone),
    what was said of it before and after, by column.
    """

    name: str
    kpi: Model | None
    number: str
    release: str
    made_at: datetime
    key: dict[str, Any]
    values: dict[str, tuple[str | None, str | None]]
    rules: tuple[str | None, str | None]
    causes: tuple[str, ...]


def newest_corrections(release: Release, most: int) -> list[Correction]:
    """Return the corrected figures, those of the newest release first; none in a release older
    than the list of them.
    """
    if release.manifest.corrections is None:
        return []
    known = {kpi.stem: kpi for kpi in kpis(release)}
    query = (
        f"SELECT * FROM (SELECT * FROM lumbung.corrections {WITH_SEQUENCE})"
        " ORDER BY sequence DESC NULLS LAST, release DESC, kpi, key DESC"
    )
    rows = rows_of(release.folder, query, ())
    listed = []
    for (made_by, name, key), group in groupby(
        rows, lambda row: (row["release"], row["kpi"], row["key"])
    ):
        changes = {row["column"]: row for row in group}
        values = {
            column: (changes[column]["old_value"], changes[column]["new_value"])
            for column in COMPARED
            if column in changes
        }
        first = next(iter(changes.values()))
        versions = (first["old_rule_version"], first["new_rule_version"])
        listed.append(
            Correction(
                name,
                known.get(name),
                first["number"],
                made_by,
                first["made_at"],
                json.loads(key),
                values,
                versions,
                tuple(first["cause"].split(", ")),
            )
        )
    return listed[:most]
