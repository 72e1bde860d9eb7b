"""What the fault tests share: the shim compiled, a small city, and a warm process that runs what is
ordered with one fault armed.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faults.points import DAY, Ordered
from tests.sample import drop, row, write_sample

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        if os.environ.get("CI") == "true":
            pytest.fail("no C compiler on this machine, so no fault can be injected: install gcc")
        pytest.skip(
            "no C compiler on this machine, so no fault was injected: install gcc (Linux only)"
        )
    built = tmp_path_factory.mktemp("shim") / "shim.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", built, HERE / "shim.c", "-ldl"], check=True
    )
    return built


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    write_sample(folder / "contracts", folder / "drop")
    for n in range(2):
        day = DAY + timedelta(days=n)
        drop(
            folder / "drop",
            day,
            [*[row(day, number) for number in range(6)], row(day, 7, rain="-1"), row(day, 1)],
        )
    return folder


@pytest.fixture(scope="module")
def ordered(shim: Path, city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ordered]:
    notes = tmp_path_factory.mktemp("notes")
    environment = {
        **os.environ,
        "LD_PRELOAD": str(shim),
        "PYTHONWARNINGS": "ignore",
        "OMP_NUM_THREADS": "1",
    }
    with (notes / "errors").open("wb") as errors:
        server = subprocess.Popen(
            [sys.executable, HERE / "day.py", shim, city],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            text=True,
        )
        assert server.stdin is not None and server.stdout is not None
        assert server.stdout.readline().strip() == "ready"

        def order(lake: Path, n: int = -1, kind: str = "COUNT", **more: object) -> dict[str, Any]:
            assert server.stdin is not None and server.stdout is not None
            calls = notes / "calls"
            calls.unlink(missing_ok=True)
            server.stdin.write(
                json.dumps({"lake": str(lake), "n": n, "kind": kind, "calls": str(calls), **more})
                + "\n"
            )
            server.stdin.flush()
            return json.loads(server.stdout.readline())

        yield order
        server.stdin.close()
        server.wait(timeout=30)
        server.stdout.close()
