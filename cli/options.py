"""What commands have in common, written once: options, exit codes, how ``--json`` is printed.

Every command imports it, ``--help`` too, so nothing of the house is imported here but its
terminal.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.terminal import Terminal

PUBLISHED, ERROR, WITHHELD = 0, 1, 2
ERRORS = Terminal(stderr=True, highlight=False)

LakeOption = Annotated[
    Path | None, typer.Option("--lake", help="Folder of the lake [LUMBUNG_LAKE].")
]
ContractsOption = Annotated[
    Path | None, typer.Option("--contracts", help="Folder of contracts [LUMBUNG_CONTRACTS].")
]
Json = Annotated[bool, typer.Option("--json", help="Report as JSON on standard output.")]
ReleaseOption = Annotated[
    str | None, typer.Option("--release", help="Release id; the current one unless given.")
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        help="The release that was current when this day ended in the city.",
    ),
]


def print_json(value: Any) -> None:
    """Print a report as JSON on standard output."""
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False, default=str) + "\n")
