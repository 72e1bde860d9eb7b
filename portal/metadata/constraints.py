"""What values a published column may hold, from its contract's rules, in the words of Table Schema,
CSVW and ODCS.

Only rules of severity error: each of them holds for every published value, since one that breaks it
is withheld. A rule that warns is no promise.
"""

from typing import Any

from pipelines.files.table import Field

FRICTIONLESS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "pattern": "pattern",
    "min_length": "minLength",
    "max_length": "maxLength",
    "one_of": "enum",
}
CSVW = {
    "minimum": "minInclusive",
    "maximum": "maxInclusive",
    "exclusive_minimum": "minExclusive",
    "exclusive_maximum": "maxExclusive",
    "pattern": "format",
    "min_length": "minLength",
    "max_length": "maxLength",
}
ODCS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum",
    "exclusive_maximum": "exclusiveMaximum",
    "pattern": "pattern",
    "min_length": "minLength",
    "max_length": "maxLength",
}


def constraints(field: Field, words: dict[str, str]) -> dict[str, Any]:
    """Return a column's limits under the names that ``words`` gives their kinds; kinds it has no
    name for are left out.

    A pattern that does not say where it begins and ends means a part of the text to a contract, all
    of it to others: it is left out too.
    """
    rules = [
        rule
        for rule in (field.column.rules if field.column else ())
        if rule.level == "row" and rule.severity == "error" and rule.kind in words
    ]
    limited = {
        words[rule.kind]: rule.argument(rule.kind)
        for rule in rules
        if rule.kind != "pattern" or _is_whole(rule.argument("pattern"))
    }
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in limited.items()
    }


def _is_whole(pattern: str) -> bool:
    return pattern.startswith("^") and pattern.endswith("$")
