"""The table of corrections: what is recorded once, pinned, sealed, and taken back of a maker that
was killed. What counts as a correction is made up here.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipelines.lake.lake import Lake
from pipelines.release import corrections
from pipelines.release.corrections import SCHEMA, make_view, pin, pinned_version
from pipelines.release.figure_diff import rows_of
from pipelines.release.manifest import CORRECTIONS, Manifest, Pinned

AT = datetime(2026, 2, 1, tzinfo=UTC)
ROW = {
    name: name
    for name in SCHEMA.names
    if name not in ("release", "made_at", "previous_release", "sequence")
}
Found = Callable[..., None]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    """Say what the next comparison finds, each row with these changes."""

    def finds(*changes: dict[str, Any]) -> None:
        def figures(
            lake: Lake, before: Manifest, draft: Manifest, kpis: list[str]
        ) -> list[dict[str, Any]]:
            assert draft.run_id == "draft" and kpis == []
            return [{**ROW, "previous_release": before.release, **each} for each in changes]

        monkeypatch.setattr(corrections, "corrected_figures", figures)

    finds()
    return finds


def lay(lake: Lake, release: str, sequence: int) -> None:
    """Lay out the head of a release."""
    folder = lake.root / "releases" / release
    folder.mkdir(parents=True)
    said = {"release": release, "sequence": sequence, "tables": {}}
    (folder / "manifest.json").write_text(json.dumps(said))


def made(
    lake: Lake,
    before: Manifest | None,
    release: str,
    is_killed: bool = False,
    sequence: int | None = None,
) -> Manifest:
    """Pin the table for a release, which then is the current one, or is never there."""
    place = sequence or int(release.removeprefix("r"))
    draft = Manifest({}, run_id="draft", release=release, sequence=place)
    pinned = pin(lake, before, AT, draft)
    if not is_killed:
        folder = lake.root / "releases"
        lay(lake, release, place)
        (folder / "current").unlink(missing_ok=True)
        (folder / "current").symlink_to(release)
    return Manifest({CORRECTIONS: pinned}, release=release)


def listed(lake: Lake, manifest: Manifest) -> list[tuple[str, str, str]]:
    assert manifest.corrections
    rows = rows_of(lake, manifest.corrections.places(lake.root))
    return sorted((row["release"], row["previous_release"], row["new_value"]) for row in rows)


def test_a_release_pins_every_correction_there_is_with_hashes_under_its_seal(
    lake: Lake, found: Found
) -> None:
    found({"new_value": "never, of the first release"})
    first = made(lake, None, "r1")
    assert listed(lake, first) == []
    found({"new_value": "5"}, {"new_value": "6"})
    second = made(lake, first, "r2")
    assert listed(lake, second) == [("r2", "r1", "5"), ("r2", "r1", "6")]
    found()
    third = made(lake, second, "r3")
    assert listed(lake, third) == listed(lake, second)
    pinned = third.corrections
    assert pinned and pinned.table == "lumbung/corrections"
    assert pinned.version == lake.version(lake.root / pinned.table) == 1
    assert pinned.sha256 == {
        file: hashlib.sha256((lake.root / file).read_bytes()).hexdigest() for file in pinned.files
    }
    assert pinned.seal == replace(pinned, seal=None).sealed("r3")
    assert rows_of(lake, pinned.places(lake.root))[0] == {
        **ROW,
        "release": "r2",
        "previous_release": "r1",
        "made_at": AT,
        "sequence": 2,
        "new_value": rows_of(lake, pinned.places(lake.root))[0]["new_value"],
    }
    assert lake.commits(lake.root / pinned.table)[0]["release"] == "r2"


@pytest.mark.parametrize("column", ["previous_release", "kpi", "key", "column", "new_value"])
def test_what_is_listed_already_is_not_listed_again(column: str, lake: Lake, found: Found) -> None:
    found({"old_value": "1", "cause": "data"})
    second = made(lake, made(lake, None, "r1"), "r2")
    again = {"previous_release": "r1", "old_value": "2", "cause": "code"}
    found(again, {**again, column: "another"})
    third = made(lake, second, "r3")
    assert [release for release, *_ in listed(lake, third)] == ["r2", "r3"]


def test_a_file_that_was_changed_since_keeps_the_hash_it_had(lake: Lake, found: Found) -> None:
    found({})
    second = made(lake, made(lake, None, "r1"), "r2")
    assert second.corrections
    pinned = replace(second.corrections, sha256=dict.fromkeys(second.corrections.files, "as then"))
    before = replace(second, tables={CORRECTIONS: pinned})
    found({"new_value": "7"})
    third = made(lake, before, "r3").corrections
    assert third and third.sha256
    new = set(third.files) - set(pinned.files)
    assert {third.sha256[file] for file in pinned.files} == {"as then"}
    assert new and all(len(third.sha256[file]) == 64 for file in new)
    unhashed = replace(second, tables={CORRECTIONS: replace(pinned, sha256=None)})
    assert made(lake, unhashed, "r4").corrections


def test_what_killed_makers_recorded_is_taken_back_and_found_again(
    lake: Lake, found: Found
) -> None:
    found({"new_value": "5"})
    second = made(lake, made(lake, None, "r1"), "r2")
    for value in ("6", "7"):
        found({"new_value": value})
        made(lake, second, "r3", is_killed=True)
    (lake.root / "releases" / ".r9").mkdir()
    found({"new_value": "8"})
    assert listed(lake, made(lake, second, "r4")) == [("r2", "r1", "5"), ("r4", "r2", "8")]


def test_every_commit_of_a_release_that_never_came_to_be_is_taken_back(
    lake: Lake, found: Found
) -> None:
    first = made(lake, None, "r1")
    table, none = lake.table("lumbung", "corrections"), dict.fromkeys(SCHEMA.names)
    for release in ("r2", "r3"):
        rows = pa.Table.from_pylist([{**none, "release": release}], schema=SCHEMA)
        lake.append(table, rows, {"release": release})
    assert listed(lake, made(lake, first, "r4")) == []


def test_rows_of_a_release_that_is_there_stay_and_with_them_all_before(
    lake: Lake, found: Found
) -> None:
    first = made(lake, None, "r1")
    for release in ("r2", "r3"):
        found({"new_value": release})
        made(lake, first, release)
    found({"new_value": "killed"})
    made(lake, first, "r4", is_killed=True)
    shutil.rmtree(lake.root / "releases" / "r2")
    found()
    assert [value for *_, value in listed(lake, made(lake, first, "r5"))] == ["r2", "r3"]


@pytest.mark.parametrize(
    ("is_current", "name", "sequence", "stays"),
    [
        (True, "r2", 2, False),
        (False, "r2", 2, True),
        (False, "r9", 2, True),
        (False, "r2", 4, False),
    ],
    ids=["of a killed maker", "older", "older, by a clock ahead", "newer, by a clock set back"],
)
def test_rows_of_a_release_that_has_passed_its_retention_stay(
    is_current: bool, name: str, sequence: int, stays: bool, lake: Lake, found: Found
) -> None:
    first = made(lake, None, "r1")
    found({"new_value": "r2"})
    made(lake, first, name, is_killed=True, sequence=sequence)
    folder = lake.root / "releases"
    lay(lake, "r3", 3)
    if not is_current:
        (folder / "current").unlink()
        (folder / "current").symlink_to("r3")
    found()
    assert bool(listed(lake, made(lake, first, "r4"))) == stays


def test_rows_that_no_commit_says_the_release_of_stay(lake: Lake, found: Found) -> None:
    first = made(lake, None, "r1")
    found({"new_value": "5"})
    second = made(lake, first, "r2")
    lake.append(lake.table("lumbung", "corrections"), SCHEMA.empty_table())
    found({"new_value": "6"})
    made(lake, second, "r3", is_killed=True)
    shutil.rmtree(lake.root / "releases" / "r2")
    (lake.root / "releases" / "current").unlink()
    (lake.root / "releases" / "current").symlink_to("r1")
    found()
    assert [value for *_, value in listed(lake, made(lake, first, "r4"))] == ["5"]


def test_a_release_older_than_the_table_pins_its_beginning() -> None:
    assert pinned_version(Manifest({})) == 0
    assert pinned_version(Manifest({CORRECTIONS: Pinned("lumbung/corrections", 7)})) == 7


def test_the_view_has_every_file_and_the_columns_also_where_there_is_none(
    lake: Lake, found: Found
) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA lumbung")
        make_view(con, [])
        told = con.execute(f"SELECT * FROM {CORRECTIONS}")
        assert [each[0] for each in told.description or ()] == SCHEMA.names
        assert told.fetchall() == []
        assert "_corrections" not in [name for (name,) in con.execute("SHOW TABLES").fetchall()]
    found({})
    second = made(lake, made(lake, None, "r1"), "r2")
    assert second.corrections
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA lumbung")
        make_view(con, [*second.corrections.places(lake.root)] * 2)
        assert con.execute(f"SELECT count(*) FROM {CORRECTIONS}").fetchone() == (2,)
