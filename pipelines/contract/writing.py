"""What a contract says of how a source writes the values of a column, read and held against
itself: marks in numbers, blanks, words around a value, other texts for the same value, other names
of the field. ``cast`` reads values by it.
"""

from collections.abc import Mapping
from typing import Any

from pipelines.contract.engine import group_problem
from pipelines.contract.model import Writing
from pipelines.yamltext import Key, YamlText

NUMBERS = ("integer", "number")


def writing_of(
    text: YamlText, key: Key, item: Mapping[str, Any], terms: Mapping[str, Any], trim: bool
) -> Writing:
    """Return what the terms of a column at ``key`` say of its writing; ``trim`` holds unless it
    says otherwise. What contradicts itself is recorded on ``text``.
    """
    kind = str(item.get("logicalType", ""))
    decimal, thousands = terms.get("decimal", "."), terms.get("thousands", "")
    if (decimal != "." or thousands) and kind not in NUMBERS:
        text.problem(key, f"decimal and thousands are marks in numbers; this is a {kind}")
    if decimal == thousands:
        text.problem(
            key,
            f"'{decimal}' cannot stand for thousands and before decimals; say both, such as"
            ' decimal: "," and thousands: "."',
        )
    extract = terms.get("extract", "")
    if extract and (wrong := group_problem(extract)):
        text.problem(
            key, f"extract: {wrong}; write one group around the value, such as '^Rp *(.+)$'"
        )
    if terms.get("fields") and (item.get("physicalName") or terms.get("spellings")):
        text.problem(
            key, "a column made of several fields has no physicalName and no spellings beside"
        )
    return Writing(
        decimal,
        thousands,
        terms.get("trim", trim),
        extract,
        _values(text, key, terms.get("values", {})),
        tuple(terms.get("spellings", ())),
        tuple(terms.get("fields", ())),
    )


def _values(text: YamlText, key: Key, stated: Mapping[Any, Any]) -> dict[str, str]:
    """Return what is written -> what is meant, as texts."""
    values = {}
    for written, meant in stated.items():
        if not isinstance(written, str) or not isinstance(meant, str | bool | int | float):
            text.problem(
                key,
                f"values: {written!r}: {meant!r} is no pair of texts; write what the source writes"
                ' in quotes, such as values: {"Ya": true, "PM2,5": PM25}',
            )
        else:
            values[written] = str(meant).lower() if isinstance(meant, bool) else str(meant)
    return values
