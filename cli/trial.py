"""What ``lumbung try`` does: files judged under a contract by a harvest into a lake of its own,
which is gone afterwards. The city's lake is only read, for the datasets that rows refer to.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assets.harvest import Harvest, harvest
from pipelines.connectors.contracts import read_contract
from pipelines.connectors.dropped.files import meant
from pipelines.connectors.registry import fetch_of
from pipelines.contract.model import Contract, Dataset, Source
from pipelines.contract.reader import SUFFIX
from pipelines.errors import LumbungError, nearest
from pipelines.harvest.days import partitions_in
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import key_of, last_complete, window_of
from pipelines.records.open import READERS
from quality.verdict import Finding
from quality.volume import BOUNDS

RUN = "try"
OWN_FACTS = ("files", "settle")
"""Facts of ``fetch`` that say which files lie at the source, not how they are read."""
CLOSED = ("personal", "specific")


@dataclass(frozen=True)
class Trial:
    """What became of the files: the harvest, an example of each rule that a row broke, and what
    could not be judged.
    """

    contract: Contract
    dataset: Dataset
    files: int
    outcome: Harvest
    examples: Mapping[str, Mapping[str, Any]]
    notes: tuple[str, ...]

    @property
    def unread(self) -> bool:
        """Whether a file could not be read or judged at all."""
        return any(
            finding.kind in ("source", "gate")
            for partition in self.outcome.verdict.partitions
            for finding in partition.findings
        )

    @property
    def is_clean(self) -> bool:
        """Whether every row passed whole."""
        return all(
            partition.verdict == "passed" and not partition.quarantined + partition.cells_withheld
            for partition in self.outcome.verdict.partitions
        )


def contract_of(named: str, folder: Path) -> Contract:
    """Return the contract of an application, or the one at a path."""
    if named.endswith(SUFFIX):
        return read_contract(Path(named))
    names = [path.name.removesuffix(SUFFIX) for path in folder.glob(f"*{SUFFIX}")]
    if named not in names:
        raise LumbungError(
            f"there is no application '{named}' in {folder}; {nearest(named, names)}"
        )
    return read_contract(folder / f"{named}{SUFFIX}")


def tried(
    contract: Contract, named: str | None, files: Sequence[Path], lake: Lake, sql: Path
) -> Trial:
    """Judge ``files`` as a delivery of one dataset; nothing is left of it. LumbungError for a file
    that is not there or a dataset that is not told.
    """
    for path in files:
        if not path.is_file():
            raise LumbungError(f"{path}: there is no such file; name the files to try")
    dataset = _dataset(contract, named, files)
    with tempfile.TemporaryDirectory(prefix="lumbung-") as folder:
        own = Lake(Path(folder) / "lake")
        drop = Path(folder) / "drop"
        own.root.mkdir()
        _put(files, drop)
        dataset, notes = _looked_up(dataset, lake, own)
        dataset, unnamed = _dropped(dataset, drop)
        keys = _keys(own, dataset, drop, sql, Path(folder))
        outcome = _as_named(harvest(own, sql, contract, dataset, keys, RUN), Path(folder))
        examples = dict(_examples(own, dataset, outcome))
    history = sorted(rule.name for rule in dataset.all_rules if rule.kind in BOUNDS)
    if history:
        notes.append(f"{', '.join(history)}: not judged, they compare with days that passed before")
    return Trial(contract, dataset, len(files), outcome, examples, (*unnamed, *notes))


def _as_named(outcome: Harvest, folder: Path) -> Harvest:
    """Return the outcome with what is said of files on one line and under their own names."""
    aside = re.compile(rf"{re.escape(str(folder))}/(?:drop/|lake/raw/\S*?/{RUN}/[0-9]+-)")

    def told(finding: Finding) -> Finding:
        message = finding.message and " ".join(aside.sub("", finding.message).split())
        return replace(finding, message=message)

    partitions = tuple(
        replace(partition, findings=tuple(map(told, partition.findings)))
        for partition in outcome.verdict.partitions
    )
    return replace(outcome, verdict=replace(outcome.verdict, partitions=partitions))


def _dataset(contract: Contract, named: str | None, files: Sequence[Path]) -> Dataset:
    """Return the dataset that is named, or that alone means files of these names."""
    by_name = {dataset.name: dataset for dataset in contract.datasets}
    if named is not None:
        if named not in by_name:
            raise LumbungError(f"{contract.path}: no dataset '{named}'; {nearest(named, by_name)}")
        return by_name[named]
    if len(by_name) == 1:
        return contract.datasets[0]
    names = [path.name for path in files]
    fitting = [dataset for dataset in contract.datasets if _means(dataset, names)]
    if len(fitting) != 1:
        raise LumbungError(
            f"{contract.path} has several datasets, and these names tell none of them apart; add"
            f" --dataset, one of {', '.join(by_name)}"
        )
    return fitting[0]


def _means(dataset: Dataset, names: Sequence[str]) -> bool:
    return "files" in dataset.source.fetch and len(list(meant(dataset, names))) == len(names)


def _put(files: Sequence[Path], drop: Path) -> None:
    drop.mkdir()
    for path in files:
        if path.suffix.lower() not in {*READERS, ".xls", ".htm"}:
            raise LumbungError(
                f"{path}: '{path.suffix}' files are not read; formats are {', '.join(READERS)}"
            )
        if (drop / path.name).exists():
            raise LumbungError(f"{path}: a second file of this name; try them one by one")
        shutil.copy2(path, drop / path.name)


def _dropped(dataset: Dataset, drop: Path) -> tuple[Dataset, list[str]]:
    """Return the dataset as if its source were the folder ``drop``, and what is to be known of the
    files' names.
    """
    facts, names = dataset.source.fetch, [path.name for path in drop.iterdir()]
    is_meant = _means(dataset, names)
    notes = []
    if "files" in facts and not is_meant:
        notes.append(
            f"the contract means files called {facts['files']}; these are not, so no name places"
            " rows"
        )
    own = {name: fact for name, fact in facts.items() if name not in OWN_FACTS}
    server = {"connector": "file", "path": str(drop)}
    servers = dict.fromkeys(dataset.source.server, server)
    fetch = {**own, "files": facts["files"] if is_meant else "*"}
    return replace(dataset, source=Source("file", servers, fetch)), notes


def _looked_up(dataset: Dataset, lake: Lake, own: Lake) -> tuple[Dataset, list[str]]:
    """Return the dataset without the references that cannot be looked up, and which these are; the
    tables that the lake has are seen from ``own``.
    """
    rules, notes = [], []
    for rule in dataset.rules:
        referred = str(rule.argument("to")).rpartition(".")[0]
        if rule.kind != "reference" or rule.level != "partition":
            rules.append(rule)
            continue
        table = lake.dataset_table("clean", referred)
        if referred == dataset.id or not lake.exists(table):
            notes.append(f"{rule.name}: not looked up, the lake has no {referred} to look it up in")
            continue
        there = own.dataset_table("clean", referred)
        if not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            there.symlink_to(table.resolve(), target_is_directory=True)
        rules.append(rule)
    return replace(dataset, rules=tuple(rules)), notes


def _keys(own: Lake, dataset: Dataset, drop: Path, sql: Path, folder: Path) -> tuple[str, ...]:
    """Return the partitions that the files are of: by their names, else by their rows, else the
    last that is over.
    """
    stated = {key for _, key in meant(dataset, (path.name for path in drop.iterdir()))}
    if None not in stated:
        return tuple(sorted(key for key in stated if key))
    last = (key_of(dataset, last_complete(dataset)),)
    if dataset.delivery == "snapshot":
        return last
    server = next(iter(dataset.source.server.values()))
    local = replace(dataset, source=Source("file", server, dataset.source.fetch))
    landed = own.land(
        dataset.id, "looked-at", fetch_of("file")(local, window_of(local, last)), last
    )
    with own.connect() as con:
        return partitions_in(con, landed, local, folder / "days", sql) or last


def _examples(
    own: Lake, dataset: Dataset, outcome: Harvest
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the first row that broke each rule: its file, line and value, if it may be told."""
    table = own.dataset_table("quarantine", dataset.id)
    if not own.exists(table) or not (files := own.files(table)):
        return
    closed = {column.name for column in dataset.columns if column.classification in CLOSED}
    rules = {rule.name: rule for rule in dataset.all_rules}
    with own.reader() as con:
        rows = con.execute(
            'SELECT rule, min_by(line, "row"), min_by(record, "row"), min_by(line_text, "row")'
            " FROM (SELECT unnest(rules) AS rule, * FROM read_parquet(?, union_by_name = true))"
            " GROUP BY 1 ORDER BY 1",
            [files],
        ).fetchall()
    for name, line, record, text in rows:
        said, rule = json.loads(record), rules.get(name)
        columns = [rule.column] if rule and rule.column else list(dataset.key)
        if name == "placed" and dataset.partition_by:
            columns = [dataset.partition_by]
        values = {
            column: said.get(dataset.column(column).field)
            for column in columns
            if column not in closed
        }
        landed = outcome.landed[int(said["_file"])]
        place = {"file": landed.address.rpartition("/")[2], "line": line}
        if text is not None:
            values = {} if closed else {"line": text}
        yield name, {**place, "values": values}
