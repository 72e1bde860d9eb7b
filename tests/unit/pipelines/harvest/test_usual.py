"""With which partitions a new one is compared: those before it, of its weekday where enough are."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.contract.model import Dataset
from pipelines.harvest.usual import comparable, usual
from pipelines.lake.delivery import Usual
from tests.sample import sample_dataset

MONDAY = date(2026, 1, 5)


def days(first: date, count: int) -> dict[str, int]:
    return {str(first + timedelta(days=number)): number for number in range(count)}


def verdict(key: str, rows: int, accepted: str | None = None) -> dict[str, object]:
    findings = [{"accepted": None}, {"accepted": accepted}]
    return {"partition": key, "passed": rows - 1, "quarantined": 1, "findings": findings}


def test_a_day_is_held_against_all_before_it_until_its_weekday_is_known() -> None:
    eleventh, thursday = MONDAY + timedelta(days=10), date(2026, 3, 26)
    assert comparable(str(eleventh), days(MONDAY, 10)) == ([*days(MONDAY, 10)], False)
    alike, is_of_weekday = comparable(str(thursday), days(MONDAY, 80))
    assert is_of_weekday
    assert {date.fromisoformat(key).weekday() for key in alike} == {thursday.weekday()}
    assert alike[-1] == "2026-03-12" and len(alike) >= 8, "the Thursday between them was Nyepi"


def test_only_what_is_recent_counts() -> None:
    known = days(date(2024, 1, 1), 700)
    day = date(2025, 12, 1)
    assert len(comparable(str(day), known)[0]) == 26
    months = {f"{year}-{month:02d}": 1 for year in range(2018, 2026) for month in range(1, 13)}
    assert comparable("2026-01", months) == (list(months)[-56:], False)


def test_a_holiday_is_a_sunday() -> None:
    known = days(date(2025, 9, 1), 115)
    christmas, _ = comparable("2025-12-25", known)
    assert date(2025, 12, 25).weekday() == 3
    weekdays = {date.fromisoformat(key).weekday() for key in christmas}
    assert 6 in weekdays and len(christmas) >= 15
    assert "2025-09-05" in christmas, "the Prophet's birthday was a Friday"


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return sample_dataset(tmp_path)


def test_what_was_delivered_is_counted_and_what_stands_is_told(dataset: Dataset) -> None:
    passed = [verdict("2026-01-05", 7), verdict("2026-01-06", 9), verdict("2026-01-07", 11)]
    assert usual(dataset, passed, ["2026-01-07", "2026-01-08"]) == {
        "2026-01-07": Usual((7, 9), 11),
        "2026-01-08": Usual((7, 9), None),
    }, "days that are asked for together are no measure of each other"


def test_the_most_that_passed_of_a_day_stands_until_a_person_takes_fewer_for_right(
    dataset: Dataset,
) -> None:
    halved = [verdict("2026-01-05", rows) for rows in (200, 100, 50)]
    assert usual(dataset, halved, ["2026-01-05"])["2026-01-05"].standing == 200
    accepted = [*halved, verdict("2026-01-05", 3, "Ana: right")]
    assert usual(dataset, accepted, ["2026-01-05"])["2026-01-05"].standing == 3
    grown = [*accepted, verdict("2026-01-05", 9)]
    assert usual(dataset, grown, ["2026-01-05"])["2026-01-05"].standing == 9


def test_what_a_person_took_for_right_is_not_usual(dataset: Dataset) -> None:
    passed = [verdict("2026-01-05", 7), verdict("2026-01-06", 3, "Ana: right")]
    assert usual(dataset, passed, ["2026-01-08"])["2026-01-08"].counts == (7,)
    again = [*passed, verdict("2026-01-06", 8)]
    assert usual(dataset, again, ["2026-01-08"])["2026-01-08"].counts == (7, 8)


def test_a_past_day_of_a_source_that_shows_the_newest_versions_is_not_compared(
    dataset: Dataset,
) -> None:
    live = replace(
        dataset, delivery="changes", source=replace(dataset.source, fetch={"path": "/rain"})
    )
    passed = [verdict("2026-01-05", 7)]
    keys = ["2026-01-05", "2026-01-06"]
    assert set(usual(live, passed, keys)) == {"2026-01-06"}
    assert set(usual(replace(dataset, delivery="changes"), passed, keys)) == {*keys}
