"""Real dirty files through the whole house: every file taken, nothing lost, every quarantined
row with a rule, the same twice.
"""

import csv
import json
import os
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from assets.report import Report
from assets.run import run
from pipelines.lake.lake import Lake
from pipelines.release.release import open_release
from pipelines.settings import PROJECT
from tests.instance import dagster_instance

FOLDER = Path(os.environ.get("LUMBUNG_REAL", PROJECT.parent / "shared" / "real"))
CONTRACTS = PROJECT / "tests" / "real" / "contracts"
pytestmark = [
    pytest.mark.xdist_group("real"),
    pytest.mark.skipif(
        not FOLDER.is_dir(),
        reason=(
            f"the real files are not here ({FOLDER}), so none of them was taken; set LUMBUNG_REAL"
        ),
    ),
]


class Rows(HTMLParser):
    count = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.count += tag == "tr"


def csv_rows(name: str) -> list[list[str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as stream:
        return [row for row in csv.reader(stream) if row][1:]


def html_rows(name: str) -> int:
    parser = Rows()
    parser.feed((FOLDER / name).read_text("utf-8"))
    return parser.count - 1


def counted() -> dict[str, int]:
    """Count the records of each file without any of our code."""
    parking = [row for day in ("15", "16") for row in csv_rows(f"de_parking_2026-08-{day}.csv")]
    return {
        "jakarta_spku.daily_index": len(csv_rows("jkt_spku_2021-02.csv")),
        "jakarta_ispu.daily_index": html_rows("jkt_ispu_2022.xls"),
        "nyc311.requests": len(csv_rows("nyc311_snapshot_2026-06-22.csv")),
        "chicago311.requests": len(
            json.loads((FOLDER / "chicago_open311_requests.json").read_text())
        ),
        "de_parking.free_places": sum(cell != "" for row in parking for cell in row[1:]),
    }


def taken(lake: Lake) -> Report:
    with pytest.MonkeyPatch.context() as patch, dagster_instance() as instance:
        patch.setenv("LUMBUNG_REAL", str(FOLDER))
        return run(instance, CONTRACTS, lake, PROJECT / "sql", [], None, None, lambda *_: None)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(tmp_path_factory.mktemp("real") / "lake")


@pytest.fixture(scope="module")
def report(lake: Lake) -> Iterator[Report]:
    yield taken(lake)


def test_every_file_is_taken_and_nothing_is_lost(report: Report) -> None:
    assert report.errors == []
    delivered = {
        name: sum(row["delivered"] for row in rows) for name, rows in report.datasets.items()
    }
    assert delivered == counted()
    for rows in report.datasets.values():
        for row in rows:
            assert row["delivered"] == row["passed"] + row["quarantined"] + row["duplicates"]


def test_what_is_wrong_in_them_is_found(report: Report) -> None:
    found: dict[str, dict[str, int]] = {}
    for name, rows in report.datasets.items():
        for row in rows:
            for finding in row["findings"]:
                if finding["level"] == "row" and finding["severity"] == "error":
                    found.setdefault(name, {})[finding["rule"]] = (
                        found.get(name, {}).get(finding["rule"], 0) + finding["rows"]
                    )
    assert found == {
        "jakarta_spku.daily_index": {"has_data": 2},
        "jakarta_ispu.daily_index": {"station.one_of": 1, "placed": 28},
        "de_parking.free_places": {"free.minimum": 62},
    }
    withheld = [
        (name, row["partition"])
        for name, rows in report.datasets.items()
        for row in rows
        if row["verdict"] == "withheld"
    ]
    assert withheld == [("jakarta_ispu.daily_index", "2022-02")], "its rows are dated 2020"


def test_every_row_of_which_something_is_withheld_names_a_rule_and_keeps_its_record(
    report: Report, lake: Lake
) -> None:
    seen, cells = 0, 0
    with lake.connect() as con:
        for table in sorted((lake.root / "quarantine").glob("*/*")):
            for rules, record, emptied in (
                con.execute(
                    "SELECT rules, record, cells FROM read_parquet($1)", [lake.files(table) or [""]]
                ).fetchall()
                if lake.files(table)
                else ()
            ):
                assert rules and json.loads(record)
                seen += emptied is None
                cells += len(emptied or ())
    judged = [row for rows in report.datasets.values() for row in rows]
    assert seen == sum(row["quarantined"] for row in judged)
    assert cells == sum(row["cells_withheld"] for row in judged)


def test_missing_markers_are_missing(report: Report, lake: Lake) -> None:
    with open_release(lake).connect() as con:
        assert con.execute(
            "SELECT count(*) FROM jakarta_spku.daily_index WHERE pm10 IS NULL"
        ).fetchall()[0][0] == sum(
            row[2] == "---"
            for row in csv_rows("jkt_spku_2021-02.csv")
            if row[10] != "TIDAK ADA DATA"
        )
        open_tickets = sum(row[2] == "" for row in csv_rows("nyc311_snapshot_2026-06-22.csv"))
        assert con.execute(
            "SELECT count(*) FROM nyc311.requests WHERE closed_at IS NULL"
        ).fetchall() == [(open_tickets,)]


def test_twice_is_the_same(report: Report, lake: Lake) -> None:
    def hashes() -> dict[str, object]:
        with open_release(lake).connect() as con:
            names = [
                name for name in open_release(lake).manifest.tables if name != "lumbung.verdicts"
            ]
            return {
                name: con.execute(f"SELECT count(*), bit_xor(hash(t)) FROM {name} t").fetchall()
                for name in names
            }

    before = hashes()
    taken(lake)
    assert hashes() == before
