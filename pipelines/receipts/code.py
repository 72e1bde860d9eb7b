"""Which code made a figure: the package's version, a hash over the sources of the rooms that
compute, and the revision where there is one.
"""

import hashlib
import subprocess
from functools import cache
from importlib.metadata import version

from pipelines.city import Municipality, municipality
from pipelines.settings import PROJECT, settings

ROOMS = ("pipelines", "quality")


def code() -> dict[str, str | None]:
    """Return ``version``, ``sources_sha256`` and ``revision``: git's, or LUMBUNG_REVISION in an
    image without git, None where neither is known. The city's file is one of the sources.
    """
    return _code(municipality())


@cache
def _code(city: Municipality) -> dict[str, str | None]:
    digest = hashlib.sha256()
    for path in sorted(path for room in ROOMS for path in (PROJECT / room).rglob("*.py")):
        digest.update(
            f"{path.relative_to(PROJECT).as_posix()}\0".encode() + path.read_bytes() + b"\0"
        )
    for path in filter(None, (city.path, city.regions)):
        digest.update(path.read_bytes() + b"\0")
    return {
        "version": version("lumbung"),
        "sources_sha256": digest.hexdigest(),
        "revision": settings().revision or _git(),
    }


def _git() -> str | None:
    if not (PROJECT / ".git").exists():
        return None
    try:
        result = subprocess.run(
            ["git", "-C", str(PROJECT), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip()
