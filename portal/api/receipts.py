"""Receipts as addresses: ``/receipts/<name>.json`` of a dataset, mart or KPI of the current release; with a KPI's key in the query, of one value.

``/receipts/kpi.permit_lead_time.json?period=2026-11&measure=in_time``; ``/release/<id>/<name>.receipt.json`` is one release's, for ever. Another name or
key gives 404; what a receipt says is ``pipelines.receipt``'s.
"""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from portal.data.dated import known_release
from portal.data.receipted import receipt_of
from portal.data.release import current


def receipt(request: Request) -> Response:
    """Answer with the receipt, or 404."""
    name = request.path_params["name"]
    release = known_release(request.path_params["release"]) if "release" in request.path_params else current()
    found = receipt_of(release, name, dict(request.query_params)) if release else None
    if release is None or found is None:
        return JSONResponse({"error": "no such receipt; the release's datasets, marts and KPIs have one, a KPI's value is named by its whole key"}, 404)
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", "_".join([name, *request.query_params.values()]))
    told = {"X-Content-Type-Options": "nosniff", "X-Lumbung-Release": release.id, "Content-Disposition": f'inline; filename="{stem}.json"'}
    return JSONResponse(found, headers=told)


ROUTES: list[BaseRoute] = [Route("/receipts/{name}.json", receipt), Route("/release/{release}/{name}.receipt.json", receipt)]
