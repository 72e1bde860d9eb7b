"""Reads a contract file into a Contract; refuses a wrong one with every problem, its file, its line
and the remedy. What only shows between contracts is ``contract.contracts``' business.

Three passes: unknown keys (with the nearest right one), the standard's own JSON schema (ODCS v3.1,
shipped by the package ``open-data-contract-standard``), then what Lumbung needs beyond it.
``contract.terms`` holds the words, ``contract.datasets`` reads a dataset and ``contract.columns`` a
column, ``contract.rules`` turns quality keys into Rules; what other rooms declare is handed in.
Nothing is fetched here and no environment variable has to be set to read a contract.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.bilingual import both
from pipelines.city import municipality
from pipelines.contract.columns import columns_of
from pipelines.contract.connector import Connectors
from pipelines.contract.datasets import dataset_of
from pipelines.contract.fetch import source_of
from pipelines.contract.model import Column, Contract, Dataset
from pipelines.contract.rules.columns import column_rules
from pipelines.contract.rules.dataset import dataset_rules
from pipelines.contract.rules.references import reference_rules
from pipelines.contract.server import servers_of
from pipelines.contract.sla import sla_of
from pipelines.contract.standard import against_standard
from pipelines.contract.terms import DIMENSIONS, NAME, STATUSES
from pipelines.contract.words import (
    bilingual,
    date_of,
    need_both_languages,
    need_one_of,
    terms_of,
)
from pipelines.reference.table import ReferenceTable
from pipelines.yamltext import Key, Kind, YamlText, items_of, read_yaml

SUFFIX = ".odcs.yaml"
CONTRACT = Kind(
    "contract",
    "'apiVersion: v3.1.0'; `lumbung new NAME` writes one to start from",
    "--contracts or LUMBUNG_CONTRACTS",
    " Split the application.",
)
VERSIONS = ("v3.1.0",)


@dataclass(frozen=True)
class Known:
    """What a contract may name that stands in other rooms: the connectors, and the reference
    tables by name. Contracts ``are_kept`` where a lake keeps them since they were read: what was
    no mistake then is none now.
    """

    connectors: Connectors
    references: Mapping[str, ReferenceTable]
    are_kept: bool = False


def read_contract(path: Path, known: Known, timezone: str | None = None) -> Contract:
    """Read one contract file; ContractError carries every problem found in it. A dataset that
    states no zone has ``timezone``, the city's unless given.

    What a process has read is not read again from other files of the same name and content, as
    every release keeps one of each contract; what is no mistake in a new one is none in a kept one.
    """
    zone = timezone or municipality().zone.key
    content = path.read_bytes() if path.is_file() else None
    there = _read.get((content, path.name, zone, municipality()))
    if there is not None and there[0] in (known, replace(known, are_kept=False)):
        return replace(there[1], path=path)
    text = read_yaml(path, CONTRACT)
    against_standard(text, text.document)
    text.refuse()
    contract = _contract(text, text.document, known, zone)
    text.refuse()
    if len(_read) >= KEPT:
        _read.clear()
    _read[contract.content, path.name, zone, municipality()] = known, contract
    return contract


KEPT = 512
_read: dict[tuple[Any, ...], tuple[Known, Contract]] = {}
"""Contracts by content, name, zone and city, with what they were held against."""


def _contract(text: YamlText, document: Mapping[str, Any], known: Known, timezone: str) -> Contract:
    application = text.path.name.removesuffix(SUFFIX)
    _check_identity(text, document, application)
    domain, words = document.get("domain", ""), document.get("description") or {}
    need_one_of(text, ("domain",), domain, DIMENSIONS)
    for name in ("purpose", "limitations"):
        need_both_languages(text, ("description", name), words.get(name), "say it")
    terms = terms_of(text, (), document, "application")
    active_from, active_to = date_of(terms.get("activeFrom")), date_of(terms.get("activeTo"))
    if active_from and active_to and active_to < active_from:
        text.problem(
            ("customProperties",), f"activeTo {active_to} lies before activeFrom {active_from}"
        )
    start = active_from or date(2000, 1, 1)
    shared = {
        "application": application,
        "status": document["status"],
        "active_from": start,
        "active_to": active_to,
    }
    datasets = _datasets(text, document, application, known, timezone, shared)
    return Contract(
        application,
        bilingual(terms.get("title")),
        document["version"],
        document["status"],
        domain,
        _owner(text, document),
        both(words.get("purpose", "")),
        both(words.get("limitations", "")),
        tuple(terms.get("aliases", ())),
        terms.get("inventoryId"),
        terms.get("licence", ""),
        tuple(document.get("tags", ())),
        bool(terms.get("synthetic", False)),
        start,
        active_to,
        datasets,
        text.path,
        hashlib.sha256(text.raw).hexdigest(),
        text.raw,
    )


def _check_identity(text: YamlText, document: Mapping[str, Any], application: str) -> None:
    """Record an id that is not the file's name, and a version or status nobody knows."""
    if not re.fullmatch(NAME, application):
        text.problem(
            (),
            f"the file name gives the application its id, and '{application}' does not match"
            f" {NAME}",
        )
    if document["id"] != application:
        text.problem(
            ("id",), f"must be '{application}': the file's name is the application's identity"
        )
    need_one_of(text, ("apiVersion",), document["apiVersion"], VERSIONS)
    need_one_of(text, ("status",), document["status"], STATUSES)


def _owner(text: YamlText, document: Mapping[str, Any]) -> str:
    team = document.get("team")
    owner = team.get("name", "") if isinstance(team, Mapping) else ""
    if not owner:
        text.problem(("team",), "name the owner agency (OPD): team: {name: ...}")
    return owner


def _datasets(
    text: YamlText,
    document: Mapping[str, Any],
    application: str,
    known: Known,
    timezone: str,
    shared: Mapping[str, Any],
) -> tuple[Dataset, ...]:
    servers = servers_of(text, document, application, known.connectors, known.are_kept)
    names = [item.get("name") for _, item in items_of(document, "schema")]
    if not names:
        text.problem(("schema",), "describe at least one dataset under schema")
    datasets = []
    for i, item in items_of(document, "schema"):
        key, name = ("schema", i), item.get("name")
        if names.count(name) > 1:
            text.problem((*key, "name"), f"'{name}' is given twice; each dataset has its own name")
        terms = terms_of(text, key, item, "dataset")
        zone = str(terms.get("timezone", timezone))
        columns = _ruled(text, key, item, columns_of(text, key, item, terms, zone))
        delivery = terms.get("delivery", "events")
        related = reference_rules(text, key, item, columns, delivery, known.references)
        freshness, retention = sla_of(text, document, name)
        datasets.append(
            dataset_of(
                text,
                key,
                item,
                terms,
                columns,
                zone,
                rules=dataset_rules(text, key, item, columns, related),
                source=source_of(text, key, terms, servers, known.connectors),
                freshness_hours=freshness,
                retention_days=retention,
                **shared,
            )
        )
    return tuple(datasets)


def _ruled(
    text: YamlText, key: Key, item: Mapping[str, Any], columns: Sequence[Column]
) -> tuple[Column, ...]:
    """Return the columns of the dataset at ``key`` with their rules."""
    return tuple(
        replace(
            column,
            rules=column_rules(
                text, (*key, "properties", i), stated, column.unit_field, column.writing
            ),
        )
        for column, (i, stated) in zip(columns, items_of(item, "properties"), strict=True)
    )
