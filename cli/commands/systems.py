"""``lumbung systems``: the inventory of the city; its columns are in ``cli.inventory``."""

import sys
from typing import Annotated

import typer

from cli import inventory, show
from cli.described import read_what_there_is
from cli.options import ContractsOption, Json, print_json
from pipelines.settings import contracts_path, lake_path


def systems(
    contracts: ContractsOption = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As the table in docs/systems.md.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the city's systems: their datasets, the protocol each is read by, its information class,
    and where it is published.

    Example: lumbung systems --markdown
    """
    rows = inventory.rows(*read_what_there_is(contracts_path(contracts), lake_path()))
    if as_json:
        print_json(rows)
    elif markdown:
        sys.stdout.write(inventory.markdown(rows))
    else:
        show.table("Systems", list(inventory.COLUMNS), rows)
