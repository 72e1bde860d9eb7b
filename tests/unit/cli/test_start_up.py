"""What starts often starts light: heavy libraries are imported by the command or the run that
needs them, and by nothing on the way to it.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from cli.commands import __path__ as folder
from cli.main import COMMANDS, Commands, _summary
from tests.released import SmallHouse

HEAVY = ("dagster", "duckdb", "great_expectations", "pandas", "polars", "pyarrow", "sqlalchemy")
HELP = "import sys; sys.argv = ['lumbung', '--help']; from cli.main import main; main()"
STATUS = "import cli.commands.status as c; c.status()"
LOCATION = "from assets.definitions import defs; defs()"
SAID = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); "


@pytest.mark.parametrize(
    ("starts", "needs"),
    [(HELP, ()), (STATUS, ("duckdb", "pyarrow")), (LOCATION, ("dagster", "duckdb", "pyarrow"))],
    ids=["help", "status", "code location"],
)
def test_what_starts_often_imports_only_what_it_needs(
    starts: str, needs: tuple[str, ...], house: SmallHouse, monkeypatch
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    done = subprocess.run(
        [sys.executable, "-c", SAID + starts], capture_output=True, text=True, check=True
    )
    imported = done.stderr.splitlines()[-1].split()
    assert [name for name in HEAVY if name in imported] == list(needs)


def test_the_help_lists_every_command_as_the_command_says_itself() -> None:
    modules = {path.stem for path in Path(folder[0]).glob("[!_]*.py")}
    assert modules == set(COMMANDS)
    for name, command in Commands().items():
        assert " ".join((command.help or "").partition("\n\n")[0].split()) == _summary(name) != ""
