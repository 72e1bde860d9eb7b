"""``lumbung``: what a data engineer and an analyst type. Each command says what it does, teaches in
--help, and reports in --json.

Exit codes: 0 everything asked for is published, 2 it ran but something is withheld, 1 an error, a
mistyped command too. Rooms that take long to import are imported by the command that needs them.
"""

import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli import contracts as contract_commands
from cli import inventory, query, show
from cli.options import AsOf, ContractsOption, Json, LakeOption, ReleaseOption
from cli.options import print_json as _print_json
from cli.releases import release_app
from pipelines.contract.reader import read_contracts
from pipelines.errors import LumbungError
from pipelines.lake.lake import Lake
from pipelines.models.sqlfile import read_sql_files
from pipelines.release.release import Release, open_release, release_as_of
from pipelines.settings import contracts_path, lake_path, sql_path

PUBLISHED, ERROR, WITHHELD = 0, 1, 2
ERRORS = Console(stderr=True, highlight=False)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=__doc__.splitlines()[0],
)
app.add_typer(release_app, name="release")


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help=(
                "Contracts or SQL files, or their folders; LUMBUNG_CONTRACTS and LUMBUNG_SQL when"
                " none."
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
    """Lint contracts and headers of SQL, each problem with file, line and remedy; or hold a
    contract against its live source, exit code 2 when they differ.

    Examples: lumbung check assets/contracts/sikesal.odcs.yaml; lumbung check --live sikesal
    """
    if live is not None:
        _check_live(contracts_path(contracts), Lake(lake_path(lake)), live, as_json)
    problems, read = contract_commands.lint(paths or [contracts_path(contracts), sql_path()])
    if as_json:
        _print_json({"read": read, "problems": problems})
    else:
        for problem in problems:
            ERRORS.print(problem, markup=False, soft_wrap=True)
        show.CONSOLE.print(f"files read: {len(read)}, problems: {len(problems)}")
    raise typer.Exit(ERROR if problems else PUBLISHED)


def _check_live(contracts: Path, lake: Lake, application: str, as_json: bool) -> None:
    from cli.live import compare, lines  # noqa: PLC0415  dagster takes a second to import

    found, unread = compare(contracts, lake, sql_path(), application)
    if as_json:
        _print_json(
            {
                "application": application,
                "differences": [asdict(each) for each in found],
                "unread": unread,
            }
        )
    else:
        for line in lines(contracts, application, found):
            show.CONSOLE.print(line, markup=False, soft_wrap=True)
        for each in unread:
            ERRORS.print(each, markup=False, soft_wrap=True)
        show.CONSOLE.print(
            f"{application}: {len(found)} differences, {len(unread)} datasets not read"
        )
    raise typer.Exit(ERROR if unread else WITHHELD if found else PUBLISHED)


@app.command()
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
    show.CONSOLE.print(f"{path} written; fill it in, then: lumbung check {path}", soft_wrap=True)


@app.command()
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
    from cli.materialize import materialize  # noqa: PLC0415  dagster takes a second to import

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
        _print_json(show.report_json(report))
    else:
        show.report(report)
    raise typer.Exit(ERROR if report.errors else WITHHELD if report.withheld else PUBLISHED)


@app.command()
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
    from cli.listen import listen as listen_to  # noqa: PLC0415  dagster takes a second to import

    raise typer.Exit(
        ERROR
        if listen_to(contracts_path(contracts), applications or [], seconds, as_json)
        else PUBLISHED
    )


@app.command()
def status(
    contracts: ContractsOption = None, lake: LakeOption = None, as_json: Json = False
) -> None:
    """Show each system's state (planned, active, degraded, retired), its datasets' freshness and
    last verdict, and what is withheld with the reasons.

    Example: lumbung status --json
    """
    entries = show.sources(Lake(lake_path(lake)), read_contracts(contracts_path(contracts)))
    _print_json({"sources": entries}) if as_json else show.status(entries)


@app.command()
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
    rows = inventory.rows(read_contracts(contracts_path(contracts)), read_sql_files(sql_path()))
    if as_json:
        _print_json(rows)
    elif markdown:
        sys.stdout.write(inventory.markdown(rows))
    else:
        show.table("Systems", list(inventory.COLUMNS), rows)


@app.command()
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
    from cli import lineage as told  # noqa: PLC0415  the SQL parser takes half a second to import

    if prov:
        _print_json(told.prov(Lake(lake_path(lake)), name, release))
        return
    found = told.lineage(contracts_path(contracts), sql_path(), name)
    _print_json(found) if as_json else told.tell(found)


@app.command()
def sql(
    text: Annotated[
        str, typer.Argument(metavar="QUERY", help="One SQL query over the release's tables.")
    ],
    form: Annotated[
        str, typer.Option("--format", help="table, csv, json or parquet (to standard output).")
    ] = "table",
    release: ReleaseOption = None,
    as_of: AsOf = None,
    lake: LakeOption = None,
) -> None:
    """Query the public tables of a release with DuckDB; of an earlier one by its id or by a day.

    Example: lumbung sql "SELECT status, count(*) FROM sikesal.complaints GROUP BY 1" --format csv
    --as-of 2026-11-30
    """
    query.answer(_chosen(lake, release, as_of), text, form)


@app.command()
def shell(release: ReleaseOption = None, as_of: AsOf = None, lake: LakeOption = None) -> None:
    """Query a release interactively; end each query with a semicolon, .tables lists tables,
    .quit leaves.
    """
    query.shell(_chosen(lake, release, as_of))


def _chosen(lake: Path | None, release: str | None, as_of: datetime | None) -> Release:
    """Return the release that was asked for: by its id, by a day, else the current one."""
    if release is not None and as_of is not None:
        raise LumbungError("--release and --as-of both choose a release; give one of them")
    target = Lake(lake_path(lake))
    return release_as_of(target, as_of.date()) if as_of else open_release(target, release)


@app.command()
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
    from cli.verify import report  # noqa: PLC0415  the engine takes a while to import

    told = report(Lake(lake_path(lake)), sql_path(), release, what, sample, quiet=as_json)
    if as_json:
        _print_json(told)
    raise typer.Exit(
        PUBLISHED if told["verified"] and all(each["ok"] for each in told["verified"]) else ERROR
    )


@app.command()
def vacuum(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    lake: LakeOption = None,
    as_json: Json = False,
) -> None:
    """Remove releases that are older than the retention of every contract they were made with, and
    the files no release left needs.

    Example: lumbung vacuum --dry-run
    """
    # the engine takes a while to import
    from pipelines.publication.retention import GRACE_HOURS  # noqa: PLC0415
    from pipelines.publication.retention import vacuum as vacuum_lake  # noqa: PLC0415

    gone = vacuum_lake(Lake(lake_path(lake)), datetime.now(UTC), GRACE_HOURS, dry_run)
    if as_json:
        _print_json(gone)
    else:
        counts = ", ".join(f"{len(found)} {what}" for what, found in gone.items())
        show.CONSOLE.print(
            f"{counts} {'would go' if dry_run else 'are gone'}; every release left can be rebuilt"
        )


@app.command()
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
    from cli.serving import serve_all  # noqa: PLC0415  dagster takes a second to import

    serve_all(lake_path(lake), contracts_path(contracts), port, dagster_port)


@app.command()
def demo(
    days: Annotated[int, typer.Option(min=1, max=366, help="Days up to yesterday.")] = 14,
    scale: Annotated[
        float,
        typer.Option(
            min=0.01,
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
    from cli.demo import Ports, run_demo  # noqa: PLC0415  dagster takes a second to import

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


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


def main() -> None:
    """Run the command line; a LumbungError or a mistyped command is told as it is, exit 1."""
    try:
        sys.exit(app(standalone_mode=False) or PUBLISHED)
    except typer.TyperException as error:
        ERRORS.print(
            f"{error.format_message()} `lumbung --help` and `lumbung COMMAND --help` show what"
            " there is",
            style="red",
            markup=False,
        )
        sys.exit(ERROR)
    except typer.Abort:
        sys.exit(ERROR)
    except LumbungError as error:
        ERRORS.print(str(error), style="red", markup=False, soft_wrap=True)
        sys.exit(ERROR)
