"""A day with far fewer rows than its dataset usually has, or than stand of it, waits for a person,
and what stands stays public; a person who says that it is right is named in the verdict.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from assets.run import run
from pipelines.lake import verdicts
from pipelines.lake.lake import Lake
from pipelines.release.release import open_release
from quality.words import says
from tests.instance import dagster_instance
from tests.released import DAYS, released
from tests.sample import drop, row

pytestmark = pytest.mark.xdist_group("gate")
Command = Callable[..., tuple[int, str, str]]
STEADY = 40
LAST = date(2026, 1, 12)


def readings(day: date, count: int) -> list[str]:
    return [row(day, gauge, hour) for gauge in (1, 2, 3, 4) for hour in range(10)][:count]


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small house that passed ten days of 40 rows after its first two."""
    released(tmp_path)
    day = DAYS[0]
    while day < LAST:
        drop(tmp_path / "drop", day, readings(day, STEADY))
        day += timedelta(days=1)
    monkeypatch.setenv("LUMBUNG_TODAY", str(LAST))
    judged(tmp_path)
    return tmp_path


def judged(folder: Path) -> list[dict[str, Any]]:
    """Run without dates, and return the verdicts."""
    with dagster_instance() as instance:
        report = run(
            instance,
            folder / "contracts",
            Lake(folder / "lake"),
            folder / "sql",
            [],
            None,
            None,
            lambda *_: None,
        )
    assert report.errors == []
    return report.datasets["hujan.rain"]


def public(folder: Path, day: date) -> int:
    with open_release(Lake(folder / "lake")).connect() as con:
        query = "SELECT count(*) FROM hujan.rain WHERE _partition = ?"
        return con.execute(query, [str(day)]).fetchall()[0][0]


def test_half_a_file_is_withheld_and_the_whole_one_is_taken_by_the_next_run(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_TODAY", str(LAST + timedelta(days=1)))
    drop(town / "drop", LAST, readings(LAST, STEADY // 2))
    (half,) = judged(town)
    (finding,) = half["findings"]
    assert (half["verdict"], finding["kind"]) == ("withheld", "shrink")
    assert (finding["value"], finding["low"], finding["high"]) == (20, 26, None)
    assert "--accept-volume" in says(finding) and public(town, LAST) == 0
    drop(town / "drop", LAST, readings(LAST, STEADY))
    assert [row["verdict"] for row in judged(town)] == ["passed"]
    assert public(town, LAST) == STEADY


def test_a_redelivery_of_a_few_rows_leaves_what_stands_until_a_person_accepts_it(
    town: Path, command: Command
) -> None:
    first = DAYS[0]
    drop(town / "drop", first, readings(first, 3))
    (shrunk, *_) = judged(town)
    (finding,) = shrunk["findings"]
    assert (shrunk["verdict"], finding["kind"]) == ("withheld", "redelivery")
    assert (finding["value"], finding["low"]) == (3, 20)
    assert public(town, first) == STEADY
    options = ("--contracts", str(town / "contracts"), "--lake", str(town / "lake"))
    days = ("--from", str(first), "--to", str(first))
    code, _, err = command("run", "--accept-volume", "The gauges stood still", *days, *options)
    assert code == 1 and "give the application, --from and --to" in err
    code, _, err = command(
        "run", "hujan", "--accept-volume", "The gauges stood still", *days, *options
    )
    assert code == 0, err
    lake = Lake(town / "lake")
    accepted, *_ = verdicts.latest(lake, "hujan.rain")
    (finding,) = accepted["findings"]
    assert (accepted["verdict"], finding["kind"]) == ("passed", "redelivery")
    assert finding["severity"] == "warning" and finding["accepted"].endswith(
        ": The gauges stood still"
    )
    assert "accepted by" in says(finding)
    with open_release(lake).connect() as con:
        shown = con.execute("SELECT findings::VARCHAR FROM lumbung.verdict_history").fetchall()
    assert not any("gauges stood still" in text for (text,) in shown), "who said it stays inside"
    assert public(town, first) == 3
    assert judged(town) == [], "what a person accepted is not asked again"


def test_far_more_rows_are_noted_and_pass(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBUNG_TODAY", str(LAST + timedelta(days=1)))
    many = [row(LAST, gauge, hour) for gauge in range(1, 7) for hour in range(24)]
    drop(town / "drop", LAST, many)
    (day,) = judged(town)
    (finding,) = day["findings"]
    assert (day["verdict"], finding["kind"], finding["severity"]) == ("passed", "growth", "warning")
    assert (finding["value"], finding["high"]) == (144, 120) and public(town, LAST) == 144
