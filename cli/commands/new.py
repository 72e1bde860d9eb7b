"""``lumbung new``: a contract to fill in; the template is beside ``cli.contracts``, what drafts one
from records is ``pipelines.draft``.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli import contracts as contract_commands
from cli.options import ContractsOption, Json, print_json
from cli.show import CONSOLE
from pipelines.errors import LumbungError
from pipelines.settings import contracts_path


def new(
    name: Annotated[
        str, typer.Argument(help="The application's id: lower case letters, digits, _.")
    ],
    more: Annotated[
        list[str] | None, typer.Argument(help="More sources, after the one of --from.")
    ] = None,
    sources: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="SOURCE",
            help="Draft it from what is there: files, a folder, a ZIP, the http(s) address of a"
            " file or JSON list, postgresql://…#schema.table, mysql://…#table,"
            " sqlite:///file#table.",
        ),
    ] = None,
    contracts: ContractsOption = None,
    as_json: Json = False,
) -> None:
    """Start a contract: writes NAME.odcs.yaml with a comment on every key, ready to be filled in;
    or, with --from, drafts it from records: types, keys, codes and dates with their evidence, every
    column closed, TODO where a person must decide. No lake is touched.

    Examples: lumbung new posyandu; lumbung new posyandu --from drop/posyandu/*.csv
    """
    if more and not sources:
        raise LumbungError(f"'{more[0]}': sources come after --from: lumbung new {name} --from ...")
    folder = contracts_path(contracts)
    made: dict[str, Any] = {"datasets": [], "left_out": []}
    if sources:
        path, made = contract_commands.draft(name, folder, [*sources, *(more or ())])
    else:
        path = contract_commands.start(name, folder)
    if as_json:
        print_json({"path": path, "todo": _todos(path), **made})
        return
    for profile in made["datasets"]:
        CONSOLE.print(_said(profile), soft_wrap=True, markup=False)
    for why in made["left_out"]:
        CONSOLE.print(f"left out: {why}", soft_wrap=True, markup=False)
    done = f"settle its {_todos(path)} TODOs" if sources else "fill it in"
    CONSOLE.print(f"{path} written; {done}, then: lumbung check {path}", soft_wrap=True)


def _todos(path: Path) -> int:
    """Return how many lines of a contract wait for a person."""
    return sum("TODO" in line for line in path.read_text("utf-8").splitlines())


def _said(profile: dict[str, Any]) -> str:
    fields = profile["fields"]
    personal = sum(field["why"] is not None for field in fields)
    key = ", ".join(profile["key"]["fields"]) or "its place"
    by = profile["placing"]["by"] or "nothing"
    placed = f"{profile['placing']['delivery']} placed by {by}"
    return (
        f"{profile['dataset']}: {profile['records']:,} records, {len(fields)} columns, {personal}"
        f" of them look personal; key: {key}; {placed}"
    )
