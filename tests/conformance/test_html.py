"""Every kind of light page against the Nu HTML checker, which browsers' makers use
(https://validator.github.io/validator).
"""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from portal.app import app
from tests.browsing import missing, module
from tests.conftest import Harvested
from tests.unit.portal.light.test_light import BASE, every_page, in_language

pytestmark = [pytest.mark.xdist_group("city"), pytest.mark.tool("vnu-jar")]


def checked(folder: Path) -> list[str]:
    """Return what is wrong with the pages in a folder: errors and warnings."""
    java = shutil.which("java") or missing("Java", "install the package default-jre-headless")
    command = [
        java,
        "-Xss4m",
        "-jar",
        str(module("vnu-jar/build/dist/vnu.jar")),
        "--format",
        "json",
        "--exit-zero-always",
        str(folder),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stderr
    return [
        f"{message['url'].rpartition('/')[2]}:{message.get('lastLine')}: {message['message']}"
        for message in json.loads(told)["messages"]
    ]


def test_every_page_is_valid_html(
    harvested: Harvested,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(harvested.lake.root))
    client = TestClient(app, base_url=BASE, headers={"accept": "text/html"})
    paths = [path for path in every_page() if not path.endswith("hujan.rain/files")] + ["/nothing"]
    for number, path in enumerate(paths):
        (tmp_path / f"{number}.html").write_bytes(
            client.get(in_language(path, ("id", "en")[number % 2])).content
        )
    record_property("pages", len(paths))
    assert len(paths) > 100 and checked(tmp_path) == []


def test_a_page_that_is_not_valid_is_caught(tmp_path: Path) -> None:
    (tmp_path / "wrong.html").write_text(
        "<!doctype html><html lang=en><title>t</title><p><table><tr><td id=a><td"
        " id=a></table><blink>x</blink>"
    )
    told = " ".join(checked(tmp_path))
    assert "Duplicate ID" in told and "blink" in told
