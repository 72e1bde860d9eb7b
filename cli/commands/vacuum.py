"""``lumbung vacuum``: let go of what no release needs; what that is, retention knows."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.options import Json, LakeOption, print_json
from cli.show import CONSOLE
from pipelines.lake.lake import Lake
from pipelines.publication.retention import GRACE_HOURS
from pipelines.publication.retention import vacuum as vacuum_lake
from pipelines.settings import lake_path


def vacuum(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    lake: LakeOption = None,
    as_json: Json = False,
) -> None:
    """Remove releases that are older than the retention of every contract they were made with, and
    the files no release left needs.

    Example: lumbung vacuum --dry-run
    """
    gone = vacuum_lake(Lake(lake_path(lake)), datetime.now(UTC), GRACE_HOURS, dry_run)
    if as_json:
        print_json(gone)
    else:
        counts = ", ".join(f"{len(removed)} {kind}" for kind, removed in gone.items())
        CONSOLE.print(
            f"{counts} {'would go' if dry_run else 'are gone'}; every release left can be rebuilt"
        )
