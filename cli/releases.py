"""``lumbung release``: which releases the lake has, and what one pins."""

from typing import Annotated

import typer

from cli import show
from cli.options import Json, LakeOption, print_json
from pipelines.lake import Lake
from pipelines.release import open_release, releases
from pipelines.settings import lake_path

release_app = typer.Typer(no_args_is_help=True, help="List the releases of the lake, or show what one pins.")


@release_app.command("list")
def release_list(lake: LakeOption = None, as_json: Json = False) -> None:
    """List the releases, oldest first."""
    found = [{"release": each.id, "made_at": each.manifest["made_at"], "tables": len(each.manifest["tables"])} for each in releases(Lake(lake_path(lake)))]
    print_json(found) if as_json else show.table("Releases", ["release", "made_at", "tables"], found)


@release_app.command("show")
def release_show(
    release: Annotated[str, typer.Argument(metavar="ID", help="Release id, or current.")],
    lake: LakeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="As it is always shown.")] = True,
) -> None:
    """Show what a release pins, as JSON."""
    print_json(open_release(Lake(lake_path(lake)), None if release == "current" else release).manifest)
