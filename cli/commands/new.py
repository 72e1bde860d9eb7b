"""``lumbung new``: a contract to fill in; the template is beside ``cli.contracts``."""

from typing import Annotated

import typer

from cli import contracts as contract_commands
from cli.options import ContractsOption
from cli.show import CONSOLE
from pipelines.settings import contracts_path


def new(
    name: Annotated[
        str, typer.Argument(help="The application's id: lower case letters, digits, _.")
    ],
    contracts: ContractsOption = None,
) -> None:
    """Start a contract: writes NAME.odcs.yaml with a comment on every key, ready to be filled in.

    Example: lumbung new posyandu
    """
    path = contract_commands.start(name, contracts_path(contracts))
    CONSOLE.print(f"{path} written; fill it in, then: lumbung check {path}", soft_wrap=True)
