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


SECOND, THIRD = (FIRST + timedelta(days=n) for n in (1, 2))


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


def bad(day: date, gauge: int) -> str:
    """Return a reading that breaks a condition between its columns, which costs the row."""
    return row(day, gauge, rain="4", kind="dry")


MARKED = "gauge, rain_mm, newer_version_withheld"


def test_a_key_whose_newest_version_is_withheld_says_so_until_a_newer_one_passes(
    gauges: Gauges,
) -> None:
    gauges.day(row(FIRST, 1), row(FIRST, 2))
    gauges.released()
    assert gauges.shown(MARKED) == [("G1", 1.5, False), ("G2", 1.5, False)]
    gauges.day(bad(SECOND, 1), row(SECOND, 2, rain="2"), row(SECOND, 3))
    gauges.released()
    assert gauges.shown(MARKED) == [("G1", 1.5, True), ("G2", 2, False), ("G3", 1.5, False)]
    gauges.day(row(THIRD, 1, rain="3"), bad(THIRD, 4))
    gauges.released()
    assert gauges.shown(MARKED) == [("G1", 3, False), ("G2", 2, False), ("G3", 1.5, False)]


def test_a_day_that_is_delivered_again_whole_takes_its_marks_away(gauges: Gauges) -> None:
    gauges.day(row(FIRST, 1), row(FIRST, 2))
    gauges.day(bad(SECOND, 1), row(SECOND, 2))
    gauges.days = 1
    gauges.day(row(SECOND, 1, rain="0", kind="dry"), row(SECOND, 2))
    gauges.released()
    assert gauges.shown(MARKED) == [("G1", 0, False), ("G2", 1.5, False)]


def test_versions_of_a_withheld_day_are_withheld_with_it(gauges: Gauges) -> None:
    gauges.day(row(FIRST, 1), row(FIRST, 2))
    verdict = gauges.day(bad(SECOND, 1), bad(SECOND, 3), row(SECOND, 2))
    assert verdict["verdict"] == "withheld"
    gauges.released()
    assert gauges.shown(MARKED) == [("G1", 1.5, True), ("G2", 1.5, True)]


def test_nothing_is_known_of_a_version_whose_key_or_moment_is_in_doubt(gauges: Gauges) -> None:
    doubted = [
        row(SECOND, 1).replace("G1", "Warga Rahasia"),
        row(SECOND, 2).replace("G2", ""),
        row(SECOND, 1).replace(f"{SECOND}", "2031-01-01"),
        row(SECOND, 2).replace(f"{SECOND}T", "x"),
        row(SECOND, 1, hour=9) + ",one field more",
        bad(SECOND, 3),
    ]
    good = [row(SECOND, gauge) for gauge in range(10, 20)]
    gauges.day(row(FIRST, 1), row(FIRST, 2))
    verdict = gauges.day(*doubted, *good)
    assert (verdict["verdict"], verdict["quarantined"]) == ("passed", len(doubted))
    assert gauges.stored("withheld", "gauge") == [("G3",)]
    gauges.released()
    assert not any(is_marked for *_, is_marked in gauges.shown(MARKED))


def test_the_mark_is_in_files_and_answers_and_nothing_closed_is(
    gauges: Gauges, monkeypatch: pytest.MonkeyPatch
) -> None:
    gauges.day(row(FIRST, 1, observer="Warga Rahasia 99"), row(FIRST, 2))
    gauges.day(bad(SECOND, 1), row(SECOND, 2))
    release = gauges.released()
    monkeypatch.setenv("LUMBUNG_LAKE", str(gauges.lake.root))
    client = TestClient(app, base_url="http://127.0.0.1")
    lines = client.get("/download/hujan.rain.csv").text.splitlines()
    assert lines[0].split(",")[-1] == "newer_version_withheld"
    assert [line.rpartition(",")[2] for line in lines[1:]] == ["true", "false"]
    answer = client.get(
        "/api/v1/tables/hujan.rain/rows?filter=newer_version_withheld:eq:true"
    ).json()
    assert [found["gauge"] for found in answer["rows"]] == ["G1"]
    assert "newer_version_withheld" in client.get("/d/hujan.rain/datapackage.json").text
    part = client.get(f"/download/hujan.rain/{SECOND}.csv").text
    assert part and "newer_version_withheld" not in part
    rebuild = Rebuild(gauges.lake, release, PROJECT / "sql")
    outcomes = [outcome for name in rebuild.names() for outcome in rebuild.verify(name)]
    assert "lumbung.withheld_versions.hujan.rain" in {outcome.name for outcome in outcomes}
    assert [outcome.said for outcome in outcomes if not outcome.ok] == []
    held = [path for path in gauges.lake.root.rglob("*.parquet") if "withheld" in path.parts]
    assert held and all(b"Rahasia" not in path.read_bytes() for path in held)
