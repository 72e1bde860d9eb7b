"""The columns of a dataset, read: of each its type, meaning, unit and formats, and what is kept of
an object or list. Their rules are ``rules``' business.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.bilingual import both
from pipelines.city import need_zone
from pipelines.contract.engine import format_problem
from pipelines.contract.model import Column
from pipelines.contract.terms import CLASSIFICATIONS, NAME, TYPES, UNITS
from pipelines.contract.words import need_both_languages, need_one_of, terms_of
from pipelines.contract.writing import writing_of
from pipelines.yamltext import Key, YamlText, items_of


def columns_of(
    text: YamlText, key: Key, item: Mapping[str, Any], terms: Mapping[str, Any], timezone: str
) -> tuple[Column, ...]:
    """Read the columns of the dataset that stands at ``key``, all but their rules; what is wrong
    with them is recorded on ``text``.
    """
    missing = tuple(terms.get("missing", ("",)))
    columns = []
    for i, stated in items_of(item, "properties"):
        place = (*key, "properties", i)
        columns.append(_column(text, place, stated, timezone, missing, terms.get("trim", False)))
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


def _column(
    text: YamlText,
    key: Key,
    item: Mapping[str, Any],
    timezone: str,
    missing: tuple[str, ...],
    trim: bool,
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
    _check_formats(text, key, terms.get("formats", ()), str(kind))
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
    if zone != timezone:
        need_zone(text, key, "defaultTimezone", zone)
    return Column(
        name,
        str((terms.get("fields") or [item.get("physicalName") or name])[0]),
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
        kept=_kept_fields(text, key, item, str(kind)),
        writing=writing_of(text, key, item, terms, trim),
    )


def _check_formats(text: YamlText, key: Key, formats: Sequence[str], kind: str) -> None:
    for form in formats:
        wrong = (
            format_problem(form, kind)
            if kind in ("date", "timestamp")
            else "only dates and timestamps have formats"
        )
        if wrong:
            text.problem(
                key,
                f"formats: {form!r}: {wrong}; write it as strptime does, such as %d/%m/%Y, or"
                " excel-serial, unix-seconds or unix-milliseconds",
            )


def _kept_fields(
    text: YamlText, key: Key, item: Mapping[str, Any], kind: str
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
            str(field.get("physicalName") or field.get("name"))
            for _, field in items_of(inner, "properties")
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
