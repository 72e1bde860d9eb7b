"""Which models a run makes again: those of which something changed, and whatever is not as it was
made; what is known of them is never a reason to publish nothing, or something else.
"""

from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.models.model import Model
from pipelines.publication import models
from tests.released import MART, released
from tests.town import Town

pytestmark = pytest.mark.xdist_group("gate")
KNOWN = ("[1]", "null", "3", '"x"', "[[[1],2]]", "[" * 100_000, "{", '{"kpi.rainy_days": [1]}')


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A small house that has harvested three days, of which nothing is due."""
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-04")
    released(tmp_path)
    town = Town(tmp_path)
    assert town.harvested().errors == []
    return town


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that were computed, in order."""
    computed, names = models.computed, list[str]()

    def noted(workbench: object, model: Model, today: object) -> object:
        names.append(model.id)
        return computed(workbench, model, today)  # type: ignore[arg-type]

    monkeypatch.setattr(models, "computed", noted)
    return names


def test_what_did_not_change_is_not_made_again(town: Town, made: list[str]) -> None:
    release = town.release.id
    town.harvested(whole=True)
    assert (made, town.release.id) == ([], release)
    town.write("mart.rain_daily", MART.replace("Daily rain", "Rain a day"))
    town.harvested(whole=True)
    assert made == ["mart.rain_daily", "kpi.rainy_days"], "which stands on the mart's receipt"
    assert town.release.id != release
    del made[:]
    town.harvested()
    assert made == ["mart.rain_daily"], "delivered again, its rows are the same"


def test_a_model_without_rows_is_not_made_again_either(town: Town, made: list[str]) -> None:
    town.write("mart.rain_daily", MART.replace("kind <> 'none'", "kind = 'none'"))
    town.harvested(whole=True)
    release = town.release.id
    assert made == ["mart.rain_daily", "kpi.rainy_days"] and town.rows("mart.rain_daily") == []
    town.harvested(whole=True)
    assert (made, town.release.id) == (["mart.rain_daily", "kpi.rainy_days"], release)
    table = town.lake.table("mart", "rain_daily")
    version = town.lake.version(table)
    town.harvested()
    assert (made[2:], town.lake.version(table)) == (["mart.rain_daily"], version), "the same rows"


@pytest.mark.parametrize("content", KNOWN, ids=[content[:20] for content in KNOWN])
def test_what_is_known_may_be_damaged(town: Town, made: list[str], content: str) -> None:
    release = town.release.id
    (town.lake.root / "models.json").write_text(content)
    report = town.harvested(whole=True)
    assert report.errors == [] and report.release == town.release.id
    assert "kpi.rainy_days" in made and town.release.id == release
    del made[:]
    town.harvested(whole=True)
    assert made == []


def _rotten(whole: bytes, aside: Path) -> bytes:
    """Return the bytes of a Parquet file with one bit another, so that it is read and says another
    value.
    """
    aside.write_bytes(whole)
    good = pq.read_table(aside).to_pylist()
    for place in range(4, len(whole) - 8):
        rotten = bytearray(whole)
        rotten[place] ^= 1
        aside.write_bytes(rotten)
        with suppress(Exception):  # most bits cost the whole file
            if pq.read_table(aside).to_pylist()[0]["value"] != good[0]["value"]:
                return bytes(rotten)
    raise AssertionError("no bit of it tells another value")


def test_a_table_of_which_a_bit_rots_is_made_again(town: Town, tmp_path: Path) -> None:
    (place,) = town.release.manifest.tables["kpi.rainy_days"].files
    file, before = town.lake.root / place, town.rows("kpi.rainy_days")
    file.write_bytes(_rotten(file.read_bytes(), tmp_path / "rotten.parquet"))
    assert town.rows("kpi.rainy_days") != before
    town.harvested(whole=True)
    assert town.rows("kpi.rainy_days") == before


def test_a_table_that_was_put_back_to_an_earlier_version_is_made_again(
    town: Town, made: list[str]
) -> None:
    before = town.rows("kpi.rainy_days")
    town.lake.restore(town.lake.table("kpi", "rainy_days"), 0)
    town.harvested(whole=True)
    assert made == ["kpi.rainy_days"] and town.rows("kpi.rainy_days") == before
