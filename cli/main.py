"""``lumbung``: what a data engineer and an analyst type. Each command says what it does, teaches in
--help, and reports in --json.

Exit codes: 0 everything asked for is published, 2 it ran but something is withheld, 1 an error, a
mistyped command too. A command is a module of ``cli.commands``, which is imported when it is run;
to list them all, their docstrings are read and nothing is imported.
"""

import ast
import gc
import keyword
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from cli.options import ERROR, ERRORS, PUBLISHED
from pipelines.errors import LumbungError

COMMANDS = (
    "check",
    "new",
    "try",
    "run",
    "listen",
    "status",
    "systems",
    "lineage",
    "sql",
    "shell",
    "verify",
    "vacuum",
    "serve",
    "demo",
    "release",
)
"""In the order in which ``--help`` lists them."""


class Commands(Mapping[str, TyperCommand | TyperGroup]):
    """The commands by name, each imported when it is looked up."""

    def __getitem__(self, name: str) -> TyperCommand | TyperGroup:
        if name not in COMMANDS:
            raise KeyError(name)
        return _command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


@cache
def _command(name: str) -> Any:
    own = _own(name)
    module = import_module(f"cli.commands.{own}")
    single = typer.Typer(add_completion=False)
    single.command(name)(getattr(module, own))
    return typer.main.get_command(getattr(module, "app", single))


def _own(command: str) -> str:
    """Return what a command's module and function are called: a word of Python's has a _ behind."""
    return f"{command}_" if keyword.iskeyword(command) else command


class Lazy(TyperGroup):
    """A group whose commands are imported when one is run."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes | {"commands": Commands()})

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names, which needs no command."""
        return list(COMMANDS)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """List the commands by the first sentences of their docstrings."""
        self.commands = {name: TyperCommand(name, help=_summary(name)) for name in COMMANDS}
        super().format_help(ctx, formatter)


def _summary(command: str) -> str:
    own = _own(command)
    tree = ast.parse((Path(__file__).parent / "commands" / f"{own}.py").read_text("utf-8"))
    (function,) = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == own
    ]
    return _first_paragraph(ast.get_docstring(function))


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").partition("\n\n")[0].split())


app = typer.Typer(
    cls=Lazy,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=_first_paragraph(__doc__),
)


@app.callback()
def _lumbung() -> None:
    """Make a group of an app that has no command of its own."""


def main() -> None:
    """Run the command line; a LumbungError or a mistyped command is told as it is, exit 1."""
    gc.set_threshold(100_000, 20, 50)  # a 14th of a command's CPU went to looking for garbage
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
