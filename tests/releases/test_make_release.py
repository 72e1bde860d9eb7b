"""Which views a release has: those whose every table is in it."""

from pathlib import Path

import duckdb
import pytest

from pipelines.connectors.contracts import read_contract
from pipelines.lake.lake import Lake
from pipelines.models.view import View
from pipelines.publication.make_release import make_release
from pipelines.publication.views import serving_views
from pipelines.release.release import open_release, releases
from tests.sample import write_sample


def view(*reads: tuple[str, str]) -> View:
    tables = ", ".join(f'{schema}."{table}"' for schema, table in reads)
    return View(f"SELECT count(*) AS rows FROM {tables}", reads, Path("sql/view/x.sql"))


def test_a_view_of_a_table_that_this_release_has_not_is_left_out(tmp_path: Path) -> None:
    contract = read_contract(write_sample(tmp_path / "contracts", tmp_path / "drop"))
    views = {
        "ours": view(("hujan", "rain"), ("lumbung", "datasets")),
        "of_nobody": view(("lumbung", "datasets"), ("nobody", "counted")),
    }
    release = make_release(Lake(tmp_path / "lake"), [contract], [], "one", views)
    with release.connect() as con:
        assert con.execute("SELECT rows FROM lumbung.ours").fetchall() == [(0,)]
        with pytest.raises(duckdb.CatalogException, match="of_nobody does not exist"):
            con.execute("FROM lumbung.of_nobody")
    assert list(release.manifest.views) == ["ours"]


def test_a_view_of_a_table_that_nobody_could_have_is_told(tmp_path: Path) -> None:
    contract = read_contract(write_sample(tmp_path / "contracts", tmp_path / "drop"))
    folder = tmp_path / "sql" / "view"
    folder.mkdir(parents=True)
    for name, table in (
        ("another_city", "nobody.counted"),
        ("no_mart", "mart.rain_daily"),
        ("no_schema", "rain"),
        ("ours", "hujan.rain"),
        ("typo", "hujan.rein"),
    ):
        (folder / f"{name}.sql").write_text(f"SELECT count(*) AS rows FROM {table}", "utf-8")
    (folder / "two.sql").write_text("SELECT 1; SELECT 2", "utf-8")
    served = serving_views(Lake(tmp_path / "lake"), [contract], [], folder.parent)
    assert [*served.views] == ["ours"]
    assert {name: why.reason for name, why in served.withheld.items()} == {
        "lumbung.no_schema": "fails",
        "lumbung.two": "unreadable",
        "lumbung.typo": "fails",
    }


def test_releases_made_within_a_second_stand_in_the_order_they_were_made(tmp_path: Path) -> None:
    contract = read_contract(write_sample(tmp_path / "contracts", tmp_path / "drop"))
    lake = Lake(tmp_path / "lake")
    made = [
        make_release(lake, [contract], [], "run", {f"view_{number}": view(("hujan", "rain"))}).id
        for number in range(4)
    ]
    assert made == [release.id for release in releases(lake)] and len(set(made)) == 4
    assert open_release(lake).id == made[-1]
