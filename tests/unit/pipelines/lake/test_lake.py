"""Replace is atomic, exact, repeatable and race-free; names and keys follow the strict pattern."""

import multiprocessing
import os
import time
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError

from pipelines.errors import LakeError
from pipelines.lake.delivery import Part
from pipelines.lake.lake import Lake


def rows(keys: list[str], value: int, n: int = 3) -> pa.Table:
    return pa.table(
        {
            "value": pa.array([value] * n * len(keys), pa.int64()),
            "_partition": pa.array([key for key in keys for _ in range(n)], pa.string()),
        }
    )


def content(lake: Lake, table: Path) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    files = lake.files(table)
    if files:
        with lake.connect() as con:
            query = (
                "SELECT _partition, value FROM read_parquet($1, hive_partitioning = true,"
                " hive_types = {'_partition': VARCHAR})"
            )
            for key, value in con.execute(query, [files]).fetchall():
                found.setdefault(key, []).append(value)
    return found


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def test_replace_touches_its_partitions_and_no_other(lake: Lake) -> None:
    table = lake.table("clean", "a", "b")
    days = ["2026-01-01", "2026-01-02", "2026-01-03"]
    lake.replace(table, days, rows(days, 1).to_reader)
    lake.replace(table, days[:2], rows(days[:1], 2, 5).to_reader)
    assert content(lake, table) == {"2026-01-01": [2] * 5, "2026-01-03": [1] * 3}


def test_replace_is_safe_to_repeat(lake: Lake) -> None:
    table = lake.table("clean", "a", "b")
    for _ in range(3):
        lake.replace(table, ["2026-01"], rows(["2026-01"], 7).to_reader)
    assert content(lake, table) == {"2026-01": [7] * 3}


def test_a_row_outside_the_named_partitions_is_refused_and_nothing_changes(lake: Lake) -> None:
    table = lake.table("clean", "a", "b")
    lake.replace(table, ["2026-01-01"], rows(["2026-01-01"], 1).to_reader)
    with pytest.raises(DeltaError, match="failed validation"):
        lake.replace(table, ["2026-01-01"], rows(["2026-01-02"], 2).to_reader)
    assert content(lake, table) == {"2026-01-01": [1] * 3}


@pytest.mark.parametrize("key", ["2026-1-1", "x", "2026-01-01' OR '1'='1", "../2026-01-01", ""])
def test_a_key_that_is_none_is_refused(lake: Lake, key: str) -> None:
    with pytest.raises(LakeError, match="YYYY-MM-DD"):
        lake.replace(lake.table("clean", "a", "b"), [key], rows(["2026-01-01"], 1).to_reader)


@pytest.mark.parametrize(
    "name", ["../x", "A", "a.b", "a b", '"', "a" * 64, "--help", "1a", "émoji"]
)
def test_a_name_that_is_none_is_refused(lake: Lake, name: str) -> None:
    with pytest.raises(LakeError, match="not a table name"):
        lake.table("clean", name, "b")


def test_an_old_version_stays_readable(lake: Lake) -> None:
    table = lake.table("clean", "a", "b")
    first = lake.replace(table, ["2026-01-01"], rows(["2026-01-01"], 1).to_reader)
    before = lake.files(table, first)
    lake.replace(table, ["2026-01-01"], rows(["2026-01-01"], 2).to_reader)
    assert lake.files(table, first) == before != lake.files(table)
    assert all(Path(file).is_file() for file in before)


def test_a_new_column_is_taken_in(lake: Lake) -> None:
    table = lake.table("clean", "a", "b")
    lake.replace(table, ["2026-01-01"], rows(["2026-01-01"], 1).to_reader)
    wider = rows(["2026-01-02"], 1).append_column("note", pa.array(["x"] * 3))
    lake.replace(table, ["2026-01-02"], wider.to_reader)
    assert "note" in lake.columns(table).names


DAY = ["2026-01-01"]
WRITES = {
    "replace": lambda lake, table: lake.replace(table, DAY, rows(DAY, 1).to_reader),
    "append": lambda lake, table: lake.append(table, rows(DAY, 1)),
    "rewrite": lambda lake, table: lake.rewrite(table, rows(DAY, 1).to_reader()),
}


def aged(table: Path) -> None:
    """Make every log entry older than the 30 days after which Delta lets it go unless it is told
    otherwise.
    """
    long_ago = time.time() - 40 * 24 * 3600
    for path in (table / "_delta_log").iterdir():
        os.utime(path, (long_ago, long_ago))


def made_before(table: Path) -> None:
    write_deltalake(table, rows(DAY, 1), partition_by=["_partition"])
    write_deltalake(table, rows(DAY, 2), mode="append")


@pytest.mark.parametrize("way", WRITES)
def test_a_table_made_before_keeps_its_log_from_its_next_write(way: str, lake: Lake) -> None:
    table = lake.table("clean", "a", "b")
    made_before(table)
    aged(table)
    files = lake.files(table, 1)
    WRITES[way](lake, table)
    assert lake.version(table) == 3, "one commit for the property, one for the rows"
    WRITES[way](lake, table)
    assert lake.version(table) == 4 and DeltaTable(table).metadata().configuration == {
        "delta.logRetentionDuration": "interval 3660 days"
    }
    for value in range(105):
        write_deltalake(table, rows(DAY, value), mode="append")
        aged(table)
    assert (
        list((table / "_delta_log").glob("*.checkpoint.parquet")) and lake.files(table, 1) == files
    )


def test_the_commit_of_the_property_says_what_the_last_one_did(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = lake.table("mart", "a")
    lake.replace(table, ["all"], rows(["all"], 1).to_reader, {"receipt": "x"})
    monkeypatch.setattr(
        "pipelines.lake.tables.KEEP_LOG", {"delta.deletedFileRetentionDuration": "interval 9 days"}
    )
    lake.replace(table, ["all"], rows(["all"], 1).to_reader, {"receipt": "y"})
    assert [each.get("receipt") for each in lake.commits(table, 0)] == ["y", "x", "x", None]


def test_a_version_that_is_gone_is_told_as_such(lake: Lake) -> None:
    table = lake.table("clean", "a", "b")
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
    write_deltalake(table, rows(DAY, 1), mode="overwrite")
    with pytest.raises(LakeError, match=r"its log cannot be read at version 1: .*backup"):
        lake.vacuum(table, {1, 106}, 0, dry_run=False)
    assert set(before) <= set(table.rglob("*.parquet")), "nothing was deleted"
    (table / "_delta_log" / f"{lake.version(table):020d}.json").write_text("{")
    with pytest.raises(LakeError, match=r"its log cannot be read: .*backup"):
        lake.version(table)
    with pytest.raises(LakeError, match="no such table"):
        lake.version(lake.table("clean", "a", "c"))


def test_a_delivery_is_kept_byte_for_byte_with_a_receipt(lake: Lake, tmp_path: Path) -> None:
    big = tmp_path / "b.parquet"
    big.write_bytes(b"bytes")
    parts = [Part("../../page 1.json", b"[1]", "http://x/1"), Part("b.parquet", big, "file")]
    landed = lake.land("a.b", "run", parts, ["2026-01-01"])
    assert [part.path.read_bytes() for part in landed] == [b"[1]", b"bytes"]
    assert all(part.path.parent == lake.root / "raw/a/b/run" for part in landed)
    assert (lake.root / "raw/a/b/run/receipt.json").is_file()


def _writer(root: str, number: int, same: bool) -> None:
    lake = Lake(Path(root))
    for n in range(8):
        key = "2026-01-01" if same else f"2026-01-{number * 8 + n + 1:02d}"
        lake.replace(lake.table("clean", "a", "b"), [key], rows([key], number).to_reader)


@pytest.mark.parametrize("same", [False, True], ids=["different days", "the same day"])
def test_writers_at_once_lose_and_double_nothing(lake: Lake, same: bool) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_writer, args=(str(lake.root), number, same)) for number in range(3)
    ]
    for each in writers:
        each.start()
    table, seen = lake.table("clean", "a", "b"), 0
    while any(each.is_alive() for each in writers):
        seen += 1
        assert all(
            len(values) == 3 and len(set(values)) == 1 for values in content(lake, table).values()
        ), "a reader saw a partial partition"
    for each in writers:
        each.join()
        assert each.exitcode == 0
    found = content(lake, table)
    assert len(found) == (1 if same else 24)
    assert all(len(values) == 3 and len(set(values)) == 1 for values in found.values())
    assert seen > 3


def test_a_workspace_is_gone_afterwards_and_takes_the_stale_ones_along(lake: Lake) -> None:
    stale, living = lake.work / "killed", lake.work / "living"
    for folder in (stale, living):
        folder.mkdir(parents=True)
    long_ago = time.time() - 3 * 24 * 3600
    os.utime(stale, (long_ago, long_ago))
    with pytest.raises(RuntimeError), lake.workspace("mine") as mine:
        assert mine.is_dir()
        raise RuntimeError
    assert [path.name for path in lake.work.iterdir()] == ["living"]
