"""A real city's GTFS feed over real HTTP through the whole house: every row counted, the ZIP
kept as it is, an expired calendar a finding.
"""

import csv
import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import dagster as dg
import pytest

from assets.report import Report
from assets.run import run
from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT

FOLDER = Path(os.environ.get("LUMBUNG_REAL", PROJECT.parent / "shared" / "real"))
FEED = FOLDER / "bogor_angkot_gtfs.zip"
pytestmark = [
    pytest.mark.xdist_group("real"),
    pytest.mark.skipif(
        not FEED.is_file(),
        reason=f"the real feed is not here ({FEED}), so it was not taken; set LUMBUNG_REAL",
    ),
]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(tmp_path_factory.mktemp("gtfs") / "lake")


@pytest.fixture(scope="module")
def report(lake: Lake) -> Iterator[Report]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(FOLDER)))
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    with pytest.MonkeyPatch.context() as patch, dg.DagsterInstance.ephemeral() as instance:
        patch.setenv("BOGOR_GTFS", f"http://127.0.0.1:{server.server_port}")
        yield run(
            instance,
            PROJECT / "tests" / "real" / "feeds",
            lake,
            PROJECT / "sql",
            [],
            None,
            None,
            lambda *_: None,
        )
    server.shutdown()
    server.server_close()


def counted(member: str) -> int:
    with zipfile.ZipFile(FEED) as archive, archive.open(f"{member}.txt") as stream:
        return sum(1 for row in csv.reader(io.TextIOWrapper(stream, "utf-8-sig")) if row) - 1


def test_every_row_of_the_feed_is_taken(report: Report) -> None:
    assert report.errors == []
    for name, (row,) in report.datasets.items():
        assert row["verdict"] == "passed", (name, row["findings"])
        assert (
            row["delivered"]
            == counted(name.partition(".")[2])
            == row["passed"] + row["quarantined"] + row["duplicates"]
        )
        assert row["quarantined"] == row["duplicates"] == 0


def test_an_expired_calendar_is_a_finding(report: Report) -> None:
    found = {
        name: [(finding["rule"], finding["severity"]) for finding in row["findings"]]
        for name, (row,) in report.datasets.items()
    }
    assert found == {
        "bogor_angkot.calendar": [("still_in_force", "warning")],
        **{f"bogor_angkot.{name}": [] for name in ("stops", "trips", "stop_times")},
    }


def test_what_is_kept_is_the_zip_itself(report: Report, lake: Lake) -> None:
    kept = sorted((lake.root / "raw" / "bogor_angkot" / "stops").glob("*/*.zip"))
    assert [hashlib.sha256(path.read_bytes()).digest() for path in kept] == [
        hashlib.sha256(FEED.read_bytes()).digest()
    ]
