"""What arrives half or late: a file that is still being written is left to the next run, and one
that is corrected long after its day passed is read again.
"""

from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from assets.report import Report
from assets.run import run
from pipelines.lake import verdicts
from pipelines.lake.lake import Lake
from pipelines.release.release import open_release
from tests.instance import dagster_instance
from tests.released import DAYS, released
from tests.sample import drop, row

pytestmark = pytest.mark.xdist_group("gate")
THIRD = date(2026, 1, 3)


def on(monkeypatch: pytest.MonkeyPatch, folder: Path, day: date) -> Report:
    """Run without dates on a day, and release."""
    monkeypatch.setenv("LUMBUNG_TODAY", day.isoformat())
    with dagster_instance() as instance:
        return run(
            instance,
            folder / "contracts",
            Lake(folder / "lake"),
            folder / "sql",
            [],
            None,
            None,
            lambda *_: None,
        )


def test_a_file_that_is_still_being_written_is_taken_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released(tmp_path)
    path, whole = drop(tmp_path / "drop", THIRD, [row(THIRD)]), Event()

    def write() -> None:
        gauge = 1
        while not whole.wait(0.01):
            gauge += 1
            with path.open("a") as stream:
                stream.write(f"{row(THIRD, gauge)}\n")

    writer = Thread(target=write)
    writer.start()
    (judged,) = on(monkeypatch, tmp_path, THIRD + timedelta(days=1)).datasets["hujan.rain"]
    whole.set()
    writer.join()
    (finding,) = judged["findings"]
    assert judged["verdict"] == "withheld" and finding["kind"] == "source"
    assert "it is still being written" in finding["message"]
    (judged,) = on(monkeypatch, tmp_path, THIRD + timedelta(days=1)).datasets["hujan.rain"]
    assert judged["verdict"] == "passed"
    assert judged["passed"] == len(path.read_text().splitlines()) - 1 > 1
    assert len(verdicts.latest(Lake(tmp_path / "lake"))) == 3


FOURTH = THIRD + timedelta(days=1)


def asked(report: Report) -> list[tuple[str, str, int]]:
    assert report.errors == []
    return [
        (judged["partition"], judged["verdict"], judged["passed"])
        for judged in report.datasets["hujan.rain"]
    ]


def rain_of(lake: Lake, day: date) -> list[float]:
    with open_release(lake).connect() as con:
        found = con.execute(
            "SELECT rain_mm FROM hujan.rain WHERE _partition = ? ORDER BY ALL", [str(day)]
        )
        return [rain for (rain,) in found.fetchall()]


def test_a_file_corrected_for_a_day_that_passed_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = released(tmp_path).lake
    first, second = DAYS
    drop(tmp_path / "drop", first, [row(first, gauge, rain="9") for gauge in (1, 2, 3)])
    drop(tmp_path / "drop", THIRD, [row(THIRD)])
    assert asked(on(monkeypatch, tmp_path, FOURTH)) == [
        (str(first), "passed", 3),
        (str(THIRD), "passed", 1),
    ]
    assert rain_of(lake, first) == [9, 9, 9] and rain_of(lake, second) == [1.5, 1.5]
    assert asked(on(monkeypatch, tmp_path, FOURTH)) == []
    (tmp_path / "drop" / f"rain_{second}.csv").touch()
    assert asked(on(monkeypatch, tmp_path, FOURTH)) == [], "it was touched and says the same"


def test_a_correction_that_does_not_pass_leaves_what_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, first = released(tmp_path).lake, DAYS[0]
    (tmp_path / "drop" / f"rain_{first}.csv").write_text("<html>down</html>")
    (judged, *_) = asked(on(monkeypatch, tmp_path, THIRD))
    assert judged == (str(first), "withheld", 0) and rain_of(lake, first) == [1.5, 1.5]
    drop(tmp_path / "drop", first, [row(first, rain="7")])
    assert asked(on(monkeypatch, tmp_path, THIRD))[0] == (str(first), "passed", 1)
    assert rain_of(lake, first) == [7]


def test_a_folder_that_is_gone_is_told_and_holds_up_no_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released(tmp_path)
    (tmp_path / "drop").rename(tmp_path / "elsewhere")
    report = on(monkeypatch, tmp_path, THIRD)
    assert report.release and report.datasets["hujan.rain"] == []
    (error,) = report.errors
    assert "there is no folder" in error and "could not be looked at for corrections" in error
