"""One dataset of a contract, read: its terms, its key, how its rows are placed, and what of it is
open. Its columns are ``columns``' business, its rules ``rules``', where it is fetched ``fetch``'s.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.bilingual import both
from pipelines.city import need_zone
from pipelines.contract.model import Column, Dataset
from pipelines.contract.terms import NAME
from pipelines.contract.words import bilingual, need_both_languages
from pipelines.yamltext import Key, YamlText, items_of


def dataset_of(
    text: YamlText,
    key: Key,
    item: Mapping[str, Any],
    terms: Mapping[str, Any],
    columns: tuple[Column, ...],
    timezone: str,
    **beside: Any,
) -> Dataset:
    """Read the dataset that stands at ``key``; what is wrong with it is recorded on ``text``. What
    others read of it stands ``beside``.
    """
    name = str(item.get("name", ""))
    if not re.fullmatch(NAME, name):
        text.problem(
            (*key, "name"),
            f"'{name}' does not match {NAME}: lower case letters, digits and _, beginning with a"
            " letter",
        )
    need_zone(text, key, "timezone", timezone)
    if terms.get("informationClass") == "dikecualikan" and not terms.get("exemption"):
        text.problem(
            key,
            "informationClass dikecualikan needs exemption: the article and letter, such as 'UU"
            " 14/2008 Ps 17 huruf h'",
        )
    keys = _keys(text, key, item)
    _check_placing(text, key, terms, columns)
    described = str(item.get("description") or "")
    grain = item.get("dataGranularityDescription")
    need_both_languages(text, (*key, "description"), described, "what the dataset holds")
    need_both_languages(text, (*key, "dataGranularityDescription"), grain, "what one row means")
    _check_versions(text, key, terms, columns, keys)
    return Dataset(
        name=name,
        title=bilingual(terms.get("title")),
        meaning=both(described),
        grain=both(str(item.get("dataGranularityDescription", ""))),
        delivery=terms.get("delivery", "events"),
        cadence=terms.get("cadence", "daily"),
        partition=terms.get("partition", "day"),
        partition_by=terms.get("partitionBy"),
        timezone=timezone,
        lookback=int(terms.get("lookback", 0)),
        information_class=terms.get("informationClass", "dikecualikan"),
        exemption=terms.get("exemption"),
        columns=columns,
        key=keys,
        **beside,
    )


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
