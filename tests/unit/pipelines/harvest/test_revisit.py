"""Which passed partitions are asked for again, by what lies at the source and what was landed."""

import json
import shutil
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from demo.doors import sftp as city_server
from pipelines.connectors.contracts import read_contract
from pipelines.connectors.registry import fetch_of
from pipelines.contract.model import Dataset, Source
from pipelines.contract.server import reachable
from pipelines.errors import SourceError
from pipelines.harvest import revisit
from pipelines.lake import verdicts
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import window_of
from tests.sample import drop, row, write_sample

FIRST = date(2026, 1, 1)
KEYS = tuple(str(FIRST + timedelta(days=number)) for number in range(4))


@pytest.fixture(autouse=True)
def fifth_of_january(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-05")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for key in KEYS:
        drop(tmp_path / "drop", date.fromisoformat(key), [row(date.fromisoformat(key))])
    return tmp_path / "drop"


def harvested(
    lake: Lake, dataset: Dataset, run: str = "one", said: str = "passed", keys: tuple = KEYS
) -> None:
    """Land what lies there, and record one verdict of every partition."""
    fetch, source = fetch_of(dataset.source.connector), reachable(dataset)
    lake.land(dataset.id, run, fetch(source, window_of(source, keys)), keys)
    counts = dict.fromkeys(("delivered", "passed", "quarantined", "duplicates"), 1)
    texts = dict.fromkeys(("delivery", "contract_version", "contract_sha256"), "")
    shared = {"dataset": dataset.id, "verdict": said, "findings": [], "run_id": run}
    verdicts.record(lake, [{**counts, **texts, **shared, "partition": key} for key in keys])


def reading(tmp: Path, files: str = "rain_{date}.csv", **server: object) -> Dataset:
    """Return the sample's dataset as its contract has it, read from ``drop`` unless said."""
    dataset = read_contract(write_sample(tmp / "contracts", tmp / "drop")).datasets[0]
    facts = server or {"connector": "file", "path": str(tmp / "drop")}
    source = Source(str(facts["connector"]), {"there": facts}, {"files": files})
    return replace(dataset, source=source)


def test_nothing_is_changed_where_nothing_was_harvested(
    lake: Lake, folder: Path, tmp_path: Path
) -> None:
    dataset = reading(tmp_path)
    assert revisit.changed(lake, dataset) == ()
    harvested(lake, dataset)
    assert revisit.changed(lake, dataset) == ()


def test_a_changed_file_and_one_that_joined_are_seen_and_a_touched_one_is_not(
    lake: Lake, folder: Path, tmp_path: Path
) -> None:
    dataset = reading(tmp_path, "rain_{date}*.csv")
    harvested(lake, dataset)
    (folder / f"rain_{KEYS[0]}.csv").touch()
    (folder / f"rain_{KEYS[1]}.csv").write_text("corrected")
    (folder / f"rain_{KEYS[2]}-more.csv").write_text("joined")
    (folder / f"rain_{KEYS[3]}.csv").unlink()
    assert revisit.changed(lake, dataset) == KEYS[1:3]
    harvested(lake, dataset, "two", keys=KEYS[1:3])
    assert revisit.changed(lake, dataset) == ()


def test_a_partition_that_waits_is_no_concern_of_this(
    lake: Lake, folder: Path, tmp_path: Path
) -> None:
    dataset = reading(tmp_path)
    harvested(lake, dataset)
    (folder / f"rain_{KEYS[1]}.csv").write_text("corrected")
    harvested(lake, dataset, "two", "withheld", KEYS[1:2])
    assert revisit.changed(lake, dataset) == ()


@pytest.mark.parametrize(
    ("days", "seen"), [(400, KEYS[:1]), (4, KEYS[:1]), (3, ())], ids=["longer", "just", "over"]
)
def test_it_looks_as_far_back_as_deliveries_are_kept(
    lake: Lake, folder: Path, tmp_path: Path, days: int, seen: tuple[str, ...]
) -> None:
    dataset = replace(reading(tmp_path), retention_days=days)
    harvested(lake, dataset)
    (folder / f"rain_{KEYS[0]}.csv").write_text("corrected")
    assert revisit.changed(lake, dataset) == seen


def test_days_before_the_contract_begins_by_now_are_not_looked_at(
    lake: Lake, folder: Path, tmp_path: Path
) -> None:
    dataset = reading(tmp_path)
    harvested(lake, dataset)
    for key in KEYS:
        (folder / f"rain_{key}.csv").write_text("corrected")
    assert revisit.changed(lake, replace(dataset, active_from=date(2026, 1, 4))) == KEYS[3:]
    assert revisit.changed(lake, replace(dataset, active_from=date(2026, 2, 1))) == ()


def test_a_stopped_system_is_not_looked_at(lake: Lake, folder: Path, tmp_path: Path) -> None:
    dataset = reading(tmp_path)
    harvested(lake, dataset)
    shutil.rmtree(folder)
    assert revisit.changed(lake, replace(dataset, active_to=date(2026, 1, 4))) == ()
    with pytest.raises(SourceError, match="there is no folder"):
        revisit.changed(lake, dataset)


def test_a_delivery_from_before_there_were_fingerprints_is_known_by_its_content(
    lake: Lake, folder: Path, tmp_path: Path
) -> None:
    dataset = reading(tmp_path)
    harvested(lake, dataset)
    path = lake.deliveries(dataset.id) / "one" / "receipt.json"
    receipt = json.loads(path.read_text())
    for part in receipt["parts"]:
        del part["fingerprint"]
    path.write_text(json.dumps(receipt))
    moved = folder.rename(tmp_path / "moved")
    (moved / f"rain_{KEYS[2]}.csv").write_text("corrected")
    dataset = reading(tmp_path, connector="file", path=str(moved))
    assert revisit.changed(lake, dataset) == KEYS[2:3]
    shutil.rmtree(path.parent)
    assert revisit.changed(lake, dataset) == ()


def test_a_zip_is_known_by_its_own_content(lake: Lake, tmp_path: Path) -> None:
    def zipped(key: str, body: str) -> None:
        with zipfile.ZipFile(tmp_path / "drop" / f"rain_{key}.zip", "w") as archive:
            archive.writestr("in.csv", body)

    dataset = reading(tmp_path, "rain_{date}.zip")
    for key in KEYS:
        zipped(key, "a\n1\n")
    harvested(lake, dataset)
    (tmp_path / "drop" / f"rain_{KEYS[0]}.zip").touch()
    zipped(KEYS[1], "a\n2\n")
    assert revisit.changed(lake, dataset) == KEYS[1:2]


def test_files_of_a_server_are_known_by_their_size_and_time(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "city" / "sftp" / "rain"
    for key in KEYS:
        drop(folder, date.fromisoformat(key), [row(date.fromisoformat(key))])
    monkeypatch.setenv("HUJAN_PASSWORD", "kanari")
    with city_server.serve(tmp_path / "city", "kanari") as server:
        facts = {
            "connector": "sftp",
            "url": f"{server.address}/rain",
            "host_key": server.host_key,
            "secrets": {"password": "HUJAN_PASSWORD"},
            "limits": {"total_bytes": 400},
        }
        dataset = reading(tmp_path, **facts)
        harvested(lake, dataset)
        assert revisit.changed(lake, dataset) == ()
        (folder / f"rain_{KEYS[2]}.csv").write_text("corrected" * 100)
        assert revisit.changed(lake, dataset) == KEYS[2:3], "it is not read, however large it is"


def test_a_source_that_cannot_be_looked_at_is_not(lake: Lake, tmp_path: Path) -> None:
    assert revisit.changed(lake, reading(tmp_path, connector="rest")) == ()
