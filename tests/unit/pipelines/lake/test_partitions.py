"""Which days and months a dataset has, and the time that a range of them covers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from pipelines.contract.model import Dataset
from pipelines.lake import partitions
from pipelines.lake.partitions import (
    first_day,
    following,
    key_of,
    keys_between,
    last_complete,
    last_day,
    spans,
    today,
    window_of,
)
from tests.sample import sample_dataset

DAY = date.fromisoformat


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return sample_dataset(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-03-15")
    yield


def test_today_is_the_zones_own_or_the_pretended_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: ZoneInfo | None = None) -> datetime:  # type: ignore[override]
            return datetime(2026, 1, 1, 20, tzinfo=ZoneInfo("UTC")).astimezone(tz)

    monkeypatch.setattr(partitions, "datetime", Clock)
    monkeypatch.delenv("LUMBUNG_TODAY", raising=False)
    assert (today("UTC"), today("Asia/Jakarta")) == (DAY("2026-01-01"), DAY("2026-01-02"))
    assert today() == DAY("2026-01-02"), "the city's own zone"
    monkeypatch.setenv("LUMBUNG_TODAY", "2025-05-05")
    assert today("UTC") == today() == DAY("2025-05-05")


@pytest.mark.parametrize(
    ("partition", "key", "first", "after"),
    [
        ("day", "2026-01-31", "2026-01-31", "2026-02-01"),
        ("day", "2024-02-28", "2024-02-28", "2024-02-29"),
        ("month", "2026-01", "2026-01-01", "2026-02-01"),
        ("month", "2026-02", "2026-02-01", "2026-03-01"),
        ("month", "2026-12", "2026-12-01", "2027-01-01"),
    ],
)
def test_a_partition_begins_on_its_first_day_and_ends_before_the_following(
    partition: str, key: str, first: str, after: str, dataset: Dataset
) -> None:
    assert (first_day(key), following(key)) == (DAY(first), DAY(after))
    kept = replace(dataset, partition=partition)  # type: ignore[arg-type]
    assert key_of(kept, DAY(first)) == key != key_of(kept, DAY(after))


@pytest.mark.parametrize(
    ("partition", "ended", "last", "complete"),
    [
        ("day", None, None, "2026-03-14"),
        ("month", None, None, "2026-02-28"),
        ("day", "2026-03-14", "2026-03-14", "2026-03-14"),
        ("day", "2026-03-15", None, "2026-03-14"),
        ("month", "2026-01-20", "2026-01-20", "2026-01-20"),
        ("month", "2026-09-01", None, "2026-02-28"),
    ],
)
def test_a_partition_is_complete_when_it_is_over_or_the_system_has_stopped(
    partition: str, ended: str | None, last: str | None, complete: str, dataset: Dataset, now: None
) -> None:
    until = DAY(ended) if ended else None
    kept = replace(dataset, partition=partition, active_to=until)  # type: ignore[arg-type]
    assert last_day(kept) == (DAY(last) if last else None)
    assert last_complete(kept) == DAY(complete)


@pytest.mark.parametrize("zone", ["Asia/Jayapura", "America/New_York"])
def test_what_is_over_is_said_by_the_datasets_own_day(
    zone: str, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []
    monkeypatch.setattr(partitions, "today", lambda zone: asked.append(zone) or DAY("2026-03-15"))
    last_complete(replace(dataset, timezone=zone, active_to=DAY("2026-03-14")))
    assert asked == [zone, zone]


@pytest.mark.parametrize(
    ("partition", "first", "last", "ended", "keys"),
    [
        ("day", "2026-01-30", "2026-02-01", None, ("2026-01-30", "2026-01-31", "2026-02-01")),
        ("day", "2025-12-01", "2026-01-02", None, ("2026-01-01", "2026-01-02")),
        ("day", "2026-01-03", "2026-02-01", "2026-01-04", ("2026-01-03", "2026-01-04")),
        ("day", "2026-01-03", "2026-01-03", "2026-02-01", ("2026-01-03",)),
        ("day", "2026-01-03", "2026-01-02", None, ()),
        ("month", "2026-01-31", "2026-03-01", None, ("2026-01", "2026-02", "2026-03")),
        ("month", "2026-01-31", "2026-02-28", None, ("2026-01", "2026-02")),
    ],
)
def test_the_keys_between_two_days_are_those_of_partitions_that_touch_them(
    partition: str, first: str, last: str, ended: str | None, keys: tuple[str], dataset: Dataset
) -> None:
    until = DAY(ended) if ended else None
    kept = replace(dataset, partition=partition, active_to=until)  # type: ignore[arg-type]
    assert keys_between(kept, DAY(first), DAY(last)) == keys


@pytest.mark.parametrize(
    ("keys", "unbroken"),
    [
        ([], []),
        (["2026-01-02"], [("2026-01-02", "2026-01-02")]),
        (
            ["2026-02-01", "2026-01-31", "2026-02-03", "2026-02-02", "2026-02-07"],
            [("2026-01-31", "2026-02-03"), ("2026-02-07", "2026-02-07")],
        ),
        (["2025-12", "2026-01", "2026-03"], [("2025-12", "2026-01"), ("2026-03", "2026-03")]),
    ],
)
def test_keys_that_follow_one_another_are_one_span(
    keys: list[str], unbroken: list[tuple[str, str]]
) -> None:
    assert spans(keys) == unbroken


def test_a_window_goes_from_midnight_to_midnight_in_the_datasets_zone(dataset: Dataset) -> None:
    zone = ZoneInfo("Asia/Makassar")
    kept = replace(dataset, timezone="Asia/Makassar")
    window = window_of(kept, ["2026-01-29", "2026-01-30", "2026-01-31"])
    assert window.start.isoformat() == "2026-01-29T00:00:00+08:00"
    assert window.end == datetime(2026, 2, 1, tzinfo=zone)
    assert window.partitions == ("2026-01-29", "2026-01-30", "2026-01-31")
    assert window_of(kept, ["2026-01", "2026-02"]).end == datetime(2026, 3, 1, tzinfo=zone)
