"""One source wrong stops only itself: a connector with a bug of ours, a clean SQL that does not
run, a row that is none; the others are harvested and the release is made.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assets import harvest
from pipelines.connectors import registry
from pipelines.contract.model import Dataset
from pipelines.lake.delivery import Part, Window
from tests.released import released
from tests.town import THIRD, Town

pytestmark = pytest.mark.xdist_group("gate")
RAIN, OTHER = "hujan.rain", "sungai.rain"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Two applications, two days released."""
    released(tmp_path, beside=("sungai",))
    return Town(tmp_path)


def only_the_other(town: Town, said: str) -> None:
    """Harvest the third day, of which the first application has nothing and the other all."""
    before = town.rows(RAIN)
    report = town.harvested()
    assert report.release == town.release.id
    judged = {name: [row["verdict"] for row in rows] for name, rows in report.datasets.items()}
    assert judged[OTHER] == ["passed"] and judged[RAIN] in ([], ["withheld"])
    assert town.rows(RAIN) == before and len(town.rows(OTHER)) == 6
    with town.release.connect() as con:
        assert con.execute(
            "SELECT dataset, verdict FROM lumbung.verdicts WHERE partition = ? ORDER BY 1",
            [str(THIRD)],
        ).fetchall() == [(RAIN, "withheld"), (OTHER, "passed")]
    told = [*report.errors, *(str(row) for row in report.datasets[RAIN])]
    assert any(said in line for line in told), told


def test_a_bug_of_a_connector(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch_of(connector: str) -> registry.Fetch:
        fetch = registry.fetch_of(connector)

        def fails(source: Dataset, window: Window) -> Iterator[Part]:
            if source.id == RAIN:
                raise ZeroDivisionError("a bug")
            return fetch(source, window)

        return fails

    monkeypatch.setattr(harvest, "fetch_of", fetch_of)
    only_the_other(town, "ZeroDivisionError")


@pytest.mark.parametrize("sql", ["SELECT nope FROM delivered", "SELEC", "SELECT 1 / 0"])
def test_a_clean_sql_that_does_not_run(town: Town, sql: str) -> None:
    town.write(f"clean.{RAIN}", sql)
    only_the_other(town, f"{RAIN}.sql")


def test_a_row_that_is_none(town: Town) -> None:
    report = town.harvested('"G9,"",,"', "G8,not a moment,1,wet,Warga Sintetis 8")
    assert report.errors == [] and len(town.rows(RAIN)) == len(town.rows(OTHER)) == 6
    assert [row["quarantined"] for rows in report.datasets.values() for row in rows] == [2, 2]
