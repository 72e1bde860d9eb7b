"""Which passed partitions are to be asked for again, since what lies at their source is another
file than the one that was landed: a CSV corrected in April for January.

Only files whose names state their partition can be told apart; what a connector sees of one without
reading it is its ``look``. A file that was touched and says the same makes no new delivery.
"""

from dataclasses import dataclass
from datetime import timedelta

from pipelines.connectors.registry import look_of
from pipelines.contract.model import Dataset
from pipelines.contract.server import reachable
from pipelines.lake import verdicts
from pipelines.lake.delivery import Sighting
from pipelines.lake.durable import sha256_of
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import first_day, following, keys_between, last_day, today, window_of

MOST_DAYS = 400
"""How far back is looked, where deliveries are kept longer: a year and the month after it."""


@dataclass(frozen=True)
class _Read:
    """What is known of a file that was landed; a delivery from before there were fingerprints has
    no ``mark``.
    """

    mark: str | None
    sha256: str | None


def changed(lake: Lake, dataset: Dataset) -> tuple[str, ...]:
    """Return the partitions that passed and whose files were changed or joined by others since;
    SourceError when the source cannot be looked at.
    """
    look = look_of(dataset.source.connector)
    if look is None or dataset.is_now_only or last_day(dataset):
        return ()
    since = today(dataset.timezone) - timedelta(days=min(dataset.retention_days, MOST_DAYS))
    runs = {
        row["partition"]: row["run_id"]
        for row in verdicts.latest(lake, dataset.id)
        if row["verdict"] == "passed" and following(row["partition"]) > since
    }
    known = _landed(lake, dataset, runs)
    if not known:
        return ()
    between = keys_between(dataset, first_day(min(known)), first_day(max(known)))
    return tuple(
        sorted(
            {
                sighting.partition
                for sighting in look(reachable(dataset), window_of(dataset, between))
                if sighting.partition in known
                and not _is_same(sighting, known[sighting.partition].get(sighting.of))
            }
        )
    )


def _landed(lake: Lake, dataset: Dataset, runs: dict[str, str]) -> dict[str, dict[str, _Read]]:
    """Return by partition what was landed for it by its run, by the file's name; without the
    partitions whose deliveries are not kept any more.
    """
    known: dict[str, dict[str, _Read]] = {}
    for run in sorted(set(runs.values())):
        receipt = lake.delivered(dataset.id, run)
        if receipt is None:
            continue
        mine = {key for key, of_run in runs.items() if of_run == run}
        known |= {key: {} for key in mine}
        for part in receipt["parts"]:
            if part["partition"] in mine:
                print_of = part.get("fingerprint")
                known[part["partition"]] |= (
                    {print_of["of"]: _Read(print_of["mark"], print_of["sha256"] or part["sha256"])}
                    if print_of
                    else _of_address(part["address"], part["sha256"])
                )
    return known


def _of_address(address: str, sha256: str) -> dict[str, _Read]:
    """Return what a part without a fingerprint tells of its file; nothing is known of a ZIP."""
    file, _, member = address.partition("!")
    return {file.rpartition("/")[2]: _Read(None, None if member else sha256)}


def _is_same(sighting: Sighting, known: _Read | None) -> bool:
    if known is None:
        return False
    if known.mark == sighting.mark:
        return True
    if sighting.path is None or known.sha256 is None:
        return known.mark is None
    return sha256_of(sighting.path) == known.sha256
