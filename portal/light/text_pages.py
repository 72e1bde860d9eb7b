"""Pages that are mostly words: for developers, how to query files directly, what this portal is."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.release.release import Release
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.light.endpoint import endpoint
from portal.light.page import lang_of, page
from portal.metadata.terms import licence_url
from portal.telling import snippets
from portal.words.say import offered, say

FILES_ONLY = ("duckdb", "duckdb_remote", "pandas", "polars", "r", "curl_file")
"""Examples that need nothing but a table's files."""

TEN = 10
"""Rows of which an example shows something."""


def developers(request: Request, release: Release) -> Response:
    """Answer with the addresses for machines and examples that can be copied and run."""
    lang = lang_of(request)
    examples, chosen = _examples(request, release)
    return page(
        request,
        release,
        "developers.html",
        "/developers",
        say("developers", lang),
        say("developers_intro", lang),
        examples=examples,
        chosen=chosen,
        tables=list(entries(release)),
    )


def sql(request: Request, release: Release) -> Response:
    """Answer with how to query the files, since the portal takes no SQL."""
    lang = lang_of(request)
    examples, chosen = _examples(request, release)
    return page(
        request,
        release,
        "sql.html",
        "/sql",
        say("direct.title", lang),
        say("direct.about", lang),
        examples=[example for example in examples if example.key in FILES_ONLY],
        chosen=chosen,
    )


def about(request: Request, release: Release) -> Response:
    """Answer with licence, privacy, accessibility and what the portal stands for."""
    lang = lang_of(request)
    licences = sorted({entry.licence for entry in entries(release).values()})
    return page(
        request,
        release,
        "about.html",
        "/about",
        say("about_portal", lang),
        say("intro", lang),
        licences=[(licence, licence_url(licence)) for licence in licences],
        languages_told=", ".join(say(f"in.{code}", lang) for code in offered()),
    )


def _examples(request: Request, release: Release) -> tuple[list[snippets.Snippet], Entry | None]:
    """Return examples about the table that ``table`` names, the smallest of ten rows or more
    unless there is such a one.
    """
    open_entries = entries(release)
    small = min(
        open_entries.values(),
        key=lambda entry: (entry.published.rows < TEN, abs(entry.published.rows - TEN)),
        default=None,
    )
    chosen = open_entries.get(request.query_params.get("table", ""), small)
    return (snippets.examples(chosen) if chosen else [], chosen)


ROUTES: list[BaseRoute] = [
    Route("/developers", endpoint(developers)),
    Route("/sql", endpoint(sql)),
    Route("/about", endpoint(about)),
]
