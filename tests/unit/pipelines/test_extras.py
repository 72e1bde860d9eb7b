"""A part whose extra is not installed says so, and how it is installed; nothing else of Lumbung
needs it.
"""

import os
import re
import subprocess
import sys
import time
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.connectors.database import fetch as database
from pipelines.contract.model import Source
from pipelines.extras import MissingExtraError
from pipelines.lineage.openlineage import sender as openlineage_sender
from pipelines.settings import PROJECT
from tests.sample import sample_dataset, window


def hide(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Python not find a package, as where it is not installed."""
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)


def test_a_source_in_mysql_says_which_extra_it_needs(tmp_path: Path, monkeypatch) -> None:
    hide("connectorx", monkeypatch)
    source = Source("database", {"url": "mysql://root@127.0.0.1:1/x"}, {"table": "t"})
    dataset = replace(sample_dataset(tmp_path), source=source)
    start = time.monotonic()
    with pytest.raises(MissingExtraError, match=r"connectorx.*pip install 'lumbung\[mysql\]'"):
        list(database.fetch(dataset, window(date(2026, 1, 1))))
    assert time.monotonic() - start < 0.2, "a package does not come by trying again"


@pytest.mark.parametrize("target", ["events.ndjson", "http://127.0.0.1:1"])
def test_lineage_that_can_never_be_told_is_an_error(target: str, monkeypatch) -> None:
    hide("openlineage", monkeypatch)
    monkeypatch.setenv(openlineage_sender.SETTING, target)
    openlineage_sender._sender.cache_clear()
    for _ in range(2):
        with pytest.raises(MissingExtraError, match=r"LUMBUNG_OPENLINEAGE .*'lumbung\[lineage\]'"):
            openlineage_sender.sender()


def test_a_run_without_the_library_of_lineage_ends_before_it_harvests(tmp_path: Path) -> None:
    code = "import sys; sys.modules['openlineage'] = None; from cli.main import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "run", "--lake", tmp_path / "lake"],
        capture_output=True,
        text=True,
        env={**os.environ, openlineage_sender.SETTING: str(tmp_path / "events.ndjson")},
    )
    assert ran.returncode == 1 and "pip install 'lumbung[lineage]'" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "lake" / "raw").exists()


def test_the_demo_city_says_which_extra_it_needs(tmp_path: Path) -> None:
    code = "import sys; sys.modules['amqtt'] = None; from cli.main import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "demo", "--no-serve", "--lake", tmp_path],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1 and "pip install 'lumbung[demo]'" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_every_extra_is_named_by_the_code_and_by_no_other_name() -> None:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {
        name
        for room in ("assets", "cli", "demo", "pipelines", "portal", "quality")
        for path in (PROJECT / room).rglob("*.py")
        for name in re.findall(r'needs\(\s*"(\w+)"', path.read_text("utf-8"))
    }
    assert named == set(declared["optional-dependencies"])
