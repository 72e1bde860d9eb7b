"""A lake that was copied or moved is read where it lies: opened, compared, verified and settled."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.connectors.contracts import read_contracts
from pipelines.errors import LakeError
from pipelines.lake.lake import Lake
from pipelines.models.plan import planned
from pipelines.publication.make_release import make_release
from pipelines.release.place import VIEWS, settle, written_for
from pipelines.release.release import open_release, releases
from pipelines.verify.views import views_difference
from tests.released import SmallHouse

ROWS = "SELECT gauge FROM hujan.rain ORDER BY ALL"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def first(house: SmallHouse, tmp_path: Path) -> Lake:
    """The lake at a place of its own, written for it."""
    lake = Lake(tmp_path / "first" / "lake")
    shutil.copytree(house.lake.root, lake.root, symlinks=True)
    settle(lake.root)
    return lake


def moved(lake: Lake, tmp_path: Path) -> Lake:
    """Move the lake to a folder whose name SQL has to quote."""
    (tmp_path / "it's there").mkdir()
    return Lake(lake.root.rename(tmp_path / "it's there" / "granary"))


def own_rows(lake: Lake) -> list[tuple[str]]:
    """Return what one reads who opens the file of views with DuckDB alone."""
    views = lake.root / "releases" / "current" / VIEWS
    with duckdb.connect(str(views), read_only=True) as con:
        return con.execute(ROWS).fetchall()


def test_a_moved_lake_is_read_and_verified_where_it_lies(
    first: Lake,
    house: SmallHouse,
    tmp_path: Path,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = own_rows(first)
    lake = moved(first, tmp_path)
    release = open_release(lake)
    bytes_before = (release.folder / VIEWS).read_bytes()
    with release.connect() as con:
        assert con.execute(ROWS).fetchall() == before
        assert con.execute("SELECT count(*) FROM lumbung.kpi_values").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute("DROP VIEW hujan.rain")
    assert views_difference(lake, release) == ""
    monkeypatch.setenv("LUMBUNG_LAKE", str(lake.root))
    monkeypatch.setenv("LUMBUNG_SQL", str(house.sql))
    code, out, err = command("verify", "--sample", "5", "--json")
    assert code == 0 and all(part["ok"] for part in json.loads(out)["verified"]), err
    code, out, err = command("verify", "--json")
    assert code == 0 and VIEWS in {part["name"] for part in json.loads(out)["verified"]}, err
    assert (release.folder / VIEWS).read_bytes() == bytes_before, "readers write nothing"


def test_a_run_without_news_settles_a_moved_lake(
    first: Lake, house: SmallHouse, tmp_path: Path
) -> None:
    before = own_rows(first)
    lake = moved(first, tmp_path)
    with pytest.raises(duckdb.IOException):
        own_rows(lake)
    release = open_release(lake)
    contracts = read_contracts(house.contracts)
    models = planned(house.sql, contracts).models
    assert make_release(lake, contracts, models, "again").id == release.id
    assert own_rows(lake) == before and written_for(release.folder) == lake.root
    assert views_difference(lake, release) == "" and len(releases(lake)) == 1
    assert not list((lake.root / "releases").glob(".*"))


def test_a_copy_beside_its_lake_reads_its_own_files_and_says_what_its_views_read(
    first: Lake, tmp_path: Path
) -> None:
    before = own_rows(first)
    copy = Lake(tmp_path / "copy")
    shutil.copytree(first.root, copy.root, symlinks=True)
    (emptied,) = first.root.glob("public/hujan/rain/_partition=2026-01-02/*.parquet")
    duckdb.sql(f"COPY (FROM '{emptied}' LIMIT 0) TO '{emptied}.other' (FORMAT parquet)")
    Path(f"{emptied}.other").replace(emptied)
    assert own_rows(copy) == own_rows(first) != before, "DuckDB alone reads where it was made"
    release = open_release(copy)
    with release.connect() as con:
        assert con.execute(ROWS).fetchall() == before
    assert f"at {first.root}, of which this one is a copy; `lumbung run` writes them for" in (
        views_difference(copy, release)
    )
    settle(copy.root)
    assert own_rows(copy) == before and views_difference(copy, release) == ""


def test_a_lake_of_which_a_file_stayed_behind_says_so(first: Lake, tmp_path: Path) -> None:
    lake = moved(first, tmp_path)
    (gone,) = lake.root.glob("public/hujan/rain/_partition=2026-01-02/*.parquet")
    gone.unlink()
    settle(lake.root)
    with pytest.raises(LakeError, match=f"lay at {first.root}.*copy the whole folder of the lake"):
        open_release(lake).connect()


def test_a_lake_behind_a_link_is_where_it_was(first: Lake, tmp_path: Path) -> None:
    before = own_rows(first)
    lake = moved(first, tmp_path)
    first.root.symlink_to(lake.root)
    release = open_release(first)
    with release.connect() as con:
        assert con.execute(ROWS).fetchall() == before
    there = (release.folder / VIEWS).stat().st_ino
    settle(lake.root)
    assert (release.folder / VIEWS).stat().st_ino == there
    assert views_difference(lake, release) == ""
