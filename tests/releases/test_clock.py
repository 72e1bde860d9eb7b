"""A clock that was wrong for a day: what is newer goes by the lake's own order, and who runs the
house is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from assets.report import Report
from assets.run import run
from pipelines.lake import clock, verdicts
from pipelines.lake.lake import Lake
from pipelines.publication.retention import vacuum
from pipelines.publication.webhooks import payload_of
from pipelines.release.release import open_release, release_as_of, releases
from pipelines.verify.rebuild import Rebuild
from portal.app import app
from portal.data import gate
from portal.data.changes import changes
from portal.data.corrections import newest_corrections
from portal.data.versions import versions
from tests.instance import dagster_instance
from tests.released import DAYS, released
from tests.sample import drop, row, write_sample

pytestmark = pytest.mark.xdist_group("gate")
DAY, ZONE = DAYS[0], ZoneInfo("Asia/Jakarta")
RIGHT = datetime(2026, 3, 1, 5, tzinfo=UTC)
AHEAD, BACK = RIGHT + timedelta(days=60), RIGHT - timedelta(days=400)


@dataclass
class House:
    """A small house whose clock is set before each run."""

    folder: Path
    patch: pytest.MonkeyPatch
    reports: list[Report] = field(default_factory=list)

    @property
    def lake(self) -> Lake:
        return Lake(self.folder / "lake")

    def told(
        self, now: datetime, gauges: int, lines: list[str] | None = None, day: date = DAY
    ) -> str:
        """Deliver a day, again if it is the first, by a clock that says ``now``, and release."""
        self.patch.setattr(clock, "now", lambda: now)
        drop(self.folder / "drop", day, lines or [row(day, gauge) for gauge in range(gauges)])
        places = (self.folder / "contracts", self.lake, self.folder / "sql")
        with dagster_instance() as instance:
            self.reports.append(run(instance, *places, [], day, day, lambda *_: None))
        assert self.reports[-1].errors == []
        return open_release(self.lake).id

    def rows(self, release: str | None = None) -> int:
        with open_release(self.lake, release).connect() as con:
            query = "SELECT count(*) FROM hujan.rain WHERE _partition = '2026-01-01'"
            return con.execute(query).fetchall()[0][0]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(clock, "now", lambda: RIGHT)
    monkeypatch.setenv("LUMBUNG_LAKE", str(tmp_path / "lake"))
    released(tmp_path)
    yield House(tmp_path, monkeypatch)


def test_after_a_clock_that_ran_ahead_and_one_that_was_set_back_the_newest_stands(
    house: House,
) -> None:
    first = open_release(house.lake).id
    ahead = house.told(AHEAD, 4)
    right = house.told(RIGHT + timedelta(minutes=10), 5)
    back = house.told(BACK, 6)
    made = [first, ahead, right, back]
    assert [release.id for release in releases(house.lake)] == made
    assert [house.rows(release) for release in made] == [2, 4, 5, 6]
    assert [release.manifest.sequence for release in releases(house.lake)] == [1, 2, 3, 4]
    assert open_release(house.lake, "previous").id == right
    assert release_as_of(house.lake, RIGHT.astimezone(ZONE).date()).id == back
    (latest, _) = verdicts.latest(house.lake, "hujan.rain")
    assert (latest["passed"], latest["judged_at"]) == (6, BACK)
    release = open_release(house.lake)
    with release.connect() as con:
        passed = "SELECT passed FROM lumbung.passed WHERE partition = '2026-01-01'"
        assert con.execute(passed).fetchall() == [(6,)]
    assert [each["passed"] for each in gate.history(release, "hujan.rain", 9)] == [2, 6, 5, 4, 2]
    assert [each.release for each in versions(release, "hujan.rain", 9)] == made[::-1]
    told = [change.release for change in changes(release) if change.name == "hujan.rain"]
    assert told == made[::-1]
    named = [table["name"] for table in payload_of(release)["data"]["tables"]]
    assert named == ["hujan.rain", "mart.rain_daily"]


def test_the_portal_gives_the_release_of_a_day_by_the_order_they_were_made(house: House) -> None:
    ahead, back = house.told(AHEAD, 4), house.told(RIGHT + timedelta(minutes=10), 5)
    asked = TestClient(app, base_url="http://127.0.0.1").get
    rows = "/api/v1/tables/hujan.rain/rows"
    assert asked(rows, params={"release": ahead}).json()["total"] == 6
    assert asked(rows, params={"as_of": "2026-03-01"}).json()["release"] == back


def test_a_day_withheld_by_a_clock_ahead_is_withheld_since_its_last_that_passed(
    house: House,
) -> None:
    house.told(AHEAD, 4)
    house.told(RIGHT, 0, [row(DAY, 1), row(DAY, 1, rain="9")])
    release = open_release(house.lake)
    (kept,) = gate.kept_back(release).values()
    assert (kept["since"], kept["times"], kept["passed_at"]) == (RIGHT, 1, AHEAD)
    assert house.rows() == 4
    house.told(BACK, 5)
    assert gate.kept_back(open_release(house.lake)) == {} and house.rows() == 5


def test_a_day_to_come_that_a_clock_ahead_withheld_is_told_when_it_is_over(house: House) -> None:
    """It was asked for before it began; nothing is missing of it yet, and it counts for no rate."""
    to_come = date(2026, 4, 29)

    def kept_back() -> list[str]:
        release = open_release(house.lake)
        told = [row["partition"] for row in gate.withheld(release)]
        page = TestClient(app, base_url="http://127.0.0.1").get("/withheld").text
        assert told == [key[1] for key in gate.kept_back(release)]
        assert (str(to_come) in page) == (str(to_come) in told)
        judged = [row["partition"] for row in gate.history(release, "hujan.rain", 9)]
        assert str(to_come) in judged, "what was judged stays in the history"
        return told

    house.told(AHEAD, 0, [row(to_come, 1), row(to_come, 1, rain="9")], day=to_come)
    assert kept_back() == ["2026-04-29"], "by the only clock there is, it is over"
    house.told(RIGHT + timedelta(minutes=10), 5)
    assert kept_back() == []
    house.told(AHEAD, 6)
    assert kept_back() == ["2026-04-29"]


def test_a_snapshot_that_a_clock_ahead_took_is_in_no_release_until_its_day_is_over(
    house: House,
) -> None:
    """It would stay the newest; rows with a date of their own say of which day they are."""
    to_come = date(2026, 4, 29)
    write_sample(house.folder / "contracts", house.folder / "drop", "foto", delivery="snapshot")

    def told(now: datetime, gauges: int, day: date) -> list[tuple[str, int]]:
        release = house.told(now, gauges, day=day)
        with open_release(house.lake, release).connect() as con:
            return con.execute("SELECT _partition, count(*) FROM foto.rain GROUP BY 1").fetchall()

    def verified() -> list[str]:
        rebuild = Rebuild(house.lake, open_release(house.lake), house.folder / "sql")
        outcomes = [outcome for name in rebuild.pinned for outcome in rebuild.verify(name)]
        return [outcome.said for outcome in outcomes if not outcome.ok] if outcomes else ["none"]

    assert told(AHEAD, 4, to_come) == [("2026-04-29", 4)]
    evening = datetime(2026, 4, 29, 16, 50, tzinfo=UTC)  # its own day has ten minutes left in Jambi
    assert told(evening, 5, DAY) == [("2026-01-01", 5)]
    assert told(RIGHT + timedelta(minutes=10), 5, DAY) == [("2026-01-01", 5)]
    assert verified() == []
    with open_release(house.lake).connect() as con:
        assert con.execute("SELECT DISTINCT _partition FROM foto.rain_history").fetchall() == [
            ("2026-01-01",)
        ]
    assert told(AHEAD + timedelta(hours=1), 6, DAY) == [("2026-04-29", 4)]
    assert verified() == []


def test_a_clock_behind_is_told_by_the_run_that_finds_it(house: House) -> None:
    house.told(AHEAD, 4)
    house.told(RIGHT, 5)
    house.told(RIGHT + timedelta(minutes=1), 6)
    assert [len(report.notes) for report in house.reports] == [0, 1, 0]
    assert "2026-04-30 05:00 UTC" in house.reports[1].notes[0]


def test_a_release_dated_back_is_not_past_its_retention_before_those_it_followed(
    house: House,
) -> None:
    back = house.told(BACK, 4)
    right = house.told(RIGHT + timedelta(days=1), 5)
    gone = vacuum(house.lake, RIGHT + timedelta(days=2), 24, dry_run=False)
    assert gone["releases"] == [] and house.rows(back) == 4
    gone = vacuum(house.lake, RIGHT + timedelta(days=370), 24, dry_run=False)
    assert back in gone["releases"] and [each.id for each in releases(house.lake)] == [right]


def test_corrections_are_listed_in_the_order_they_were_made(house: House) -> None:
    """The KPI counts days with rain, and the first of them turns dry and wet again."""
    made = [
        house.told(now, 0, [row(DAY, 1, rain=rain)])
        for now, rain in ((AHEAD, "0"), (RIGHT, "1"), (BACK, "0"))
    ]
    listed = newest_corrections(open_release(house.lake), 99)
    assert list(dict.fromkeys(each.release for each in listed)) == made[::-1]


def test_two_releases_of_one_second_have_a_second_each(house: House) -> None:
    one, two = house.told(RIGHT, 4), house.told(RIGHT, 5)
    assert [each.made_at for each in releases(house.lake)] == [
        RIGHT + timedelta(seconds=second) for second in range(3)
    ]
    assert house.rows(one) == 4 and house.rows(two) == 5
    assert date.fromisoformat(f"{one[:4]}-{one[4:6]}-{one[6:8]}") == RIGHT.date()
