"""The peers' own environment: other people's harvesters, whose pins would hold ours back, locked
in this folder, built by uv into ``.venv`` beside this.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines.settings import PROJECT

FOLDER = Path(__file__).parent


def peers() -> Path:
    """Return the interpreter that has the peers, built from the lock where it is not there: a
    minute, seconds from uv's cache, then without a network.

    Where it cannot be built the test is skipped with what was missed, and under CI it fails.
    """
    uv = shutil.which("uv") or str(PROJECT / ".uv" / "bin" / "uv")
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")
    }
    try:
        built = subprocess.run(
            [uv, "sync", "--frozen", "--quiet", "--project", FOLDER],
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        missed = built.stderr.strip() if built.returncode else ""
    except OSError as error:
        missed = str(error)
    if missed:
        told = (
            "CKAN's own harvester and RDF parser were not run against the portal, since uv could"
            f" not build tests/peers: {missed[-400:]}"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    return FOLDER / ".venv" / "bin" / "python"
