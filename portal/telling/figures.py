"""How an indicator's figures are told, wherever they stand: value, unit, status, what is not
complete since.
"""

from typing import Any

from pipelines.models.model import Model
from pipelines.release.release import Release
from portal.data import sources
from portal.data.indicators import reason as reason_of
from portal.words.say import number, pick, say, unit

WHOLE = ("IDR",)
"""Units of which a fraction is not shown."""


def ended(release: Release, kpi: Model, lang: str) -> list[str]:
    """Return which systems behind an indicator have stopped, and when."""
    return [
        f"{pick(contract.title, lang)}: {say('stopped_on', lang, day)}"
        for contract, day in sources.stopped(release, kpi.name)
    ]


def which(kpi: Model, row: dict[str, Any], lang: str) -> str:
    """Return which of an indicator's values it is: its measure, and what else tells it apart."""
    measure = pick(kpi.measures[row["measure"]], lang) if row["measure"] else ""
    return " · ".join(text for text in [measure, row["part"]] if text)


def headline(kpi: Model, row: dict[str, Any], lang: str) -> list[str]:
    """Return the last good value as it is told: with its measure, its period, and what is not
    complete since.
    """
    named = f" ({qualifier})" if (qualifier := which(kpi, row, lang)) else ""
    later = row["newest_period"] > row["period"] and row["newest_reason"]
    since = ""
    if later:
        reason = pick(reason_of(kpi, row["newest_reason"]), lang)
        since = f"; {say('not_whole_yet', lang, row['newest_period'], reason)}"
    return [f"{valued(row, lang)}{named}", row["period"], f"{status(kpi, row, lang)}{since}"]


def figure(row: dict[str, Any], lang: str) -> str:
    """Return a value as exact as it is published, a dash for none."""
    if row["value"] is None:
        return "–"
    value = float(row["value"])
    is_count = row["unit"] in WHOLE or (row["unit"].startswith("{") and value.is_integer())
    return (
        number(round(value), lang)
        if is_count
        else number(value, lang, 1 if round(value, 1) == value else 2)
    )


def valued(row: dict[str, Any], lang: str) -> str:
    """Return a value with its unit."""
    return (
        f"{figure(row, lang)} {unit(row['unit'], lang)}".strip()
        if row["value"] is not None
        else figure(row, lang)
    )


def status(kpi: Model, row: dict[str, Any], lang: str, is_short: bool = False) -> str:
    """Return a value's status, and why it is not final; ``is_short`` says why only of a value
    that is not there.
    """
    has_reason = row["reason"] and not (is_short and row["value"] is not None)
    return say(row["status"], lang) + (
        f": {pick(reason_of(kpi, row['reason']), lang)}" if has_reason else ""
    )
