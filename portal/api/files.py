"""Downloads: every file a release lists, streamed from disk. ``/download/…`` is the current
release, ``/release/<id>/…`` one release for ever.

``<name>.<form>`` is a whole table, ``<name>/<partition>.<form>`` a partition. What is not open or
not a name is answered alike; who asks an open table for a file it has not is told which it has. One
range is served; many in one request are answered by the whole file (RFC 9110, 14.2), since they
cost the server more than the asker. ``all.zip`` is in ``bulk``.
"""

import base64
import re
from collections.abc import Mapping
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from pipelines.errors import LakeError
from pipelines.files.export import FORMS
from pipelines.files.index import File, Published, compressed, published
from pipelines.release.release import Release
from portal.data.dated import is_still_open, known_release
from portal.data.release import current
from portal.http.address import url
from portal.http.answers import FOREVER, LATEST, absent, problem
from portal.http.negotiation import client_has, takes_gzip
from portal.http.rate_limit import shared

_FORM = "|".join(re.escape(form) for form in FORMS)
WHOLE = re.compile(rf"(?P<name>[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)\.(?P<form>{_FORM})")
PARTITION = re.compile(
    rf"(?P<name>[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)/(?P<partition>\d{{4}}-\d{{2}}(-\d{{2}})?)\.(?P<form>{_FORM})"
)

ONE_RANGE = re.compile(r"bytes=(?=\d|-\d)(\d{0,18})-(\d{0,18})", re.ASCII)


def download(request: Request) -> Response:
    """Answer with a file of the current release."""
    release = current()
    return _file(request, release, LATEST, "/receipts/{}.json") if release else absent()


def pinned(request: Request) -> Response:
    """Answer with a file of the release that the address names."""
    release = known_release(request.path_params["release"])
    return (
        _file(request, release, FOREVER, f"/release/{release.id}/{{}}.receipt.json")
        if release
        else absent()
    )


@lru_cache(maxsize=8)
def tables_of(folder: Path) -> dict[str, Published]:
    """Return the open tables of the release in a folder; LakeError, which is not kept, for one
    that was made before there were lists.
    """
    return published(folder)


def _file(request: Request, release: Release, cache: str, receipt: str) -> Response:
    requested = WHOLE.fullmatch(request.path_params["file"]) or PARTITION.fullmatch(
        request.path_params["file"]
    )
    if requested is None:
        return absent()
    try:
        table = tables_of(release.folder).get(requested["name"])
    except LakeError:
        return absent()
    if table is None or not is_still_open(release, table.name):
        return absent()
    partition = requested.groupdict().get("partition")
    file = table.file(requested["form"], partition)
    if file is None:
        forms = ", ".join(
            dict.fromkeys(stored.form for stored in table.files if stored.partition == partition)
        )
        has = f"{table.name} has no open partition {partition}"
        if forms:
            has = (
                f"{partition or table.name} has no file of the form {requested['form']};"
                f" it has {forms}"
            )
        return problem(404, "Not found", f"{has}; {url(f'/d/{table.name}/files')} lists the files")
    path = release.folder.parents[1] / file.path
    if not path.is_file():
        return absent()
    links = [f'<{url(receipt.format(table.name))}>; rel="describedby"']
    if file.form == "csv" and file.partition is None:
        # CSV on the Web asks for its description first (Model for Tabular Data, 5.2)
        links.insert(
            0,
            f'<{url(request.url.path)}-metadata.json>; rel="describedby";'
            ' type="application/csvm+json"',
        )
    return _answer(
        request, release, table, file, path, {"Cache-Control": cache, "Link": ", ".join(links)}
    )


def _answer(
    request: Request,
    release: Release,
    table: Published,
    file: File,
    path: Path,
    more: Mapping[str, str],
) -> Response:
    digest, headers = file.sha256, dict(more)
    if file.gzip:
        headers["Vary"] = "Accept-Encoding"
        if "range" not in request.headers and takes_gzip(request.headers):
            digest, path = file.gzip, compressed(path)
            headers["Content-Encoding"] = "gzip"
    saved = (
        f"{table.name}.{file.partition}.{file.form}"
        if file.partition
        else f"{table.name}.{file.form}"
    )
    headers |= {
        "ETag": f'"{digest}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:",
        "Last-Modified": format_datetime(release.made_at, usegmt=True),
        "X-Lumbung-Release": release.id,
    }
    if client_has(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if not _is_one_range(request.headers.get("range", "")):
        request.scope["headers"] = [
            (key, value) for key, value in request.scope["headers"] if key != b"range"
        ]
    return FileResponse(
        path, media_type=FORMS[file.form].content_type, filename=saved, headers=headers
    )


def _is_one_range(requested: str) -> bool:
    """Whether a Range header asks for one range of bytes; any other is as if it was not there
    (RFC 9110, 14.2).
    """
    match = ONE_RANGE.fullmatch(requested)
    return match is not None and not (match[1] and match[2] and int(match[1]) > int(match[2]))


def nothing(_: Request) -> Response:
    """Answer for every other address below these."""
    return absent()


ROUTES: list[BaseRoute] = shared(
    Route("/download/{file:path}", download),
    Route("/release/{release}/{file:path}", pinned),
    Route("/release/{nothing:path}", nothing),
)
