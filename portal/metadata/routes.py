"""The addresses of catalogues and of each table's descriptions; what each vocabulary says is a
module of its own, listed in ``descriptions``.
"""

import json
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.release.release import Release
from portal.data.dated import is_still_open, known_release
from portal.data.entries import entries
from portal.data.release import current
from portal.http.answers import FOREVER, LATEST, absent, answer
from portal.http.rate_limit import shared
from portal.metadata import csvw
from portal.metadata.dcat import catalogue as dcat_catalogue
from portal.metadata.dcat import us as dcat_us
from portal.metadata.descriptions import DESCRIPTIONS, RDF, Description, content_of


def catalogue(request: Request) -> Response:
    """Answer with a page of the catalogue as RDF."""
    form, number, release = (
        request.url.path.rpartition(".")[2],
        request.query_params.get("page", "1"),
        current(),
    )
    if (
        release is None
        or not number.isdecimal()
        or not 1 <= int(number[:9]) <= dcat_catalogue.pages(len(entries(release)))
    ):
        return absent()
    return answer(request, _page(release, int(number), form), RDF[form][1])


@lru_cache(maxsize=32)
def _page(release: Release, page: int, form: str) -> bytes:
    return (
        dcat_catalogue.catalogue(entries(release), page, form)
        .serialize(format=RDF[form][0])
        .encode()
    )


def data_json(request: Request) -> Response:
    """Answer with all tables as DCAT-US."""
    release = current()
    return answer(request, _data_json(release), "application/json") if release else absent()


@lru_cache(maxsize=2)
def _data_json(release: Release) -> bytes:
    return json.dumps(dcat_us.catalogue(entries(release)), ensure_ascii=False, indent=1).encode()


def table_schema(request: Request) -> Response:
    """Answer with the CSVW description that a CSV's address plus ``-metadata.json`` names (Model
    for Tabular Data, 5.3), of a named release for ever.
    """
    release_id, name = request.path_params.get("release"), request.path_params["name"]
    release = known_release(release_id) if release_id else current()
    entry = entries(release).get(name) if release and is_still_open(release, name) else None
    if entry is None:
        return absent()
    content = json.dumps(csvw.table(entry, release_id), ensure_ascii=False, indent=1).encode()
    return answer(
        request, content, "application/csvm+json", cache=FOREVER if release_id else LATEST
    )


def _describe(description: Description) -> Any:
    def describe(request: Request) -> Response:
        release, name = current(), request.path_params["name"]
        if release is None or name not in entries(release):
            return absent()
        return answer(request, content_of(release, name, description.path), description.media_type)

    return describe


ROUTES: list[BaseRoute] = shared(
    *(Route(f"/catalog.{form}", catalogue) for form in RDF),
    Route("/data.json", data_json),
    Route("/download/{name}.csv-metadata.json", table_schema),
    Route("/release/{release}/{name}.csv-metadata.json", table_schema),
    *(
        Route("/d/{name}" + description.path, _describe(description))
        for description in DESCRIPTIONS
    ),
)
