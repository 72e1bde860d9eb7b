"""What the gate found, in English, for those who run the house: the command line and Dagster.

The public's words, in both languages, are ``portal.telling.findings``.
"""

from collections.abc import Mapping
from typing import Any

VOLUME = ("shrink", "growth", "redelivery")
REMEDY = "; if its owner says that is right, run the day again with --accept-volume 'why'"


def says(finding: Mapping[str, Any]) -> str:
    """Return a finding in words: what was measured and what is allowed, ``49.4 % (>= 75 %)``.

    What a source or an engine said is handed on, and so is what the gate said before it kept
    figures.
    """
    if finding["message"]:
        return str(finding["message"])
    if finding["kind"] == "interrupted":
        return (
            "its run was cut off between its commits, which are taken back; it is asked for again"
        )
    if finding["level"] == "row":
        what = "cell" if finding["nonresponse"] == "item" else "row"
        said = f"{finding['rows']} {what}{'s' if finding['rows'] > 1 else ''}"
        is_told = finding["kind"] == "shape" and finding["examples"]
        return f"{said}: {'; '.join(finding['examples'])}" if is_told else said
    if finding["rule"] == "empty":
        return "the source delivered no rows; the contract allows that"
    if finding["absent"]:
        return ", ".join(finding["absent"])
    bounds = [
        f"{sign} {_figure(finding[bound], finding['unit'])}"
        for sign, bound in ((">=", "low"), ("<=", "high"))
        if finding[bound] is not None
    ]
    said = f"{_figure(finding['value'], finding['unit'])} ({' and '.join(bounds)})"
    if finding["accepted"]:
        return f"{said}, accepted by {finding['accepted']}"
    waits = finding["kind"] in VOLUME and finding["severity"] == "error"
    return f"{said}{REMEDY}" if waits else said


def _figure(value: float, unit: str | None) -> str:
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return f"{text} {unit}" if unit else text
