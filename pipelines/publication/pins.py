"""What a release that is about to be made pins: every public table at its version with its
receipt, the clean tables figures rest on, contracts, models, views and reference tables.

When and how it is written and swapped in is ``make_release``'s business.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipelines.contract.model import Contract, Dataset
from pipelines.errors import LakeError
from pipelines.lake.durable import sha256_of
from pipelines.lake.lake import Lake
from pipelines.lake.tables import without
from pipelines.lake.views import HISTORY, version_columns
from pipelines.models.sqlfile import KEYS, SqlFile
from pipelines.models.view import View
from pipelines.models.workbench import snapshots_to_come
from pipelines.publication.damage import NONE, Damage
from pipelines.receipts.dataset_receipt import dataset_receipt, files_of
from pipelines.receipts.receipt import Receipt, read, store
from pipelines.reference.tables import REFERENCE
from pipelines.release.manifest import (
    WITHHELD_VERSIONS,
    ContractVersion,
    Manifest,
    Pinned,
    Withheld,
    model_of,
)
from pipelines.release.release import open_release

OWN = "lumbung."
"""Tables with names that begin so are the lake's own: they have hashes of their files, and no
receipt.
"""


EVERYWHERE = {"lumbung", "reference", ""}
"""Schemas that every release has; a table named without one is nobody's, which is told."""


def drafted(
    lake: Lake,
    contracts: Sequence[Contract],
    models: Sequence[SqlFile],
    views: Mapping[str, View],
    withheld: Mapping[str, Withheld],
    damage: Damage = NONE,
) -> Manifest:
    """Return the manifest of what is public now, without its release and its corrections."""
    before: Manifest | None = None
    with suppress(LakeError):  # a current release that was tampered with is no ground to build on
        before = open_release(lake).manifest
    tables = public_tables(lake, contracts, models, damage)
    clean = _clean(lake, contracts, damage)
    return Manifest(
        _receipted(lake, contracts, "public", tables, before.tables if before else {}),
        {
            contract.application: ContractVersion(contract.version, contract.sha256)
            for contract in contracts
        },
        {model.id: model_of(model) for model in models},
        _receipted(lake, contracts, "clean", clean, before.clean if before else {}),
        {name: lake.store(view.query.encode(), "sql") for name, view in views.items()},
        {
            name: hashlib.sha256(repr(table().to_pylist()).encode()).hexdigest()
            for name, table in REFERENCE.items()
        },
        withheld,
    )


def possible_views(
    contracts: Sequence[Contract], models: Sequence[SqlFile], views: Mapping[str, View]
) -> dict[str, View]:
    """Return the views of which a release with these contracts and models may have every table:
    another city need not have every system, and a dataset may be closed.
    """
    applications = {contract.application for contract in contracts}
    closed = {
        (dataset.application, name)
        for contract in contracts
        for dataset in contract.datasets
        for name in (dataset.name, dataset.name + HISTORY)
        if not dataset.is_public
    }
    published = {(model.layer, model.name) for model in models if model.is_public}

    def is_there(schema: str, table: str) -> bool:
        if schema in KEYS:
            return (schema, table) in published
        return schema in applications | EVERYWHERE and (schema, table) not in closed

    return {
        name: view
        for name, view in views.items()
        if all(is_there(schema, table) for schema, table in view.reads)
    }


def public_tables(
    lake: Lake, contracts: Sequence[Contract], models: Sequence[SqlFile], damage: Damage = NONE
) -> dict[str, Pinned]:
    """Return what is pinned of every public table; of a damaged one what the last release pins."""
    public = {
        dataset.id: lake.dataset_table("public", dataset.id)
        for contract in contracts
        for dataset in contract.datasets
        if dataset.is_public and dataset.id not in damage.said
    }
    withheld = {
        WITHHELD_VERSIONS + dataset.id: lake.dataset_table("withheld", dataset.id)
        for contract in contracts
        for dataset in contract.datasets
        if dataset.id in public and _has_open_versions(dataset)
    }
    public |= {
        model.id: lake.table(model.layer, model.name)
        for model in models
        if model.is_public and model.id not in damage.said
    }
    own = {"lumbung.verdicts": lake.table("lumbung", "verdicts")}
    return _pinned(lake, contracts, public | own | withheld) | dict(damage.tables)


def _has_open_versions(dataset: Dataset) -> bool:
    """Whether all that tells a version of a record is public; where it is not, nothing is said of
    versions that are withheld.
    """
    public = {column.name for column in dataset.public_columns}
    return {column.name for column in version_columns(dataset)} <= public


def _clean(lake: Lake, contracts: Sequence[Contract], damage: Damage) -> dict[str, Pinned]:
    """Return what is pinned of every clean table: what figures of closed rows rest on. Its files
    stand in its receipt, which is not published.
    """
    return _pinned(
        lake,
        contracts,
        {
            dataset.id: lake.dataset_table("clean", dataset.id)
            for contract in contracts
            for dataset in contract.datasets
            if dataset.id not in damage.said
        },
    ) | dict(damage.clean)


def _pinned(
    lake: Lake, contracts: Sequence[Contract], tables: Mapping[str, Path]
) -> dict[str, Pinned]:
    """Return version and files of those tables that there are, without snapshots to come."""
    to_come, pinned = snapshots_to_come(lake, contracts), dict[str, Pinned]()
    for name, table in tables.items():
        if lake.exists(table):
            version = lake.version(table)
            files = without(lake.files(table, version), to_come.get(name, ()))
            places = tuple(str(Path(file).relative_to(lake.root)) for file in files)
            pinned[name] = Pinned(str(table.relative_to(lake.root)), version, places)
    return pinned


def _receipted(
    lake: Lake,
    contracts: Sequence[Contract],
    layer: str,
    tables: Mapping[str, Pinned],
    before: Mapping[str, Pinned],
) -> dict[str, Pinned]:
    """Return the tables with the receipt of each: a model's was made with its version, a
    dataset's is made here, or is still that of the current release.
    """
    owners = {
        dataset.id: (contract, dataset) for contract in contracts for dataset in contract.datasets
    }
    receipted = {}
    for name, table in tables.items():
        earlier = before.get(name)
        if table.receipt is not None:  # a damaged one, as the release before has it
            receipted[name] = table
        elif name.startswith(OWN):
            known = earlier.sha256 or {} if earlier else {}
            hashes = {file: known.get(file) or sha256_of(lake.root / file) for file in table.files}
            receipted[name] = replace(table, sha256=hashes)
        elif name in owners:
            receipt = _dataset_receipt(lake, owners[name], layer, table, earlier)
            receipted[name] = replace(table, receipt=receipt)
        else:
            made_with = lake.commits(lake.root / table.table)[0].get("receipt")
            receipted[name] = replace(table, receipt=made_with)
    return receipted


def _dataset_receipt(
    lake: Lake,
    owner: tuple[Contract, Dataset],
    layer: str,
    table: Pinned,
    earlier: Pinned | None,
) -> str:
    known: Receipt | None = None
    if earlier and earlier.receipt:
        with suppress(LakeError):
            known = read(lake, earlier.receipt)
        if known and known["version"] == table.version and {*files_of(known)} == {*table.files}:
            return earlier.receipt
    return store(lake, dataset_receipt(lake, *owner, layer, table.version, table.files, known))
