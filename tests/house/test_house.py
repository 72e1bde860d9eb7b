"""The house holds to its own rules: charters, sizes, fences, and documents that name only what
exists.
"""

import ast
import os
import re
import statistics
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from cli import inventory
from cli.main import app
from pipelines.contract.reader import CONNECTORS, read_contracts
from pipelines.contract.terms import LEVELS, PARTITION_RULES, ROW_RULES
from pipelines.lineage.columns import closed_inputs, columns_of
from pipelines.models.sqlfile import NOBODY, read_sql_files
from pipelines.settings import PROJECT, SETTINGS

ROOMS = ("assets", "pipelines", "quality", "portal", "demo", "cli")
FILES = sorted(path for room in ROOMS for path in (PROJECT / room).rglob("*.py"))
README = (PROJECT / "README.md").read_text("utf-8")
CONTRIBUTING = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_module_opens_with_its_charter_and_stays_small(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    charter = ast.get_docstring(tree)
    assert charter and len(charter.split()) >= 8, "say what belongs here and what does not"
    assert path.stem not in ("utils", "helpers", "common", "manager", "misc")
    assert len(path.read_text("utf-8").splitlines()) <= 300
    if path.name == "__init__.py":
        assert len(tree.body) == 1, "__init__.py holds a docstring only"


def test_the_median_file_is_small() -> None:
    assert statistics.median(len(path.read_text("utf-8").splitlines()) for path in FILES) <= 100


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"])
def test_a_document_says_nothing_twice(name: str) -> None:
    lines = [line for line in (PROJECT / name).read_text("utf-8").splitlines() if len(line) > 40]
    assert sorted({line for line in lines if lines.count(line) > 1}) == []


OFFICE = '"/ppid'
"""The information office's page bears the office's name, as one of the applications does."""


def test_no_dataset_is_named_in_code() -> None:
    names = {
        path.name.removesuffix(".odcs.yaml")
        for path in (PROJECT / "assets" / "contracts").glob("*.odcs.yaml")
    }
    for path in FILES:
        if path.relative_to(PROJECT).parts[0] in ("pipelines", "quality", "assets", "portal"):
            words = set(re.findall(r"[a-z_]+", path.read_text("utf-8").replace(OFFICE, "")))
            assert not names & words, (
                f"{path} names {names & words}; datasets belong in contracts and SQL"
            )


def commands() -> set[str]:
    found = set()
    for name, each in get_command(app).commands.items():  # type: ignore[attr-defined]
        found |= (
            {f"{name} {inner}" for inner in each.commands} if hasattr(each, "commands") else {name}
        )
    return found


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    known = commands()
    assert all(f"lumbung {name}" in README for name in known)
    for name, second in re.findall(r"`?lumbung ([a-z]+)(?: ([a-z]+))?", README + CONTRIBUTING):
        assert name in known or f"{name} {second}" in known, f"there is no command lumbung {name}"


def test_every_setting_is_documented_with_its_default() -> None:
    for name, (default, meaning) in SETTINGS.items():
        shown = default.replace(str(PROJECT) + "/", "") or "–"
        assert f"| `{name}` | `{shown}` | {meaning} |" in README, (
            f"| `{name}` | `{shown}` | {meaning} |"
        )
    used = {
        name
        for path in FILES
        for name in re.findall(r"LUMBUNG_[A-Z_]+[A-Z]", path.read_text("utf-8"))
    }
    assert {name for name in used if name not in SETTINGS} <= {
        "LUMBUNG_SERVER",
        "LUMBUNG_DROP",
        "LUMBUNG_REAL",
    }


def test_every_key_rule_and_connector_is_documented() -> None:
    for table in LEVELS.values():
        for name in table:
            assert f"`{name}`" in CONTRIBUTING, name
    for name in (*ROW_RULES, *PARTITION_RULES, *CONNECTORS):
        assert f"`{name}`" in CONTRIBUTING, name


def test_make_targets_in_the_documents_exist() -> None:
    targets = set(
        re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)
    )
    assert set(re.findall(r"`make ([a-z]+)`", README + CONTRIBUTING)) <= targets


def test_files_the_documents_name_exist() -> None:
    for name in re.findall(
        r"`((?:assets|pipelines|quality|portal|demo|cli|sql|tests)/[A-Za-z0-9_./]+)`",
        README + CONTRIBUTING,
    ):
        assert "NAME" in name or (PROJECT / name).exists(), f"{name} is named and not there"
    for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (PROJECT / name).is_file()


def test_the_page_never_lets_html_through() -> None:
    for path in (PROJECT / "portal").rglob("*.py"):
        assert "unsafe_allow_html" not in path.read_text("utf-8")


def test_nothing_committed_holds_data_or_secrets() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()
    data = [
        name
        for name in listed
        if name.endswith((".parquet", ".duckdb", ".sqlite", ".xlsx", ".csv"))
    ]
    assert [name for name in data if not re.fullmatch(r"assets/registers/\w+[.]csv", name)] == []


def test_the_readmes_table_of_systems_is_the_contracts() -> None:
    shown = README.partition("<!-- systems -->\n")[2].partition("<!-- /systems -->")[0]
    rows = inventory.rows(
        read_contracts(PROJECT / "assets" / "contracts"), read_sql_files(PROJECT / "sql")
    )
    assert shown == inventory.markdown(rows), (
        "lumbung systems --markdown writes the table between the marks"
    )


@pytest.mark.xdist_group("house")
def test_tests_of_one_group_share_a_worker(request: pytest.FixtureRequest) -> None:
    """A pytest that pytest-xdist does not know yet spreads the groups, and each worker harvests
    a city of its own.
    """
    if os.environ.get("PYTEST_XDIST_WORKER"):
        assert request.node.nodeid.endswith("@house")


def test_no_figure_of_persons_is_published_without_saying_what_its_cells_stand_on() -> None:
    contracts, models = (
        read_contracts(PROJECT / "assets" / "contracts"),
        read_sql_files(PROJECT / "sql"),
    )
    columns = columns_of(models, contracts)
    of_persons = {
        each.id
        for contract in contracts
        for each in contract.datasets
        if {"personal", "specific"} & {column.classification for column in each.columns}
    }
    for model in models:
        if model.is_public and set(model.cells) <= {NOBODY}:
            closed = {
                field.table
                for field in closed_inputs(columns[f"{model.layer}.{model.name}"], contracts)
            }
            assert not closed & of_persons, (
                f"{model.path}: stands on closed records of persons; write lines '-- cells COUNT:"
                " figures'"
            )
