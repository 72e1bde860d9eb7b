"""A table is opened once as long as nobody else changes it, and anew when somebody did."""

import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from pipelines.errors import LakeError
from pipelines.lake import snapshots
from pipelines.lake.lake import Lake
from tests.sample import put

DAYS = ["2026-01-01", "2026-01-02", "2026-01-03"]


def rows(key: str, value: int = 1) -> pa.Table:
    return pa.table({"value": [value], "_partition": [key]})


def read(lake: Lake, table: Path) -> list[int]:
    with lake.lent("64MiB", lake.root / "spill") as con:
        found = con.sql(f"SELECT value FROM read_parquet({lake.files(table)}) ORDER BY 1")
        return [value for (value,) in found.fetchall()]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The tables that are opened from now on, each time."""
    paths = list[Path]()

    def counted(path: Path, **more: int) -> DeltaTable:
        paths.append(path)
        return DeltaTable(path, **more)

    counted.is_deltatable = DeltaTable.is_deltatable  # type: ignore[attr-defined]
    monkeypatch.setattr(snapshots, "DeltaTable", counted)
    return paths


def test_a_table_that_one_process_changes_is_opened_once(lake: Lake, opened: list[Path]) -> None:
    table, log = lake.table("clean", "a", "b"), lake.table("lumbung", "verdicts")
    put(lake, table, DAYS[:1], rows(DAYS[0]))
    lake.append(log, rows(DAYS[0]))
    for value in (2, 3):
        assert put(lake, table, DAYS[:1], rows(DAYS[0], value)) == value == lake.version(table)
        lake.append(log, rows(DAYS[0], value))
        lake.compact(log, 2, 1 << 20)
        assert read(lake, table) == [value]
        assert read(lake, log) == [*range(1, value + 1)]
    assert opened == [log], "a table that it made it has open from the beginning"


def test_a_table_that_is_written_anew_is_opened_once(lake: Lake, opened: list[Path]) -> None:
    table = lake.table("mart", "rain")
    for number in range(3):
        rows = pa.table({"mm": [number], "_partition": ["all"]})
        lake.rewrite(table, rows.to_reader, {"receipt": str(number)})
        assert lake.version(table) == number
        assert len(lake.files(table)) == 1 and lake.columns(table).names == ["mm", "_partition"]
        receipts = [commit["receipt"] for commit in lake.commits(table, 0)]
        assert receipts == [str(each) for each in range(number, -1, -1)]
    assert opened == [table]


def test_what_another_process_committed_is_seen_at_once(lake: Lake, opened: list[Path]) -> None:
    table = lake.table("clean", "a", "b")
    put(lake, table, DAYS[:1], rows(DAYS[0]))
    for value in (2, 3):
        write_deltalake(table, rows(DAYS[1], value), mode="append")
        assert lake.version(table) == value
        assert read(lake, table) == [1, *range(2, value + 1)]
    assert put(lake, table, DAYS[1:2], rows(DAYS[1], 4)) == 4
    assert read(lake, table) == [1, 4]
    write_deltalake(table, rows(DAYS[2], 5), mode="append")
    assert put(lake, table, DAYS[:1], rows(DAYS[0], 6)) == 6
    assert read(lake, table) == [4, 5, 6]


def test_a_table_that_was_put_back_or_removed_is_not_what_it_was(lake: Lake) -> None:
    table, backup = lake.table("clean", "a", "b"), lake.root / "backup"
    put(lake, table, DAYS[:1], rows(DAYS[0]))
    shutil.copytree(table, backup)
    put(lake, table, DAYS[:1], rows(DAYS[0], 2))
    shutil.rmtree(table)
    assert not lake.exists(table) and lake.files(table) == []
    with pytest.raises(LakeError, match="no such table"):
        lake.version(table)
    shutil.copytree(backup, table)
    assert (lake.version(table), read(lake, table)) == (1, [1])
    assert put(lake, table, DAYS[:1], rows(DAYS[0], 3)) == 2
    assert read(lake, table) == [3]


def test_a_table_is_brought_forward_when_it_is_asked_for(
    lake: Lake, opened: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    table, brought = lake.table("clean", "a", "b"), list[int]()
    update = DeltaTable.update_incremental

    def counted(there: DeltaTable) -> None:
        brought.append(there.version())
        update(there)

    monkeypatch.setattr(DeltaTable, "update_incremental", counted)
    assert put(lake, table, DAYS[:1], rows(DAYS[0])) == lake.version(table) == 1
    assert brought == [], "its version is known without it"
    assert read(lake, table) == [1] and lake.columns(table).names == ["value", "_partition"]
    assert put(lake, table, DAYS[:1], rows(DAYS[0], 2)) == 2
    assert (brought, opened) == ([0], [])
