"""``python -m tests.conformance LAKE``: others' tools held against the portal over that lake's current release; what they find goes into the lake.

Runs every test of this folder and ``lumbung verify --sample 20``, and writes one result a test into ``conformance/<release>.json``, which the portal's
page of conformance shows. Exit code 1 when a check failed, so that a schedule notices. ``make conformance`` runs it on the lake of the settings.
"""

import importlib.metadata
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.verify import verify
from pipelines.conformance import Result, write_results
from pipelines.lake import Lake
from pipelines.release import open_release
from pipelines.settings import lake_path, sql_path

HERE = Path(__file__).parent
SAMPLE = 20
LAKE = "LUMBUNG_CONFORMANCE_LAKE"
"""Names the lake to the fixtures ``harvested`` and ``served``, which then harvest no city of their own."""


class Recorder:
    """Keeps the outcome of every test: its first line of words, its tool (``tool`` of its module, else pytest) and the first line of what went wrong."""

    def __init__(self) -> None:
        self.results: dict[str, Result] = {}
        self.about: dict[str, tuple[str, str, str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Remember what each test checks, of which kind it is and by which tool."""
        for item in items:
            module = sys.modules[item.function.__module__]  # type: ignore[attr-defined]
            kind = "accessibility" if "accessib" in item.nodeid else "validator"
            self.about[item.nodeid] = (item.name.removeprefix("test_").replace("_", " "), kind, tool(getattr(module, "TOOL", "pytest")))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a test's outcome; an error while it is set up counts as failed, a skipped one as not run."""
        if report.when == "call" or report.outcome != "passed":
            check, kind, by = self.about[report.nodeid]
            result = {"passed": "ok", "failed": "failed", "skipped": "not run"}[report.outcome]
            words = str(report.longreprtext if result == "failed" else report.longrepr[2] if isinstance(report.longrepr, tuple) else "")
            detail = next((line.removeprefix("E ").strip() for line in words.splitlines() if line.startswith("E ")), words.splitlines()[-1] if words else "")
            figures = "; ".join(f"{name} {value}" for name, value in report.user_properties)
            self.results[report.nodeid] = Result(check, kind, result, figures, by, now(), detail[:300])


def tool(name: str) -> str:
    """Return a tool's name with its version: of a Python package, or as the test's module wrote it."""
    try:
        return f"{name} {importlib.metadata.version(name)}"
    except importlib.metadata.PackageNotFoundError:
        return name


def now() -> str:
    """Return the time it is, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def verified(lake: Lake, release: str) -> Result:
    """Compute a sample of the release again from its receipts."""
    outcomes = list(verify(lake, sql_path(), release, None, SAMPLE))
    wrong = [each for each in outcomes if not each.ok]
    result = "failed" if wrong or not outcomes else "ok"
    detail = f"{wrong[0].name}: {wrong[0].said}" if wrong else ""
    return Result(f"lumbung verify --sample {SAMPLE}", "verify", result, f"{len(outcomes) - len(wrong)} / {len(outcomes)}", tool("lumbung"), now(), detail)


def main(folder: str | None) -> int:
    """Check the current release of the lake and write what was found."""
    lake = Lake(Path(folder).resolve() if folder else lake_path())
    release = open_release(lake).id
    os.environ[LAKE] = str(lake.root)
    recorder = Recorder()
    pytest.main([str(HERE), "-q", "-p", "no:cacheprovider", "-W", "default"], plugins=[recorder])
    results = [*recorder.results.values(), verified(lake, release)]
    path = write_results(lake, release, results)
    failed = [each for each in results if each.result == "failed"]
    sys.stdout.write(f"{len(results)} checks, {len(failed)} failed: {path}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
