"""The code location: ``build_defs(contracts, lake, sql)``. ``dagster dev`` calls ``defs`` with
the settings; tests call it with their own.
"""

from pathlib import Path

import dagster as dg

from assets.ingest import dataset_assets
from assets.release import release_assets, release_schedule
from assets.timetable import schedule_of, sensor_of
from pipelines.connectors.contracts import read_contracts
from pipelines.lake.lake import Lake
from pipelines.models.plan import planned
from pipelines.settings import contracts_path, lake_path, sql_path


def build_defs(contracts: Path, lake: Lake, sql: Path) -> dg.Definitions:
    """Return every asset, check, schedule and sensor of the city; ContractError when a contract
    or SQL file is wrong.
    """
    all_contracts = read_contracts(contracts)
    assets, schedules, sensors = [], [release_schedule()], []
    for contract in all_contracts:
        for dataset in contract.datasets:
            op = dataset_assets(lake, sql, contract, dataset)
            selection = dg.AssetSelection.assets(op)
            assets.append(op)
            schedules += [schedule for schedule in [schedule_of(dataset, selection)] if schedule]
            sensors += [sensor for sensor in [sensor_of(dataset, selection)] if sensor]
    assets.append(release_assets(lake, all_contracts, planned(sql, all_contracts), sql))
    return dg.Definitions(
        assets=assets, schedules=schedules, sensors=sensors, executor=dg.in_process_executor
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions of the lake and contracts that the settings name."""
    return build_defs(contracts_path(), Lake(lake_path()), sql_path())
