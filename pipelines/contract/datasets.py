"""One dataset of a contract, read: its terms, its key, how its rows are placed, and what of it is
open. Its columns are ``columns``' business, its rules ``rules``'.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelines.bilingual import both
from pipelines.contract.columns import column_of
from pipelines.contract.connector import Connectors
from pipelines.contract.fetch import check_fetch
from pipelines.contract.model import Column, Dataset, Source
from pipelines.contract.rules.columns import column_rules
from pipelines.contract.rules.dataset import dataset_rules
from pipelines.contract.rules.references import reference_rules
from pipelines.contract.terms import NAME
from pipelines.contract.words import bilingual, need_both_languages, need_zone, terms_of
from pipelines.errors import nearest
from pipelines.yamltext import Key, YamlText, items_of


def dataset_of(
    text: YamlText,
    key: Key,
    item: Mapping[str, Any],
    servers: Mapping[str, Any],
    connectors: Connectors,
    sla: tuple[float, int],
    shared: Any,
) -> Dataset:
    """Read the dataset that stands at ``key``; what is wrong with it is recorded on ``text``."""
    name = str(item.get("name", ""))
    if not re.fullmatch(NAME, name):
        text.problem(
            (*key, "name"),
            f"'{name}' does not match {NAME}: lower case letters, digits and _, beginning with a"
            " letter",
        )
    terms = terms_of(text, key, item, "dataset")
    timezone = str(terms.get("timezone", shared["timezone"]))
    need_zone(text, key, "timezone", timezone)
    if terms.get("informationClass") == "dikecualikan" and not terms.get("exemption"):
        text.problem(
            key,
            "informationClass dikecualikan needs exemption: the article and letter, such as 'UU"
            " 14/2008 Ps 17 huruf h'",
        )
    columns = _columns(text, key, item, timezone, tuple(terms.get("missing", ("",))))
    keys = _keys(text, key, item)
    _check_placing(text, key, terms, columns)
    described = str(item.get("description") or "")
    grain = item.get("dataGranularityDescription")
    need_both_languages(text, (*key, "description"), described, "what the dataset holds")
    need_both_languages(text, (*key, "dataGranularityDescription"), grain, "what one row means")
    delivery = terms.get("delivery", "events")
    _check_versions(text, key, terms, columns, keys)
    references = reference_rules(text, key, item, columns, delivery)
    return Dataset(
        shared["application"],
        name,
        bilingual(terms.get("title")),
        both(described),
        both(str(item.get("dataGranularityDescription", ""))),
        delivery,
        terms.get("cadence", "daily"),
        terms.get("partition", "day"),
        terms.get("partitionBy"),
        timezone,
        int(terms.get("lookback", 0)),
        terms.get("informationClass", "dikecualikan"),
        terms.get("exemption"),
        columns,
        keys,
        dataset_rules(text, key, item, columns, references),
        _source(text, key, terms, servers, connectors),
        sla[0],
        sla[1],
        shared["status"],
        shared["active_from"],
        shared["active_to"],
    )


def _columns(
    text: YamlText, key: Key, item: Mapping[str, Any], timezone: str, missing: tuple[str, ...]
) -> tuple[Column, ...]:
    columns = []
    for i, stated in items_of(item, "properties"):
        place = (*key, "properties", i)
        column = column_of(text, place, stated, timezone, missing)
        columns.append(replace(column, rules=column_rules(text, place, stated, column.unit_field)))
    if not columns:
        text.problem((*key, "properties"), "list the dataset's columns")
    names = [column.name for column in columns]
    for i, name in enumerate(names):
        if names.count(name) > 1:
            text.problem(
                (*key, "properties", i, "name"),
                f"'{name}' is given twice; each column has its own name",
            )
    return tuple(columns)


def _keys(text: YamlText, key: Key, item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the key's columns, in the order their positions give."""
    of_key = [(i, column) for i, column in items_of(item, "properties") if column.get("primaryKey")]
    stated = [
        column["primaryKeyPosition"] for _, column in of_key if "primaryKeyPosition" in column
    ]
    if len(set(stated)) < len(stated):
        text.problem(
            (*key, "properties"),
            f"two columns share a primaryKeyPosition ({stated}); each has its own",
        )
    if not of_key:
        text.problem(
            (*key, "properties"),
            "no column is the key: set primaryKey: true on the columns that tell one row from"
            " another",
        )
    return tuple(
        name
        for _, name in sorted(
            (column.get("primaryKeyPosition", i), column["name"]) for i, column in of_key
        )
    )


def _check_placing(
    text: YamlText, key: Key, terms: Mapping[str, Any], columns: Sequence[Column]
) -> None:
    """Record a dataset of days whose rows no date or time places."""
    delivery, by = terms.get("delivery", "events"), terms.get("partitionBy")
    placing = {column.name: column for column in columns}.get(by or "")
    if delivery != "snapshot" and (placing is None or placing.type not in ("date", "timestamp")):
        text.problem(
            key,
            f"delivery {delivery} needs partitionBy: the date or timestamp column that places a"
            f" row; found {by!r}",
        )


def _check_versions(
    text: YamlText,
    key: Key,
    terms: Mapping[str, Any],
    columns: Sequence[Column],
    keys: Sequence[str],
) -> None:
    """Record what a published table of changes needs to be public: what tells the versions of a
    row apart.
    """
    public = [column.name for column in columns if column.is_public]
    if (
        terms.get("delivery") != "changes"
        or not public
        or terms.get("informationClass") == "dikecualikan"
    ):
        return
    by = terms.get("partitionBy")
    for needed in (*keys, *([by] if by else [])):
        if needed not in public:
            text.problem(
                key,
                f"'{needed}' tells versions of a row apart, so it must be public, or publish"
                " another key: give it classification: public",
            )


def _source(
    text: YamlText,
    key: Key,
    terms: Mapping[str, Any],
    servers: Mapping[str, Any],
    connectors: Connectors,
) -> Source:
    """Return where the dataset is read: its own server first, or the contract's servers in
    order.
    """
    fetch = terms.get("fetch") if isinstance(terms.get("fetch"), Mapping) else {}
    own = terms.get("server")
    if own is not None and own not in servers:
        text.problem(
            key, f"server '{own}' is not among the contract's servers; {nearest(str(own), servers)}"
        )
    choices = {str(own): servers[own], **servers} if own in servers else servers
    names = [str(server.get("connector", "")) for server in choices.values()]
    used = [connectors[name] for name in names[: 1 if own else None] if name in connectors]
    check_fetch(text, key, used, fetch or {})
    return Source(next(iter(names), ""), choices, terms.get("fetch", {}))
