"""What is installed: the wheel works where there is no checkout, and `make run` and `make test`
leave each other's packages.
"""

import json
import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.receipts.code import code
from pipelines.settings import PROJECT

pytestmark = pytest.mark.xdist_group("wheel")
ROOMS = ("assets", "pipelines", "sql", "quality", "portal", "demo", "cli")
MONDAY = "2026-06-15"
"""The two days before it are a weekend: no office was open."""


def uv(*arguments: str | Path, cwd: Path = PROJECT) -> None:
    """Run uv from its cache, else with the network."""
    own = shutil.which("uv") or str(PROJECT / ".uv" / "bin" / "uv")
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    command = [own, *map(str, arguments)]
    for more in (["--offline"], []):
        done = subprocess.run(
            [*command, *more], env=environment, cwd=cwd, capture_output=True, text=True
        )
        if done.returncode == 0:
            return
    pytest.fail(f"{' '.join(command)}: {done.stderr[-1000:]}")


@dataclass(frozen=True)
class Installed:
    """A wheel, the environment it is installed in with its extra `demo`, and an empty folder."""

    wheel: Path
    programs: Path
    folder: Path

    def run(
        self, program: str, *arguments: str, **settings: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program of the environment in the empty folder, with nothing of our environment."""
        clean = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "COLUMNS": "200", **settings}
        return subprocess.run(
            [self.programs / program, *arguments],
            env=clean,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=1200,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel as an image would: the packages of the lock, then the wheel with its
    extra, which must need no other package.
    """
    home = tmp_path_factory.mktemp("wheel")
    locked, python = home / "pylock.toml", home / "venv" / "bin" / "python"
    uv("build", "--wheel", "--out-dir", home)
    (wheel,) = home.glob("*.whl")
    uv("export", "--frozen", "--no-dev", "--extra", "demo", "--no-emit-project", "-o", locked)
    uv("venv", home / "venv")
    uv("pip", "install", "--python", python, "--requirements", locked)
    before = set((home / "venv").rglob("*.dist-info"))
    uv("pip", "install", "--python", python, f"lumbung[demo] @ {wheel.as_uri()}")
    new = set((home / "venv").rglob("*.dist-info")) - before
    assert [path.name for path in new] == ["lumbung-0.1.0.dist-info"]
    (home / "elsewhere").mkdir()
    return Installed(wheel, python.parent, home / "elsewhere")


def test_the_wheel_holds_every_file_of_the_rooms(installed: Installed) -> None:
    listed = subprocess.run(
        ["git", "ls-files", *ROOMS], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not set(listed) - set(zipfile.ZipFile(installed.wheel).namelist())


def test_the_wheel_reads_the_contracts_and_sql_that_came_with_it(installed: Installed) -> None:
    done = installed.run("lumbung", "check", "--json")
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)["read"]
    names = {name.partition("/site-packages/")[2] for name in read}
    assert {name.partition("/")[0] for name in names} == {"assets", "sql"}
    assert "assets/contracts/sikesal.odcs.yaml" in names and len(names) > 100


def test_receipts_of_the_wheel_name_the_checkouts_code(installed: Installed) -> None:
    program = "from pipelines.receipts.code import code; print(code()['sources_sha256'])"
    assert installed.run("python", "-c", program).stdout.strip() == code()["sources_sha256"]


def test_a_source_whose_extra_is_not_installed_says_the_remedy(installed: Installed) -> None:
    settings = {"LUMBUNG_SERVER_PERIZINAN": "mariadb", "LUMBUNG_TODAY": MONDAY}
    done = installed.run("lumbung", "check", "--live", "perizinan", **settings)
    assert done.returncode == 1 and "pip install 'lumbung[mysql]'" in done.stderr


def test_the_demo_city_is_harvested_where_there_is_no_checkout(installed: Installed) -> None:
    arguments = ("demo", "--days", "1", "--scale", "0.01", "--no-serve", "--city-port", "8671")
    done = installed.run("lumbung", *arguments, LUMBUNG_TODAY=MONDAY)
    assert done.returncode == 2 and "release " in done.stdout, done.stdout + done.stderr
    assert sorted(path.name for path in installed.folder.iterdir()) == [".lumbung"]
    question = "SELECT count(*) AS n FROM sikesal.complaints"
    answer = installed.run("lumbung", "sql", question, "--format", "json")
    assert answer.returncode == 0 and json.loads(answer.stdout)[0]["n"] > 0, answer.stderr


def packages(folder: Path) -> set[str]:
    return {path.name.partition("-")[0] for path in folder.glob(".venv/lib/*/*/*.dist-info")}


def test_making_ready_to_run_and_to_test_leave_each_others_packages(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "uv.lock", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, tmp_path / name)
    for room in ROOMS:
        (tmp_path / room).mkdir()
    own = Path(shutil.which("uv") or PROJECT / ".uv" / "bin" / "uv").parent
    environment = {**os.environ, "PATH": f"{own}{os.pathsep}{os.environ['PATH']}"}

    def make(target: str) -> set[str]:
        done = subprocess.run(
            ["make", target], env=environment, cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return packages(tmp_path)

    alone = make(".venv/run-ready")
    assert {"amqtt", "dagster", "streamlit"} <= alone
    assert not {"connectorx", "openlineage_python", "playwright", "pytest", "ruff"} & alone
    everything = make(".venv/ready")
    assert {"connectorx", "openlineage_python", "playwright", "pytest", "ruff"} <= everything
    (tmp_path / "uv.lock").touch()
    assert make(".venv/run-ready") == everything == make(".venv/ready")
