"""A contract against the Open Data Contract Standard itself: its JSON schema, and the keys it knows
at every level.

The schema is the one the package ``open-data-contract-standard`` ships (ODCS 3.1). An unknown key
is told with the nearest right one, once; what Lumbung needs beyond the standard is
``contract.reader``'s business.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from pipelines.yamltext import Key, YamlText, items_of


def against_standard(text: YamlText, document: Mapping[str, Any]) -> None:
    """Record on ``text`` every unknown key and everything the standard's schema refuses."""
    _unknown_keys(text, document)
    _against_schema(text, document)


@cache
def standard() -> Mapping[str, Any]:
    """Return the JSON schema of ODCS, as the standard's own package ships it."""
    return json.loads(
        (resources.files("open_data_contract_standard") / "schema.json").read_text("utf-8")
    )


def _keys(*names: str) -> set[str]:
    """Every key the standard knows under the definitions called ``names``."""
    places: set[str] = set()
    for name in names:
        definition = standard()["$defs"][name]
        places |= set(definition.get("properties", {}))
        places |= {
            key for choice in definition.get("oneOf", ()) for key in choice.get("properties", {})
        }
    return places


def _unknown_keys(text: YamlText, document: Mapping[str, Any]) -> None:
    """Report keys neither the standard nor Lumbung knows, at every level a contract has."""
    server = _keys("Server") | {
        key
        for kind in standard()["$defs"]["ServerSource"].values()
        for key in kind.get("properties", {})
    }
    element = _keys("SchemaElement")
    quality = _keys(
        "DataQuality",
        "DataQualityLibrary",
        "DataQualitySql",
        "DataQualityCustom",
        "DataQualityOperators",
    )
    column = _keys("SchemaBaseProperty", "SchemaProperty") | element | {"items", "properties"}
    levels: list[tuple[Key, Any, set[str]]] = [((), document, set(standard()["properties"]))]
    levels += [
        (
            ("description",),
            document.get("description"),
            set(standard()["properties"]["description"]["properties"]),
        )
    ]
    levels += [(("servers", i), item, server) for i, item in items_of(document, "servers")]
    levels += [
        (("slaProperties", i), item, _keys("ServiceLevelAgreementProperty"))
        for i, item in items_of(document, "slaProperties")
    ]
    for i, table in items_of(document, "schema"):
        levels.append((("schema", i), table, _keys("SchemaObject") | element))
        levels += [
            (("schema", i, "quality", n), item, quality) for n, item in items_of(table, "quality")
        ]
        for n, item in items_of(table, "properties"):
            levels.append((("schema", i, "properties", n), item, column))
            levels += [
                (("schema", i, "properties", n, "quality", k), rule, quality)
                for k, rule in items_of(item, "quality")
            ]
    for key, item, allowed in levels:
        for name in item if isinstance(item, Mapping) else ():
            if name not in allowed:
                text.unknown((*key, name), name, allowed)


def _against_schema(text: YamlText, document: Mapping[str, Any]) -> None:
    """Report what the standard's JSON schema refuses and the pass over unknown keys has not said
    already.
    """
    for error in _validator().iter_errors(document):
        if error.kind.name not in ("additionalProperties", "unevaluatedProperties"):
            said = (
                f"{error.instance!r} is not one of {error.kind.options}"
                if error.kind.name == "enum"
                else error.message
            )
            text.problem(
                tuple(error.instance_path), f"{_short(said)} (Open Data Contract Standard)"
            )


@cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(dict(standard()))


def _short(message: str) -> str:
    return message if len(message) < 200 else message[:197] + "..."
