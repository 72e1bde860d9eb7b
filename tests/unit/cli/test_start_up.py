"""What starts often starts light: heavy libraries are imported by the command or the run that
needs them, and by nothing on the way to it.
"""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from cli.commands import __path__ as folder
from cli.main import COMMANDS, Commands, _summary
from pipelines.settings import contracts_path
from tests.released import SmallHouse, released
from tests.sample import drop, row

HEAVY = (
    "alembic",
    "altair.vegalite",
    "dagster",
    "duckdb",
    "great_expectations",
    "ocdsmerge",
    "openlineage",
    "pandas",
    "polars",
    "pyarrow",
    "rdflib",
    "scipy.special",
    "sqlalchemy",
)
LUMBUNG, MAIN = "import sys; sys.argv", "; from cli.main import main; main()"
HELP = f"{LUMBUNG} = ['lumbung', '--help']{MAIN}"
CHECK = f"{LUMBUNG} = ['lumbung', 'check', {str(contracts_path())!r}]{MAIN}"
RUN = f"{LUMBUNG} = ['lumbung', 'run']{MAIN}"
STATUS = "import cli.commands.status as c; c.status()"
LOCATION = "from assets.definitions import defs; defs()"
SAID = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); "


@pytest.mark.parametrize(
    ("starts", "needs"),
    [
        (HELP, ()),
        (STATUS, ("duckdb", "pyarrow")),
        (CHECK, ("duckdb", "pandas", "pyarrow")),
        (LOCATION, ("dagster", "duckdb", "pyarrow")),
    ],
    ids=["help", "status", "check", "code location"],
)
def test_what_starts_often_imports_only_what_it_needs(
    starts: str, needs: tuple[str, ...], house: SmallHouse, monkeypatch
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    assert imported(starts) == needs


def test_a_run_opens_dagster_where_it_has_something_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = released(tmp_path)
    for name, value in {
        "LUMBUNG_LAKE": house.lake.root,
        "LUMBUNG_CONTRACTS": house.contracts,
        "LUMBUNG_SQL": house.sql,
        "LUMBUNG_TODAY": "2026-01-03",
    }.items():
        monkeypatch.setenv(name, str(value))
    # pandas is imported by pyarrow and DuckDB, wherever a value of Python's becomes theirs
    assert imported(RUN) == ("duckdb", "pandas", "pyarrow")
    assert not (house.lake.state / "history").exists()
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-04")
    drop(tmp_path / "drop", date(2026, 1, 3), [row(date(2026, 1, 3))])
    judging = ("great_expectations", "pandas", "pyarrow", "sqlalchemy")
    assert imported(RUN) == ("alembic", "dagster", "duckdb", *judging), "what a harvest needs"
    assert (house.lake.state / "history").exists()


def imported(code: str) -> tuple[str, ...]:
    """Return which heavy libraries a process has imported that ran this."""
    done = subprocess.run(
        [sys.executable, "-c", SAID + code], capture_output=True, text=True, check=True
    )
    modules = done.stderr.splitlines()[-1].split()
    return tuple(name for name in HEAVY if name in modules)


def test_the_help_lists_every_command_as_the_command_says_itself() -> None:
    modules = {path.stem.removesuffix("_") for path in Path(folder[0]).glob("[!_]*.py")}
    assert modules == set(COMMANDS)
    for name, command in Commands().items():
        assert " ".join((command.help or "").partition("\n\n")[0].split()) == _summary(name) != ""
