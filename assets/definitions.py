"""The code location: ``build_defs(contracts, lake, sql)``. Dagster's servers call ``defs`` with
the settings; tests call it with their own.

An application whose contract is wrong has no assets and no schedules here until it is mended; what
was said of it stands in the location's metadata, ``SET_ASIDE``.
"""

from pathlib import Path

import dagster as dg

from assets.ingest import dataset_assets
from assets.release import release_assets, release_schedule
from assets.timetable import revisit_of, schedule_of, sensor_of
from pipelines.contract.contracts import Contracts
from pipelines.lake.lake import Lake
from pipelines.models.plan import Plan, planned
from pipelines.release.last_good import standing_contracts
from pipelines.settings import contracts_path, lake_path, sql_path

SET_ASIDE = "set_aside"


def build_defs(contracts: Path, lake: Lake, sql: Path) -> dg.Definitions:
    """Return every asset, check, schedule and sensor of the city."""
    read = standing_contracts(contracts, lake)
    return defs_of(read, planned(sql, read.standing), lake, sql)


def defs_of(contracts: Contracts, plan: Plan, lake: Lake, sql: Path) -> dg.Definitions:
    """Return every asset, check, schedule and sensor of these contracts and models."""
    assets, schedules, sensors = [], [release_schedule()], []
    for contract in contracts.read:
        for dataset in contract.datasets:
            op = dataset_assets(lake, sql, contract, dataset)
            selection = dg.AssetSelection.assets(op)
            assets.append(op)
            timed = (schedule_of(lake, dataset, selection), revisit_of(lake, dataset, selection))
            schedules += [schedule for schedule in timed if schedule]
            sensors += [sensor for sensor in [sensor_of(dataset, selection)] if sensor]
    assets.append(release_assets(lake, contracts, plan, sql))
    return dg.Definitions(
        assets=assets,
        schedules=schedules,
        sensors=sensors,
        executor=dg.in_process_executor,
        metadata={SET_ASIDE: "\n".join(contracts.said)} if contracts.problems else {},
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions of the lake and contracts that the settings name."""
    return build_defs(contracts_path(), Lake(lake_path()), sql_path())
