"""Releases stand in the order they were made in, whatever the clock said when they were."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assets.due import keys_to_harvest
from pipelines.lake import clock, verdicts
from pipelines.lake.lake import Lake
from pipelines.release.clock import runs_behind
from pipelines.release.conformance import Result, read_results, write_results
from pipelines.release.manifest import sequence_of
from pipelines.release.release import open_release, release_as_of, releases, releases_until
from tests.sample import sample_dataset

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
VERDICT = {
    "dataset": "hujan.rain",
    "partition": "2026-01-01",
    "verdict": "passed",
    **dict.fromkeys(("delivered", "passed", "quarantined", "duplicates"), 1),
    "findings": [],
    "run_id": "one",
}


def release(lake: Lake, moment: str, sequence: int | None, indent: int | None = 1) -> str:
    """Lay out the head of a release that says it was made at this moment."""
    name = f"{moment}-0000000000000000"
    folder = lake.root / "releases" / name
    folder.mkdir(parents=True)
    said = {"release": name, **({} if sequence is None else {"sequence": sequence}), "tables": {}}
    (folder / "manifest.json").write_text(json.dumps(said, indent=indent))
    return name


def ids(lake: Lake) -> list[str]:
    return [each.id for each in releases(lake)]


def test_a_sequence_orders_and_those_without_one_come_before(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    ahead = release(lake, "20260501T000000Z", 1)
    back = release(lake, "20250101T000000Z", 2, indent=None)
    older = [release(lake, f"2026010{day}T000000Z", None) for day in (1, 2)]
    right = release(lake, "20260301T000000Z", 3)
    assert ids(lake) == [*older, ahead, back, right]
    assert [each.id for each in releases_until(lake, back)] == [*older, ahead, back]
    assert releases_until(lake, "20990101T000000Z-0000000000000000") == []


def test_one_whose_manifest_is_damaged_keeps_its_place_by_its_id(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    first, second, third = (release(lake, f"2026010{n}T000000Z", n) for n in (1, 2, 3))
    (lake.root / "releases" / second / "manifest.json").write_text("{")
    assert sequence_of(lake.root / "releases" / second) is None
    assert ids(lake) == [first, second, third]


def test_what_a_clock_ahead_took_for_over_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, dataset = Lake(tmp_path / "lake"), sample_dataset(tmp_path)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    verdicts.record(lake, [{**VERDICT, "partition": f"2026-01-0{day}"} for day in (1, 2)])
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=60))
    verdicts.record(lake, [{**VERDICT, "partition": f"2026-01-0{day}"} for day in (3, 4)])
    assert keys_to_harvest(lake, dataset, None, date(2026, 1, 4)) == ()
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))
    assert keys_to_harvest(lake, dataset, None, date(2026, 1, 3)) == ("2026-01-03",)
    verdicts.record(lake, [{**VERDICT, "partition": "2026-01-03"}])
    assert keys_to_harvest(lake, dataset, None, date(2026, 1, 4)) == ("2026-01-04",)


def test_previous_and_as_of_go_by_the_order_they_were_made_in(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    release(lake, "20260101T010000Z", 1)
    ahead, back = release(lake, "20260301T010000Z", 2), release(lake, "20260102T010000Z", 3)
    (lake.root / "releases" / "current").symlink_to(back)
    assert open_release(lake, "previous").id == ahead
    assert release_as_of(lake, date(2026, 1, 2)).id == back
    assert release_as_of(lake, date(2026, 4, 1)).id == back


def test_results_are_those_of_the_release_checked_last_before_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    ahead, back = release(lake, "20260301T010000Z", 1), release(lake, "20260102T010000Z", 2)
    check = Result("a", "verify", "ok", "1", "x", "2026-01-01T00:00:00Z", "")
    write_results(lake, "20250101T010000Z-0000000000000000", [check])
    assert read_results(lake, back) == ("20250101T010000Z-0000000000000000", [check])
    write_results(lake, ahead, [check])
    assert read_results(lake, back) == (ahead, [check])


@pytest.mark.parametrize(("minutes", "told"), [(4, False), (6, True)])
def test_a_clock_behind_what_was_recorded_is_told(
    minutes: int, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, ahead = Lake(tmp_path), NOW + timedelta(minutes=minutes)
    assert runs_behind(lake) is None
    monkeypatch.setattr(clock, "now", lambda: ahead)
    verdicts.record(lake, [VERDICT])
    monkeypatch.setattr(clock, "now", lambda: NOW)
    said = runs_behind(lake)
    assert (said is not None) == told
    if said:
        assert "the verdict on hujan.rain 2026-01-01" in said and "NTP" in said
        assert "2026-03-01 12:00" in said and "2026-03-01 12:06" in said
        verdicts.record(lake, [VERDICT])
        assert runs_behind(lake) is None
        name = release(lake, f"{ahead:%Y%m%dT%H%M%SZ}", 1)
        assert f"release {name}" in str(runs_behind(lake))
