"""What others' validators, accessibility checks and `lumbung verify` last found of the portal, as a
page and as a document for programs.

Both name the release that was checked: none where nothing was run, an older one's results as that
one's.
"""

import json
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.lake.lake import Lake
from pipelines.release.conformance import KINDS, RESULTS, Result, read_results
from pipelines.release.release import Release
from pipelines.settings import lake_path
from portal.data.release import current
from portal.http.answers import absent, answer
from portal.http.rate_limit import shared
from portal.light.endpoint import endpoint
from portal.light.page import lang_of, page
from portal.words.say import number, say


def conformance(request: Request, release: Release) -> Response:
    """Answer with the results by kind; LakeError for results that cannot be read."""
    lang, (checked, results) = lang_of(request), _results(release)
    verdicts = [result.result for result in results]
    return page(
        request,
        release,
        "conformance.html",
        "/conformance",
        say("conformance", lang),
        say("conformance_intro", lang),
        checked=checked,
        sums=[*(number(verdicts.count(verdict), lang) for verdict in RESULTS), checked],
        kinds=[
            (kind, of_kind)
            for kind in KINDS
            if (of_kind := [result for result in results if result.kind == kind])
        ],
    )


def document(request: Request) -> Response:
    """Answer with the current release, the one that was checked (null where none was) and every
    result; LakeError for results that cannot be read.
    """
    release = current()
    if release is None:
        return absent()
    checked, results = _results(release)
    content = {
        "release": release.id,
        "checked": checked,
        "results": [asdict(result) for result in results],
    }
    return answer(
        request,
        json.dumps(content, ensure_ascii=False, indent=1).encode(),
        "application/json",
    )


def _results(release: Release) -> tuple[str | None, list[Result]]:
    return read_results(Lake(lake_path()), release.id) or (None, [])


ROUTES: list[BaseRoute] = [
    Route("/conformance", endpoint(conformance)),
    *shared(Route("/conformance.json", document)),
]
