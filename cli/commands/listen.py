"""``lumbung listen``: land what brokers send; how long and how loud is in ``cli.listen``."""

from typing import Annotated

import typer

from cli.listen import listen as listen_to
from cli.options import ERROR, PUBLISHED, ContractsOption, Json
from pipelines.settings import contracts_path


def listen(
    applications: Annotated[
        list[str] | None,
        typer.Argument(help="Applications to listen to; every one that has a broker when none."),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option("--for", metavar="SECONDS", min=0.1, help="End after so many seconds."),
    ] = None,
    contracts: ContractsOption = None,
    as_json: Json = False,
) -> None:
    """Land what MQTT brokers send in the spool [LUMBUNG_SPOOL], until Ctrl-C; one line a minute
    says how much.

    Example: lumbung listen cctv
    """
    raise typer.Exit(
        ERROR
        if listen_to(contracts_path(contracts), applications or [], seconds, as_json)
        else PUBLISHED
    )
