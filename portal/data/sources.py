"""Which systems' datasets a mart or an indicator is made of, through every mart between, and
which of those systems have stopped.
"""

from datetime import date

from pipelines.contract.model import Contract, Dataset
from pipelines.lake.partitions import last_day
from pipelines.lake.views import HISTORY
from pipelines.release.release import Release


def sources(release: Release, name: str) -> list[tuple[Contract, Dataset]]:
    """Return the datasets that a table ``<layer>.<name>`` of the release is made of, with their
    contracts, in the order of the contracts.
    """
    models = release.manifest.models
    seen: set[str] = set()
    left = [name]
    while left:
        read = left.pop().removesuffix(HISTORY)
        if read not in seen:
            seen.add(read)
            left += models[read].reads if read in models else []
    return [owned for owned in release.datasets if owned[1].id in seen]


def stopped(release: Release, name: str) -> list[tuple[Contract, date]]:
    """Return the systems among a table's sources that have stopped, with their last day: no
    figure of it is awaited after that.
    """
    stopped_systems: dict[str, tuple[Contract, date]] = {}
    for contract, dataset in sources(release, name):
        if day := last_day(dataset):
            stopped_systems[contract.application] = (
                contract,
                max(day, stopped_systems.get(contract.application, (contract, day))[1]),
            )
    return list(stopped_systems.values())
