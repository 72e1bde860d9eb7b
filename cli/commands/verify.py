"""``lumbung verify``: is what was published what its receipts make; how is in ``cli.verify``."""

from typing import Annotated

import typer

from cli.options import ERROR, PUBLISHED, Json, LakeOption, print_json
from cli.verify import report
from pipelines.lake.lake import Lake
from pipelines.settings import lake_path, sql_path


def verify(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="WHAT",
            help="A receipt, a published file, a KPI (G1 or its name), a mart or a dataset.",
        ),
    ] = None,
    release: Annotated[
        str | None, typer.Option(help="Release id; the latest unless given.")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="Verify so many numbers and partitions, chosen by chance."),
    ] = None,
    lake: LakeOption = None,
    as_json: Json = False,
) -> None:
    """Rebuild what was published from its receipts, the whole release when none is named, and say
    OK or the first difference; exit code 1 then.

    Examples: lumbung verify G1; lumbung verify sikesal.complaints; lumbung verify --release latest
    --sample 20
    """
    result = report(Lake(lake_path(lake)), sql_path(), release, what, sample, quiet=as_json)
    if as_json:
        print_json(result)
    raise typer.Exit(
        PUBLISHED
        if result["verified"] and all(outcome["ok"] for outcome in result["verified"])
        else ERROR
    )
