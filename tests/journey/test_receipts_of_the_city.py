"""Every number and file of the city's release is rebuilt from its receipts, by the command that
CI and anybody else runs.
"""

import json
import time
from collections.abc import Callable

import pytest

from pipelines.release.release import open_release
from tests.conftest import Harvested

pytestmark = pytest.mark.xdist_group("city")


def test_every_number_and_partition_of_the_release_is_rebuilt(
    harvested: Harvested, command: Callable[..., tuple[int, str, str]]
) -> None:
    began = time.monotonic()
    code, out, _ = command("verify", "--lake", harvested.lake.root, "--json")
    told = json.loads(out)
    wrong = [outcome for outcome in told["verified"] if not outcome["ok"]]
    assert wrong == []
    assert (code, told["notes"]) == (0, [])
    verified = {outcome["name"].partition(" ")[0] for outcome in told["verified"]}
    tables = open_release(harvested.lake).manifest.tables
    assert verified >= {
        name for name, table in tables.items() if table.files and not name.startswith("lumbung.")
    }
    print(
        f"{len(told['verified'])} numbers, marts and partitions rebuilt in"
        f" {time.monotonic() - began:.1f} s"
    )


def test_a_sample_of_the_latest_release_is_rebuilt(
    harvested: Harvested, command: Callable[..., tuple[int, str, str]]
) -> None:
    assert command(
        "verify", "--release", "latest", "--sample", "20", "--lake", harvested.lake.root
    ) == (0, "20 of 20 rebuilt as published\n", "")


def test_an_altered_delivery_of_a_closed_dataset_is_caught(
    harvested: Harvested, command: Callable[..., tuple[int, str, str]]
) -> None:
    manifest = open_release(harvested.lake).manifest
    (name,) = [
        name
        for name in manifest.clean
        if name not in manifest.tables and name.endswith(".detections")
    ]
    part = next(
        path
        for path in sorted(harvested.lake.root.joinpath("raw", *name.split(".")).rglob("*"))
        if path.is_file() and path.name != "receipt.json"
    )
    whole = part.read_bytes()
    try:
        part.write_bytes(whole + b" ")
        code, out, _ = command("verify", f"clean/{name}", "--lake", harvested.lake.root)
    finally:
        part.write_bytes(whole)
    assert code == 1 and "has another content than its receipt says" in out
    assert command("verify", f"clean/{name}", "--lake", harvested.lake.root)[0] == 0
