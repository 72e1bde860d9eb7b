"""What Dagster shows: assets by application, checks, schedules, the file-drop sensor, ranges in
one run.
"""

import os
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from assets.definitions import build_defs
from assets.due import keys_to_harvest, newest
from assets.instance import open_instance
from assets.run import run
from assets.timetable import END, START, freshness_of, schedule_of, sensor_of
from assets.workers import WORTHWHILE
from pipelines.connectors.contracts import read_contract, read_contracts
from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT
from tests.sample import drop, row, sample_dataset, write_sample

DAY = date(2026, 1, 1)
STEPS = ["fetch", "refine", "judge", "quarantine", "commit", "publish", "record"]
pytestmark = pytest.mark.xdist_group("gate")


@pytest.fixture
def defs(tmp_path: Path) -> dg.Definitions:
    return build_defs(PROJECT / "assets" / "contracts", Lake(tmp_path / "lake"), PROJECT / "sql")


def test_every_asset_has_a_group_an_owner_and_a_description(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    contracts = read_contracts(PROJECT / "assets" / "contracts")
    for contract in contracts:
        for dataset in contract.datasets:
            for layer in ("raw", "clean", "public") if dataset.is_public else ("raw", "clean"):
                node = graph.get(dg.AssetKey([layer, contract.application, dataset.name]))
                assert (
                    node.group_name == contract.application
                    and node.owners == [f"team:{contract.owner}"]
                    and node.description
                )
    assert dg.AssetKey(["kpi", "permit_lead_time"]) in graph.get_all_asset_keys()
    assert graph.get(dg.AssetKey(["kpi", "days_by_ispu_category"])).parent_keys == {
        dg.AssetKey(["mart", "harvest_periods"]),
        dg.AssetKey(["mart", "ispu_daily"]),
    }


def test_checks_schedules_freshness_and_sensor(defs: dg.Definitions) -> None:
    specs = [
        spec
        for asset in defs.assets or ()
        if isinstance(asset, dg.AssetsDefinition)
        for spec in asset.check_specs
    ]
    datasets = [
        dataset
        for contract in read_contracts(PROJECT / "assets" / "contracts")
        for dataset in contract.datasets
    ]
    assert len(specs) == len(datasets) and all(spec.blocking for spec in specs)
    assert {schedule.name for schedule in defs.schedules or ()} >= {
        "sikesal__complaints_schedule",
        "release_schedule",
    }
    dropped = {
        dataset.id.replace(".", "__") + "_drop"
        for dataset in datasets
        if dataset.source.connector == "file" and not dataset.active_to
    }
    assert {sensor.name for sensor in defs.sensors or ()} == dropped >= {"ppid__requests_drop"}
    public = [
        spec
        for asset in defs.assets or ()
        if isinstance(asset, dg.AssetsDefinition)
        for spec in asset.specs
        if spec.key.path[0] == "public"
    ]
    stopped = {dataset.id for dataset in datasets if dataset.active_to}
    assert public and all(
        bool(spec.freshness_policy) != (".".join(spec.key.path[1:]) in stopped) for spec in public
    )


def test_a_system_is_scheduled_up_to_a_known_end_and_not_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = replace(sample_dataset(tmp_path), active_to=date(2026, 1, 9))
    for today, running in (("2026-01-09", True), ("2026-01-10", False)):
        monkeypatch.setenv("LUMBUNG_TODAY", today)
        made = (
            freshness_of(ends),
            schedule_of(Lake(tmp_path / "lake"), ends, dg.AssetSelection.all()),
            sensor_of(ends, dg.AssetSelection.all()),
        )
        assert [request is not None for request in made] == [running] * 3


def test_dropped_files_ask_for_their_days_once_an_unbroken_span_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    defs = build_defs(
        write_sample(tmp_path / "contracts", tmp_path / "drop").parent,
        Lake(tmp_path / "lake"),
        PROJECT / "sql",
    )
    (sensor,) = defs.sensors or ()
    days = [DAY + timedelta(days=n) for n in (0, 1, 2, 5)]
    for day in days:
        drop(tmp_path / "drop", day, [row(day)])
    with dg.DagsterInstance.ephemeral() as instance:

        def requested_runs(cursor: str | None) -> tuple[list[tuple[str, str]], str]:
            result = sensor(dg.build_sensor_context(instance=instance, cursor=cursor))
            return [
                (request.tags[START], request.tags[END]) for request in result.run_requests
            ], result.cursor

        first, cursor = requested_runs(None)
        assert first == [("2026-01-01", "2026-01-03"), ("2026-01-06", "2026-01-06")]
        assert requested_runs(cursor) == ([], cursor)
        monkeypatch.setenv("LUMBUNG_TODAY", "")
        tomorrow = drop(tmp_path / "drop", date.today() + timedelta(days=1), [])
        assert requested_runs(cursor) == ([], cursor), (
            "a day that is not over is asked for when it is"
        )
        tomorrow.unlink()
        late = drop(tmp_path / "drop", DAY + timedelta(days=3), [row(DAY + timedelta(days=3))])
        os.utime(late, (0, 0))
        assert requested_runs(cursor)[0] == [("2026-01-04", "2026-01-04")], (
            "a file copied with its old date is new all the same"
        )


def test_a_schedule_asks_for_the_last_complete_day_and_the_look_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-06-16")
    dataset = read_contract(PROJECT / "assets" / "contracts" / "aqms.odcs.yaml").datasets[0]
    assert newest(dataset) == ("2026-06-14", "2026-06-15")


def test_a_monthly_look_back_steps_by_months(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-04-05")
    assert newest(replace(sample_dataset(tmp_path), partition="month", lookback=1)) == (
        "2026-02",
        "2026-03",
    )


def test_a_source_that_shows_only_its_state_of_now_is_asked_for_one_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-10")
    dated = sample_dataset(tmp_path, delivery="snapshot")
    now = replace(dated, source=replace(dated.source, fetch={"files": "rain.csv"}))
    assert not dated.is_now_only and now.is_now_only
    assert keys_to_harvest(Lake(tmp_path / "lake"), now, DAY, DAY + timedelta(days=4)) == (
        "2026-01-05",
    )
    assert keys_to_harvest(Lake(tmp_path / "lake"), now, None, None) == ("2026-01-09",)


def test_many_datasets_are_harvested_two_at_a_time_and_a_reference_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-10")
    for n in range(WORTHWHILE):
        write_sample(tmp_path / "contracts", tmp_path / f"drop{n}", application=f"hujan{n}")
        drop(tmp_path / f"drop{n}", DAY, [row(DAY)])
    lake = Lake(tmp_path / "lake")
    with open_instance(lake) as instance:
        report = run(
            instance, tmp_path / "contracts", lake, PROJECT / "sql", [], DAY, DAY, lambda *_: None
        )
        assert len(instance.get_run_ids()) == WORTHWHILE + 1
    assert report.errors == [] and {rows[0]["verdict"] for rows in report.datasets.values()} == {
        "passed"
    }
    assert report.release


def test_a_range_is_one_run_and_dagster_knows_only_what_is_true(tmp_path: Path) -> None:
    contracts, lake = (
        write_sample(tmp_path / "contracts", tmp_path / "drop").parent,
        Lake(tmp_path / "lake"),
    )
    for n in range(20):
        day = DAY + timedelta(days=n)
        drop(tmp_path / "drop", day, [row(day, 1), *([row(day, 1, rain="9")] if n == 3 else [])])
    with open_instance(lake) as instance:
        report = run(
            instance,
            contracts,
            lake,
            PROJECT / "sql",
            [],
            DAY,
            DAY + timedelta(days=19),
            lambda *_: None,
        )
        assert report.errors == [] and len(report.datasets["hujan.rain"]) == 20
        (harvest,), (release,) = (report.profiles[name] for name in ("hujan.rain", "release"))
        assert [*harvest.seconds] == STEPS and [*harvest.bytes] == ["delivered", "staged"]
        assert min(*harvest.seconds.values(), *harvest.bytes.values()) > 0
        assert {"models", "views", "release"} <= {*release.seconds} and release.bytes == {}
        assert len(instance.get_run_ids()) == 2
        models = {key for key in instance.all_asset_keys() if key.path[0] in ("mart", "kpi")}
        told = instance.get_latest_materialization_events([dg.AssetKey("release"), *models])
        assert len(models) >= 3 and all(
            event and event.run_id in instance.get_run_ids() for event in told.values()
        )
        for layer, days in (("raw", 20), ("clean", 19), ("public", 19)):
            assert (
                len(instance.get_materialized_partitions(dg.AssetKey([layer, "hujan", "rain"])))
                == days
            )
        assert "2026-01-04" not in instance.get_materialized_partitions(
            dg.AssetKey(["public", "hujan", "rain"])
        )
        run(
            instance,
            contracts,
            lake,
            PROJECT / "sql",
            [],
            DAY,
            DAY + timedelta(days=19),
            lambda *_: None,
        )
    assert (lake.root / "dagster" / "dagster.yaml").is_file()


def test_a_run_without_dates_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-10")
    contracts, lake = (
        write_sample(tmp_path / "contracts", tmp_path / "drop").parent,
        Lake(tmp_path / "lake"),
    )
    dataset = sample_dataset(tmp_path)
    schedule = schedule_of(lake, dataset, dg.AssetSelection.all())
    assert schedule is not None

    def scheduled(hour: int = 2) -> list[tuple[str, str]]:
        at = datetime(2026, 1, 10, hour, 30, tzinfo=ZoneInfo(dataset.timezone))
        tick = schedule.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=at))
        assert len({request.run_key for request in tick.run_requests}) == len(tick.run_requests)
        return [(request.tags[START], request.tags[END]) for request in tick.run_requests]

    assert keys_to_harvest(lake, dataset, None, None)[0] == "2026-01-01"
    assert scheduled() == [("2026-01-09", "2026-01-09")], "years of history are asked for by hand"
    for n in range(5):
        if n != 2:
            drop(tmp_path / "drop", DAY + timedelta(days=n), [row(DAY + timedelta(days=n))])
    with dg.DagsterInstance.ephemeral() as instance:
        run(
            instance,
            contracts,
            lake,
            PROJECT / "sql",
            [],
            DAY,
            DAY + timedelta(days=4),
            lambda *_: None,
        )
    assert keys_to_harvest(lake, dataset, None, None) == tuple(
        f"2026-01-{n:02d}" for n in (3, *range(6, 10))
    )
    assert scheduled() == [("2026-01-03", "2026-01-03"), ("2026-01-06", "2026-01-09")]
    assert scheduled(3) == [("2026-01-09", "2026-01-09")], "a day that stays withheld, once a day"
