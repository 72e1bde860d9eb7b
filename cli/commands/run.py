"""``lumbung run``: harvest, models, release through Dagster; progress is in ``cli.materialize``."""

from datetime import date, datetime
from getpass import getuser
from typing import Annotated

import typer

from cli import show
from cli.materialize import materialize
from cli.options import ERROR, PUBLISHED, WITHHELD, ContractsOption, Json, LakeOption, print_json
from cli.profile import profile as print_profile
from pipelines.errors import LumbungError
from pipelines.lake.lake import Lake
from pipelines.settings import contracts_path, lake_path, sql_path

Profile = Annotated[
    bool,
    typer.Option("--profile", help="Also show each step's seconds and bytes; --json has them."),
]


def run(
    applications: Annotated[
        list[str] | None, typer.Argument(help="Applications to harvest; all when none.")
    ] = None,
    first: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            formats=["%Y-%m-%d"],
            help="First day; else the first that has not passed, since the earliest harvested.",
        ),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; else the last complete one."),
    ] = None,
    contracts: ContractsOption = None,
    lake: LakeOption = None,
    data_docs: Annotated[
        bool,
        typer.Option(
            "--data-docs", help="Also build Great Expectations' Data Docs, under docs/ in the lake."
        ),
    ] = False,
    accept_volume: Annotated[
        str | None,
        typer.Option(
            "--accept-volume",
            metavar="WHY",
            help="Take these days' number of rows for right, however unusual: who says so, and"
            " why. It is recorded with the verdict.",
        ),
    ] = None,
    profile: Profile = False,
    as_json: Json = False,
) -> None:
    """Materialize through Dagster: fetch, land, refine, judge, publish, then KPIs and a release.

    Example: lumbung run sikesal aqms --from 2026-11-01 --to 2026-11-14
    """
    target = Lake(lake_path(lake))
    report = materialize(
        contracts_path(contracts),
        target,
        sql_path(),
        applications or [],
        _day(first),
        _day(last),
        quiet=as_json,
        data_docs=data_docs,
        accepted=_accepted(accept_volume, bool(applications and first and last)),
    )
    if as_json:
        print_json(show.report_json(report))
    else:
        show.report(report)
        if profile:
            print_profile(report)
    raise typer.Exit(ERROR if report.errors else WITHHELD if report.withheld else PUBLISHED)


def _accepted(why: str | None, is_named: bool) -> str | None:
    """Return who takes the volume of the days for right, and why; only of named ones."""
    if why is None:
        return None
    if not why.strip() or not is_named:
        raise LumbungError(
            "--accept-volume says why, and of which application and days: give the application,"
            " --from and --to"
        )
    return f"{getuser()}: {why}"


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None
