"""Serves the portal and Dagster's UI as child processes on this machine, and stops everything it
started.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from assets.instance import open_instance
from cli.show import CONSOLE
from pipelines.city import municipality
from pipelines.environment import variable
from pipelines.errors import LumbungError
from pipelines.lake.lake import Lake
from pipelines.lineage.openlineage.sender import SETTING, file_of
from pipelines.reference.regions import regions_of
from pipelines.settings import settings

ADDRESS = "127.0.0.1"
LOADED, QUIETLY = ("-m", "assets.definitions"), ("--code-server-log-level", "warning")
DAGSTER_UI = (
    sys.executable,
    "-m",
    "assets.webserver",
    *LOADED,
    "--dagster-log-level",
    "warning",
    *QUIETLY,
)
DAGSTER_DAEMON = (
    sys.executable,
    "-m",
    "dagster._daemon",
    "run",
    *LOADED,
    "--log-level",
    "warning",
    *QUIETLY,
)
"""What ``dagster dev`` starts, but with a door before the UI."""


def free(port: int, option: str) -> None:
    """Raise LumbungError, with the way out, when ``port`` is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise LumbungError(
                f"port {port} is in use ({error.strerror}); stop what listens there, or choose"
                f" another port with {option} N"
            ) from error


def environment_of(lake: Path, contracts: Path, port: int) -> dict[str, str]:
    """Return what the servers are told by their environment; every path is absolute, since they
    need not run in this folder.
    """
    events = settings().openlineage
    file = file_of(events) if events else None
    return {
        **{
            variable(name): str(value.resolve())
            for name, value in settings()
            if isinstance(value, Path)
        },
        SETTING: str(file.resolve()) if file else events,
        "LUMBUNG_LAKE": str(lake),
        "LUMBUNG_CONTRACTS": str(contracts),
        "LUMBUNG_URL": settings().url or f"http://{ADDRESS}:{port}",
        "DAGSTER_HOME": str(Lake(lake).state),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "PYTHONSAFEPATH": "1",
    }


def serve_all(lake: Path, contracts: Path, port: int, dagster_port: int) -> None:
    """Serve until Ctrl-C or until one of the servers ends; nothing where the city's regions are
    another city's.
    """
    regions_of(municipality())
    free(port, "--port")
    if dagster_port:
        free(dagster_port, "--dagster-port")
    with open_instance(Lake(lake)):
        pass
    environment = {**os.environ, **environment_of(lake, contracts, port)}
    portal = [sys.executable, "-m", "portal.http.server", "--host", ADDRESS, "--port", str(port)]
    dagster = [*DAGSTER_UI, "-h", ADDRESS, "-p", str(dagster_port)], DAGSTER_DAEMON
    commands = [portal, *(dagster if dagster_port else ())]
    folders = [None, *[Lake(lake).state] * 2]
    children = [
        subprocess.Popen(command, env=environment, cwd=folder, start_new_session=True)
        for command, folder in zip(commands, folders, strict=False)
    ]
    CONSOLE.print(f"portal   http://{ADDRESS}:{port}")
    if dagster_port:
        CONSOLE.print(f"Dagster  http://{ADDRESS}:{dagster_port}")
    CONSOLE.print("Ctrl-C stops it" if len(commands) == 1 else "Ctrl-C stops all")
    _wait(children)


def _wait(children: Sequence["subprocess.Popen[bytes]"]) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        raise LumbungError("a server ended by itself; its message stands above")
    except KeyboardInterrupt:
        CONSOLE.print("stopping")
    finally:
        for child in children:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
        for child in children:
            try:
                child.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
