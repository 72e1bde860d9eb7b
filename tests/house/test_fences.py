"""What code may not do in its room, beside the imports that import-linter holds: name a dataset,
let HTML through, commit data, publish a figure of persons that says nothing of its cells.
"""

import os
import re
import subprocess

import grimp
import pytest

from pipelines.connectors.contracts import read_contracts
from pipelines.lineage.columns import closed_inputs, columns_of
from pipelines.models.sqlfile import NOBODY, read_sql_files
from pipelines.settings import PROJECT
from tests.house.generated import ROOMS

CITY_BLIND = ("pipelines", "quality", "assets", "portal")
OFFICE = '"/ppid'
"""The information office's page bears the office's name, as one of the applications does."""
LONGEST_CHAIN = {"portal.app": 11, "assets.definitions": 13, "cli.commands.demo": 24}
"""Modules in the longest chain of imports from each door."""


def test_no_dataset_is_named_in_code() -> None:
    contracts = (PROJECT / "assets" / "contracts").glob("*.odcs.yaml")
    names = {path.name.removesuffix(".odcs.yaml") for path in contracts}
    for path in (path for room in CITY_BLIND for path in (PROJECT / room).rglob("*.py")):
        words = set(re.findall(r"[a-z_]+", path.read_text("utf-8").replace(OFFICE, "")))
        assert not names & words, (
            f"{path} names {names & words}; datasets belong in contracts and SQL"
        )


def test_the_page_never_lets_html_through() -> None:
    for path in (PROJECT / "portal").rglob("*.py"):
        assert "unsafe_allow_html" not in path.read_text("utf-8")


def test_nothing_committed_holds_data_or_secrets() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()
    kinds = (".parquet", ".duckdb", ".sqlite", ".xlsx", ".csv")
    data = [name for name in listed if name.endswith(kinds)]
    assert [name for name in data if not re.fullmatch(r"assets/registers/\w+[.]csv", name)] == []


def test_the_longest_chain_of_imports_stays_short() -> None:
    graph = grimp.build_graph(*ROOMS)
    depth: dict[str, list[str]] = {}

    def longest(module: str) -> list[str]:
        if module not in depth:
            imported = graph.find_modules_directly_imported_by(module)
            below = max((longest(name) for name in imported), key=len, default=[])
            depth[module] = [module, *below]
        return depth[module]

    for door, most in LONGEST_CHAIN.items():
        assert len(longest(door)) <= most, " > ".join(longest(door))


@pytest.mark.xdist_group("house")
def test_tests_of_one_group_share_a_worker(request: pytest.FixtureRequest) -> None:
    """A pytest that pytest-xdist does not know yet spreads the groups, and each worker harvests
    a city of its own.
    """
    if os.environ.get("PYTEST_XDIST_WORKER"):
        assert request.node.nodeid.endswith("@house")


def test_no_figure_of_persons_is_published_without_saying_what_its_cells_stand_on() -> None:
    contracts = read_contracts(PROJECT / "assets" / "contracts")
    models = read_sql_files(PROJECT / "sql")
    columns = columns_of(models, contracts)
    of_persons = {
        dataset.id
        for contract in contracts
        for dataset in contract.datasets
        if {"personal", "specific"} & {column.classification for column in dataset.columns}
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


def test_a_unit_test_makes_no_release() -> None:
    made = [
        str(path.relative_to(PROJECT))
        for path in (PROJECT / "tests" / "unit").rglob("*.py")
        if "import make_release" in path.read_text("utf-8")
    ]
    assert made == [], "what harvests and releases again belongs in tests/releases"
