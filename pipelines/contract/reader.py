"""Reads contract files into Contracts; refuses a wrong one with every problem, its file, its line
and the remedy.

Three passes: unknown keys (with the nearest right one), the standard's own JSON schema (ODCS v3.1,
shipped by the package ``open-data-contract-standard``), then what Lumbung needs beyond it.
``contract.terms`` holds the words, ``contract.datasets`` reads a dataset and ``contract.columns`` a
column, ``contract.rules`` turns quality keys into Rules. Nothing is fetched here and no environment
variable has to be set to read a contract.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from pipelines.contract.datasets import dataset_of
from pipelines.contract.fetch import check_server
from pipelines.contract.model import Contract
from pipelines.contract.sla import sla_of
from pipelines.contract.source import ContractText, nearest, read_text
from pipelines.contract.standard import against_standard, items_of
from pipelines.contract.terms import DIMENSIONS, NAME, STATUSES
from pipelines.contract.words import (
    bilingual,
    both,
    date_of,
    need_both_languages,
    need_one_of,
    terms_of,
)
from pipelines.errors import ContractError

SUFFIX = ".odcs.yaml"
VERSIONS = ("v3.1.0",)
CONNECTORS = tuple(
    sorted(
        path.name
        for path in (resources.files("pipelines") / "connectors").iterdir()
        if (path / "fetch.py").is_file()
    )
)


def read_contracts(folder: Path) -> tuple[Contract, ...]:
    """Read every ``*.odcs.yaml`` of ``folder``, by name; ContractError lists the problems of all
    files together.
    """
    if not folder.is_dir():
        raise ContractError(
            f"{folder}: no such folder of contracts; give --contracts DIR or set LUMBUNG_CONTRACTS"
        )
    contracts, problems = [], []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            contracts.append(read_contract(path))
        except ContractError as error:
            problems.append(str(error))
    problems += _between(contracts)
    if problems:
        raise ContractError("\n".join(problems))
    if not contracts:
        raise ContractError(
            f"{folder}: no contract here; `lumbung new NAME` writes {folder}/NAME{SUFFIX}"
        )
    return tuple(contracts)


def read_contract(path: Path) -> Contract:
    """Read one contract file; ContractError carries every problem found in it."""
    text = read_text(path)
    against_standard(text, text.document)
    text.refuse()
    contract = _contract(text, text.document)
    text.refuse()
    return contract


def _contract(text: ContractText, document: Mapping[str, Any]) -> Contract:
    application = text.path.name.removesuffix(SUFFIX)
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
    domain = document.get("domain", "")
    need_one_of(text, ("domain",), domain, DIMENSIONS)
    owner = (
        (document.get("team") or {}).get("name", "")
        if isinstance(document.get("team"), Mapping)
        else ""
    )
    if not owner:
        text.problem(("team",), "name the owner agency (OPD): team: {name: ...}")
    words = document.get("description") or {}
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
    servers = _servers(text, document, application)
    names = [item.get("name") for _, item in items_of(document, "schema")]
    if not names:
        text.problem(("schema",), "describe at least one dataset under schema")
    datasets = []
    for i, item in items_of(document, "schema"):
        if names.count(item.get("name")) > 1:
            text.problem(
                ("schema", i, "name"),
                f"'{item.get('name')}' is given twice; each dataset has its own name",
            )
        datasets.append(
            dataset_of(
                text, ("schema", i), item, servers, sla_of(text, document, item.get("name")), shared
            )
        )
    return Contract(
        application,
        bilingual(terms.get("title")),
        document["version"],
        document["status"],
        domain,
        owner,
        both(words.get("purpose", "")),
        both(words.get("limitations", "")),
        tuple(terms.get("aliases", ())),
        terms.get("inventoryId"),
        terms.get("licence", ""),
        tuple(document.get("tags", ())),
        bool(terms.get("synthetic", False)),
        start,
        active_to,
        tuple(datasets),
        text.path,
        hashlib.sha256(text.path.read_bytes()).hexdigest(),
    )


def _servers(text: ContractText, document: Mapping[str, Any], application: str) -> dict[str, Any]:
    """Return every server by name, as written; ``settings.server_of`` picks one and fills in the
    environment at fetch time.
    """
    servers: dict[str, Any] = {}
    for i, item in items_of(document, "servers"):
        terms = terms_of(text, ("servers", i), item, "server")
        connector = terms.get("connector")
        if connector is not None and connector not in CONNECTORS:
            text.problem(
                ("servers", i),
                f"there is no connector '{connector}'; {nearest(str(connector), CONNECTORS)}",
            )
        facts = {
            name: value
            for name, value in item.items()
            if name not in ("customProperties", "id", "roles")
        }
        if str(item.get("server")) in servers:
            text.problem(
                ("servers", i, "server"),
                f"'{item.get('server')}' is given twice; each server has its own name",
            )
        servers[str(item.get("server"))] = {**facts, **terms}
        check_server(text, ("servers", i), servers[str(item.get("server"))])
    if not servers:
        text.problem(("servers",), f"say where '{application}' can be read: one server at least")
    return servers


def _between(contracts: Sequence[Contract]) -> list[str]:
    """Problems that only show between contracts: references to datasets or columns nobody has."""
    known = {
        f"{dataset.id}.{column.name}"
        for contract in contracts
        for dataset in contract.datasets
        for column in dataset.columns
    }
    return [
        f"{contract.path}:1: {dataset.name}: rule '{rule.name}' refers to '{rule.argument('to')}';"
        f" {nearest(str(rule.argument('to')), known)}"
        for contract in contracts
        for dataset in contract.datasets
        for rule in dataset.rules
        if rule.kind == "reference"
        and rule.level == "partition"
        and rule.argument("to") not in known
    ]
