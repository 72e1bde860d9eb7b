"""The contracts in force: those of the city's folder and, of an application whose file is wrong,
the one the last release was made with. It goes on describing what is published.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipelines.connectors import contracts
from pipelines.connectors.contracts import read_kept_contract
from pipelines.contract.contracts import Contracts
from pipelines.contract.model import Contract
from pipelines.contract.reader import SUFFIX
from pipelines.errors import ContractError, LakeError
from pipelines.lake.lake import Lake
from pipelines.release.release import Release, open_release, releases


def standing_contracts(folder: Path, lake: Lake) -> Contracts:
    """Read the contracts of ``folder``; one that is wrong is set aside alone, and the last release
    of ``lake`` says how its application is described meanwhile.
    """
    return contracts.standing_contracts(folder, lambda name: _last_good(lake, name))


def _last_good(lake: Lake, application: str) -> Contract | None:
    release = next(_whole(lake), None)
    said = release.manifest.contracts.get(application) if release else None
    if release is None or said is None:
        return None
    with suppress(ContractError):  # its own problem is told; this one only cannot stand in for it
        kept = read_kept_contract(release.folder / "contracts" / f"{application}{SUFFIX}")
        return kept if kept.sha256 == said.sha256 else None
    return None


def _whole(lake: Lake) -> Iterator[Release]:
    """Yield the current release and then every other, newest first, of which the manifest is as
    it was made.
    """
    with suppress(LakeError):
        for release in (open_release(lake), *reversed(releases(lake))):
            with suppress(LakeError):
                if release.manifest:
                    yield release
