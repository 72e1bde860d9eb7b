"""What breaking a rule leads to: an error sets rows or a partition aside, a warning only shows."""

from collections.abc import Mapping
from typing import Any, Literal

from pipelines.contract.source import ContractText, Key, nearest


def severity_of(
    text: ContractText, place: Key, entry: Mapping[str, Any]
) -> Literal["error", "warning"]:
    """Return the severity a rule states, an error unless given; record one that is neither."""
    stated = str(entry.get("severity", "error"))
    if stated not in ("error", "warning"):
        text.problem(place, f"severity {stated!r}: {nearest(stated, ('error', 'warning'))}")
    return "warning" if stated == "warning" else "error"
