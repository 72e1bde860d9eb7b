"""Receipts as addresses: ``/receipts/<name>.json`` of a dataset, mart or KPI of the current
release; with a KPI's key in the query, of one value.

``/receipts/kpi.permit_lead_time.json?period=2026-11&measure=in_time``;
``/release/<id>/<name>.receipt.json`` is one release's, for ever. Another name or key gives 404;
what a receipt says is ``pipelines.receipts.receipt``'s.
"""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.receipts.canonical import canonical
from portal.data.dated import known_release
from portal.data.receipted import receipt_of
from portal.data.release import current
from portal.http.answers import FOREVER, LATEST, absent, answer
from portal.http.rate_limit import shared


def receipt(request: Request) -> Response:
    """Answer with the receipt, or 404."""
    name, pinned = request.path_params["name"], request.path_params.get("release")
    release = known_release(pinned) if pinned else current()
    content = receipt_of(release, name, dict(request.query_params)) if release else None
    if release is None or content is None:
        return absent()
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", "_".join([name, *request.query_params.values()]))
    headers = {
        "X-Lumbung-Release": release.id,
        "Content-Disposition": f'inline; filename="{stem}.json"',
    }
    return answer(
        request, canonical(content), "application/json", headers, FOREVER if pinned else LATEST
    )


ROUTES: list[BaseRoute] = shared(
    Route("/receipts/{name}.json", receipt),
    Route("/release/{release}/{name}.receipt.json", receipt),
)
