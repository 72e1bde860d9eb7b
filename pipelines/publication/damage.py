"""Which datasets a release cannot take as they are now: a table of theirs cannot be read, or what a
harvest that was killed left half done cannot be ended. Such a dataset stays as the last release has
it; nothing else is held up.

What is pinned besides stands in ``pins``, how a cut-off harvest is ended in ``lake.intents``.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.contract.model import Contract, Dataset
from pipelines.errors import ContractError, LakeError
from pipelines.lake.lake import Lake
from pipelines.lake.views import HISTORY
from pipelines.release.manifest import WITHHELD_VERSIONS, Manifest, Pinned
from pipelines.release.release import open_release

DAMAGED = "damaged"
"""Why a dataset is withheld, as a manifest has it."""
LAYERS = ("quarantine", "withheld", "clean", "public")


@dataclass(frozen=True)
class Damage:
    """What was said of each damaged dataset, by its id, and what the last release pins of them, by
    the names it has for its public and clean tables.
    """

    said: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Pinned] = field(default_factory=dict)
    clean: Mapping[str, Pinned] = field(default_factory=dict)

    @property
    def views(self) -> dict[str, str]:
        """The damaged datasets by the names under which a model reads them."""
        return {name + end: name for name in self.said for end in ("", HISTORY)}


NONE = Damage()


def damage(lake: Lake, contracts: Sequence[Contract], stuck: Mapping[str, str]) -> Damage:
    """Look at the tables of every dataset; ``stuck`` are those whose cut-off harvest cannot be
    ended, with why.
    """
    manifest, before = _last(lake)
    said, tables, clean = dict[str, str](), dict[str, Pinned](), dict[str, Pinned]()
    for dataset in (dataset for contract in contracts for dataset in contract.datasets):
        name = dataset.id
        why = stuck.get(name) or _wrong(lake, dataset, manifest)
        if not why:
            continue
        said[name] = why
        if manifest and _is_still_open(dataset, before.get(name)):
            wanted = (name, WITHHELD_VERSIONS + name)
            tables |= {each: manifest.tables[each] for each in wanted if each in manifest.tables}
        if manifest and name in manifest.clean:
            clean[name] = manifest.clean[name]
    whole = {name: pinned for name, pinned in tables.items() if _are_there(lake, pinned)}
    return Damage(
        said, {name: pinned for name, pinned in whole.items() if _owner(name) in whole}, clean
    )


def _last(lake: Lake) -> tuple[Manifest | None, dict[str, Dataset]]:
    """Return what the current release pins, and its datasets; nothing where it cannot be read."""
    with suppress(LakeError, ContractError):  # `lumbung verify` tells of it
        release = open_release(lake)
        datasets = [dataset for contract in release.contracts for dataset in contract.datasets]
        return release.manifest, {dataset.id: dataset for dataset in datasets}
    return None, {}


def _wrong(lake: Lake, dataset: Dataset, last: Manifest | None) -> str:
    """Return what is wrong with the tables of a dataset, empty when they can be read."""
    pinned = {"public": last.tables, "clean": last.clean} if last else {}
    for layer in LAYERS if dataset.is_public else LAYERS[:-1]:
        table, before = lake.dataset_table(layer, dataset.id), pinned.get(layer, {}).get(dataset.id)
        try:
            if said := _damaged(lake, table, before):
                return f"{table}: {said}; put back what it lacks from a backup"
        except LakeError as error:
            return str(error)
    return ""


def _damaged(lake: Lake, table: Path, before: Pinned | None) -> str:
    """Return what is wrong with one table; its history is read where it has grown."""
    if not lake.exists(table):
        return "its log is gone" if before or table.exists() else ""
    version = lake.version(table)
    if before and version < before.version:
        return f"its log ends at version {version}, and {before.version} is published"
    gone = [file for file in lake.files(table, version) if not Path(file).is_file()]
    if gone:
        return f"{Path(gone[0]).relative_to(table)} is gone"
    if before is None or before.version != version:
        lake.commits(table, 0)
    if before and {*lake.files(table, before.version)} != {*_published(lake, before)}:
        return f"its version {before.version} is not the one that is published"
    return ""


def _published(lake: Lake, pinned: Pinned) -> list[str]:
    """Return the files of a pinned table; those of a clean one stand in its receipt."""
    if pinned.receipt is None:
        return pinned.places(lake.root)
    receipt = json.loads(lake.stored(pinned.receipt, "json").read_bytes())
    partitions = receipt["partitions"].values()
    return [str(lake.root / file) for partition in partitions for file in partition["files"]]


def _is_still_open(dataset: Dataset, before: Dataset | None) -> bool:
    """Whether all that the last release shows of a dataset may be shown still."""
    if before is None or not dataset.is_public:
        return False
    now = {column.name for column in dataset.public_columns}
    return {column.name for column in before.public_columns} <= now


def _are_there(lake: Lake, pinned: Pinned) -> bool:
    return all(Path(place).is_file() for place in pinned.places(lake.root))


def _owner(name: str) -> str:
    return name.removeprefix(WITHHELD_VERSIONS)
