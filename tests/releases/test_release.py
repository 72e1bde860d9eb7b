"""The swap: readers see one whole release, changes make a new one, damage is named, an old one
stays readable.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pytest

from assets.harvest import harvest
from pipelines.connectors.contracts import read_contracts
from pipelines.errors import LakeError
from pipelines.lake.lake import Lake
from pipelines.publication import make_release as release_module
from pipelines.publication.make_release import make_release
from pipelines.release.place import VIEWS
from pipelines.release.release import open_release, release_as_of, releases
from pipelines.settings import PROJECT
from tests.sample import drop, row, write_sample

DAY = date(2026, 1, 1)
pytestmark = pytest.mark.xdist_group("gate")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    write_sample(tmp_path / "contracts", tmp_path / "drop")
    drop(tmp_path / "drop", DAY, [row(DAY, n, observer="Rahasia Sintetis") for n in range(4)])
    return Lake(tmp_path / "lake")


def release_of_run(lake: Lake, run: str) -> str:
    contracts = read_contracts(lake.root.parent / "contracts")
    harvest(lake, PROJECT / "sql", contracts[0], contracts[0].datasets[0], [DAY.isoformat()], run)
    return make_release(lake, contracts, [], run).id


def test_a_release_flushes_what_the_one_before_has_not(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: set[str] = set()
    monkeypatch.setattr(
        release_module, "sync", lambda path: flushed.add(str(path.relative_to(lake.root)))
    )
    release_of_run(lake, "one")
    logs = {"public/hujan/rain": 0, "lumbung/verdicts": 0, "lumbung/corrections": 0}
    assert {f"{table}/_delta_log/{0:020d}.json" for table in logs} < flushed
    for table in logs:
        before = lake.version(lake.root / table)
        (lake.root / table / "_delta_log" / f"{before:020d}.checkpoint.parquet").write_bytes(b"")
        (lake.root / table / "_delta_log" / "_last_checkpoint").write_bytes(b"")
        logs[table] = before
    checkpoints = {
        f"{table}/_delta_log/{name}"
        for table, version in logs.items()
        for name in (f"{version:020d}.checkpoint.parquet", "_last_checkpoint")
    }
    flushed.clear()
    release_module._sync_tables(lake, open_release(lake).manifest.tables)
    assert {path for path in flushed if (lake.root / path).is_file()} == checkpoints, (
        "a checkpoint is written after the commit that a release may have seen"
    )
    for path in checkpoints:
        (lake.root / path).unlink()
    drop(lake.root.parent / "drop", DAY, [row(DAY, n) for n in range(9)])
    flushed.clear()
    release = open_release(lake, release_of_run(lake, "two"))
    entries = {
        f"{table}/_delta_log/{n:020d}.json"
        for table, n0 in logs.items()
        for n in range(n0 + 1, lake.version(lake.root / table) + 1)
    }
    assert (
        {path for path in flushed if path.endswith(".json") and "_delta_log" in path}
        == entries
        != set()
    )
    assert {
        file
        for name in ("hujan.rain", "lumbung.verdicts")
        for file in release.manifest.tables[name].files
    } & flushed
    assert {"public/hujan/rain/_delta_log", "public/hujan/rain", "public"} <= flushed


def test_there_is_no_release_before_one_is_made(lake: Lake) -> None:
    with pytest.raises(LakeError, match="lumbung run"):
        open_release(lake)


def test_a_release_pins_what_its_readers_see(lake: Lake) -> None:
    first = release_of_run(lake, "one")
    reader = open_release(lake).connect()
    drop(lake.root.parent / "drop", DAY, [row(DAY, n) for n in range(9)])
    second = release_of_run(lake, "two")
    assert first != second
    assert reader.execute("SELECT count(*) FROM hujan.rain").fetchall() == [(4,)]
    assert open_release(lake).connect().execute("SELECT count(*) FROM hujan.rain").fetchall() == [
        (9,)
    ]
    assert open_release(lake, first).connect().execute(
        "SELECT count(*) FROM hujan.rain"
    ).fetchall() == [(4,)]
    assert [release.id for release in releases(lake)] == sorted([first, second])


def test_nothing_new_makes_no_new_release(lake: Lake) -> None:
    first = release_of_run(lake, "one")
    assert (
        make_release(lake, read_contracts(lake.root.parent / "contracts"), [], "again").id == first
    )


def test_closed_columns_are_in_no_public_file(lake: Lake) -> None:
    release_of_run(lake, "one")
    with open_release(lake).connect() as con:
        assert "observer" not in [
            name for name, *_ in con.execute("DESCRIBE hujan.rain").fetchall()
        ]
    for path in (lake.root / "public").rglob("*.parquet"):
        assert "observer" not in duckdb.read_parquet(str(path)).columns
    assert b"Rahasia Sintetis" not in b"".join(
        path.read_bytes() for path in (lake.root / "releases").rglob("*") if path.is_file()
    )


def test_the_views_cannot_be_written(lake: Lake) -> None:
    release_of_run(lake, "one")
    with open_release(lake).connect() as con, pytest.raises(duckdb.Error, match="read-only"):
        con.execute("CREATE TABLE x (a INTEGER)")


def test_a_withheld_day_leaves_the_last_good_one(lake: Lake) -> None:
    release_of_run(lake, "one")
    drop(lake.root.parent / "drop", DAY, [row(DAY, 1), row(DAY, 1, rain="9")])
    release_of_run(lake, "two")
    with open_release(lake).connect() as con:
        assert con.execute("SELECT count(*) FROM hujan.rain").fetchall() == [(4,)]
        assert con.execute("SELECT verdict, findings[1].rule FROM lumbung.verdicts").fetchall() == [
            ("withheld", "key")
        ]
        assert con.execute("SELECT partition, passed FROM lumbung.passed").fetchall() == [
            (str(DAY), 4)
        ], "what a figure counts on still stands"


def test_a_changed_manifest_is_refused(lake: Lake) -> None:
    release = release_of_run(lake, "one")
    path = lake.root / "releases" / release / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["tables"]["hujan.rain"]["version"] = 99
    path.write_text(json.dumps(manifest))
    with pytest.raises(LakeError, match="changed after it was made"):
        _ = open_release(lake).manifest
    path.write_text("{")
    with pytest.raises(LakeError, match="cannot be read"):
        _ = open_release(lake).manifest


@pytest.mark.parametrize("name", ["../../etc", "current/..", "x", ""])
def test_a_release_id_that_is_none(lake: Lake, name: str) -> None:
    with pytest.raises(LakeError):
        open_release(lake, name)


def test_what_a_killed_maker_left_is_swept(lake: Lake) -> None:
    first = release_of_run(lake, "one")
    folder = lake.root / "releases"
    (folder / ".20260101T000000Z-00000000.making" / "contracts").mkdir(parents=True)
    (folder / ".current.99").symlink_to(first)
    make_release(lake, read_contracts(lake.root.parent / "contracts"), [], "again")
    assert sorted(path.name for path in folder.iterdir()) == sorted([first, "current"])


def test_makers_at_once_make_one_release(lake: Lake) -> None:
    contracts = read_contracts(lake.root.parent / "contracts")
    harvest(lake, PROJECT / "sql", contracts[0], contracts[0].datasets[0], [DAY.isoformat()], "one")
    with ThreadPoolExecutor(4) as pool:
        made_by = list(pool.map(lambda run: make_release(lake, contracts, [], run).id, "abcd"))
    assert {open_release(lake).id} == set(made_by) == {release.id for release in releases(lake)}


def test_a_damaged_manifest_is_healed_by_the_next_release(lake: Lake) -> None:
    first = release_of_run(lake, "one")
    (lake.root / "releases" / first / "manifest.json").write_text("{")
    drop(lake.root.parent / "drop", DAY, [row(DAY, n) for n in range(9)])
    assert open_release(lake, release_of_run(lake, "two")).manifest.tables["hujan.rain"]


def spoiled_views(release: Path) -> None:
    with duckdb.connect(str(release / VIEWS)) as con:
        con.execute("CREATE OR REPLACE VIEW hujan.rain AS SELECT 1 AS gauge")


SPOILED: dict[str, Callable[[Path], object]] = {
    "the manifest": lambda release: (release / "manifest.json").write_text("{"),
    "a contract": lambda release: (release / "contracts" / "hujan.odcs.yaml").write_text("id: x"),
    "the views": spoiled_views,
    "no views": lambda release: (release / VIEWS).unlink(),
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_release_that_was_changed_is_made_anew_without_news(lake: Lake, what: str) -> None:
    first = release_of_run(lake, "one")
    contracts = read_contracts(lake.root.parent / "contracts")
    assert make_release(lake, contracts, [], "again").id == first
    SPOILED[what](lake.root / "releases" / first)
    second = make_release(lake, contracts, [], "mended")
    assert second.id != first and open_release(lake).id == second.id
    with second.connect() as con:
        assert con.execute("SELECT count(*) FROM hujan.rain").fetchall() == [(4,)]
    assert make_release(lake, contracts, [], "again").id == second.id


def test_a_column_closed_later_is_in_no_file_of_the_next_release(lake: Lake) -> None:
    release_of_run(lake, "one")
    path = lake.root.parent / "contracts" / "hujan.odcs.yaml"
    kind_is = "name: kind\n        logicalType: string\n        classification: "
    path.write_text(
        path.read_text("utf-8").replace(kind_is + "public", kind_is + "internal"), "utf-8"
    )
    release = make_release(lake, read_contracts(path.parent), [], "closed")
    files = [str(lake.root / file) for file in release.manifest.tables["hujan.rain"].files]
    held = {
        name
        for name, *_ in duckdb.execute(
            "DESCRIBE FROM read_parquet($1, union_by_name = true)", [files]
        ).fetchall()
    }
    assert "kind" not in held and "rain_mm" in held
    with release.connect() as con:
        assert con.execute("SELECT count(*) FROM hujan.rain").fetchall() == [(4,)]
    path.write_text(
        path.read_text("utf-8").replace(kind_is + "internal", kind_is + "public"), "utf-8"
    )
    with make_release(lake, read_contracts(path.parent), [], "opened again").connect() as con:
        assert con.execute("SELECT count(*), count(kind) FROM hujan.rain").fetchall() == [(4, 0)], (
            "until its days are harvested again"
        )
    assert release_of_run(lake, "again")
    with open_release(lake).connect() as con:
        assert con.execute("SELECT count(kind) FROM hujan.rain").fetchall() == [(4,)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-01-01", "20260101T165959Z"),
        ("2026-01-02", "20260102T165959Z"),
        ("2026-01-03", "20260102T170000Z"),
        ("9999-12-31", "20260102T170000Z"),
    ],
    ids=[
        "the last second of the city's day",
        "not midnight, which begins the next day",
        "midnight itself",
        "a day to come",
    ],
)
def test_the_release_of_a_day_is_the_one_of_its_evening(
    day: str, expected: str, tmp_path: Path
) -> None:
    for moment in ("20260101T010000Z", "20260101T165959Z", "20260102T165959Z", "20260102T170000Z"):
        (tmp_path / "releases" / f"{moment}-00000000").mkdir(parents=True)
    assert release_as_of(Lake(tmp_path), date.fromisoformat(day)).id == f"{expected}-00000000"


def test_before_the_first_release_there_is_none_to_ask(tmp_path: Path) -> None:
    with pytest.raises(
        LakeError, match="no release yet at the end of 2026-01-01; nor is there now"
    ):
        release_as_of(Lake(tmp_path), DAY)
    (tmp_path / "releases" / "20260101T170000Z-00000000").mkdir(parents=True)
    with pytest.raises(
        LakeError, match="the first, 20260101T170000Z-00000000, was made on 2026-01-02 at 00:00"
    ):
        release_as_of(Lake(tmp_path), DAY)
