"""Lighthouse on a cheap phone over a slow line: performance, accessibility, best practices and
SEO of the light pages, 95 of 100 at least.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.browsing import chromium_path, missing, module

pytestmark = [pytest.mark.xdist_group("city"), pytest.mark.tool("lighthouse")]


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *_: object) -> None:
        pass


PATHS = ("/", "/catalog", "/d/sikesal.complaints", "/kpi/permit_lead_time", "/ppid")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 0.95
TRIES = 3
"""A busy machine slows the browser itself; the best of so many runs counts."""


def scores(address: str, out: Path) -> dict[str, float]:
    """Return the score of each category, from 0 to 1; Lighthouse's own settings for phones."""
    node = shutil.which("node") or missing("node", "install the package nodejs")
    command = [
        node,
        str(module("lighthouse/cli/index.js")),
        address,
        "--quiet",
        "--output=json",
        f"--output-path={out}",
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox",
    ]
    subprocess.run(
        command,
        env={**os.environ, "CHROME_PATH": chromium_path()},
        check=True,
        capture_output=True,
        timeout=180,
    )
    return {
        name: category["score"]
        for name, category in json.loads(out.read_text("utf-8"))["categories"].items()
    }


@pytest.mark.parametrize("path", PATHS)
def test_a_light_page_scores_95_in_every_category(
    served: str, tmp_path: Path, path: str, record_property: Callable[[str, object], None]
) -> None:
    best = dict.fromkeys(CATEGORIES, 0.0)
    for number in range(TRIES):
        found = scores(served + path, tmp_path / f"{number}.json")
        best = {name: max(best[name], found[name]) for name in CATEGORIES}
        if min(best.values()) >= LEAST:
            break
    record_property("least score", round(100 * min(best.values())))
    assert min(best.values()) >= LEAST, best


def test_a_page_without_title_language_and_contrast_scores_less(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        "<p style='color:#ccc;font-size:8px'>Pale <img src=nothing.png><a href=#>here</a>"
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        Thread(target=server.serve_forever).start()
        found = scores(f"http://127.0.0.1:{server.server_address[1]}/", tmp_path / "wrong.json")
        server.shutdown()
    assert max(found["accessibility"], found["seo"], found["best-practices"]) < LEAST, found
