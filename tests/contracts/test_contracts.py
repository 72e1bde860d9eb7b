"""Every contract of the city is a test case: it reads, its examples satisfy its rules, and its
closed columns stay closed.
"""

from pathlib import Path

import pytest

from pipelines.connectors.contracts import read_contract
from pipelines.contract.reader import SUFFIX
from pipelines.settings import PROJECT

FOLDERS = (PROJECT / "assets" / "contracts", PROJECT / "tests" / "real" / "contracts")
PATHS = sorted(path for folder in FOLDERS for path in folder.glob(f"*{SUFFIX}"))
THINGS = {
    *(
        f"kojatrans.{column}"
        for column in (
            "stops.stop_name",
            "stops.lat",
            "stops.lon",
            "positions.lat",
            "positions.lon",
        )
    ),
    *(
        f"sirajakoja.{dataset}.buyer_name"
        for dataset in ("packages", "tenders", "awards", "contracts")
    ),
}
"""Columns that look personal by their name and are of bus stops, buses and agencies."""
PERSONAL = ("name", "nik", "phone", "address", "contact", "text", "lat", "lon")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name.removesuffix(SUFFIX))
def test_a_contract_reads_and_says_what_it_must(path: Path) -> None:
    contract = read_contract(path)
    for text in (contract.title, contract.purpose, contract.limits):
        assert text.id and text.en
    for dataset in contract.datasets:
        assert dataset.meaning.id != dataset.meaning.en, "say it in both languages"
        for column in dataset.columns:
            assert column.meaning.id and column.meaning.en
            looks_personal = (
                column.name.split("_")[-1] in PERSONAL
                and f"{dataset.id}.{column.name}" not in THINGS
            )
            if looks_personal and path.parent == FOLDERS[0]:
                assert not column.is_public, (
                    f"{dataset.id}.{column.name} looks personal and is public"
                )


def test_the_demo_says_that_it_is_synthetic() -> None:
    made_up = {
        path.name.removesuffix(SUFFIX): read_contract(path).synthetic
        for path in PATHS
        if path.parent == FOLDERS[0]
    }
    assert [name for name, synthetic in made_up.items() if not synthetic] == ["register_kota"], (
        "the registers hold facts with sources, all else is made up"
    )
