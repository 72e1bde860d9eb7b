"""What commands that describe the city read: contracts and SQL, each file that reads; of what does
not, and is left out or stands as it last was, they tell on standard error and go on.
"""

from pathlib import Path

from cli.options import ERRORS
from pipelines.contract.model import Contract
from pipelines.lake.lake import Lake
from pipelines.models.sqlfile import SqlFile, readable_sql_files
from pipelines.release.last_good import standing_contracts
from pipelines.settings import sql_path


def read_what_there_is(
    contracts: Path, lake: Path
) -> tuple[tuple[Contract, ...], tuple[SqlFile, ...]]:
    """Return the contracts in force and the models whose file can be read."""
    read = standing_contracts(contracts, Lake(lake))
    models, problems = readable_sql_files(sql_path())
    for said in (*read.said, *problems.values()):
        ERRORS.print(said, markup=False, soft_wrap=True)
    return read.standing, models
