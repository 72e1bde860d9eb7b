"""What arrives half, shrunk or late: a file that is still being written is left to the next run."""

from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

import dagster as dg
import pytest

from assets.run import Report, run
from pipelines.lake import verdicts
from pipelines.lake.lake import Lake
from tests.released import released
from tests.sample import drop, row

pytestmark = pytest.mark.xdist_group("gate")
THIRD = date(2026, 1, 3)


def on(monkeypatch: pytest.MonkeyPatch, folder: Path, day: date) -> Report:
    """Run without dates on a day, and release."""
    monkeypatch.setenv("LUMBUNG_TODAY", day.isoformat())
    with dg.DagsterInstance.ephemeral() as instance:
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
