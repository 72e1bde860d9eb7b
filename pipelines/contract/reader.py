"""Reads contract files into Contracts; refuses a wrong one with every problem, its file, its line
and the remedy.

Three passes: unknown keys (with the nearest right one), the standard's own JSON schema (ODCS v3.1,
shipped by the package ``open-data-contract-standard``), then what Lumbung needs beyond it.
``contract.terms`` holds the words, ``contract.rules`` turns quality keys into Rules. Nothing is
fetched here and no environment variable has to be set to read a contract.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from pipelines.contract.engine import format_problem
from pipelines.contract.fetch import check_fetch, check_server
from pipelines.contract.model import Column, Contract, Dataset, Source
from pipelines.contract.rules import column_rules, dataset_rules
from pipelines.contract.sla import sla_of
from pipelines.contract.source import ContractText, Key, nearest, read_text
from pipelines.contract.standard import against_standard, items_of
from pipelines.contract.terms import CLASSIFICATIONS, DIMENSIONS, NAME, STATUSES, TYPES, UNITS
from pipelines.contract.words import (
    bilingual,
    both,
    date_of,
    is_zone,
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
            _dataset(
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


def _dataset(
    text: ContractText,
    key: Key,
    item: Mapping[str, Any],
    servers: Mapping[str, Any],
    sla: tuple[float, int],
    shared: Any,
) -> Dataset:
    name = str(item.get("name", ""))
    if not re.fullmatch(NAME, name):
        text.problem(
            (*key, "name"),
            f"'{name}' does not match {NAME}: lower case letters, digits and _, beginning with a"
            " letter",
        )
    terms = terms_of(text, key, item, "dataset")
    timezone = str(terms.get("timezone", "Asia/Jakarta"))
    if not is_zone(timezone):
        text.problem(key, f"timezone '{timezone}' is not an IANA zone; Jambi is Asia/Jakarta")
    if terms.get("informationClass") == "dikecualikan" and not terms.get("exemption"):
        text.problem(
            key,
            "informationClass dikecualikan needs exemption: the article and letter, such as 'UU"
            " 14/2008 Ps 17 huruf h'",
        )
    missing = tuple(terms.get("missing", ("",)))
    columns = tuple(
        _column(text, (*key, "properties", i), each, timezone, missing)
        for i, each in items_of(item, "properties")
    )
    if not columns:
        text.problem((*key, "properties"), "list the dataset's columns")
    for i, column in enumerate(columns):
        if [each.name for each in columns].count(column.name) > 1:
            text.problem(
                (*key, "properties", i, "name"),
                f"'{column.name}' is given twice; each column has its own name",
            )
    keys = sorted(
        (each.get("primaryKeyPosition", n), each["name"])
        for n, each in items_of(item, "properties")
        if each.get("primaryKey")
    )
    positions = [
        each["primaryKeyPosition"]
        for _, each in items_of(item, "properties")
        if each.get("primaryKey") and "primaryKeyPosition" in each
    ]
    if len(set(positions)) < len(positions):
        text.problem(
            (*key, "properties"),
            f"two columns share a primaryKeyPosition ({positions}); each has its own",
        )
    if not keys:
        text.problem(
            (*key, "properties"),
            "no column is the key: set primaryKey: true on the columns that tell one row from"
            " another",
        )
    delivery = terms.get("delivery", "events")
    by = terms.get("partitionBy")
    placing = {column.name: column for column in columns}.get(by or "")
    if delivery != "snapshot" and (placing is None or placing.type not in ("date", "timestamp")):
        text.problem(
            key,
            f"delivery {delivery} needs partitionBy: the date or timestamp column that places a"
            f" row; found {by!r}",
        )
    described = str(item.get("description") or "")
    need_both_languages(text, (*key, "description"), described, "what the dataset holds")
    need_both_languages(
        text,
        (*key, "dataGranularityDescription"),
        item.get("dataGranularityDescription"),
        "what one row means",
    )
    fetch = terms.get("fetch") if isinstance(terms.get("fetch"), Mapping) else {}
    own = terms.get("server")
    if own is not None and own not in servers:
        text.problem(
            key, f"server '{own}' is not among the contract's servers; {nearest(str(own), servers)}"
        )
    reading = {str(own): servers[own], **servers} if own in servers else servers
    check_fetch(
        text,
        key,
        [str(each.get("connector")) for each in list(reading.values())[: 1 if own else None]],
        fetch or {},
    )
    public = [column.name for column in columns if column.is_public]
    if delivery == "changes" and public and terms.get("informationClass") != "dikecualikan":
        for needed in [each for _, each in keys] + ([by] if by else []):
            if needed not in public:
                text.problem(
                    key,
                    f"'{needed}' tells versions of a row apart, so it must be public, or publish"
                    " another key: give it classification: public",
                )
    return Dataset(
        shared["application"],
        name,
        bilingual(terms.get("title")),
        both(described),
        both(str(item.get("dataGranularityDescription", ""))),
        delivery,
        terms.get("cadence", "daily"),
        terms.get("partition", "day"),
        by,
        timezone,
        int(terms.get("lookback", 0)),
        terms.get("informationClass", "dikecualikan"),
        terms.get("exemption"),
        columns,
        tuple(name for _, name in keys),
        dataset_rules(text, key, item, columns, delivery),
        Source(
            str(next(iter(reading.values()), {}).get("connector", "")),
            reading,
            terms.get("fetch", {}),
        ),
        sla[0],
        sla[1],
        shared["status"],
        shared["active_from"],
        shared["active_to"],
    )


def _column(
    text: ContractText, key: Key, item: Mapping[str, Any], timezone: str, missing: tuple[str, ...]
) -> Column:
    name, kind = str(item.get("name", "")), item.get("logicalType", "")
    if not re.fullmatch(NAME, name):
        text.problem(
            (*key, "name"),
            f"'{name}' does not match {NAME}: lower case letters, digits and _, beginning with a"
            " letter",
        )
    need_one_of(text, (*key, "logicalType"), kind, TYPES)
    need_one_of(text, (*key, "classification"), item.get("classification", ""), CLASSIFICATIONS)
    need_both_languages(text, (*key, "description"), item.get("description"), "the meaning")
    terms = terms_of(text, key, item, "column")
    for form in terms.get("formats", ()):
        wrong = (
            format_problem(form, str(kind))
            if kind in ("date", "timestamp")
            else "only dates and timestamps have formats"
        )
        if wrong:
            text.problem(
                key,
                f"formats: {form!r}: {wrong}; write it as strptime does, such as %d/%m/%Y, or"
                " excel-serial, or unix-seconds",
            )
    unit = terms.get("unit")
    if kind in ("integer", "number") and unit is None:
        text.problem(
            key,
            f"column '{name}' is a number without a unit; add customProperties unit, one of"
            f" {', '.join(UNITS)}",
        )
    if not item.get("examples"):
        text.problem(
            (*key, "examples"),
            "is required: made-up values, one at least; they are the test data and the page's"
            " sample",
        )
    zone = str((item.get("logicalTypeOptions") or {}).get("defaultTimezone") or timezone)
    if zone != timezone and not is_zone(zone):
        text.problem(key, f"defaultTimezone '{zone}' is not an IANA zone; Jambi is Asia/Jakarta")
    rules = column_rules(text, key, item, unit_field=terms.get("unitField"))
    return Column(
        name,
        str(item.get("physicalName") or name),
        kind,
        both(str(item.get("description", ""))),
        item.get("classification", "internal"),
        tuple(item.get("examples") or ()),
        unit,
        terms.get("unitField"),
        bool(item.get("required")),
        tuple(terms.get("missing", missing)),
        tuple(terms.get("formats", ())),
        zone,
        rules,
        _kept(text, key, item, str(kind)),
    )


def _kept(
    text: ContractText, key: Key, item: Mapping[str, Any], kind: str
) -> tuple[str, ...] | None:
    """Return what is kept of an object or list; a public one must say it, for what its source
    puts in tomorrow would be open unseen.
    """
    inner = (
        item.get("items")
        if kind == "array"
        else item
        if kind == "object" and "properties" in item
        else None
    )
    if isinstance(inner, Mapping):
        return tuple(
            str(each.get("physicalName") or each.get("name"))
            for _, each in items_of(inner, "properties")
        )
    if kind in ("array", "object") and item.get("classification") == "public":
        says = (
            "items: {logicalType: object, properties: [{name: FIELD}]}, or items: {logicalType:"
            " string}"
            if kind == "array"
            else "properties: [{name: FIELD}]"
        )
        text.problem(
            (*key, "classification"), f"a public {kind} says which of its fields are open: {says}"
        )
    return None


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
