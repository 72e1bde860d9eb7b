"""``lumbung lineage``: of what something is made; how it is drawn is in ``cli.lineage``."""

from typing import Annotated

import typer

from cli.described import read_what_there_is
from cli.lineage import lineage as lineage_of
from cli.lineage import prov as prov_of
from cli.lineage import tell
from cli.options import ContractsOption, Json, LakeOption, print_json
from pipelines.lake.lake import Lake
from pipelines.settings import contracts_path, lake_path


def lineage(
    name: Annotated[
        str,
        typer.Argument(
            help="A KPI (its name or number), a mart, or a dataset as application.name."
        ),
    ],
    prov: Annotated[
        bool,
        typer.Option("--prov", help="As W3C PROV in JSON-LD, of the table that a release holds."),
    ] = False,
    release: Annotated[
        str | None, typer.Option(help="Release id, for --prov; the current one unless given.")
    ] = None,
    contracts: ContractsOption = None,
    lake: LakeOption = None,
    as_json: Json = False,
) -> None:
    """Show from which systems, datasets and columns something is made, and what is made of it.

    Examples: lumbung lineage G1; lumbung lineage mart.ispu_daily --json
    """
    if prov:
        print_json(prov_of(Lake(lake_path(lake)), name, release))
        return
    described = lineage_of(*read_what_there_is(contracts_path(contracts), lake_path(lake)), name)
    print_json(described) if as_json else tell(described)
