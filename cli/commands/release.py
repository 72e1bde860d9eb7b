"""``lumbung release``: the releases of the lake, what one pins, and what differs between two."""

from dataclasses import asdict
from typing import Annotated

import typer

from cli import difference, show
from cli.options import Json, LakeOption, print_json
from pipelines.lake.lake import Lake
from pipelines.release.diff import diff
from pipelines.release.release import open_release, releases
from pipelines.settings import lake_path

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def release() -> None:
    """List the releases of the lake, show what one pins, or what differs between two."""


@app.command("list")
def list_releases(lake: LakeOption = None, as_json: Json = False) -> None:
    """List the releases, oldest first."""
    rows = [
        {
            "release": published.id,
            "made_at": published.manifest.made_at,
            "tables": len(published.manifest.tables),
        }
        for published in releases(Lake(lake_path(lake)))
    ]
    (
        print_json(rows)
        if as_json
        else show.table("Releases", ["release", "made_at", "tables"], rows)
    )


@app.command("show")
def show_release(
    release: Annotated[str, typer.Argument(metavar="ID", help="Release id, or current.")],
    lake: LakeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="As it is always shown.")] = True,
) -> None:
    """Show what a release pins, as JSON."""
    print_json(open_release(Lake(lake_path(lake)), release).manifest.written())


@app.command("diff")
def diff_releases(
    before: Annotated[
        str,
        typer.Argument(
            metavar="A", help="Release id, current, or previous (the one before the current)."
        ),
    ] = "previous",
    after: Annotated[
        str, typer.Argument(metavar="B", help="Release id, current, or previous.")
    ] = "current",
    examples: Annotated[
        int, typer.Option(min=0, max=10_000, help="Most examples of each kind in a table.")
    ] = 10,
    lake: LakeOption = None,
    as_json: Json = False,
) -> None:
    """Show what differs between two releases: rows and values by table, columns, contracts and SQL.

    Example: lumbung release diff previous current
    """
    target = Lake(lake_path(lake))
    result = diff(target, open_release(target, before), open_release(target, after), examples)
    print_json(asdict(result)) if as_json else difference.show(result)
