"""The snippets that readers copy, run as they stand against a served portal; their words in both
languages.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import PROJECT
from portal.data.entries import entries
from portal.data.release import current
from portal.telling.snippets import Snippet, examples
from portal.words.say import WORDS
from tests.released import SmallHouse


@pytest.fixture(scope="module")
def snippets(
    house: SmallHouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Snippet]]:
    """The snippets of a small house's table, while it is served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "LUMBUNG_LAKE": str(house.lake.root),
        "LUMBUNG_URL": address,
        "PYTHONPATH": str(PROJECT),
    }
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "portal.app:app",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--log-level",
        "error",
    ]
    server = subprocess.Popen(
        command, env=environment, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/openapi.json", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LUMBUNG_LAKE", str(house.lake.root))
            patch.setenv("LUMBUNG_URL", address)
            release = current()
            assert release
            yield {snippet.key: snippet for snippet in examples(entries(release)["hujan.rain"])}
    finally:
        server.terminate()
        server.wait(timeout=20)


RUN = {
    "duckdb": "wet",
    "pandas": "wet",
    "polars": "wet",
    "pages": "4",
    "curl_rows": '"total": 4',
    "curl_groups": "wet,4",
    "curl_file": "",
    "r": "wet",
}
"""Snippets that are run, and what they say of the small house."""
NEEDS_THE_WEB = {"duckdb_remote"}
"""DuckDB downloads httpfs from its own site; the page says so."""


def test_every_snippet_is_run_or_says_what_it_needs(snippets: dict[str, Snippet]) -> None:
    assert set(snippets) == set(RUN) | NEEDS_THE_WEB
    for key in snippets:
        assert all(WORDS[f"direct.{key}"]) and all(WORDS[f"direct.{key}.note"])
    assert all("httpfs" in text for text in WORDS["direct.duckdb_remote.note"])


@pytest.mark.parametrize("key", RUN)
def test_a_snippet_runs_as_it_stands(
    snippets: dict[str, Snippet], key: str, tmp_path: Path
) -> None:
    snippet = snippets[key]
    command = {
        "python": [sys.executable, "-c", snippet.text],
        "sh": ["sh", "-c", snippet.text],
        "r": ["Rscript", "-e", snippet.text],
    }[snippet.language]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert RUN[key] in done.stdout
    assert key != "curl_file" or (tmp_path / "hujan.rain.parquet").read_bytes().startswith(b"PAR1")


def test_a_snippet_of_a_table_that_is_not_there_fails(
    snippets: dict[str, Snippet], tmp_path: Path
) -> None:
    for key in ("duckdb", "pandas", "pages", "curl_rows", "curl_file"):
        snippet = snippets[key]
        text = snippet.text.replace("hujan.rain", "hujan.none")
        command = (
            [sys.executable, "-c", text] if snippet.language == "python" else ["sh", "-c", text]
        )
        assert (
            subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60).returncode != 0
        ), key
