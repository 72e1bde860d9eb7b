"""Which passed partitions are to be asked for again, since what lies at their source is another
than what was landed: a CSV corrected in April for January, a row that was entered late.

What a connector sees of a partition without reading it is its ``look``; what is known of it stands
in the receipt of its delivery and in its verdict. One whose source keeps no past, or that nothing
tells anything of, is left alone.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pipelines.connectors.registry import connectors, look_of
from pipelines.contract.model import Dataset
from pipelines.contract.server import reachable
from pipelines.lake import verdicts
from pipelines.lake.delivery import Fingerprint, Standing
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import covering, following, last_day, today

MOST_DAYS = 400
"""How far back is looked, where deliveries are kept longer: a year and the month after it."""


def has_look(dataset: Dataset) -> bool:
    """Whether the past of a dataset can be looked at, by what its connector declares."""
    connector = connectors().get(dataset.source.connector)
    keeps_past = dataset.keeps_past and not last_day(dataset)
    return connector is not None and keeps_past and bool(connector.looks_at)


def changed(lake: Lake, dataset: Dataset) -> tuple[str, ...]:
    """Return the partitions that passed and are others at the source since; SourceError when the
    source cannot be looked at.
    """
    known = _known(lake, dataset) if has_look(dataset) else {}
    if not known:
        return ()
    look = look_of(dataset.source.connector)
    return tuple(sorted({*look(reachable(dataset), covering(dataset, known), known)}))


def _known(lake: Lake, dataset: Dataset) -> dict[str, Standing]:
    """Return what stands of every partition that passed; without those whose deliveries are not
    kept any more, or that the contract does not count among its days any more.
    """
    kept = timedelta(days=min(dataset.retention_days, MOST_DAYS))
    since = max(dataset.active_from, today(dataset.timezone) - kept)
    by_run: dict[str, dict[str, int]] = {}
    for row in verdicts.latest(lake, dataset.id):
        if row["verdict"] == "passed" and following(row["partition"]) > since:
            by_run.setdefault(row["run_id"], {})[row["partition"]] = row["delivered"]
    known: dict[str, Standing] = {}
    for run, rows in sorted(by_run.items()):
        receipt = lake.delivered(dataset.id, run)
        if receipt is not None:
            prints = _prints(receipt)
            known |= {key: Standing(count, prints.get(key, {})) for key, count in rows.items()}
    return known


def _prints(receipt: Mapping[str, Any]) -> dict[str, dict[str, Fingerprint]]:
    """Return the fingerprints of a delivery by partition and name."""
    prints: dict[str, dict[str, Fingerprint]] = {}
    for part in receipt["parts"]:
        by_partition = part.get("fingerprints", {})
        if part["partition"]:
            by_partition = {**by_partition, part["partition"]: _own(part)}
        for key, print_of in by_partition.items():
            prints.setdefault(key, {})[print_of["of"]] = Fingerprint(**print_of)
    return prints


def _own(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fingerprint of the file a part came from; of one from before there were any its
    content is known, of a ZIP nothing.
    """
    stated = part.get("fingerprint")
    if stated:
        return {**stated, "sha256": stated["sha256"] or part["sha256"]}
    file, _, member = part["address"].partition("!")
    known = None if member else part["sha256"]
    return {"of": file.rpartition("/")[2], "mark": "", "sha256": known}
