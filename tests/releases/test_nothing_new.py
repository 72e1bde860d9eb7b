"""A run of which nothing is due and nothing changed: it is none of Dagster's, and whatever is not
as it was made makes it one.
"""

from pathlib import Path

import pytest

from assets.instance import open_instance
from assets.report import Report
from cli.materialize import materialize
from tests.released import MART, released
from tests.town import Town

pytestmark = pytest.mark.xdist_group("gate")


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A small house that has harvested three days, of which nothing is due."""
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-04")
    released(tmp_path)
    town = Town(tmp_path)
    assert town.harvested().errors == []
    return town


def asked_again(town: Town) -> Report:
    """Run what is due, as the command does."""
    folder = town.folder
    return materialize(folder / "contracts", town.lake, folder / "sql", [], None, None, quiet=True)


def runs(town: Town) -> int:
    """Return how many runs Dagster knows of."""
    if not (town.lake.state / "history").exists():
        return 0
    with open_instance(town.lake) as instance:
        return len(instance.get_run_ids())


def test_a_run_with_nothing_to_do_says_so_and_is_none_of_dagsters(town: Town) -> None:
    before = town.release.id
    report = asked_again(town)
    assert (report.release, report.errors, report.withheld) == (before, [], False)
    assert report.datasets == {"hujan.rain": []} and report.finished == []
    assert [*report.profiles["release"][0].seconds][:2] == ["look for damage", "models"]
    assert runs(town) == 0


def test_a_model_that_changed_is_made_by_dagster(town: Town) -> None:
    before = town.release.id
    town.write("mart.rain_daily", MART.replace("Daily rain", "Rain a day"))
    report = asked_again(town)
    assert report.release == town.release.id != before and runs(town) == 1
    assert asked_again(town).release == report.release and runs(town) == 1


def test_a_model_or_view_that_fails_is_told_by_dagster_at_every_run(town: Town) -> None:
    town.write("mart.rain_daily", MART.replace("sum(rain_mm)", "sum(nothing)"))
    for n in (1, 2):
        said = asked_again(town).errors
        assert any("mart.rain_daily is withheld" in line for line in said) and runs(town) == n
    town.write("mart.rain_daily", MART)
    town.write("view.wet", "SELECT nothing FROM hujan.rain\n")
    assert "lumbung.wet is withheld" in asked_again(town).errors[0] and runs(town) == 3


def test_a_table_that_is_damaged_is_told_by_dagster(town: Town) -> None:
    (file, *_) = town.lake.files(town.lake.dataset_table("public", "hujan.rain"))
    Path(file).unlink()
    assert any("hujan.rain is withheld" in said for said in asked_again(town).errors)
    assert runs(town) == 1


def test_a_contract_that_says_another_thing_makes_a_release(town: Town) -> None:
    before, path = town.release.id, town.contract("hujan")
    path.write_text(path.read_text("utf-8").replace("Rain gauges", "Gauges of rain"), "utf-8")
    assert asked_again(town).release == town.release.id != before and runs(town) == 1


def test_what_is_due_is_harvested_by_dagster(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-05")
    report = asked_again(town)
    assert [row["partition"] for row in report.datasets["hujan.rain"]] == ["2026-01-04"]
    assert runs(town) == 2
