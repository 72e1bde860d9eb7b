"""What the gate found, as sentences: the kind of a rule, the column, what was measured of a
partition and what is allowed, never a value of a row.

A finding of a release made before there were figures has a message instead, which is added as it
was recorded.
"""

from collections.abc import Sequence
from typing import Any

from pipelines.bilingual import Text, both
from pipelines.contract.model import Dataset, Rule
from portal.words.say import number, say, unit

WHOLE = 100.0
"""Percent of the rows."""
REPAIRS = ("trim", "extract", "values")
"""Words by which a contract repairs texts; each has words of its own here."""
MOST_FAULTS = 2
"""Kinds of faults that a reason names of too many rows with faults."""
LONGEST = 120
"""Letters of a condition that are quoted."""


def reasons(findings: Any, lang: str, dataset: Dataset | None = None) -> str:
    """Return why a partition is withheld, each with what was measured and what is needed; of too
    many rows with faults, where the ``dataset`` is known, what the most of them have.
    """
    withholding = [
        finding
        for finding in findings or ()
        if finding["level"] == "partition" and finding["severity"] == "error"
    ]
    told = [
        say(f"kind.{finding['kind']}", lang) + _measured(finding, lang) for finding in withholding
    ]
    told += _referred(withholding, dataset, lang) if dataset else []
    if dataset and any(finding["kind"] == "quarantine_share" for finding in withholding):
        errors = [finding for finding in findings if finding["severity"] == "error"]
        if faults := _of_rows(errors, dataset, lang)[:MOST_FAULTS]:
            told.append(say("found.mostly", lang, "; ".join(faults)))
    return "; ".join(told)


def _referred(withholding: Sequence[Any], dataset: Dataset, lang: str) -> list[str]:
    """Return which tables have nothing at all of what the rows refer to."""
    rules = {rule.name: rule for rule in dataset.all_rules}
    return [
        say("found.nothing", lang, str(rules[name].argument("to")).rpartition(".")[0])
        for finding in withholding
        if finding["kind"] == "reference"
        and (name := finding["rule"]) in rules
        and finding["value"] == WHOLE
    ]


def _measured(finding: Any, lang: str) -> str:
    """Return the column and the figures of a finding: ": 49.4 %, where it has to be at least
    75 %", or what was recorded in their place; empty when it has neither.
    """
    of = f" ({finding['column']})" if finding["column"] else ""
    if finding.get("absent"):
        return f"{of}: {', '.join(finding['absent'])}"
    if finding.get("value") is None:
        return f"{of}: {finding['message']}" if finding.get("message") else of
    value, low, high = (
        _figure(finding[name], finding["unit"], lang) for name in ("value", "low", "high")
    )
    needed = [
        say(key, lang, bound) for key, bound in (("at_least", low), ("at_most", high)) if bound
    ]
    return f"{of}: {value}, {say('needed', lang, say('also', lang).join(needed))}"


def _figure(value: float | None, code: str | None, lang: str) -> str:
    """Return a figure with all its decimals, and its unit; empty for none."""
    if value is None:
        return ""
    digits = len(f"{value:.6f}".rstrip("0").partition(".")[2])
    return number(value, lang, digits) + (f" {unit(code, lang)}" if code else "")


def kept_back(findings: Any, dataset: Dataset, lang: str) -> str:
    """Return why rows or cells were withheld or noted, most rows first; empty when nothing was
    found.
    """
    sentences = _of_rows(findings or (), dataset, lang) + [
        say("found.empty", lang)
        for finding in findings or ()
        if finding["level"] == "partition" and finding["kind"] == "rows" and not finding["rows"]
    ]
    return "; ".join(dict.fromkeys(sentences))


def _of_rows(findings: Any, dataset: Dataset, lang: str) -> list[str]:
    """Return the findings on rows, most rows first."""
    rules = {rule.name: rule for rule in dataset.all_rules}
    of_rows = sorted(
        (finding for finding in findings if finding["level"] == "row"),
        key=lambda finding: -finding["rows"],
    )
    return [_sentence(finding, rules.get(finding["rule"]), dataset, lang) for finding in of_rows]


def _sentence(finding: Any, rule: Rule | None, dataset: Dataset, lang: str) -> str:
    """Return one finding: how many rows or cells are withheld, and what is wrong with them."""
    what = _described(rule, lang) or say(
        f"found.{finding['kind']}",
        lang,
        finding["column"] or "",
        _limit(finding, rule, dataset, lang),
    )
    noted = f" ({say('found.noted', lang)})" if finding["severity"] == "warning" else ""
    of = "cells" if finding.get("nonresponse") == "item" else "rows"
    return f"{say(f'found.{of}', lang, number(finding['rows'], lang))}: {what}{noted}"


def _described(rule: Rule | None, lang: str) -> str:
    """Return what the contract says of a rule, in the language or the one it has; empty for
    nothing.
    """
    words = both(rule.description) if rule else Text("", "")
    return (words.en if lang == "en" else "") or words.id


def _limit(finding: Any, rule: Rule | None, dataset: Dataset, lang: str) -> str:
    """Return what was allowed, as far as a sentence says it; the condition as the contract
    writes it where that is all there is.
    """
    if finding["kind"] == "type":
        known = {column.name: column.type for column in dataset.columns}
        return say(f"type.{known[finding['column']]}", lang) if finding["column"] in known else "–"
    if finding["kind"] == "repaired":
        word = finding["rule"].rpartition(".")[2]
        return say(f"repaired.{word if word in REPAIRS else 'otherwise'}", lang)
    stated = rule.argument(rule.kind) if rule else None
    judged_by = (finding.get("low"), finding.get("high"), stated)
    limit = next((bound for bound in judged_by if bound is not None), None)
    if limit is None:
        return finding["rule"].replace("_", " ")
    if isinstance(limit, int | float):
        return _figure(limit, None, lang)
    return str(limit) if len(str(limit)) <= LONGEST else f"{str(limit)[:LONGEST]}…"
