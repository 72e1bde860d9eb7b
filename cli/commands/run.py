"""``lumbung run``: harvest, models, release through Dagster; progress is in ``cli.materialize``."""

from datetime import date, datetime
from typing import Annotated

import typer

from cli import show
from cli.materialize import materialize
from cli.options import ERROR, PUBLISHED, WITHHELD, ContractsOption, Json, LakeOption, print_json
from pipelines.lake.lake import Lake
from pipelines.settings import contracts_path, lake_path, sql_path


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
    )
    if as_json:
        print_json(show.report_json(report))
    else:
        show.report(report)
    raise typer.Exit(ERROR if report.errors else WITHHELD if report.withheld else PUBLISHED)


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None
