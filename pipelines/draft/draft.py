"""The way from sources to a contract: found, profiled, written, and read back as any contract is,
before anybody sees it.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.connectors.contracts import read_contract
from pipelines.contract.reader import SUFFIX
from pipelines.draft.contract import written
from pipelines.draft.profile import Profile, profiled
from pipelines.draft.source import find
from pipelines.errors import SourceError


@dataclass(frozen=True)
class Draft:
    """A contract as text, the datasets it was made of, and what is none of them, and why."""

    text: str
    profiles: tuple[Profile, ...]
    left_out: tuple[str, ...]


def drafted(name: str, sources: Sequence[str], path: Path) -> Draft:
    """Return the contract of the application ``name``, which is to stand at ``path``. Nothing is
    left anywhere.

    ContractError or SourceError says which source is none, or cannot be read; one of several
    datasets that cannot is left out.
    """
    with tempfile.TemporaryDirectory(prefix="lumbung-") as work:
        folder = Path(work)
        every, left_out = find(name, sources, folder / "found")
        profiles = []
        for number, found in enumerate(every):
            try:
                profiles.append(profiled(found, folder / f"profile-{number}"))
            except SourceError as error:
                left_out.append(str(error))
        if not profiles:
            raise SourceError("\n".join(left_out))
        text = written(name, str(path), profiles)
        aside = folder / f"{name}{SUFFIX}"
        aside.write_text(text, "utf-8")
        read_contract(aside)
    return Draft(text, tuple(profiles), tuple(left_out))


def told(profile: Profile) -> dict[str, Any]:
    """Return a profile as plain values for tools; of what looks personal it holds no value."""
    found = profile.found
    return {
        "dataset": found.dataset.name,
        "connector": found.dataset.source.connector,
        "fetch": dict(found.dataset.source.fetch),
        "files": [part.address for part in found.landed],
        "records": profile.rows,
        "looked_at": profile.looked_at,
        "broken": profile.broken,
        "key": asdict(profile.key),
        "placing": asdict(profile.placing),
        "notes": list(profile.notes),
        "left_out": list(profile.left_out),
        "fields": [asdict(one) for one in profile.fields],
    }
