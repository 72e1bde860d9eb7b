"""Targets the city keeps by hand in a register, held against the indicators there are: one of an
indicator or a measure that does not exist is never shown, and nobody would notice.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.errors import nearest
from pipelines.models.sqlfile import SqlFile

REGISTER = "targets.csv"


def unmatched(models: Sequence[SqlFile], registers: Path) -> Iterable[str]:
    """Yield, for each target in the folder ``registers`` that no indicator has, what is wrong."""
    path = registers / REGISTER
    if not path.is_file():
        return
    measures: dict[str, set[str]] = {}
    for model in models:
        if model.layer == "kpi":
            measures.setdefault(model.header.number, set()).update(model.measures)
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            place = f"{path}:{rows.line_num}: target {row.get('target_id')}"
            kpi, measure = row.get("kpi") or "", row.get("measure") or ""
            if kpi not in measures:
                yield f"{place}: there is no indicator '{kpi}'; {nearest(kpi, measures)}"
            elif measure not in (measures[kpi] or {""}):
                yield (
                    f"{place}: indicator {kpi} has no measure '{measure}';"
                    f" {nearest(measure, measures[kpi]) if measures[kpi] else 'leave it empty'}"
                )
