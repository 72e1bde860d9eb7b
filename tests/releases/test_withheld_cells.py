"""A value that breaks a rule costs its cell where a row can do without it, and the row where it
cannot: what is public of records that change from day to day.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from assets.harvest import harvest
from pipelines.connectors.contracts import read_contract
from pipelines.contract.model import Contract
from pipelines.lake import verdicts
from pipelines.lake.lake import Lake
from pipelines.publication.make_release import make_release
from pipelines.release.release import Release, open_release
from pipelines.settings import PROJECT
from pipelines.verify.rebuild import Rebuild
from portal.app import app
from tests.sample import drop, row, write_sample

pytestmark = pytest.mark.xdist_group("gate")
FIRST = date(2026, 1, 1)
PER_GAUGE = """\
        primaryKey: true
        primaryKeyPosition: 2
"""


@dataclass
class Gauges:
    """A lake of one dataset in which a gauge's newest reading is what is shown of it."""

    contract: Contract
    lake: Lake
    drop: Path
    days: int = 0

    def day(self, *lines: str) -> dict[str, Any]:
        """Harvest another day and return its verdict as the lake keeps it."""
        day, self.days = FIRST + timedelta(days=self.days), self.days + 1
        drop(self.drop, day, list(lines))
        dataset = self.contract.datasets[0]
        harvest(self.lake, PROJECT / "sql", self.contract, dataset, [str(day)], f"run{self.days}")
        return verdicts.latest(self.lake)[-1]

    def released(self) -> Release:
        return make_release(self.lake, [self.contract], [], "release")

    def shown(self, columns: str = "gauge, rain_mm") -> list[Any]:
        with open_release(self.lake).connect() as con:
            return con.execute(f"SELECT {columns} FROM hujan.rain ORDER BY ALL").fetchall()

    def stored(self, layer: str, columns: str) -> list[Any]:
        files = self.lake.files(self.lake.dataset_table(layer, "hujan.rain"))
        with self.lake.connect() as con:
            query = f"SELECT {columns} FROM read_parquet($1, union_by_name = true) ORDER BY ALL"
            return con.execute(query, [files]).fetchall()


@pytest.fixture
def gauges(tmp_path: Path) -> Iterator[Gauges]:
    path = write_sample(tmp_path / "contracts", tmp_path / "drop", delivery="changes")
    path.write_text(path.read_text("utf-8").replace(PER_GAUGE, ""), "utf-8")
    yield Gauges(read_contract(path), Lake(tmp_path / "lake"), tmp_path / "drop")


SECOND = FIRST + timedelta(days=1)


def test_a_bad_value_that_is_not_required_leaves_the_newest_version_with_an_empty_cell(
    gauges: Gauges,
) -> None:
    gauges.day(row(FIRST, 1), row(FIRST, 2))
    verdict = gauges.day(
        row(SECOND, 1, rain="9", observer="Al"),
        row(SECOND, 2, rain="-7"),
        row(SECOND, 3),
        row(SECOND, 4),
    )
    assert {name: verdict[name] for name in ("delivered", "passed", "quarantined")} == {
        "delivered": 4,
        "passed": 4,
        "quarantined": 0,
    }
    assert verdict["cells_withheld"] == 2
    told = {finding["rule"]: finding["nonresponse"] for finding in verdict["findings"]}
    assert told == {"observer.min_length": "item", "rain_mm.minimum": "item"}
    gauges.released()
    assert gauges.shown() == [("G1", 9), ("G2", None), ("G3", 1.5), ("G4", 1.5)]
    assert gauges.stored("clean", "gauge, rain_mm, observer")[:4] == [
        ("G1", 1.5, "Warga Sintetis 1"),
        ("G1", 9, None),
        ("G2", 1.5, "Warga Sintetis 1"),
        ("G2", None, "Warga Sintetis 1"),
    ]
    kept = gauges.stored("quarantine", "rules, cells, record")
    assert [(rules, cells) for rules, cells, _ in kept] == [
        (["observer.min_length"], ["observer"]),
        (["rain_mm.minimum"], ["rain_mm"]),
    ]
    assert [json.loads(text)["observer"] for *_, text in kept] == ["Al", "Warga Sintetis 1"]
    assert json.loads(kept[1][2])["rain_mm"] == "-7", "nothing that was delivered is lost"


def test_what_is_shown_without_a_cell_is_rebuilt_from_what_was_delivered(gauges: Gauges) -> None:
    gauges.day(row(FIRST, 1, rain="x"), row(FIRST, 2, observer="Al"), row(FIRST, 3), row(FIRST, 4))
    release = gauges.released()
    outcomes = [*Rebuild(gauges.lake, release, PROJECT / "sql").verify("hujan.rain")]
    assert outcomes and [outcome.said for outcome in outcomes if not outcome.ok] == []


def test_a_column_gone_bad_as_a_whole_withholds_the_day(gauges: Gauges) -> None:
    verdict = gauges.day(row(FIRST, 1, rain="x"), row(FIRST, 2, rain="y"), row(FIRST, 3))
    assert (verdict["verdict"], verdict["cells_withheld"]) == ("withheld", 2)
    assert gauges.lake.files(gauges.lake.dataset_table("public", "hujan.rain")) == []


def test_pages_say_how_many_cells_are_withheld(
    gauges: Gauges, monkeypatch: pytest.MonkeyPatch
) -> None:
    gauges.day(
        row(FIRST, 1, rain="-3"),
        row(FIRST, 2, observer="Al"),
        *(row(FIRST, 3 + n) for n in range(4)),
    )
    gauges.released()
    monkeypatch.setenv("LUMBUNG_LAKE", str(gauges.lake.root))
    client = TestClient(app, base_url="http://127.0.0.1", headers={"accept": "text/html"})
    page = client.get("/d/hujan.rain?lang=en").text
    assert "Cells left empty because their value broke a rule: 2." in page
    city = client.get("/quality?lang=en").text
    assert "cells withheld" in city and '<td class="n">2</td></tr>' in city
