"""What each thing done to a table leaves in it, in its history, and in what is told of it."""

import os
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import stamina
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError

from pipelines.errors import LakeError
from pipelines.lake import tables
from pipelines.lake.tables import KEEP_LOG, Tables, by_partition, partition_of
from tests.sample import put

DAYS = ["2026-01-01", "2026-01-02", "2026-01-03"]


def rows(keys: list[str], value: int = 1, **more: list[Any]) -> pa.Table:
    return pa.table({"value": [value] * len(keys), "_partition": keys, **more})


def read(table: Path) -> list[tuple[str, int]]:
    found = DeltaTable(table).to_pyarrow_table().to_pylist()
    return sorted((row["_partition"], row["value"]) for row in found)


@pytest.fixture
def lake() -> Tables:
    return Tables()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "it's" / "rain"


def test_a_files_folder_says_which_partition_it_holds() -> None:
    files = [
        "/x/_partition=2026-02/b.parquet",
        "/x/_partition=2026-01/c",
        "/x/_partition=2026-02/a",
    ]
    assert [partition_of(file) for file in files] == ["2026-02", "2026-01", "2026-02"]
    parted = by_partition(files)
    assert list(parted) == ["2026-01", "2026-02"]
    assert parted == {"2026-01": [files[1]], "2026-02": [files[0], files[2]]}


@pytest.mark.parametrize(
    ("keys", "metadata", "said"),
    [
        (DAYS[:1], None, {"partitions": "2026-01-01"}),
        (DAYS[:2], None, {"partitions": "2026-01-01..2026-01-02 (2)"}),
        (DAYS, {"run_id": "x"}, {"partitions": "2026-01-01..2026-01-03 (3)", "run_id": "x"}),
        (["all"], {"partitions": "mine"}, {"partitions": "mine"}),
        (["2026-01"], None, {"partitions": "2026-01"}),
    ],
)
def test_a_commit_says_which_partitions_it_replaced(
    keys: list[str],
    metadata: dict[str, str] | None,
    said: dict[str, str],
    lake: Tables,
    table: Path,
) -> None:
    assert not lake.exists(table)
    version = put(lake, table, keys, rows(keys), metadata)
    assert lake.exists(table) and (version, lake.version(table)) == (1, 1)
    (commit,) = lake.commits(table)
    assert {key: commit[key] for key in said} == said
    assert commit["version"] == 1 and commit["operation"] == "WRITE"
    assert DeltaTable(table).metadata().partition_columns == ["_partition"]
    assert DeltaTable(table).metadata().configuration == KEEP_LOG
    assert lake.partitions(table) == keys


def test_nothing_is_replaced_where_no_partition_or_one_that_is_none_is_named(
    lake: Tables, table: Path
) -> None:
    with pytest.raises(LakeError, match="no partition was named"):
        put(lake, table, [], rows([]))
    with pytest.raises(LakeError, match="'2026-01-01x' is not a partition key"):
        put(lake, table, ["2026-01", "2026-01-01x"], rows(["2026-01"]))
    assert not table.exists()


@pytest.mark.parametrize("way", ["replace", "append"])
def test_a_commit_that_lost_a_race_is_tried_again_with_rows_of_its_own(
    way: str, lake: Tables, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []
    keep_log = tables._keep_log

    def lost_once(table: Path) -> None:
        tries.append(way)
        if len(tries) == 1:
            raise CommitFailedError("another was first")
        keep_log(table)

    monkeypatch.setattr(tables, "_keep_log", lost_once)
    with stamina.set_testing(True, attempts=8):
        if way == "replace":
            put(lake, table, DAYS[:1], rows(DAYS[:1]))
        else:
            lake.append(table, rows(DAYS[:1]))
    assert (tries, read(table)) == ([way, way], [(DAYS[0], 1)])


def test_what_is_appended_is_added_with_its_new_columns(lake: Tables, table: Path) -> None:
    lake.append(table, rows(DAYS[:2]), {"release": "r"})
    assert lake.commits(table)[0]["release"] == "r"
    assert DeltaTable(table).metadata().configuration == KEEP_LOG
    lake.append(table, rows(DAYS[1:2], 2, note=["x"]))
    assert lake.columns(table).names == ["value", "_partition", "note"]
    assert lake.columns(table, 0).names == ["value", "_partition"]
    assert read(table) == [(DAYS[0], 1), (DAYS[1], 1), (DAYS[1], 2)]


def test_what_is_written_anew_has_its_own_columns_and_no_row_of_before(
    lake: Tables, table: Path
) -> None:
    put(lake, table, DAYS[:2], rows(DAYS[:2]))
    put(lake, table, DAYS[1:], rows(DAYS[2:], 3, other=[1]))
    assert read(table) == [(DAYS[0], 1), (DAYS[2], 3)]
    assert lake.columns(table).names == ["value", "_partition", "other"]
    lake.rewrite(table, rows(DAYS[:1], 4, only=["x"]).to_reader)
    assert (read(table), lake.partitions(table)) == ([(DAYS[0], 4)], DAYS[:1])
    assert lake.columns(table).names == ["value", "_partition", "only"]
    assert lake.partitions(table, 2) == [DAYS[0], DAYS[2]]


def test_a_tables_files_and_history_are_those_of_the_version_asked_for(
    lake: Tables, table: Path
) -> None:
    assert (lake.files(table), lake.partitions(table)) == ([], [])
    for key in (DAYS[2], DAYS[0], DAYS[1]):
        put(lake, table, [key], rows([key]), {"run_id": key})
    files = lake.files(table)
    assert files == sorted(files) and all(Path(file).is_file() for file in files)
    assert [partition_of(file) for file in files] == DAYS
    assert [partition_of(file) for file in lake.files(table, 2)] == [DAYS[0], DAYS[2]]
    told = [(commit["version"], commit.get("run_id")) for commit in lake.commits(table, 1)]
    assert told == [(3, DAYS[1]), (2, DAYS[0]), (1, DAYS[2])]
    assert [commit["version"] for commit in lake.commits(table, 3)] == [3]
    assert [commit["version"] for commit in lake.commits(table)] == [3]


def test_a_table_is_taken_back_to_a_version_as_a_new_one(lake: Tables, table: Path) -> None:
    first = put(lake, table, DAYS[:1], rows(DAYS[:1], 1))
    second = put(lake, table, DAYS[:1], rows(DAYS[:1], 2))
    lake.restore(table, first)
    assert (read(table), lake.version(table)) == ([(DAYS[0], 1)], second + 1)
    with pytest.raises(LakeError, match="cannot be taken back to version 99"):
        lake.restore(table, 99)


def test_vacuum_leaves_what_the_latest_and_the_kept_versions_hold(
    lake: Tables, table: Path
) -> None:
    files = []
    for value in range(3):
        version = put(lake, table, DAYS[:1], rows(DAYS[:1], value))
        files += lake.files(table, version)
    names = [Path(file).name for file in files]
    assert lake.vacuum(table, (), 1, dry_run=False) == [], "replaced less than an hour ago"
    told = lake.vacuum(table, {1}, 0, dry_run=True)
    assert [Path(file).name for file in told] == [names[1]] and Path(files[1]).is_file()
    assert lake.vacuum(table, {1}, 0, dry_run=False) == told
    assert [Path(file).is_file() for file in files] == [True, False, True]
    with pytest.raises(LakeError, match="no such table"):
        lake.vacuum(table.with_name("other"), {1}, 0, dry_run=False)


def test_a_table_that_cannot_be_vacuumed_is_told_as_such(
    lake: Tables, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object, **more: object) -> None:
        raise OSError("disk full")

    put(lake, table, DAYS[:1], rows(DAYS[:1]))
    monkeypatch.setattr(DeltaTable, "vacuum", full)
    with pytest.raises(LakeError, match="cannot be vacuumed: disk full"):
        lake.vacuum(table, {1}, 0, dry_run=False)


DAY = DAYS[:1]
WRITES = {
    "replace": lambda lake, table: put(lake, table, DAY, rows(DAY)),
    "append": lambda lake, table: lake.append(table, rows(DAY)),
    "rewrite": lambda lake, table: lake.rewrite(table, rows(DAY).to_reader),
}


def aged(table: Path) -> None:
    """Make every log entry older than the 30 days after which Delta lets it go unless it is told
    otherwise.
    """
    long_ago = time.time() - 40 * 24 * 3600
    for path in (table / "_delta_log").iterdir():
        os.utime(path, (long_ago, long_ago))


def made_before(table: Path) -> None:
    write_deltalake(table, rows(DAY), partition_by=["_partition"])
    write_deltalake(table, rows(DAY, 2), mode="append")


@pytest.mark.parametrize("way", WRITES)
def test_a_table_made_before_keeps_its_log_from_its_next_write(
    way: str, lake: Tables, table: Path
) -> None:
    made_before(table)
    aged(table)
    files = lake.files(table, 1)
    WRITES[way](lake, table)
    assert lake.version(table) == 3, "one commit for the property, one for the rows"
    WRITES[way](lake, table)
    assert lake.version(table) == 4 and DeltaTable(table).metadata().configuration == KEEP_LOG
    assert lake.files(table, 1) == files


def test_a_log_that_is_kept_is_there_when_it_is_older_than_delta_keeps_one(
    lake: Tables, table: Path
) -> None:
    made_before(table)
    files = lake.files(table, 1)
    lake.append(table, rows(DAY))
    for value in range(105):
        write_deltalake(table, rows(DAY, value), mode="append")
        aged(table)
    assert (
        list((table / "_delta_log").glob("*.checkpoint.parquet")) and lake.files(table, 1) == files
    )


def test_the_commit_of_the_property_says_what_the_last_one_did(
    lake: Tables, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(lake, table, ["all"], rows(["all"]), {"receipt": "x"})
    monkeypatch.setattr(
        "pipelines.lake.tables.KEEP_LOG", {"delta.deletedFileRetentionDuration": "interval 9 days"}
    )
    put(lake, table, ["all"], rows(["all"]), {"receipt": "y"})
    assert [commit.get("receipt") for commit in lake.commits(table, 0)] == ["y", "x", "x", None]


def test_a_version_that_is_gone_is_told_as_such(lake: Tables, table: Path) -> None:
    made_before(table)
    for value in range(105):
        write_deltalake(table, rows(DAY, value), mode="append")
        aged(table)
    for version in (1, 999):
        with pytest.raises(
            LakeError, match=rf"its log cannot be read at version {version}: .*backup"
        ):
            lake.files(table, version)
    before = sorted(table.rglob("*.parquet"))
    write_deltalake(table, rows(DAY), mode="overwrite")
    with pytest.raises(LakeError, match=r"its log cannot be read at version 1: .*backup"):
        lake.vacuum(table, {1, 106}, 0, dry_run=False)
    assert set(before) <= set(table.rglob("*.parquet")), "nothing was deleted"
    (table / "_delta_log" / f"{lake.version(table):020d}.json").write_text("{")
    with pytest.raises(LakeError, match=r"its log cannot be read: .*backup"):
        lake.version(table)
    with pytest.raises(LakeError, match="no such table"):
        lake.version(table.with_name("other"))
