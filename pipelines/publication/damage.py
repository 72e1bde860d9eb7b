"""Which datasets and models a release cannot take as they are now: a table of theirs cannot be
read, or what a harvest that was killed left half done cannot be ended. Such a one stays as the last
release has it; nothing else is held up.

What is pinned besides stands in ``pins``, how a cut-off harvest is ended in ``lake.intents``.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.contract.model import Contract, Dataset
from pipelines.errors import ContractError, LakeError
from pipelines.lake import verdicts
from pipelines.lake.durable import are_whole
from pipelines.lake.lake import Lake
from pipelines.lake.views import HISTORY
from pipelines.models.plan import Plan
from pipelines.receipts.dataset_receipt import files_of
from pipelines.receipts.receipt import read
from pipelines.release.manifest import WITHHELD_VERSIONS, Manifest, Pinned
from pipelines.release.release import open_release

LAYERS = ("quarantine", "withheld", "clean", "public")
_AGAIN = (
    "remove the dataset's folder in each of the lake's layers and harvest all its days again with"
    " `lumbung run NAME --from DAY --to DAY`"
)


@dataclass(frozen=True)
class Damage:
    """What was said of each damaged dataset and model, by its name, and what the last release pins
    of them, by the names it has for its public and clean tables.
    """

    said: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Pinned] = field(default_factory=dict)
    clean: Mapping[str, Pinned] = field(default_factory=dict)

    @property
    def views(self) -> dict[str, str]:
        """What is damaged, by the names under which a model reads it."""
        return {name + end: name for name in self.said for end in ("", HISTORY)}


NONE = Damage()


def damage(
    lake: Lake,
    contracts: Sequence[Contract],
    plan: Plan,
    stuck: Mapping[str, str],
) -> Damage:
    """Look at the tables of every dataset and model, also of one that is withheld already;
    ``stuck`` are the datasets whose cut-off harvest cannot be ended, with why.
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
    closed = {model.id for model in plan.models if not model.is_public}
    for name in filter(lake.may_have, (*(model.id for model in plan.models), *plan.withheld)):
        pinned = manifest.tables.get(name) if manifest else None
        if why := _said(lake, lake.table(*name.split(".")), pinned):
            said[name] = why
            if pinned and name not in closed:
                tables[name] = pinned
    whole = {name: pinned for name, pinned in tables.items() if are_whole(pinned.places(lake.root))}
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
    name = dataset.id
    for layer in LAYERS if dataset.is_public else LAYERS[:-1]:
        table, before = lake.dataset_table(layer, name), pinned.get(layer, {}).get(name)
        said = _said(lake, table, before, since=0)
        if said and not _is_made_anew(lake, table, name, last):
            return f"{said}, or {_AGAIN}"
    return ""


def _is_made_anew(lake: Lake, table: Path, dataset_id: str, last: Manifest | None) -> bool:
    """Whether a lost table is there again with all that stands of its dataset: each partition's
    rows were committed to it by the run of the latest verdict that passed. Then it is no matter
    which version of the lost one was published. Where verdicts were lost too, nobody knows.
    """
    with suppress(LakeError):
        judged = last.tables.get("lumbung.verdicts") if last else None
        if judged and _said(lake, lake.root / judged.table, judged):
            return False
        made = {commit.get("run_id") for commit in lake.commits(table, since=0)}
        stands = [row["run_id"] for row in verdicts.passed(lake, dataset_id) if row["passed"]]
        return not _said(lake, table, None) and {*stands} <= made
    return False


def _said(lake: Lake, table: Path, before: Pinned | None, since: int | None = None) -> str:
    """Return what is wrong with a table and what to do, empty when it can be read; of one that has
    changed the log is read back to version ``since``, the latest entry when None.
    """
    try:
        said = _damaged(lake, table, before, since)
    except LakeError as error:
        return str(error)
    return said and f"{table}: {said}; put back what it lacks from a backup"


def _damaged(lake: Lake, table: Path, before: Pinned | None, since: int | None) -> str:
    if not lake.exists(table):
        return "its log is gone" if before or table.exists() else ""
    version = lake.version(table)
    if before and version < before.version:
        return f"its log ends at version {version}, and {before.version} is published"
    for file, size in sorted(lake.sizes(table, version).items()):
        if not (table / file).is_file():
            return f"{file} is gone"
        if (there := (table / file).stat().st_size) != size:
            return f"{file} has {there} bytes of {size}"
    if before is None or before.version != version:
        lake.commits(table, since)
    if before and not {*_published(lake, before)} <= {*lake.files(table, before.version)}:
        return f"its version {before.version} is not the one that is published"
    return ""


def _published(lake: Lake, pinned: Pinned) -> list[str]:
    """Return the files of a pinned table; those of a clean one stand in its receipt."""
    if pinned.files or pinned.receipt is None:
        return pinned.places(lake.root)
    receipt = read(lake, pinned.receipt)
    files = files_of(receipt) if receipt["kind"] == "dataset" else []
    return [str(lake.root / file) for file in files]


def _is_still_open(dataset: Dataset, before: Dataset | None) -> bool:
    """Whether all that the last release shows of a dataset may be shown still."""
    if before is None or not dataset.is_public:
        return False
    now = {column.name for column in dataset.public_columns}
    return {column.name for column in before.public_columns} <= now


def _owner(name: str) -> str:
    return name.removeprefix(WITHHELD_VERSIONS)
