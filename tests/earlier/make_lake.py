"""Makes a lake by the code of this checkout, to be kept as the proof that later code can go on.

``python -m tests.earlier.make_lake DESTINATION.zip`` builds the small house of ``house/`` and
``deliveries.py`` by two runs: two releases, the second of which corrects a final figure. The ZIP
holds the lake, without Dagster's state, locks and work; the contracts, SQL and source files it was
made with; and what a reader took away from the first release. ``test_earlier_lake.py`` goes on.

The settings and sources of a lake are of the place where it was made: this one is made, and
unpacked again, at ``HOME``, by one process of a machine at a time. In the ZIP is one tar, because a
ZIP packs every member alone and most files of a lake resemble another.

To keep another lake, run this at its commit before anything else is changed there (receipts name
the commit), as ``lake-COMMIT.zip``, and add its releases to ``LAKES`` in the test. A lake that was
committed is never made again. What the house holds may grow; then the facts are stated by lake.
"""

import argparse
import fcntl
import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.earlier.deliveries import FIRST, SECOND

HOME = Path("/tmp/lumbung-earlier-lake")
HOUSE = Path(__file__).parent / "house"
MEMBER = "lake.tar"
LEFT_OUT = ("dagster", "locks", "work")
"""Folders of a lake that belong to the machine it was made on."""
TAKEN = {
    "hujan.rain.csv": "/download/hujan.rain.csv",
    "receipt.json": "/receipts/kpi.daily_rain.json?period=2026-03-01",
}
"""What a reader took away, by name in ``taken/``, and from which address of the portal."""
WITHHELD = 2
"""Exit code of ``lumbung run`` when a day was withheld, as the second of March is."""


@contextmanager
def alone() -> Iterator[None]:
    """Hold ``HOME`` against every other process: empty at first, gone afterwards."""
    with HOME.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(HOME, ignore_errors=True)
        HOME.mkdir()
        try:
            yield
        finally:
            shutil.rmtree(HOME)


def settings(today: str) -> dict[str, str]:
    """Return the environment variables by which ``lumbung`` works on what lies at ``HOME``."""
    return {
        "LUMBUNG_LAKE": str(HOME / "lake"),
        "LUMBUNG_CONTRACTS": str(HOME / "contracts"),
        "LUMBUNG_SQL": str(HOME / "sql"),
        "LUMBUNG_DROP": str(HOME / "drop"),
        "LUMBUNG_TODAY": today,
    }


def others() -> list[str]:
    """Return the names of the settings that are in the environment already."""
    return [name for name in os.environ if name.startswith("LUMBUNG_")]


def deliver(files: Mapping[str, str]) -> None:
    """Drop source files where the contracts look for them."""
    for name, text in files.items():
        path = HOME / "drop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def pack(archive: Path) -> None:
    """Write what lies at ``HOME`` into ``archive``; Delta lets go of log entries by their time."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(HOME.rglob("*")):
            place = path.relative_to(HOME)
            if not (place.parts[0] == "lake" and {*place.parts[1:2]} & {*LEFT_OUT}):
                tar.add(path, place, recursive=False, filter=_of_nobody)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_LZMA) as outer:
        outer.writestr(zipfile.ZipInfo(MEMBER), packed.getvalue(), zipfile.ZIP_LZMA)


def _of_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid, member.gid, member.uname, member.gname = 0, 0, "", ""
    return member


def unpack(archive: Path) -> None:
    """Lay out at ``HOME`` what was packed, links as links."""
    with zipfile.ZipFile(archive) as outer:
        packed = io.BytesIO(outer.read(MEMBER))
    with tarfile.open(fileobj=packed) as tar:
        # Python 3.11.2, as Debian 12 has it, knows no filter yet; later ones warn without
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        tar.extractall(HOME, **safely)


def run(first: str, last: str, today: str) -> None:
    """Harvest the house and make a release, as on a command line with no other settings."""
    lumbung = [sys.executable, "-c", "from cli.main import main; main()"]
    asked = ["run", "--from", first, "--to", last]
    done = subprocess.run([*lumbung, *asked], env={**os.environ, **settings(today)}, check=False)
    if done.returncode != WITHHELD:
        raise SystemExit(f"lumbung run ended with {done.returncode}, and {WITHHELD} was expected")


def take() -> None:
    """Take away from the current release what ``TAKEN`` names, as a reader of the portal does."""
    from starlette.testclient import TestClient

    from portal.app import app

    (HOME / "taken").mkdir()
    reader = TestClient(app, base_url="http://127.0.0.1:8501")
    for name, address in TAKEN.items():
        answer = reader.get(address).raise_for_status()
        (HOME / "taken" / name).write_bytes(answer.content)


def build() -> None:
    """Build the house at ``HOME`` and harvest it twice, by settings that are its own alone."""
    for name in others():
        del os.environ[name]
    os.environ |= settings("2026-03-03")
    shutil.copytree(HOUSE, HOME, dirs_exist_ok=True)
    deliver(FIRST)
    run("2026-03-01", "2026-03-02", today="2026-03-03")
    take()
    deliver(SECOND)
    run("2026-03-01", "2026-03-03", today="2026-03-04")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("destination", type=Path)
    destination = parser.parse_args().destination
    with alone():
        build()
        pack(destination)
