"""``python -m tests.conformance LAKE``: others' tools held against the portal over that lake's
current release; what they find goes into the lake.

Runs every test of this folder and ``lumbung verify --sample 20``, and writes one result a test into
``conformance/<release>.json``, which the portal's page of conformance shows. Exit code 1 when a
check failed, could not be read or none was run, so that a schedule notices; a run that checked
nothing leaves the results of an earlier one. ``make conformance`` runs it on the lake of the
settings.
"""

import importlib.metadata
import json
import os
import sys
import tomllib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.verify import verify
from pipelines.lake.lake import Lake
from pipelines.release.conformance import Result, write_results
from pipelines.release.release import open_release
from pipelines.settings import lake_path, sql_path

HERE = Path(__file__).parent
SAMPLE = 20
LAKE = "LUMBUNG_CONFORMANCE_LAKE"
"""Names the lake to the fixtures ``harvested`` and ``served``, which then harvest no city of
their own.
"""


class Recorder:
    """Keeps the outcome of every test: its first line of words, its tool (its mark ``tool``,
    else pytest) and the first line of what went wrong.
    """

    def __init__(self) -> None:
        self.results: dict[str, Result] = {}
        self.about: dict[str, tuple[str, str, str]] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count a module that cannot be read as failed: none of its checks are run."""
        if report.failed:
            self.results[report.nodeid] = Result(
                f"read {report.nodeid}",
                "validator",
                "failed",
                "",
                tool("pytest"),
                now(),
                first_error(report.longreprtext),
            )

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Remember what each test checks, of which kind it is and by which tool."""
        for item in items:
            kind = "accessibility" if "accessib" in item.nodeid else "validator"
            by = item.get_closest_marker("tool")
            self.about[item.nodeid] = (
                item.name.removeprefix("test_").replace("_", " "),
                kind,
                tool(by.args[0] if by else "pytest"),
            )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a test's outcome; an error while it is set up counts as failed, a skipped one as
        not run.
        """
        if report.when == "call" or report.outcome != "passed":
            check, kind, by = self.about[report.nodeid]
            result = {"passed": "ok", "failed": "failed", "skipped": "not run"}[report.outcome]
            words = str(
                report.longreprtext
                if result == "failed"
                else report.longrepr[2]
                if isinstance(report.longrepr, tuple)
                else ""
            )
            figures = "; ".join(f"{name} {value}" for name, value in report.user_properties)
            self.results[report.nodeid] = Result(
                check, kind, result, figures, by, now(), first_error(words)
            )


def first_error(words: str) -> str:
    """Return the first line that pytest marks as an error, else the last one."""
    lines = words.splitlines()
    return next(
        (line.removeprefix("E ").strip() for line in lines if line.startswith("E ")),
        lines[-1] if lines else "",
    )[:300]


def tool(name: str) -> str:
    """Return a tool's name with its version: of a Python package, of one in the browser tests'
    or the peers' environment; the name alone of any other.
    """
    with suppress(importlib.metadata.PackageNotFoundError):
        return f"{name} {importlib.metadata.version(name)}"
    browser = HERE.parent / "browser" / "node_modules" / name / "package.json"
    if browser.is_file():
        return f"{name} {json.loads(browser.read_text())['version']}"
    peers = tomllib.loads((HERE.parent / "peers" / "uv.lock").read_text())["package"]
    return next(
        (
            f"{name} {peer['version']}"
            for peer in peers
            if peer["name"] == name and "version" in peer
        ),
        name,
    )


def now() -> str:
    """Return the time it is, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def verified(lake: Lake, release: str) -> Result:
    """Compute a sample of the release again from its receipts."""
    outcomes = list(verify(lake, sql_path(), release, None, SAMPLE))
    wrong = [outcome for outcome in outcomes if not outcome.ok]
    result = "failed" if wrong or not outcomes else "ok"
    detail = f"{wrong[0].name}: {wrong[0].said}" if wrong else ""
    return Result(
        f"lumbung verify --sample {SAMPLE}",
        "verify",
        result,
        f"{len(outcomes) - len(wrong)} / {len(outcomes)}",
        tool("lumbung"),
        now(),
        detail,
    )


def check(folder: Path) -> tuple[int, list[Result]]:
    """Run the tests of a folder; return pytest's exit code and what was found, one result a test
    and one a module that cannot be read.
    """
    recorder = Recorder()
    code = pytest.main(
        [str(folder), "-q", "-p", "no:cacheprovider", "-W", "default"], plugins=[recorder]
    )
    return int(code), list(recorder.results.values())


def main(folder: str | None, tests: Path = HERE) -> int:
    """Check the current release of the lake and write what was found."""
    lake = Lake(Path(folder).resolve() if folder else lake_path())
    release = open_release(lake).id
    os.environ[LAKE] = str(lake.root)
    code, found = check(tests)
    if not any(result.result != "not run" for result in found):
        sys.stdout.write(
            f"nothing was checked (pytest's exit code {code}): earlier results of {release} stay;"
            " see above what stopped pytest\n"
        )
        return 1
    results = [*found, verified(lake, release)]
    path = write_results(lake, release, results)
    failed = [result for result in results if result.result == "failed"]
    sys.stdout.write(
        f"{len(results)} checks, {len(failed)} failed, pytest's exit code {code}: {path}\n"
    )
    return 1 if failed or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
