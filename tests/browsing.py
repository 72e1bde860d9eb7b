"""A real browser for tests: Chromium through playwright, and axe-core, which says what of a page
breaks WCAG 2.2 A and AA.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

from pipelines.settings import PROJECT

MODULES = PROJECT / "tests" / "browser" / "node_modules"
"""What `npm ci` puts there of tests/browser/package.json."""
DRAWN = """() =>
  document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
  && document.querySelector('h1')
  && !document.querySelector('[data-testid=stSkeleton]')
  && [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]
       .every(chart => chart.querySelector('svg, canvas'))"""
"""Whether a Streamlit page stands still: its script has ended, nothing is a placeholder, every
chart is there.
"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


def missing(what: str, remedy: str) -> NoReturn:
    """Fail where everything must be there, skip elsewhere, and say what to install."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"no {what} on this machine: {remedy}")
    pytest.skip(f"no {what} on this machine, so nothing was looked at: {remedy}")


def chromium_path() -> str:
    """Return where Chromium is."""
    found = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    return found or missing("Chromium", "install the package chromium")


def module(name: str) -> Path:
    """Return a file or folder of a node package."""
    path = MODULES / name
    return (
        path
        if path.exists()
        else missing(
            f"node package {name.partition('/')[0]}",
            "npm ci --prefix tests/browser --ignore-scripts",
        )
    )


@contextmanager
def chromium() -> Iterator[Any]:
    """Start a browser, whose pages the block opens."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@lru_cache(maxsize=1)
def _axe() -> str:
    return module("axe-core/axe.min.js").read_text("utf-8")


def violations(page: Any, tags: list[str] = TAGS) -> list[str]:
    """Return what of an open page breaks the rules of ``tags``: rule, why it matters, where.
    Evaluated from outside, so the page's policy stands.
    """
    page.evaluate(_axe())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes:"
        " ['violations']})",
        tags,
    )
    assert found["passes"], "axe ran no rule"
    return [
        f"{violation['id']}: {violation['help']} at"
        f" {'; '.join(' '.join(map(str, node['target'])) for node in violation['nodes'][:3])}"
        for violation in found["violations"]
    ]


def drawn(page: Any) -> Any:
    """Wait until Streamlit has run its page and drawn it, charts too, and return it; a page that
    is never drawn is a timeout.
    """
    page.wait_for_function(DRAWN, timeout=60_000)
    page.wait_for_timeout(300)  # what it draws then may ask for another run
    page.wait_for_function(DRAWN, timeout=60_000)
    return page
