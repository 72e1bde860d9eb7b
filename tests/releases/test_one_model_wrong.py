"""What is wrong with one model beside its SELECT stops only itself: the name of its file, its
receipt, its file and its table at once.
"""

from pathlib import Path

import pytest

from pipelines.verify.rebuild import Rebuild
from tests.released import MART, released
from tests.town import Town

pytestmark = pytest.mark.xdist_group("gate")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A town of one application, a mart and a KPI."""
    released(tmp_path)
    return Town(tmp_path)


def test_a_copy_of_a_model_with_a_name_that_no_table_has(town: Town) -> None:
    name = "mart.rain_daily (copy)"
    town.write(name, MART)
    report = town.harvested()
    assert report.release == town.release.id and len(town.rows("mart.rain_daily")) == 3
    assert {key: why.reason for key, why in town.release.manifest.withheld.items()} == {
        name: "unreadable"
    }


def test_a_file_that_cannot_be_read_beside_a_table_that_cannot(town: Town) -> None:
    town.write("mart.rain_daily", "nonsense")
    log = town.lake.table("mart", "rain_daily") / "_delta_log"
    max(log.glob("*.json")).write_bytes(b"\xff{")
    assert town.harvested().release == town.release.id
    assert town.release.manifest.withheld["mart.rain_daily"].reason == "damaged"
    assert [len(town.rows(name)) for name in ("hujan.rain", "mart.rain_daily")] == [6, 2]


def test_a_receipt_that_is_damaged_is_made_anew(town: Town) -> None:
    receipt = town.release.manifest.tables["kpi.rainy_days"].receipt
    (town.lake.root / "receipts" / f"{receipt}.json").write_text("{")
    assert town.harvested().release == town.release.id
    assert town.release.manifest.withheld == {}
    outcomes = Rebuild(town.lake, town.release, town.folder / "sql").verify("kpi.rainy_days")
    assert [outcome.said for outcome in outcomes if not outcome.ok] == []
