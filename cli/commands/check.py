"""``lumbung check``: are contracts, SQL and the city's file right, and do live sources deliver what
they say.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli import contracts as contract_commands
from cli.options import (
    ERROR,
    ERRORS,
    PUBLISHED,
    WITHHELD,
    ContractsOption,
    Json,
    LakeOption,
    print_json,
)
from cli.show import CONSOLE
from pipelines.lake.lake import Lake
from pipelines.settings import city_path, contracts_path, lake_path, sql_path


def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help=(
                "Contracts, SQL files, their folders or a city's file; LUMBUNG_CONTRACTS,"
                " LUMBUNG_SQL and LUMBUNG_CITY_FILE when none."
            )
        ),
    ] = None,
    live: Annotated[
        str | None,
        typer.Option(
            "--live",
            metavar="APPLICATION",
            help="Compare what its sources deliver now with its contract.",
        ),
    ] = None,
    contracts: ContractsOption = None,
    lake: LakeOption = None,
    as_json: Json = False,
) -> None:
    """Lint contracts, SQL and the city's file, each problem with file, line and remedy; SQL is held
    against the columns and types that contracts state. Or hold a contract against its live source,
    exit code 2 when they differ.

    Examples: lumbung check assets/contracts/sikesal.odcs.yaml; lumbung check --live sikesal
    """
    if live is not None:
        _check_live(contracts_path(contracts), Lake(lake_path(lake)), live, as_json)
    problems, read = contract_commands.lint(
        paths or [city_path(), contracts_path(contracts), sql_path()], contracts_path(contracts)
    )
    if as_json:
        print_json({"read": read, "problems": problems})
    else:
        for problem in problems:
            ERRORS.print(problem, markup=False, soft_wrap=True)
        CONSOLE.print(f"files read: {len(read)}, problems: {len(problems)}")
    raise typer.Exit(ERROR if problems else PUBLISHED)


def _check_live(contracts: Path, lake: Lake, application: str, as_json: bool) -> None:
    from cli.live import compare, lines  # noqa: PLC0415  dagster takes a second to import

    changes, unread = compare(contracts, lake, sql_path(), application)
    if as_json:
        print_json(
            {
                "application": application,
                "differences": [asdict(change) for change in changes],
                "unread": unread,
            }
        )
    else:
        for line in lines(contracts, application, changes):
            CONSOLE.print(line, markup=False, soft_wrap=True)
        for message in unread:
            ERRORS.print(message, markup=False, soft_wrap=True)
        CONSOLE.print(f"{application}: {len(changes)} differences, {len(unread)} datasets not read")
    raise typer.Exit(ERROR if unread else WITHHELD if changes else PUBLISHED)
