"""A dropped file is read when it has arrived, from a folder and from a real SFTP server; one that
is still being written costs its own partition and no other.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event, Thread

import pytest

from demo.doors import sftp as city_server
from pipelines.connectors.contracts import read_contract
from pipelines.connectors.dropped.arrival import Dropped, looked_at_again
from pipelines.connectors.registry import fetch_of
from pipelines.contract.model import Dataset, Source
from pipelines.errors import ContractError, SourceError
from tests.sample import sample_dataset, window, write_sample

DAYS = window(date(2026, 1, 1), 2)
OLD, GROWING = DAYS.partitions
Reading = Callable[..., Dataset]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "city" / "sftp" / "rain"
    path.mkdir(parents=True)
    for key in DAYS.partitions:
        (path / f"rain_{key}.csv").write_text("a\n1\n")
    age(path / f"rain_{OLD}.csv", 3600)
    return path


def age(path: Path, seconds: float) -> None:
    when = time.time() - seconds
    os.utime(path, (when, when))


@pytest.fixture(params=["file", "sftp"])
def reading(
    request: pytest.FixtureRequest, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reading]:
    """Give a dataset that reads the folder, by its path or over SFTP, with facts of its own."""

    def read(server: dict[str, object]) -> Reading:
        return lambda **fetch: replace(
            sample_dataset(tmp_path),
            source=Source(request.param, server, {"files": "rain_{date}.csv", **fetch}),
        )

    if request.param == "file":
        yield read({"path": str(folder)})
        return
    monkeypatch.setenv("HUJAN_PASSWORD", "kanari")
    with city_server.serve(tmp_path / "city", "kanari") as server:
        yield read(
            {
                "url": f"{server.address}/rain",
                "host_key": server.host_key,
                "secrets": {"password": "HUJAN_PASSWORD"},
            }
        )


@contextmanager
def growing(path: Path) -> Iterator[None]:
    """Let a file grow for as long as this lasts."""
    done = Event()

    def write() -> None:
        with path.open("a") as stream:
            while not done.wait(0.01):
                stream.write("2\n")
                stream.flush()

    writer = Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()


def fetched(dataset: Dataset) -> list[str | None]:
    return [part.partition for part in fetch_of(dataset.source.connector)(dataset, DAYS)]


def test_a_file_that_is_still_being_written_is_not_read(reading: Reading, folder: Path) -> None:
    dataset = reading()
    with (
        growing(folder / f"rain_{GROWING}.csv"),
        pytest.raises(SourceError, match="still being written") as caught,
    ):
        fetched(dataset)
    assert caught.value.partition == GROWING
    assert fetched(dataset) == [OLD, GROWING]


def test_only_files_of_the_last_minute_are_looked_at_again(tmp_path: Path) -> None:
    now = time.time()
    files = [
        Dropped(name, None, name, name, 1, int((now - seconds) * 1e9))
        for name, seconds in (("old", 61), ("young", 58), ("of a clock that is ahead", -60))
    ]
    dataset = sample_dataset(tmp_path)
    assert [file.name for file in looked_at_again(dataset, files)] == [
        "young",
        "of a clock that is ahead",
    ]


def test_a_contract_may_let_its_files_lie_longer(reading: Reading, folder: Path) -> None:
    age(folder / f"rain_{GROWING}.csv", 599)
    assert fetched(reading(settle=598)) == [OLD, GROWING]
    with pytest.raises(SourceError, match=r"(599|600) s ago; .* lain 700 s \(fetch") as caught:
        fetched(reading(settle=700))
    assert caught.value.partition == GROWING


@pytest.mark.parametrize("stated", ["soon", 0, -1, "true", 604801])
def test_a_time_to_settle_that_is_none_is_refused(tmp_path: Path, stated: object) -> None:
    path = write_sample(tmp_path / "contracts", tmp_path)
    path.write_text(path.read_text().replace('csv"}', f'csv", settle: {stated}}}'))
    with pytest.raises(ContractError, match="settle is seconds, above 0 and 604800 at most"):
        read_contract(path)


def test_a_file_that_changes_while_it_is_kept_is_told(folder: Path, tmp_path: Path) -> None:
    age(folder / f"rain_{GROWING}.csv", 3600)
    dataset = replace(
        sample_dataset(tmp_path),
        source=Source("file", {"path": str(folder)}, {"files": "rain_{date}.csv"}),
    )
    parts = fetch_of("file")(dataset, DAYS)
    assert next(parts).partition == OLD and next(parts).partition == GROWING
    (folder / f"rain_{GROWING}.csv").write_text("a\n1\n2\n")
    with pytest.raises(SourceError, match=r"\(4 bytes, then 6\)") as caught:
        next(parts)
    assert caught.value.partition == GROWING


def test_a_file_that_goes_away_is_told(folder: Path, tmp_path: Path) -> None:
    age(folder / f"rain_{GROWING}.csv", 3600)
    dataset = replace(
        sample_dataset(tmp_path),
        source=Source("file", {"path": str(folder)}, {"files": "rain_{date}.csv"}),
    )
    parts = fetch_of("file")(dataset, DAYS)
    assert next(parts).partition == OLD
    (folder / f"rain_{OLD}.csv").unlink()
    with pytest.raises(SourceError, match="went away while it was looked at") as caught:
        next(parts)
    assert caught.value.partition == OLD
