"""What several light pages show in the same way: an indicator's card, the indicators by dimension,
withheld partitions, a cell of a preview.
"""

from typing import Any

from pipelines.contract.terms import DIMENSIONS
from pipelines.models.model import Model
from pipelines.release.release import Release
from portal.data import gate, indicators, tables
from portal.telling.figures import ended, headline, status
from portal.telling.findings import reasons
from portal.telling.parts import Parts
from portal.words.say import pick, say

PREVIEW = 20
"""Rows of a preview."""
LONGEST = 80
"""Letters of a cell that the preview shows."""


def dimensions(release: Release, lang: str) -> list[dict[str, Any]]:
    """Return the dimensions with their indicators, each with its last good value, its period and
    its status.
    """
    kpis, latest = indicators.kpis(release), indicators.latest(release)
    return [
        {
            "key": dimension,
            "cards": [
                _card_alone(release, kpi, latest.get(kpi.stem, ()), lang)
                for kpi in kpis
                if kpi.header.dimension == dimension
            ],
        }
        for dimension in DIMENSIONS
        if any(kpi.header.dimension == dimension for kpi in kpis)
    ]


def _card_alone(
    release: Release, kpi: Model, latest: tuple[dict[str, Any], ...], lang: str
) -> dict[str, Any]:
    """Return an indicator's card; one that cannot be said says so, and the others stay."""
    missing = ["–", "–", say("no_value", lang)]
    instead = {
        "name": kpi.stem,
        "title": f"{kpi.header.number} {pick(kpi.header.title, lang)}",
        "told": missing,
        "short": missing,
    }
    return Parts(lang).make("indicator", lambda: card(release, kpi, latest, lang), instead)


def card(
    release: Release, kpi: Model, latest: tuple[dict[str, Any], ...], lang: str
) -> dict[str, Any]:
    """Return an indicator's name, its number and title, and what is told of it: in full, and in
    short, without the reasons of a value that is there.
    """
    over = ended(release, kpi, lang)
    *value, state = headline(kpi, latest[0], lang) if latest else ["–", "–", say("no_value", lang)]
    brief = status(kpi, latest[0], lang, is_short=True) if latest else state
    words, short = ([*value, "; ".join([standing, *over])] for standing in (state, brief))
    return {
        "name": kpi.stem,
        "title": f"{kpi.header.number} {pick(kpi.header.title, lang)}",
        "told": words,
        "short": short,
    }


def withheld(release: Release, lang: str) -> list[dict[str, Any]]:
    """Return the partitions kept from the public, newest first, each with why, and whether an
    earlier good version stays.
    """
    partitions = []
    for row in gate.withheld(release):
        dataset = release.dataset(row["dataset"])
        if dataset:
            stays = (
                f"; {say('last_good', lang)}"
                if row["partition"] in tables.published(release, dataset[1])
                else ""
            )
            partitions.append(
                {
                    "name": row["dataset"],
                    "title": dataset[1].title,
                    "partition": row["partition"],
                    "judged": f"{row['judged_at']:%Y-%m-%d %H:%M}",
                    "reasons": reasons(row["findings"], lang, dataset[1]) + stays,
                }
            )
    return partitions


def cell(value: Any) -> str:
    """Return a cell as a text: a dash for nothing, cut where it is long."""
    text = "–" if value is None else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
