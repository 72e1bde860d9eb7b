"""Dagster's events in the files that Dagster itself makes and reads."""

import sqlite3
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage

from assets.events import KEPT, Events
from assets.instance import QUIET, open_instance
from pipelines.lake.lake import Lake

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
