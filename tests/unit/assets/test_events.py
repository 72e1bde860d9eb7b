"""Dagster's events in the files that Dagster itself makes and reads, written one by one and
together.
"""

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationPlanned,
)
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from dagster._core.errors import DagsterInvariantViolationError
from dagster._core.events import AssetMaterializationPlannedData, StepMaterializationData
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage

from assets.definitions import build_defs
from assets.events import KEPT, Events
from assets.ingest import key_of
from assets.instance import QUIET, open_instance
from assets.timetable import range_tags
from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT
from tests.sample import drop, row, sample_dataset

HISTORY = Path("history") / "runs"


@dg.asset
def counted(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    return dg.MaterializeResult(metadata={"rows": 3})


def schema(path: Path) -> list[tuple[str, ...]]:
    """Return what a file is made of: tables, indexes, its revision, how it is written."""
    con = sqlite3.connect(path)
    try:
        made = con.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
        revision = con.execute("SELECT version_num FROM alembic_version").fetchall()
        return [*made, *revision, *con.execute("PRAGMA journal_mode").fetchall()]
    finally:
        con.close()


def test_a_file_is_what_dagster_makes_and_dagster_reads_every_run(tmp_path: Path) -> None:
    lake, runs = Lake(tmp_path), list[str]()
    with open_instance(lake) as instance:
        assert isinstance(instance.event_log_storage, Events)
        for _ in range(KEPT + 2):
            result = dg.materialize([counted], instance=instance, run_config=QUIET)
            runs.append(result.run_id)
        written = [len(instance.all_logs(run_id)) for run_id in runs]
    own = SqliteEventLogStorage(str(tmp_path / "own"))
    with own.run_connection("a"):
        pass
    folder = lake.state / HISTORY
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*(f"{run_id}.db" for run_id in runs), "index.db"]
    ), "every file is closed"
    for run_id in runs:
        assert schema(folder / f"{run_id}.db") == schema(tmp_path / "own" / "a.db")
    kept = SqliteEventLogStorage(str(folder))
    assert [len(kept.get_logs_for_run(run_id)) for run_id in runs] == written
    assert min(written) > 5
    assert kept.get_latest_materialization_events([counted.key])[counted.key].run_id == runs[-1]


def test_a_history_that_dagster_began_goes_on_and_is_wiped(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.state.mkdir()
    with dg.DagsterInstance.local_temp(str(lake.state)) as instance:
        before = dg.materialize([counted], instance=instance, run_config=QUIET).run_id
    with open_instance(lake) as instance:
        assert instance.get_run_ids() == [before] and instance.all_logs(before)
        after = dg.materialize([counted], instance=instance, run_config=QUIET).run_id
        assert instance.get_run_ids() == [after, before]
        records = instance.fetch_materializations(counted.key, limit=9).records
        assert [record.run_id for record in records] == [after, before]
        instance.event_log_storage.wipe()
        assert instance.all_logs(after) == []
        assert instance.fetch_materializations(counted.key, limit=9).records == []


WHEN = ("create_timestamp", "migration_completed")
KEY, DAYS = dg.AssetKey(["clean", "rain"]), ("2026-01-01", "2026-01-02", "2026-01-03")


def entry(kind: dg.DagsterEventType, said: Any, run_id: str = "a") -> EventLogEntry:
    """Return one event of a run."""
    event = dg.DagsterEvent(kind.value, "job", event_specific_data=said, step_key="rain")
    return EventLogEntry(None, 10, "", run_id, 1767225600.5, "rain", "job", event)


def planned(key: dg.AssetKey, day: str) -> EventLogEntry:
    said = AssetMaterializationPlannedData(key, partition=day)
    return entry(dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED, said)


def materialized(key: dg.AssetKey, day: str) -> EventLogEntry:
    tags = {DATA_VERSION_TAG: day, "told": "to-nobody"}
    said = StepMaterializationData(dg.AssetMaterialization(key, partition=day, tags=tags))
    return entry(dg.DagsterEventType.ASSET_MATERIALIZATION, said)


def check_planned(days: Sequence[str] = ()) -> EventLogEntry:
    subset = dg.StaticPartitionsDefinition(DAYS).subset_with_partition_keys(days) if days else None
    said = AssetCheckEvaluationPlanned(
        asset_key=KEY, check_name="gate", partitions_subset=cast(Any, subset)
    )
    return entry(dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED, said)


def evaluated(day: str | None, passed: bool) -> EventLogEntry:
    said = dg.AssetCheckEvaluation(KEY, "gate", passed, {}, partition=day)
    return entry(dg.DagsterEventType.ASSET_CHECK_EVALUATION, said)


def rows(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every file, except when it was written."""
    held = {}
    for path in folder.glob("*.db"):
        con = sqlite3.connect(path)
        try:
            tables = con.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                names = [name for _, name, *_ in con.execute(f"PRAGMA table_info({table})")]
                listed = ", ".join(f'"{name}"' for name in names if name not in WHEN)
                held[f"{path.stem} {table}"] = con.execute(
                    f"SELECT {listed} FROM {table}"
                ).fetchall()
        finally:
            con.close()
    return held


def test_events_written_together_are_those_written_one_by_one(tmp_path: Path) -> None:
    other = dg.AssetKey(["public", "rain"])
    events = [
        entry(dg.DagsterEventType.RUN_START, None),
        *(planned(key, day) for key in (KEY, other) for day in DAYS),
        check_planned(),
        check_planned(DAYS[:2]),
        EventLogEntry(None, 10, "said by nobody's event", "a", 1767225600.5),
        *(
            event
            for n, day in enumerate(DAYS)
            for event in (evaluated(day, n != 1), materialized(KEY, day))
        ),
        materialized(other, DAYS[0]),
        planned(other, DAYS[1]),
        evaluated(None, False),
        entry(dg.DagsterEventType.RUN_SUCCESS, None),
    ]
    own, ours = SqliteEventLogStorage(str(tmp_path / "own")), Events(str(tmp_path / "ours"))
    for event in events:
        own.store_event(event)
    ours.store_event_batch(events)
    ours.dispose()
    expected = rows(tmp_path / "own")
    assert len(expected["a event_logs"]) == len(events)
    assert len(expected["index asset_event_tags"]) == len(DAYS) + 1
    assert len(expected["index asset_check_executions"]) == len(DAYS) + 1
    assert len(expected["index asset_keys"]) == 2
    assert rows(tmp_path / "ours") == expected


def test_events_that_cannot_be_written_together_leave_nothing(tmp_path: Path) -> None:
    ours = Events(str(tmp_path))
    twice = [materialized(KEY, DAYS[0]), check_planned(), check_planned(), evaluated(None, True)]
    with pytest.raises(DagsterInvariantViolationError, match="Updated 2 rows"):
        ours.store_event_batch(twice)
    of_two = [materialized(KEY, DAYS[0]), entry(dg.DagsterEventType.RUN_START, None, "b")]
    with pytest.raises(ValueError, match="too many values"):
        ours.store_event_batch(of_two)
    ours.store_event_batch([planned(KEY, DAYS[0]), planned(KEY, DAYS[1])])
    ours.dispose()
    held = rows(tmp_path)
    assert [len(held[f"{shard} event_logs"]) for shard in ("a", "index")] == [2, 2]
    assert held["index asset_check_executions"] == held["index asset_event_tags"] == []


def test_a_harvest_of_many_days_tells_them_together(tmp_path: Path) -> None:
    dataset, lake = sample_dataset(tmp_path), Lake(tmp_path / "lake")
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(14)]
    for day in days:
        drop(tmp_path / "drop", day, [row(day)])
    defs = build_defs(tmp_path / "contracts", lake, PROJECT / "sql")
    job = defs.resolve_implicit_global_asset_job_def()
    keys = [key_of(layer, dataset.id) for layer in ("raw", "clean", "public")]
    commits, counted = list[sa.Connection](), list[int]()
    note = commits.append
    sa.event.listen(sa.Engine, "commit", note)
    try:
        with open_instance(lake) as instance:
            for first, last in ((0, 0), (1, 2), (3, 13)):
                commits.clear()
                tags = range_tags(str(days[first]), str(days[last]))
                job.execute_in_process(
                    instance=instance, asset_selection=keys, tags=tags, run_config=QUIET
                )
                counted.append(len(commits))
            assert len(instance.get_materialized_partitions(keys[-1])) == len(days)
    finally:
        sa.event.remove(sa.Engine, "commit", note)
    assert counted[1] == counted[2], "not one transaction more for nine days more"
