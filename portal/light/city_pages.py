"""Pages about the whole city: what the gate said of every dataset, what is withheld and why,
which published figures were corrected.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.release.release import Release
from portal.data import gate
from portal.data.corrections import Correction, newest_corrections
from portal.data.freshness import freshness
from portal.light.endpoint import endpoint
from portal.light.page import lang_of, page, slice_of
from portal.light.parts import withheld as held
from portal.telling.corrections import causes, changes, corrected_at, corrected_figure
from portal.telling.withheld import set_aside, withheld_models
from portal.words.say import closed_by, number, pick, say

SIZE = 50
MOST = 500
"""Corrections that are looked back on."""


def quality(request: Request, release: Release) -> Response:
    """Answer with the verdicts on every dataset in figures."""
    lang, fresh = lang_of(request), freshness(release)
    rows = [
        {
            "id": dataset.id,
            "title": dataset.title,
            "state": say(f"standing.{fresh[dataset.id].state}", lang),
            **_sums(release, dataset.id, lang),
        }
        for _, dataset in release.datasets
    ]
    shown, at = slice_of(request, rows, SIZE)
    states = [standing.state for standing in fresh.values()]
    facts = [
        (say(f"standing.{state}", lang), number(states.count(state), lang))
        for state in dict.fromkeys(sorted(states))
    ]
    return page(
        request,
        release,
        "quality.html",
        "/quality",
        say("quality_city", lang),
        say("quality_intro", lang),
        _query(at),
        rows=shown,
        at=at,
        told=facts,
    )


def withheld(request: Request, release: Release) -> Response:
    """Answer with what is kept from the public: partitions that did not pass, and datasets that
    are closed by law or not described yet.
    """
    lang = lang_of(request)
    shown, at = slice_of(request, held(release, lang), SIZE)
    closed = [
        {
            "id": dataset.id,
            "title": dataset.title,
            "owner": contract.owner,
            "why": closed_by(dataset.exemption, lang) or say("undescribed", lang),
        }
        for contract, dataset in release.datasets
        if not dataset.is_public
    ]
    title, intro = say("withheld_why", lang), say("withheld_intro", lang)
    return page(
        request,
        release,
        "withheld.html",
        "/withheld",
        title,
        intro,
        _query(at),
        withheld=shown,
        at=at,
        systems=set_aside(release, lang),
        models=withheld_models(release.manifest, lang),
        closed=closed,
    )


def corrections(request: Request, release: Release) -> Response:
    """Answer with the published figures that were corrected, newest first."""
    lang = lang_of(request)
    shown, at = slice_of(request, newest_corrections(release, MOST), SIZE)
    rows = [
        {
            "at": corrected_at(correction),
            "kpi": correction.name if correction.kpi else None,
            "title": _title(correction, lang),
            "figure": corrected_figure(correction, lang),
            "changes": changes(correction, lang),
            "causes": causes(correction, lang),
            "release": correction.release,
        }
        for correction in shown
    ]
    title, intro = say("corrections", lang), say("corrections_intro", lang)
    return page(
        request,
        release,
        "corrections.html",
        "/corrections",
        title,
        intro,
        _query(at),
        rows=rows,
        at=at,
    )


def _title(correction: Correction, lang: str) -> str:
    kpi = correction.kpi
    return f"{correction.number} {pick(kpi.header.title, lang) if kpi else correction.name}"


def _query(at: dict[str, int]) -> dict[str, int]:
    return {"page": at["page"]} if at["page"] > 1 else {}


def _sums(release: Release, dataset: str, lang: str) -> dict[str, Any]:
    """Return in how many partitions a dataset's latest verdicts passed, in how many not, and
    what became of the rows.
    """
    rows = gate.verdicts(release, dataset)
    passed = sum(row["verdict"] == "passed" for row in rows)
    sums = {
        name: number(sum(row.get(name) or 0 for row in rows), lang)
        for name in ("delivered", "passed", "quarantined", "duplicates", "cells_withheld")
    }
    return {
        "partitions": number(passed, lang),
        "withheld": number(len(rows) - passed, lang),
        **sums,
    }


ROUTES: list[BaseRoute] = [
    Route("/quality", endpoint(quality)),
    Route("/withheld", endpoint(withheld)),
    Route("/corrections", endpoint(corrections)),
]
