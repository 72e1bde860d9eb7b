"""Replace is atomic, exact, repeatable and race-free; names and keys follow the strict pattern."""

import fcntl
import hashlib
import json
import multiprocessing
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import duckdb
import pyarrow as pa
import pytest

from pipelines.errors import LakeError
from pipelines.lake.delivery import Landed, Part
from pipelines.lake.lake import LAYERS, Lake, _idle
from tests.sample import put


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
    put(lake, table, days, rows(days, 1))
    put(lake, table, days[:2], rows(days[:1], 2, 5))
    assert content(lake, table) == {"2026-01-01": [2] * 5, "2026-01-03": [1] * 3}


def test_a_lake_in_a_folder_with_spaces_names_its_files_as_they_are(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "the city's lake é")
    table = lake.table("clean", "a", "b")
    put(lake, table, ["2026-01-01"], rows(["2026-01-01"], 7))
    assert content(lake, table) == {"2026-01-01": [7] * 3}
    assert all(Path(file).parent.parent == table for file in lake.files(table))


def test_replace_is_safe_to_repeat(lake: Lake) -> None:
    table = lake.table("clean", "a", "b")
    for _ in range(3):
        put(lake, table, ["2026-01"], rows(["2026-01"], 7))
    assert content(lake, table) == {"2026-01": [7] * 3}


def test_a_row_outside_the_named_partitions_is_refused_and_nothing_changes(lake: Lake) -> None:
    table = lake.table("clean", "a", "b")
    put(lake, table, ["2026-01-01"], rows(["2026-01-01"], 1))
    with pytest.raises(LakeError, match="rows of '2026-01-02' are among those of 2026-01-01"):
        put(lake, table, ["2026-01-01"], rows(["2026-01-02"], 2))
    assert content(lake, table) == {"2026-01-01": [1] * 3}


@pytest.mark.parametrize("key", ["2026-1-1", "x", "2026-01-01' OR '1'='1", "../2026-01-01", ""])
def test_a_key_that_is_none_is_refused(lake: Lake, key: str) -> None:
    with pytest.raises(LakeError, match="YYYY-MM-DD"):
        put(lake, lake.table("clean", "a", "b"), [key], rows(["2026-01-01"], 1))


@pytest.mark.parametrize(
    "name", ["../x", "A", "a.b", "a b", '"', "a" * 64, "--help", "1a", "émoji"]
)
def test_a_name_that_is_none_is_refused(lake: Lake, name: str) -> None:
    with pytest.raises(LakeError, match="not a table name"):
        lake.table("clean", name, "b")


def test_an_old_version_stays_readable(lake: Lake) -> None:
    table = lake.table("clean", "a", "b")
    first = put(lake, table, ["2026-01-01"], rows(["2026-01-01"], 1))
    before = lake.files(table, first)
    put(lake, table, ["2026-01-01"], rows(["2026-01-01"], 2))
    assert lake.files(table, first) == before != lake.files(table)
    assert all(Path(file).is_file() for file in before)


def test_a_new_column_is_taken_in(lake: Lake) -> None:
    table = lake.table("clean", "a", "b")
    put(lake, table, ["2026-01-01"], rows(["2026-01-01"], 1))
    wider = rows(["2026-01-02"], 1).append_column("note", pa.array(["x"] * 3))
    put(lake, table, ["2026-01-02"], wider)
    assert "note" in lake.columns(table).names


def test_a_delivery_is_kept_byte_for_byte_with_a_receipt(lake: Lake, tmp_path: Path) -> None:
    big = tmp_path / "b.parquet"
    big.write_bytes(b"bytes")
    parts = [
        Part("../../page 1.json", b"[1]", "http://x/1"),
        Part(f"{'x' * 90}b.parquet", big, "file", "2026-01-01"),
    ]
    folder = lake.root / "raw/a/b/run"
    folder.mkdir(parents=True)
    (folder / "of-a-try-before").touch()
    landed = lake.land("a.b", "run", parts, ("2026-01-01", "2026-01-02"))
    names = ["00000-.._.._page_1.json", f"00001-{'x' * 71}b.parquet"]
    hashes = [hashlib.sha256(content).hexdigest() for content in (b"[1]", b"bytes")]
    assert landed == (
        Landed(folder / names[0], hashes[0], "http://x/1", None),
        Landed(folder / names[1], hashes[1], "file", "2026-01-01"),
    )
    assert [part.path.read_bytes() for part in landed] == [b"[1]", b"bytes"]
    assert sorted(path.name for path in folder.iterdir()) == [*names, "receipt.json"]
    receipt = json.loads((folder / "receipt.json").read_text())
    fetched = datetime.fromisoformat(receipt.pop("fetched_at"))
    assert fetched.utcoffset() == timedelta(0) and not fetched.microsecond
    assert abs(datetime.now(UTC) - fetched) < timedelta(minutes=1)
    assert receipt == {
        "dataset": "a.b",
        "run": "run",
        "asked": ["2026-01-01", "2026-01-02"],
        "parts": [
            {
                "file": names[0],
                "sha256": hashes[0],
                "bytes": 3,
                "address": "http://x/1",
                "partition": None,
            },
            {
                "file": names[1],
                "sha256": hashes[1],
                "bytes": 5,
                "address": "file",
                "partition": "2026-01-01",
            },
        ],
    }


def test_each_thing_has_its_place_in_the_lake(lake: Lake) -> None:
    root = lake.root
    assert [lake.table(layer, "a", "b1_c") for layer in LAYERS] == [
        root / layer / "a" / "b1_c" for layer in LAYERS
    ]
    assert lake.dataset_table("clean", "a.b") == root / "clean/a/b"
    assert lake.data_docs("a.b") == root / "docs/a/b"
    assert lake.deliveries("a.b") == root / "raw/a/b"
    with pytest.raises(LakeError, match=r"'raw' is not a layer of the lake; layers are clean, qu"):
        lake.table("raw", "a")


def test_every_table_of_a_layer_is_found_and_nothing_else(lake: Lake) -> None:
    found = ["clean/a/b", "clean/a/c", "kpi/k", "lumbung/verdicts", "mart/m"]
    for name in reversed([*found, "raw/a/b", "docs/a"]):
        (lake.root / name / "_delta_log").mkdir(parents=True)
    (lake.root / "mart/no_table").mkdir()
    assert lake.tables() == [lake.root / name for name in found]


def test_what_is_kept_is_found_under_its_hash_and_never_written_again(lake: Lake) -> None:
    digest = hashlib.sha256(b"{}").hexdigest()
    assert lake.store(b"{}", "json") == digest
    path = lake.stored(digest, "json")
    assert path == lake.root / "receipts" / f"{digest}.json" and path.read_bytes() == b"{}"
    written = path.stat().st_ino
    assert lake.store(b"{}", "json") == digest and path.stat().st_ino == written
    assert lake.store(b"[]", "json") != digest
    for wrong, suffix in (("0" * 64, "json"), (digest, "sql"), (f"../receipts/{digest}", "json")):
        with pytest.raises(LakeError, match="nothing is kept under this hash"):
            lake.stored(wrong, suffix)
    path.write_bytes(b"{ }")
    with pytest.raises(LakeError, match="its content is not the one its name is the hash of"):
        lake.stored(digest, "json")


def test_a_lakes_database_computes_in_utc_and_spills_into_the_lake(lake: Lake) -> None:
    asked = "SELECT current_setting('TimeZone'), current_setting('temp_directory')"
    with lake.connect() as one, lake.connect() as other:
        (zone, spill), (_, second) = (con.execute(asked).fetchall()[0] for con in (one, other))
    assert zone == "UTC" and Path(spill).parent == Path(second).parent == lake.work
    assert lake.work.is_dir() and spill != second, "what one leaves takes its folder with it"


def test_a_lent_database_is_kept_unless_it_spilled_or_failed(lake: Lake) -> None:
    many = "CREATE TEMP TABLE t AS SELECT i, hash(i) AS h, hash(i + 1) AS k FROM range({}) r(i)"
    held = "SELECT count(*) FROM duckdb_tables() WHERE temporary"
    spill = lake.root / "it's spilled"
    with lake.lent("64MiB", spill) as con:
        con.execute(many.format(10))
    assert len(_idle(lake, "64MiB")) == 1
    for rows in (4_000_000, 10, 4_000_000):
        with lake.lent("64MiB", spill) as con:
            assert con.execute(held).fetchall() == [(0,)]
            con.execute(many.format(rows))
            assert spill.exists() == (rows > 10)
        assert len(_idle(lake, "64MiB")) == (rows == 10) and not spill.exists()
    with pytest.raises(duckdb.Error), lake.lent("64MiB", spill) as con:
        con.execute("SELECT no_such_thing")
    assert _idle(lake, "64MiB") == []


@pytest.mark.parametrize(
    ("first", "second", "waits"),
    [(False, False, True), (True, False, True), (False, True, True), (True, True, False)],
)
def test_a_lock_is_shared_only_by_those_who_share_it(
    first: bool, second: bool, waits: bool, lake: Lake
) -> None:
    lake.root.mkdir()
    with (
        lake.lock("commits", shared=first),
        lake.lock("other"),
        (lake.root / "locks/commits").open() as file,
    ):
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if second else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            waited = False
        except BlockingIOError:
            waited = True
    assert waited == waits
    with lake.lock("commits"):
        pass


def test_a_replace_waits_for_another_of_its_table(lake: Lake) -> None:
    table = lake.table("clean", "a", "b")
    version = put(lake, table, ["2026-01-01"], rows(["2026-01-01"], 1))
    second = Thread(target=put, args=(lake, table, ["2026-01-02"], rows(["2026-01-02"], 2)))
    folder = os.open(table, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    second.start()
    second.join(0.5)
    assert second.is_alive() and lake.version(table) == version
    os.close(folder)
    second.join()
    assert content(lake, table) == {"2026-01-01": [1] * 3, "2026-01-02": [2] * 3}


def _writer(root: str, number: int, same: bool) -> None:
    lake = Lake(Path(root))
    for n in range(8):
        key = "2026-01-01" if same else f"2026-01-{number * 8 + n + 1:02d}"
        put(lake, lake.table("clean", "a", "b"), [key], rows([key], number))


@pytest.mark.parametrize("same", [False, True], ids=["different days", "the same day"])
def test_writers_at_once_lose_and_double_nothing(lake: Lake, same: bool) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_writer, args=(str(lake.root), number, same)) for number in range(3)
    ]
    for writer in writers:
        writer.start()
    table, seen = lake.table("clean", "a", "b"), 0
    while any(writer.is_alive() for writer in writers):
        seen += 1
        assert all(
            len(values) == 3 and len(set(values)) == 1 for values in content(lake, table).values()
        ), "a reader saw a partial partition"
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
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


def test_what_is_made_on_a_lent_database_goes_with_its_connection(tmp_path: Path) -> None:
    lake, made = Lake(tmp_path), "SELECT count(*) FROM duckdb_tables()"
    spill = tmp_path / "spill"
    with lake.lent("64MiB", spill) as one, lake.lent("64MiB", spill) as other:
        one.execute("CREATE TEMP TABLE delivered AS SELECT 1; SET VARIABLE bits = 1")
        assert (one.sql(made).fetchall(), other.sql(made).fetchall()) == ([(1,)], [(0,)])
    for _ in range(3):
        with lake.lent("64MiB", spill) as con:
            assert con.sql(made).fetchall() == [(0,)]
            asked = "SELECT getvariable('bits'), current_setting('TimeZone')"
            assert con.sql(asked).fetchall() == [(None, "UTC")]
            con.execute("SET TimeZone = 'Asia/Jakarta'")
