"""``lumbung serve``: the portal and Dagster on this machine; their processes: ``cli.serving``."""

from typing import Annotated

import typer

from cli.options import ContractsOption, LakeOption
from cli.serving import serve_all
from pipelines.settings import contracts_path, lake_path


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the portal.")] = 8501,
    dagster_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of Dagster's UI; 0 leaves it out.")
    ] = 3000,
    lake: LakeOption = None,
    contracts: ContractsOption = None,
) -> None:
    """Serve the portal and Dagster's UI on this machine until Ctrl-C.

    Example: lumbung serve --port 8700
    """
    serve_all(lake_path(lake), contracts_path(contracts), port, dagster_port)
