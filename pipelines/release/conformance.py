"""What the last run of validators found of a release: a file a release in the lake, written by
``make conformance`` and read by the portal's page.

It says what was found, when, and of which release; a release that nobody has checked has no file,
and an older one's results stay that one's.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import LakeError
from pipelines.lake.lake import Lake
from pipelines.release.release import ID, releases, releases_until

FOLDER = "conformance"
KINDS = ("validator", "accessibility", "verify")
RESULTS = ("ok", "failed", "not run")


@dataclass(frozen=True)
class Result:
    """One check: ``figure`` is what it counted, ``tool`` what checked with its version, ``at``
    when (UTC, ISO 8601), ``detail`` the first thing wrong.
    """

    check: str
    kind: str
    result: str
    figure: str
    tool: str
    at: str
    detail: str


def write_results(lake: Lake, release: str, results: Sequence[Result]) -> Path:
    """Write a release's results, those of an earlier run replaced; LakeError for a kind or
    result that is none.
    """
    for result in results:
        if result.kind not in KINDS or result.result not in RESULTS:
            raise LakeError(
                f"{result.check}: kind '{result.kind}', result '{result.result}'; kinds are"
                f" {', '.join(KINDS)}, results {', '.join(RESULTS)}"
            )
    path = lake.root / FOLDER / f"{release}.json"
    path.parent.mkdir(exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(
        json.dumps([asdict(result) for result in results], indent=1, ensure_ascii=False), "utf-8"
    )
    return beside.replace(path)


def read_results(lake: Lake, release: str) -> tuple[str, list[Result]] | None:
    """Return the results of the newest release checked that is not newer than ``release``, and
    its id; None where none was; LakeError for a damaged file.
    """
    named = {path.stem for path in (lake.root / FOLDER).glob("*.json")}
    until = [each.id for each in releases_until(lake, release) if each.id in named]
    gone = named - {each.id for each in releases(lake)}
    older = max((name for name in gone if re.fullmatch(ID, name) and name <= release), default="")
    if not until and not older:
        return None
    path = lake.root / FOLDER / f"{until[-1] if until else older}.json"
    try:
        results: list[dict[str, Any]] = json.loads(path.read_bytes())
        return path.stem, [Result(**result) for result in results]
    except (OSError, ValueError, TypeError) as error:
        raise LakeError(
            f"{path}: the results cannot be read ({error}); `make conformance` writes them again"
        ) from error
