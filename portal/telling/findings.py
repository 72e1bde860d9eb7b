"""What the gate found in rows, as sentences: the kind of a rule, the column and the limit its
contract gives, never a value of a row.
"""

from typing import Any

from pipelines.contract.model import Dataset, Rule
from portal.words.say import number, say

LONGEST = 120
"""Letters of a condition that are quoted."""


def kept_back(findings: Any, dataset: Dataset, lang: str) -> str:
    """Return why rows were quarantined or noted, most rows first; empty when nothing was found."""
    rules = {rule.name: rule for rule in dataset.all_rules}
    told = sorted(
        (each for each in findings or () if each["level"] == "row"), key=lambda each: -each["rows"]
    )
    sentences = [_sentence(each, rules.get(each["rule"]), dataset, lang) for each in told]
    sentences += [
        say("found.empty", lang)
        for each in findings or ()
        if each["level"] == "partition" and each["kind"] == "rows" and not each["rows"]
    ]
    return "; ".join(dict.fromkeys(sentences))


def _sentence(finding: Any, rule: Rule | None, dataset: Dataset, lang: str) -> str:
    """Return one finding: how many rows, and what is wrong with them."""
    what = say(
        f"found.{finding['kind']}",
        lang,
        finding["column"] or "",
        _limit(finding, rule, dataset, lang),
    )
    noted = f" ({say('found.noted', lang)})" if finding["severity"] == "warning" else ""
    return f"{say('found.rows', lang, number(finding['rows'], lang))}: {what}{noted}"


def _limit(finding: Any, rule: Rule | None, dataset: Dataset, lang: str) -> str:
    """Return what the contract allows, as far as a sentence says it; the condition as the
    contract writes it where that is all there is.
    """
    if finding["kind"] == "type":
        known = {column.name: column.type for column in dataset.columns}
        return say(f"type.{known[finding['column']]}", lang) if finding["column"] in known else "–"
    limit = rule.argument(rule.kind) if rule else None
    if limit is None:
        return finding["rule"].replace("_", " ")
    if isinstance(limit, int | float):
        return number(
            limit, lang, 0 if float(limit).is_integer() else len(str(limit).partition(".")[2])
        )
    return str(limit) if len(str(limit)) <= LONGEST else f"{str(limit)[:LONGEST]}…"
