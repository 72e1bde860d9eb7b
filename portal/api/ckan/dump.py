"""``/datastore/dump/<resource>``: all rows of a resource, or those asked for, as one file: CSV,
TSV, JSON or XML, as CKAN writes them.

It takes the parameters of ``datastore_search``, and ``bom=true`` for programmes that need one to
see that a text is UTF-8. Rows are written to the disk by the row engine and sent from there.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree import ElementTree

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from pipelines.errors import QueryError
from pipelines.query.engine import export
from pipelines.query.query import Query
from pipelines.settings import lake_path
from portal.api.ckan.datastore import entry_of, fields_of, stopped
from portal.api.ckan.parameters import ActionParameters, Refused, text, yes
from portal.api.ckan.selection import DEEPEST, query_of
from portal.api.concurrency import HEAVY, Busy, in_turn
from portal.data.release import current
from portal.http.answers import LATEST, absent, problem
from portal.http.rate_limit import Limited

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/json",
    "xml": "text/xml; charset=utf-8",
}
BOM = "\ufeff".encode()
CHUNK = 1 << 18
LATER = {"Retry-After": "60"}
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""


async def dump(request: Request) -> Response:
    """Answer with the file, 400 for a parameter that is wrong, 404 for what is not there or not
    open.
    """
    parameters = {**request.query_params, "resource_id": request.path_params["resource"]}
    try:
        return await in_turn(request.scope, HEAVY, _dumped, parameters)
    except Busy as error:
        return problem(error.status, "Busy", str(error), {"Retry-After": "5"})


def _dumped(parameters: ActionParameters) -> Response:
    release = current()
    try:
        entry = entry_of(release, parameters)
        form = text(parameters, "format") or "csv"
        if form not in FORMS:
            raise Refused("invalid", f"format is one of {', '.join(FORMS)}", "format")
        query, bom = query_of(entry, parameters, None, DEEPEST), yes(parameters, "bom")
        stored = export(lake_path(), query, "ndjson" if form in ("json", "xml") else form)
    except Refused as refusal:
        return absent() if refusal.status == 404 else problem(400, "Bad query", str(refusal))
    except QueryError as error:
        refusal = stopped(error)
        return (
            problem(400, "Bad query", str(refusal))
            if refusal.error["__type"] == "Validation Error"
            else problem(503, "Stopped", str(refusal), LATER)
        )
    fields = [field for field in fields_of(entry) if field["id"] in query.shown]
    headers = {
        "Content-Disposition": f'attachment; filename="{entry.name}.{form}"',
        "Cache-Control": LATEST,
        "X-Lumbung-Release": entry.release,
    }
    return StreamingResponse(
        _written(stored, form, query, fields, bom), headers=headers, media_type=FORMS[form]
    )


def _written(
    stored: BinaryIO, form: str, query: Query, fields: list[dict[str, Any]], bom: bool
) -> Iterator[bytes]:
    with stored:
        yield BOM if bom else b""
        if form == "json":
            yield (
                b'{"fields": ' + json.dumps(fields, ensure_ascii=False).encode() + b', "records": ['
            )
            for number, line in enumerate(stored):
                yield (b"\n" if number == 0 else b",\n") + json.dumps(
                    list(json.loads(line).values()), ensure_ascii=False
                ).encode()
            yield b"\n]}\n"
        elif form == "xml":
            yield b'<data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
            for line in stored:
                yield ElementTree.tostring(_row(json.loads(line)), "utf-8") + b"\n"
            yield b"</data>\n"
        else:
            while chunk := stored.read(CHUNK):
                yield chunk


def _row(record: dict[str, Any]) -> ElementTree.Element:
    row = ElementTree.Element("row")
    for name, value in record.items():
        element = ElementTree.SubElement(row, name)
        if value is None:
            element.set("xsi:nil", "true")
        else:
            element.text = UNWRITABLE.sub(
                "", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            )
    return row


ROUTES: list[BaseRoute] = [
    Mount("/datastore", routes=[Route("/dump/{resource}", dump)], middleware=[Middleware(Limited)]),
]
