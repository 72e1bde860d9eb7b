"""The release: which version of every table the public sees, pinned in one manifest. Opening one;
the maker is ``publication.make_release``.

``releases/<id>/`` holds ``manifest.json``, the contracts it was made with and ``release.duckdb``, a
read-only file of views over exactly the pinned files. The portal and analysts read releases and
nothing else.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

import duckdb

from pipelines.city import municipality
from pipelines.connectors.registry import connectors
from pipelines.contract.model import Contract, Dataset
from pipelines.contract.reader import SUFFIX, Known, read_contract
from pipelines.errors import LakeError
from pipelines.lake.durable import sha256_of
from pipelines.lake.lake import Lake
from pipelines.reference.tables import REFERENCE
from pipelines.release.database import connect
from pipelines.release.manifest import Manifest, read_manifest, sequence_of

ID = r"^\d{8}T\d{6}Z-[0-9a-f]{8}([0-9a-f]{8})?$"
"""Its time, and the start of the hash of what it pins: 16 digits, 8 in the first releases there
were.
"""
CURRENT, PREVIOUS = ("current", "latest"), "previous"
"""Words for the release readers see now, and for the one before it."""


@dataclass(frozen=True)
class Release:
    """One release as its readers see it: the manifest, its contracts and a connection to its
    tables.
    """

    folder: Path

    @property
    def id(self) -> str:
        """Its time and the start of its hash, such as ``20261124T091500Z-3f2a9c1b``."""
        return self.folder.name

    @property
    def made_at(self) -> datetime:
        """When it was made, to the second, as its id says."""
        return datetime.strptime(self.id.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    @cached_property
    def manifest(self) -> Manifest:
        """What is pinned; LakeError when its file is damaged."""
        return read_manifest(self.folder)

    @cached_property
    def contracts(self) -> tuple[Contract, ...]:
        """The contracts the release was made with; LakeError when one is not the one its
        manifest names. The last good one of an application set aside may refer to what the others
        no longer have.
        """
        folder = self.folder / "contracts"
        if sorted(contract.sha256 for contract in self.manifest.contracts.values()) != sorted(
            sha256_of(path) for path in folder.glob("*")
        ):
            raise LakeError(
                f"{folder}: these contracts were changed after the release was made; `lumbung run`"
                " makes a new release"
            )
        known = Known(connectors(), REFERENCE, are_kept=True)
        return tuple(read_contract(path, known) for path in sorted(folder.glob(f"*{SUFFIX}")))

    @cached_property
    def datasets(self) -> tuple[tuple[Contract, Dataset], ...]:
        """Every dataset with its contract, the closed ones too: that they exist is public."""
        return tuple(
            (contract, dataset) for contract in self.contracts for dataset in contract.datasets
        )

    def dataset(self, name: str) -> tuple[Contract, Dataset] | None:
        """Return the dataset called ``name`` with its contract, None when there is none."""
        return next((owned for owned in self.datasets if owned[1].id == name), None)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open the release's tables, read-only."""
        return connect(self.folder)


def open_release(lake: Lake, release: str | None = None) -> Release:
    """Open the current release, or the one called ``release``: an id, one of ``CURRENT``, or
    ``PREVIOUS``; LakeError when there is none.
    """
    folder = lake.root / "releases"
    if release == PREVIOUS:
        return _previous(lake)
    release = None if release in CURRENT else release
    if release is not None and not re.fullmatch(ID, release):
        raise LakeError(
            f"'{release}' is not a release id, {', '.join(CURRENT)} or {PREVIOUS}; `lumbung release"
            " list` shows the ids"
        )
    path = folder / (release or "current")
    if not path.is_dir():
        raise LakeError(
            f"{lake.root}: {f'no release {release}' if release else 'no release yet'}; `lumbung"
            " run` makes one, `lumbung release list` shows them"
        )
    return Release(path.resolve())


def _previous(lake: Lake) -> Release:
    current = open_release(lake)
    earlier = releases_until(lake, current.id)[:-1]
    if not earlier:
        raise LakeError(
            f"{lake.root}: there is no release before the current one, {current.id}; `lumbung"
            " release list` shows them all"
        )
    return earlier[-1]


def releases(lake: Lake) -> list[Release]:
    """Return every release, oldest first: by the sequence that each was given, not by the clock
    that its id tells. Those made before there were sequences come before, by id; one whose manifest
    is damaged comes after the one its id comes after.
    """
    ordered: list[tuple[int, Release]] = []
    sequence = 0
    for path in sorted((lake.root / "releases").glob("*")):
        if re.fullmatch(ID, path.name):
            stated = sequence_of(path)
            sequence = sequence if stated is None else stated
            ordered.append((sequence, Release(path)))
    return [release for _, release in sorted(ordered, key=lambda each: (each[0], each[1].id))]


def releases_until(lake: Lake, release: str) -> list[Release]:
    """Return the releases up to the one with this id, which comes last; empty where there is no
    such release.
    """
    every = releases(lake)
    place = next((place for place, each in enumerate(every, 1) if each.id == release), 0)
    return every[:place]


def release_as_of(lake: Lake, day: date) -> Release:
    """Return the release that was current when ``day`` ended in the city: the last of those that
    say they were made by then. LakeError names the first one when that was later.
    """
    known = releases(lake)
    zone = municipality().zone
    standing = [
        candidate for candidate in known if candidate.made_at.astimezone(zone).date() <= day
    ]
    if not standing:
        first = (
            f"the first, {known[0].id}, was made on"
            f" {known[0].made_at.astimezone(zone):%Y-%m-%d at %H:%M} ({zone.key})"
            if known
            else "nor is there now"
        )
        raise LakeError(
            f"{lake.root}: there was no release yet at the end of {day}; {first}; `lumbung release"
            " list` shows them all"
        )
    return standing[-1]
