"""The page of a dataset or a published mart: ``/d/<name>``; of a closed dataset too, without a
row: that it exists, and why it is closed, is public.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from pipelines.contract.model import UNDESCRIBED, Contract, Dataset
from pipelines.lake.partitions import last_day
from pipelines.release.release import Release
from portal.data import gate, tables
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.data.freshness import freshness
from portal.http.negotiation import preferred_to_a_page
from portal.light import described
from portal.light.endpoint import TABLE, endpoint
from portal.light.page import lang_of, link, page, slice_of
from portal.light.parts import PREVIEW, cell, withheld
from portal.metadata.wording import origin
from portal.telling import citation
from portal.telling.parts import Parts
from portal.telling.tables import fresh
from portal.telling.withheld import is_set_aside, lacking, why
from portal.words.say import exempt, number, pick, say

FILES, WITHHELD = 100, 10
"""Files on a page, withheld partitions on the page of a dataset."""
RDF = {"text/turtle": ".ttl", "application/ld+json": ".jsonld", "application/rdf+xml": ".xml"}
FEW = 5
"""How many withheld partitions are named at the top of a page."""


def table(request: Request, release: Release) -> Response | None:
    """Answer with the page of a table, or send who asks for RDF to it; None where there is no
    such table.
    """
    name = request.path_params["name"]
    entry, dataset = entries(release).get(name), release.dataset(name)
    if entry:
        if entry.page != request.url.path:
            return RedirectResponse(link(entry.page, lang_of(request)), 308)
        if rdf := preferred_to_a_page(request.headers, RDF):
            return RedirectResponse(f"/d/{name}{RDF[rdf]}", 303, {"Vary": "Accept"})
    answer = (
        _dataset(request, release, *dataset, entry)
        if dataset
        else _mart(request, release, entry)
        if entry
        else None
    )
    if answer:
        answer.headers["Vary"] = "Accept"
    return answer


def files(request: Request, release: Release) -> Response | None:
    """Answer with the list of all files of an open table, those of single partitions too; None
    where there is no such table.
    """
    name, lang = request.path_params["name"], lang_of(request)
    entry = entries(release).get(name)
    if entry is None:
        return None
    in_order = sorted(
        entry.published.files, key=lambda file: (file.partition is not None, file.partition or "")
    )
    shown, at = slice_of(request, in_order, FILES)
    title, query = (
        say("files_title", lang, pick(entry.title, lang)),
        {"page": at["page"]} if at["page"] > 1 else {},
    )
    lacking_forms = lacking(entry.published, lang)
    described_files = [described.file(entry, file, lang) for file in shown]
    return page(
        request,
        release,
        "files.html",
        f"/d/{name}/files",
        title,
        title,
        query,
        entry=entry,
        files=described_files,
        lacking=lacking_forms,
        at=at,
    )


def _dataset(
    request: Request, release: Release, contract: Contract, dataset: Dataset, entry: Entry | None
) -> Response:
    lang = lang_of(request)
    parts = Parts(lang)
    facts = (
        described.facts(release, entry, parts) | _rows(release, entry, parts)
        if entry
        else {"entry": None, "lineage": described.lineage(release, dataset.id, lang)}
    )
    facts |= {
        "dictionary": described.all_columns(dataset, lang),
        "is_dataset": True,
        "gate": parts.make(
            "quality", lambda: _gate(release, dataset, lang), {"told": "", "withheld": []}
        ),
    }
    lead = pick(dataset.meaning, lang)
    return page(
        request,
        release,
        "table.html",
        f"/d/{dataset.id}",
        pick(dataset.title, lang),
        lead,
        name=dataset.id,
        lead=lead,
        notes=[*_notes(release, contract, dataset, lang), *parts.notes],
        facts=_facts(release, contract, dataset, entry, lang),
        **facts,
    )


def _mart(request: Request, release: Release, entry: Entry) -> Response:
    lang = lang_of(request)
    about = [
        (say("steward", lang), entry.publisher),
        (say("class", lang), say(f"class.{entry.information_class}", lang)),
        (say("licence", lang), entry.licence),
        (say("cadence", lang), say(entry.cadence, lang)),
        (say("made_of", lang), origin(entry, lang)),
        (say("grain", lang), pick(entry.grain, lang)),
        (say("rows", lang), number(entry.published.rows, lang)),
    ]
    notes = [
        say(key, lang)
        for key, holds in (
            ("synthetic", entry.synthetic),
            ("suppressed", "suppressed" in {field.name for field in entry.fields}),
        )
        if holds
    ]
    notes += [told] if (told := why(release.manifest, entry.name, lang)) else []
    lead = pick(entry.description, lang)
    parts = Parts(lang)
    facts = described.facts(release, entry, parts) | _rows(release, entry, parts)
    return page(
        request,
        release,
        "table.html",
        entry.page,
        pick(entry.title, lang),
        lead,
        name=entry.name,
        lead=lead,
        notes=notes + parts.notes,
        is_dataset=False,
        gate=None,
        facts=about,
        **facts,
    )


def _rows(release: Release, entry: Entry, parts: Parts) -> dict[str, Any]:
    """Return the first rows, newest first, as texts, and the code that shows the table in
    another page.
    """
    lang = parts.lang
    return {
        "columns": [field.name for field in entry.fields],
        "preview": parts.make("preview", lambda: _preview(release, entry), []),
        "frame": citation.frame(
            entry,
            link("/app/dataset", lang, {"id": entry.name, "part": "chart", "embed": "true"}),
            lang,
        ),
    }


def _notes(release: Release, contract: Contract, dataset: Dataset, lang: str) -> list[str]:
    """Return what a reader must know first: made-up records, an owner who has not spoken, a
    contract that is set aside, a stopped system, what is withheld, rows that stay closed.
    """
    notes = [say("synthetic", lang)] if contract.synthetic else []
    if is_set_aside(release.manifest, contract.application):
        notes.append(say("contract_set_aside", lang))
    notes += [said] if (said := why(release.manifest, dataset.id, lang)) else []
    notes += [say("undescribed", lang)] if contract.status in UNDESCRIBED else []
    notes += [say("retired_note", lang, ended)] if (ended := last_day(dataset)) else []
    withheld = (
        [
            row["partition"]
            for row in gate.verdicts(release, dataset.id)
            if row["verdict"] == "withheld"
        ]
        if dataset.is_public
        else []
    )
    notes += (
        [say("withheld_top", lang, ", ".join(withheld[:FEW]) + (" …" if withheld[FEW:] else ""))]
        if withheld
        else []
    )
    return notes + (
        []
        if dataset.is_public
        else [
            say(
                "not_public",
                lang,
                exempt(dataset.exemption, lang) or say(f"class.{dataset.information_class}", lang),
            )
        ]
    )


def _facts(
    release: Release, contract: Contract, dataset: Dataset, entry: Entry | None, lang: str
) -> list[tuple[str, str]]:
    exemption = f" ({exempt(dataset.exemption, lang)})" if dataset.exemption else ""
    covers = f"{entry.covers[0]} – {entry.covers[1]}" if entry and entry.covers else None
    facts = {
        "owner": contract.owner,
        "class": say(f"class.{dataset.information_class}", lang) + exemption,
        "licence": entry.licence if entry else None,
        "cadence": say(dataset.cadence, lang),
        "freshness": fresh(freshness(release)[dataset.id], lang),
        "state": say(tables.states(release)[contract.application], lang),
        "covers": covers,
        "rows": number(entry.published.rows, lang) if entry else None,
        "grain": pick(dataset.grain, lang),
        "purpose": pick(contract.purpose, lang),
        "limits": pick(contract.limits, lang),
        "system": (
            pick(contract.title, lang)
            + (f" ({contract.inventory_id})" if contract.inventory_id else "")
        ),
        "contract": contract.version,
    }
    return [(say(key, lang), text) for key, text in facts.items() if text]


def _preview(release: Release, entry: Entry) -> list[list[str]]:
    if entry.dataset:
        rows = tables.preview(release, entry.dataset, PREVIEW)
    else:
        rows = tables.mart_rows(
            release,
            next(aggregate for aggregate in tables.marts(release) if aggregate.name == entry.name),
            PREVIEW,
        )
    return [[cell(row[field.name]) for field in entry.fields] for row in rows]


def _gate(release: Release, dataset: Dataset, lang: str) -> dict[str, Any]:
    """Return what the gate said in all: partitions and rows passed and withheld, and the
    withheld partitions with why.
    """
    rows = gate.verdicts(release, dataset.id)
    sums = {
        name: number(sum(row.get(name) or 0 for row in rows), lang)
        for name in ("delivered", "passed", "quarantined", "duplicates", "cells_withheld")
    }
    passed = sum(row["verdict"] == "passed" for row in rows)
    sentence = say(
        "gate_summary",
        lang,
        number(len(rows), lang),
        number(passed, lang),
        number(len(rows) - passed, lang),
        *sums.values(),
    )
    return {
        "told": sentence,
        "withheld": [
            partition for partition in withheld(release, lang) if partition["name"] == dataset.id
        ][:WITHHELD],
    }


ROUTES: list[BaseRoute] = [
    Route(f"/d/{TABLE}", endpoint(table)),
    Route(f"/d/{TABLE}/files", endpoint(files)),
]
