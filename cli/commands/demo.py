"""``lumbung demo``: a synthetic city, harvested and served; how is in ``cli.demo``."""

from typing import Annotated

import typer

from cli.demo import Ports, run_demo
from cli.options import ERROR, PUBLISHED, WITHHELD, Json, LakeOption
from pipelines.settings import lake_path


def demo(
    days: Annotated[int, typer.Option(min=1, max=366, help="Days up to yesterday.")] = 14,
    scale: Annotated[
        float,
        typer.Option(
            min=0.01,
            max=10,
            help=(
                "Volume against the real city's, which is 1; sources of a few records a day stay"
                " whole."
            ),
        ),
    ] = 0.05,
    seed: Annotated[int, typer.Option(help="Same seed, same city.")] = 1571,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the portal.")] = 8501,
    dagster_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of Dagster's UI; 0 leaves it out.")
    ] = 3000,
    city_port: Annotated[
        int,
        typer.Option(
            min=1,
            max=65452,
            help="Port of the demo city's web interfaces; SFTP is 22 above it, the broker 83.",
        ),
    ] = 8600,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End after the run.")] = False,
    lake: LakeOption = None,
    as_json: Json = False,
) -> None:
    """Start the synthetic demo city, harvest its last days, and serve the portal.

    Example: lumbung demo --days 7 --no-serve
    """
    city = Ports(city_port, city_port + 22, city_port + 83)
    report = run_demo(
        lake_path(lake),
        days,
        scale,
        seed,
        (port, dagster_port, city),
        serve=not no_serve,
        as_json=as_json,
    )
    raise typer.Exit(
        ERROR if report.errors else WITHHELD if report.withheld and no_serve else PUBLISHED
    )
