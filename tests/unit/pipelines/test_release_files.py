"""The files of a release: made once, shared with releases that did not change them, made again where they are gone, listed with size and hash."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from assets.harvest import harvest
from pipelines.contract_reader import read_contracts
from pipelines.errors import LakeError
from pipelines.export import FORMATS
from pipelines.lake import Lake
from pipelines.release import Release
from pipelines.release_files import INDEX, published
from pipelines.release_maker import make_release
from pipelines.settings import HOUSE
from tests.sample import drop, row, write_sample

DAY = date(2026, 1, 1)
pytestmark = pytest.mark.xdist_group("gate")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    write_sample(tmp_path / "contracts", tmp_path / "drop")
    return Lake(tmp_path / "lake")


def made(lake: Lake, rows: int) -> Release:
    drop(lake.root.parent / "drop", DAY, [row(DAY, n) for n in range(rows)])
    contracts = read_contracts(lake.root.parent / "contracts")
    harvest(lake, HOUSE / "sql", contracts[0], contracts[0].datasets[0], [DAY.isoformat()], f"run{rows}")
    return make_release(lake, contracts, [], f"run{rows}")


def test_every_form_of_an_open_table_is_listed_with_its_size_and_hash(lake: Lake) -> None:
    table = published(made(lake, 3))["hujan.rain"]
    assert table.rows == 3 and {each.form for each in table.files} >= set(FORMATS)
    for each in table.files:
        content = (lake.root / each.path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (each.bytes, each.sha256)


def test_a_change_makes_files_of_its_own_and_says_when(lake: Lake) -> None:
    first, second = made(lake, 3), made(lake, 4)
    before, after = published(first)["hujan.rain"], published(second)["hujan.rain"]
    assert (before.rows, after.rows) == (3, 4) and not {each.path for each in before.files} & {each.path for each in after.files}
    assert all((lake.root / each.path).is_file() for each in before.files), "the address of an old release stays good"
    assert (before.issued, before.modified) == (after.issued, first.made_at.isoformat()) and after.modified == second.made_at.isoformat()


def test_a_list_that_cannot_be_read_says_what_to_do(lake: Lake) -> None:
    release = made(lake, 3)
    (release.folder / INDEX).write_bytes(b"{")
    with pytest.raises(LakeError, match="lumbung run"):
        published(release)
