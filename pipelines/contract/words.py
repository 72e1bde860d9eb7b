"""What every level of a contract is read with: its terms (``customProperties``), words in two
languages, choices, dates and zones.

What the terms are stands in ``contract.terms``; what a contract is made of in ``contract.reader``.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pipelines.bilingual import Text, both
from pipelines.contract.terms import ANNOTATION, LEVELS, UNITS, Term
from pipelines.errors import nearest
from pipelines.yamltext import Key, YamlText, items_of

DAYS = (date(1900, 1, 1), date(2199, 12, 31))
"""The first and the last day that a contract may state; days before and after it are counted with.
"""


def terms_of(text: YamlText, key: Key, item: Mapping[str, Any], level: str) -> dict[str, Any]:
    """Read ``customProperties`` of one level against its table of terms; a refused value is
    recorded and left out, so nobody uses it.
    """
    table: Mapping[str, Term] = LEVELS[level]
    facts: dict[str, Any] = {}
    stated: set[str] = set()
    for i, entry in items_of(item, "customProperties"):
        name, place = entry.get("property"), (*key, "customProperties", i)
        if name not in table:
            text.problem(
                place,
                f"unknown property '{name}' of {_article(level)}; {nearest(str(name), table)}",
            )
        elif name in stated:
            text.problem(place, f"property '{name}' is given twice; keep one")
        else:
            stated.add(name)
            if _is_allowed(text, place, name, entry.get("value"), table[name]):
                facts[name] = entry.get("value")
    for name, term in table.items():
        if term.required and name not in stated:
            text.problem(
                (*key, "customProperties"),
                f"{_article(level)} needs the property '{name}': {term.meaning}",
            )
    return facts


def _article(level: str) -> str:
    return f"{'an' if level[0] in 'aeiou' else 'a'} {level}"


def _is_allowed(text: YamlText, place: Key, name: str, value: Any, term: Term) -> bool:
    """Say whether a term may have this value; record it if not."""
    kind = {
        "text": isinstance(value, str) and bool(value.strip()),
        "texts": isinstance(value, list) and all(isinstance(text, str) for text in value),
        "flag": isinstance(value, bool),
        "count": isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 400,
        "mapping": isinstance(value, Mapping),
        "bilingual": (
            isinstance(value, Mapping)
            and set(value) == {"id", "en"}
            and all(isinstance(text, str) and text for text in value.values())
        ),
        "date": (day := date_of(value)) is not None and DAYS[0] <= day <= DAYS[1],
        "choice": value in term.allowed,
        "unit": value in UNITS or bool(re.fullmatch(ANNOTATION, str(value))),
    }
    if not kind[term.kind]:
        allowed = term.allowed or (UNITS if term.kind == "unit" else ())
        hint = nearest(str(value), allowed) if allowed else f"it is {_expected(term.kind)}"
        text.problem(place, f"{name}: {value!r} is not allowed; {hint} ({term.meaning})")
    return kind[term.kind]


def _expected(kind: str) -> str:
    return {
        "text": "a text",
        "texts": "a list of texts in quotes",
        "flag": "true or false",
        "count": "a whole number from 0 to 400",
        "mapping": "a mapping",
        "bilingual": "{id: ..., en: ...} with both filled in",
        "date": f"a date as YYYY-MM-DD, from {DAYS[0]} to {DAYS[1]}",
    }[kind]


def need_both_languages(text: YamlText, key: Key, words: Any, what: str) -> None:
    """Record words that are missing or stand in one language only."""
    said = both(str(words or ""))
    if not said.id or not said.en:
        text.problem(key, f"is required in both languages: {what}, 'Indonesia / English'")


def need_one_of(text: YamlText, key: Key, value: Any, allowed: Sequence[str]) -> None:
    """Record a value that is none of those allowed."""
    if value not in allowed:
        text.problem(
            key,
            (
                f"{value!r} is not allowed; {nearest(str(value), allowed)}"
                if value
                else f"is required; allowed: {', '.join(allowed)}"
            ),
        )


def severity_of(
    text: YamlText, place: Key, entry: Mapping[str, Any]
) -> Literal["error", "warning"]:
    """Return the severity a rule states, an error unless given; record one that is neither."""
    stated = str(entry.get("severity", "error"))
    if stated not in ("error", "warning"):
        text.problem(place, f"severity {stated!r}: {nearest(stated, ('error', 'warning'))}")
    return "warning" if stated == "warning" else "error"


def bilingual(value: Any) -> Text:
    """Return ``{id: ..., en: ...}`` as a Text, an empty one where it is not that."""
    return (
        Text(str(value["id"]), str(value["en"]))
        if isinstance(value, Mapping) and {"id", "en"} <= set(value)
        else Text("", "")
    )


def date_of(value: Any) -> date | None:
    """Return a date written YYYY-MM-DD, None for anything else."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
