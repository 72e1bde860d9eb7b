"""One table's contract as the public may have it: Open Data Contract Standard 3.1, of open columns
and promises alone.

Where the records come from (servers, fields, secrets, fetch facts) is left out, and so are rules,
which may name closed columns. Which columns are closed is no secret: their names and classes stand
under ``closedColumns``, as on the table's page. A mart or indicator has a contract of its own, made
of its header.
"""

from typing import Any

from pipelines.city import municipality
from pipelines.contract.model import Text
from pipelines.files.table import Field
from portal.data.entry import Entry
from portal.http.address import url
from portal.metadata import contact
from portal.metadata.constraints import ODCS, constraints
from portal.metadata.wording import description, origin

PHYSICAL = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "object": "VARCHAR",
    "array": "VARCHAR",
}
"""How Parquet keeps each logical type: whole numbers in 64 bits, where the standard takes 32
unless told; times in UTC; JSON as text.
"""


def contract(entry: Entry) -> dict[str, Any]:
    """Return a table's contract, ready to be written as YAML or JSON."""
    document: dict[str, Any] = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": str(entry.id),
        "name": entry.name,
        "version": entry.version,
        "status": entry.contract.status if entry.contract else "active",
        "description": {
            "purpose": _both(
                entry.contract.purpose
                if entry.contract
                else Text(description(entry, "id"), description(entry, "en"))
            ),
            "usage": _both(Text(origin(entry, "id"), origin(entry, "en"))),
        },
        "team": {"name": entry.publisher},
        "tags": list(entry.keywords),
        "support": [{"channel": municipality().office.en, "url": contact.page()}],
        "authoritativeDefinitions": [{"type": "canonicalUrl", "url": url(entry.page)}],
        "servers": [
            {"server": "rows", "type": "api", "location": url(f"/api/v1/tables/{entry.name}/rows")}
        ],
        "customProperties": _properties(entry),
        "schema": [_table(entry)],
    }
    if entry.theme:
        document["domain"] = entry.theme
    if entry.limits:
        document["description"]["limitations"] = _both(entry.limits)
    if entry.dataset:
        freshness = {"property": "freshness", "value": entry.dataset.freshness_hours, "unit": "h"}
        document["slaProperties"] = [
            freshness,
            {"property": "retention", "value": entry.dataset.retention_days, "unit": "d"},
        ]
    return document


def _properties(entry: Entry) -> list[dict[str, Any]]:
    """Return what Lumbung adds to the standard and the public may know; the words are
    ``pipelines.contract.terms``'s where it has them.
    """
    closed = [
        column
        for column in (entry.dataset.columns if entry.dataset else ())
        if not column.is_public
    ]
    said = {
        "title": {"id": entry.title.id, "en": entry.title.en},
        "licence": entry.licence,
        "informationClass": entry.information_class,
        "cadence": entry.cadence,
        "synthetic": entry.synthetic,
        "issued": entry.published.issued,
        "modified": entry.published.modified,
        "closedColumns": [
            {"name": column.name, "classification": column.classification} for column in closed
        ],
        "sources": list(entry.sources),
    }
    return [
        {"property": name, "value": value}
        for name, value in said.items()
        if value not in ([], None)
    ]


def _table(entry: Entry) -> dict[str, Any]:
    unique = {
        "metric": "duplicateValues",
        "mustBe": 0,
        "arguments": {"properties": list(entry.key)},
    }
    return {
        "name": entry.name.partition(".")[2],
        "physicalType": "table",
        "logicalType": "object",
        "dataGranularityDescription": _both(entry.grain),
        "description": _both(entry.description),
        "properties": [_column(entry, field) for field in entry.fields],
        **({} if entry.has_full_key else {"quality": [unique]}),
    }


def _column(entry: Entry, field: Field) -> dict[str, Any]:
    property_: dict[str, Any] = {
        "name": field.name,
        "logicalType": field.type,
        "physicalType": PHYSICAL[field.type],
        "description": _both(field.meaning),
        "classification": "public",
    }
    if field.required:
        property_["required"] = True
    if field.key and entry.has_full_key:
        property_ |= {"primaryKey": True, "primaryKeyPosition": entry.key.index(field.name) + 1}
    options = ({"format": "i64"} if field.type == "integer" else {}) | constraints(field, ODCS)
    if options:
        property_["logicalTypeOptions"] = options
    allowed = constraints(field, {"one_of": "validValues"})
    if allowed:
        property_["quality"] = [{"metric": "invalidValues", "mustBe": 0, "arguments": allowed}]
    if field.examples:
        property_["examples"] = list(field.examples)
    if field.unit:
        property_["customProperties"] = [{"property": "unit", "value": field.unit}]
    return property_


def _both(text: Text) -> str:
    """Return a text as contracts write it: Indonesian / English."""
    return text.id if text.id == text.en else f"{text.id} / {text.en}"
