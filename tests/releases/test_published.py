"""The files of a release: made once, shared with releases that did not change them, made again
where they are gone, listed with size and hash.
"""

import gzip
import hashlib
import os
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assets.harvest import harvest
from cli.verify import verify
from pipelines.connectors.contracts import read_contracts
from pipelines.errors import LakeError
from pipelines.files import export
from pipelines.files.export import FORMS, PACKED
from pipelines.files.folder import UNNEEDED, unneeded
from pipelines.files.index import FILES, compressed, folders_of, published
from pipelines.files.make_files import PARTITION_FORMS, are_there, make_files
from pipelines.lake.lake import Lake
from pipelines.publication.make_release import make_release
from pipelines.publication.retention import vacuum
from pipelines.release.release import Release, open_release, releases
from pipelines.settings import PROJECT
from tests.sample import drop, row, write_sample

DAY = date(2026, 1, 1)
pytestmark = pytest.mark.xdist_group("gate")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    write_sample(tmp_path / "contracts", tmp_path / "drop")
    return Lake(tmp_path / "lake")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with two releases, of three rows and of four."""
    folder = tmp_path_factory.mktemp("files")
    write_sample(folder / "contracts", folder / "drop")
    lake = Lake(folder / "lake")
    released(lake, 3)
    released(lake, 4)
    return lake


@pytest.fixture
def two(house: Lake, tmp_path: Path) -> Lake:
    """A copy of ``house`` that a test may harm."""
    shutil.copytree(house.root.parent, tmp_path / "house", symlinks=True)
    return Lake(tmp_path / "house" / "lake")


def release_again(lake: Lake) -> Release:
    """What a run without news does."""
    return make_release(lake, read_contracts(lake.root.parent / "contracts"), [], "again")


def released(lake: Lake, rows: int) -> Release:
    drop(lake.root.parent / "drop", DAY, [row(DAY, n) for n in range(rows)])
    contracts = read_contracts(lake.root.parent / "contracts")
    harvest(
        lake,
        PROJECT / "sql",
        contracts[0],
        contracts[0].datasets[0],
        [DAY.isoformat()],
        f"run{rows}",
    )
    return make_release(lake, contracts, [], f"run{rows}")


def test_every_form_of_an_open_table_is_listed_with_its_size_and_hash(house: Lake) -> None:
    table = published(releases(house)[0].folder)["hujan.rain"]
    assert table.rows == 3 and {file.form for file in table.files if file.partition is None} == set(
        FORMS
    ) - {"geojson", "geo.parquet"}
    for file in table.files:
        content = (house.root / file.path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.bytes, file.sha256)


def test_a_change_makes_files_of_its_own_and_says_when(house: Lake) -> None:
    first, second = releases(house)
    before, after = published(first.folder)["hujan.rain"], published(second.folder)["hujan.rain"]
    assert (before.rows, after.rows) == (3, 4) and not {file.path for file in before.files} & {
        file.path for file in after.files
    }
    assert all((house.root / file.path).is_file() for file in before.files), (
        "the address of an old release stays good"
    )
    assert (before.issued, before.modified) == (
        after.issued,
        first.made_at.isoformat(),
    ) and after.modified == second.made_at.isoformat()


def test_a_list_that_cannot_be_read_says_what_to_do(two: Lake) -> None:
    release = open_release(two)
    (release.folder / FILES).write_bytes(b"{")
    with pytest.raises(LakeError, match="lumbung run"):
        published(release.folder)


def folders(lake: Lake) -> set[str]:
    return {path.name for path in (lake.root / "files").iterdir()}


def test_a_partition_has_files_of_its_own_that_stay_when_another_day_changes(lake: Lake) -> None:
    other = date(2026, 1, 2)
    drop(lake.root.parent / "drop", other, [row(other, n) for n in range(2)])
    contracts = read_contracts(lake.root.parent / "contracts")
    harvest(
        lake, PROJECT / "sql", contracts[0], contracts[0].datasets[0], [other.isoformat()], "other"
    )
    first, second = (
        published(released(lake, 3).folder)["hujan.rain"],
        published(released(lake, 4).folder)["hujan.rain"],
    )
    for form in PARTITION_FORMS:
        before, after = first.file(form, "2026-01-02"), second.file(form, "2026-01-02")
        assert before is not None and before == after and before.rows == 2
        assert first.file(form, DAY.isoformat()) != second.file(form, DAY.isoformat())
    whole, part = (
        second.file("csv"),
        [second.file("csv", day) for day in (DAY.isoformat(), "2026-01-02")],
    )
    assert whole is not None and all(part)
    lines = [(lake.root / file.path).read_text().splitlines() for file in part if file]
    assert (lake.root / whole.path).read_text().splitlines() == [
        *lines[0],
        *lines[1][1:],
    ], "the whole is its partitions, one after the other"


def test_a_partition_of_rows_that_change_is_what_was_said_that_day(tmp_path: Path) -> None:
    write_sample(tmp_path / "contracts", tmp_path / "drop", delivery="changes")
    lake = Lake(tmp_path / "lake")
    contract = read_contracts(tmp_path / "contracts")[0]
    drop(tmp_path / "drop", DAY, [row(DAY, 1, hour) for hour in (8, 9)])
    harvest(lake, PROJECT / "sql", contract, contract.datasets[0], [DAY.isoformat()], "run")
    table = published(make_release(lake, [contract], [], "run").folder)["hujan.rain"]
    part = table.file("csv", DAY.isoformat())
    assert part is not None and part.rows == 2 and len(folders(lake)) == 2


def test_compressed_copies_are_the_file_and_are_made_the_same_again(two: Lake) -> None:
    lake, release = two, open_release(two)
    for file in published(release.folder)["hujan.rain"].files:
        path = compressed(lake.root / file.path)
        assert (
            path.is_file()
            == (file.gzip is not None)
            == (file.form in PACKED and file.partition is None)
        )
        if file.gzip:
            packed = path.read_bytes()
            assert (
                gzip.decompress(packed) == (lake.root / file.path).read_bytes()
                and hashlib.sha256(packed).hexdigest() == file.gzip
            )
            assert packed[4:8] == b"\0" * 4, "no time of making in it"
    listed = published(release.folder)
    shutil.rmtree(lake.root / "files")
    make_files(lake, release, releases(lake)[0])
    assert published(release.folder) == listed, "every file is made again, byte by byte"


@pytest.mark.parametrize(
    "what",
    ["a file", "a compressed copy", "an index", "the list", "everything", "a file cut short"],
)
def test_what_is_gone_of_the_current_release_is_made_again_by_the_next_run(
    two: Lake, what: str
) -> None:
    lake, release = two, open_release(two)
    listed = published(release.folder)
    file = listed["hujan.rain"].file("csv", None)
    assert file is not None
    path = lake.root / file.path
    match what:
        case "a file":
            path.unlink()
        case "a compressed copy":
            compressed(path).unlink()
        case "an index":
            (path.parent / "index.json").unlink()
        case "the list":
            (release.folder / FILES).write_text("[]")
        case "everything":
            shutil.rmtree(lake.root / "files")
        case _:
            os.truncate(path, 10)
    assert not are_there(lake, release)
    assert (
        release_again(lake).id == release.id
        and are_there(lake, release)
        and published(release.folder) == listed
    )


def test_half_a_folder_of_a_killed_maker_is_never_taken_for_whole(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = released(lake, 3)
    rename = Path.rename

    def killed(path: Path, target: Path) -> Path:
        if path.name.endswith(".making") and path.parent.name == "files":
            raise KeyboardInterrupt
        return rename(path, target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "rename", killed)
        released(lake, 4)
    assert open_release(lake).id == first.id and any(name.startswith(".") for name in folders(lake))
    second = released(lake, 4)
    assert (
        open_release(lake).id == second.id
        and are_there(lake, second)
        and not any(name.startswith(".") for name in folders(lake))
    )


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_full_disk_is_told_and_the_current_release_stays(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    first = released(lake, 3)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setitem(export.FORMS, form, replace(FORMS[form], write=full))
        with pytest.raises(
            LakeError,
            match=(
                r"files of hujan.rain cannot be made .*No space left.*the disk full.*`lumbung run`"
                r" goes on"
            ),
        ):
            released(lake, 4)
    assert open_release(lake).id == first.id and are_there(lake, first)
    assert are_there(lake, released(lake, 4))


def test_vacuum_takes_a_folder_the_grace_after_it_stopped_being_needed(two: Lake) -> None:
    lake, (first, second) = two, releases(two)
    kept, first_only = folders(lake), folders_of(first.folder) - folders_of(second.folder)
    assert folders_of(first.folder) | folders_of(second.folder) == kept and first_only
    for name in kept:
        os.utime(lake.root / "files" / name, (0, 0))
    now = datetime.now(UTC) + timedelta(seconds=1)
    assert vacuum(lake, now, 1, dry_run=False)["downloads"] == [] and folders(lake) == kept
    late = now + timedelta(days=400)
    assert vacuum(lake, late, 1, dry_run=True)["downloads"] == [] and not marked(lake), (
        "a dry run marks nothing"
    )
    assert (
        vacuum(lake, late, 1, dry_run=False)["downloads"] == []
        and folders(lake) == kept
        and marked(lake) == first_only
    ), "found unneeded, still held"
    assert (
        vacuum(lake, late + timedelta(minutes=59), 1, dry_run=False)["downloads"] == []
        and folders(lake) == kept
    )
    told = vacuum(lake, late + timedelta(minutes=61), 1, dry_run=True)
    assert set(told["downloads"]) == first_only and folders(lake) == kept, "a dry run takes nothing"
    assert (
        vacuum(lake, late + timedelta(minutes=61), 1, dry_run=False)["downloads"]
        == told["downloads"]
    )
    assert (
        folders(lake) == kept - first_only
        and are_there(lake, second)
        and open_release(lake).id == second.id
    )


def test_a_folder_that_is_needed_again_loses_its_mark(lake: Lake) -> None:
    release, now = released(lake, 3), datetime.now(UTC)
    needed = sorted(folders_of(release.folder))
    assert unneeded(lake, [], now, 1, dry_run=False) == [] and marked(lake) == set(needed)
    assert vacuum(lake, now + timedelta(hours=2), 1, dry_run=True)["downloads"] == [] and marked(
        lake
    ) == set(needed), "a dry run writes nothing"
    assert vacuum(lake, now + timedelta(hours=2), 1, dry_run=False)[
        "downloads"
    ] == [] and not marked(lake)
    assert unneeded(lake, [], now + timedelta(hours=3), 1, dry_run=False) == [], (
        "it has its whole grace again"
    )
    make_files(lake, release, None)
    assert not marked(lake), "what a release is made of is needed before the next vacuum says so"


def marked(lake: Lake) -> set[str]:
    """Return the folders that were found unneeded."""
    return {path.parent.name for path in (lake.root / "files").glob(f"*/{UNNEEDED}")}


def test_a_damaged_list_of_the_release_before_stops_no_release(lake: Lake) -> None:
    first = released(lake, 3)
    (first.folder / FILES).write_bytes(b"{")
    shutil.rmtree(lake.root / "files")
    second = released(lake, 4)
    assert (
        are_there(lake, second)
        and published(second.folder)["hujan.rain"].issued == second.made_at.isoformat()
    )


def test_vacuum_takes_nothing_when_a_list_cannot_be_read(two: Lake) -> None:
    lake, first, kept = two, releases(two)[0], folders(two)
    (first.folder / FILES).write_bytes(b"{")
    with pytest.raises(LakeError, match="what the release needs is not known"):
        vacuum(lake, datetime.now(UTC) + timedelta(days=1), 0, dry_run=False)
    assert folders(lake) == kept
    (first.folder / FILES).unlink()
    assert (
        len(vacuum(lake, datetime.now(UTC) + timedelta(days=1), 0, dry_run=False)["downloads"]) == 2
    ), "made before there were lists: it needs none"


def verified(lake: Lake, path: Path, release: str | None = None) -> list[str]:
    return [
        outcome.said
        for outcome in verify(lake, PROJECT / "sql", release, str(path), None)
        if not outcome.ok
    ]


@pytest.mark.parametrize(
    ("form", "partition"),
    [
        *((form, None) for form, facts in FORMS.items() if not facts.is_located),
        *((form, "2026-01-01") for form in PARTITION_FORMS),
    ],
)
def test_a_download_is_verified_in_every_form_and_a_changed_one_is_caught(
    house: Lake, tmp_path: Path, form: str, partition: str | None
) -> None:
    lake, file = house, published(releases(house)[0].folder)["hujan.rain"].file(form, partition)
    assert file is not None
    path = tmp_path / f"whatever.{form}"
    shutil.copy(lake.root / file.path, path)
    assert verified(lake, path) == [], (
        "its hash tells which it is, and an old release gives it still"
    )
    named = tmp_path / f"hujan.rain{f'.{partition}' if partition else ''} (1).{form}"
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    named.write_bytes(content)
    told = verified(lake, named)
    assert len(told) == 1 and told[0].startswith("no release gives this file; release ")
    assert (
        "line 5" in told[0] or "its bytes are others" in told[0] or "in the file and" in told[0]
    ), told


def test_a_file_that_was_changed_in_the_lake_with_its_list_is_caught(two: Lake) -> None:
    lake, release = two, open_release(two)
    file = published(release.folder)["hujan.rain"].file("csv")
    assert file is not None
    path = lake.root / file.path
    changed = path.read_bytes().replace(b",1.5,", b",9.5,", 1)
    path.write_bytes(changed)
    index = path.parent / "index.json"
    index.write_text(index.read_text().replace(file.sha256, hashlib.sha256(changed).hexdigest()))
    assert (
        mine := published(release.folder)["hujan.rain"].file("csv")
    ) and mine.sha256 == hashlib.sha256(changed).hexdigest()
    assert "lists it, but: line 2" in verified(lake, path)[0]
