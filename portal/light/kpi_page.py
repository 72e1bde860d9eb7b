"""The pages of indicators: ``/kpi`` with all of them, ``/kpi/<name>`` with every period of one,
its rule, its SQL, its receipts.
"""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.models.model import Model
from pipelines.release.release import Release
from portal.data import indicators
from portal.data.corrections import Correction, newest_corrections
from portal.data.entries import entries
from portal.light import described
from portal.light.endpoint import endpoint
from portal.light.page import lang_of, link, page, slice_of
from portal.light.parts import card, dimensions
from portal.telling import citation
from portal.telling.corrections import causes, changes, corrected_at, corrected_figure
from portal.telling.figures import status, valued
from portal.telling.parts import Parts
from portal.telling.withheld import why
from portal.words.say import number, pick, say, unit

SIZE, CORRECTIONS = 40, 20
"""Values on a page, corrections on a page."""


def kpis(request: Request, release: Release) -> Response:
    """Answer with the list of all indicators, and of those nobody can compute."""
    lang = lang_of(request)
    return page(
        request,
        release,
        "kpis.html",
        "/kpi",
        say("kpi", lang),
        say("kpis_intro", lang),
        dimensions=dimensions(release, lang),
        missing=indicators.not_computed(release),
    )


def kpi(request: Request, release: Release) -> Response | None:
    """Answer with the page of one indicator; None where there is no such one."""
    lang, name = lang_of(request), request.path_params["name"]
    entry = entries(release).get(f"kpi.{name}")
    indicator = next(
        (candidate for candidate in indicators.kpis(release) if candidate.stem == name), None
    )
    if entry is None or indicator is None:
        return None
    headline = card(release, indicator, indicators.latest(release).get(name, ()), lang)
    rows, at = slice_of(
        request,
        sorted(
            indicators.rows(release, indicator), key=lambda value: value["period"], reverse=True
        ),
        SIZE,
    )
    of_it = [
        correction
        for correction in newest_corrections(release, 10 * CORRECTIONS)
        if correction.name == name
    ][:CORRECTIONS]
    versions, vintages = (
        ", ".join(indicators.distinct(release, indicator, column))
        for column in ("rule_version", "vintage")
    )
    facts = [
        (say("rule", lang), pick(indicator.header.rule, lang)),
        (say("rule_version", lang), versions or "–"),
        *([(say("vintage", lang), vintages)] if vintages else []),
        (say("steward", lang), indicator.header.steward),
    ]
    parts = Parts(lang)
    described_facts = described.facts(release, entry, parts)
    return page(
        request,
        release,
        "kpi.html",
        f"/kpi/{name}",
        headline["title"],
        pick(entry.description, lang),
        {"page": at["page"]} if at["page"] > 1 else {},
        told=headline["told"],
        at=at,
        facts=facts,
        withheld=why(release.manifest, entry.name, lang),
        sql=indicators.sql_of(release, indicator),
        **_values(release, indicator, rows, lang),
        notes=parts.notes,
        corrected=[_corrected(correction, lang) for correction in of_it],
        **described_facts,
        frame=citation.frame(
            entry, link("/app/kpi", lang, {"id": name, "part": "chart", "embed": "true"}), lang
        ),
    )


def _values(release: Release, indicator: Model, rows: Any, lang: str) -> dict[str, Any]:
    """Return the values with what stands beside each: the columns' titles, the rows, which
    column is the value.
    """
    trend = {_place(row, row["part"]): row for row in indicators.trends(release, indicator)}
    beside = [
        name
        for name in ("change", "year_change", "target")
        if any(row[name] is not None for row in trend.values())
    ]
    split = [name for name in indicator.key if name != "period"]
    more = [name for name in indicator.columns if name not in indicator.key and name != "colour"]
    columns = ["period", *split, "value", *more, "counted", *beside, "completeness", "status"]
    lines = []
    for row in rows:
        part = (
            ", ".join(
                str(row[name])
                for name in indicator.key
                if name not in ("period", "measure", "region_code")
            )
            or None
        )
        cells = [
            _cell(release, indicator, row, trend.get(_place(row, part), {}), name, lang)
            for name in columns
        ]
        key = {name: row[name] for name in indicator.key}
        lines.append(
            {
                "cells": cells,
                "receipt": f"/receipts/{indicator.name}.json?{urlencode(key)}",
            }
        )
    header = [
        pick(indicator.columns[name], lang) if name in indicator.columns else say(name, lang)
        for name in columns
    ]
    return {"header": header, "values": lines, "place_of_value": columns.index("value") - 1}


def _cell(
    release: Release,
    indicator: Model,
    row: dict[str, Any],
    beside: dict[str, Any],
    name: str,
    lang: str,
) -> str:
    match name:
        case "measure":
            return pick(indicator.measures[row[name]], lang)
        case "region_code":
            return indicators.region_names(release).get(row[name], row[name])
        case "value":
            return valued(row, lang)
        case "counted":
            return f"{number(row['numerator'], lang)} / {number(row['denominator'], lang)}"
        case "completeness":
            return f"{number(100.0 * float(row[name]), lang, 1)} %"
        case "status":
            return status(indicator, row, lang)
        case "change" | "year_change":
            return _change(beside.get(name), beside.get(f"{name}_reason"), lang)
        case "target":
            return (
                "–"
                if beside.get("target") is None
                else f"{number(beside['target'], lang, 1)} {unit(beside['target_unit'], lang)}"
            )
        case _:
            return (
                number(row[name], lang)
                if isinstance(row[name], int | float) or row[name] is None
                else str(row[name])
            )


def _place(row: dict[str, Any], part: str | None) -> tuple[Any, ...]:
    return row["period"], row.get("measure"), row["region_code"], part


def _change(change: float | None, reason: str | None, lang: str) -> str:
    if change is not None:
        return ("+" if change > 0 else "") + number(change, lang, 1)
    return "–" if reason in (None, "no_value", "no_previous") else say(reason, lang)


def _corrected(correction: Correction, lang: str) -> dict[str, str]:
    return {
        "at": corrected_at(correction),
        "figure": corrected_figure(correction, lang),
        "changes": changes(correction, lang),
        "causes": causes(correction, lang),
    }


ROUTES: list[BaseRoute] = [
    Route("/kpi", endpoint(kpis)),
    Route("/kpi/{name}", endpoint(kpi)),
]
