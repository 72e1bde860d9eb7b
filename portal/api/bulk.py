"""A whole release as one ZIP, streamed as it is read: ``/download/all.zip`` and
``/release/<id>/all.zip``, of Parquet, or of CSV with ``?form=csv``.

Nothing is compressed again, so that its length is known beforehand and no memory is used. Beside
the tables: what they are (``README.txt``), what they are made of (``manifest.json``) and their
hashes (``SHA256SUMS``, as ``sha256sum --check`` reads them).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from zipstream import ZIP_STORED, ZipStream

from pipelines.errors import LakeError
from pipelines.files.index import File
from pipelines.release.release import Release
from portal.data.dated import is_still_open, known_release
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.data.release import current
from portal.http.address import url
from portal.http.answers import FOREVER, LATEST, absent, problem
from portal.http.negotiation import client_has
from portal.http.rate_limit import shared
from portal.words.say import offered, pick, say

FORMS = ("parquet", "csv")


def latest(request: Request) -> Response:
    """Answer with the current release."""
    release = current()
    return _zipped(request, release, LATEST) if release else absent()


def pinned(request: Request) -> Response:
    """Answer with the release that the address names."""
    release = known_release(request.path_params["release"])
    return _zipped(request, release, FOREVER) if release else absent()


def _zipped(request: Request, release: Release, cache: str) -> Response:
    form = request.query_params.get("form", FORMS[0])
    if form not in FORMS:
        return problem(
            400, "Unknown form", f"form is {' or '.join(FORMS)}: /download/all.zip?form={FORMS[1]}"
        )
    try:
        files = [
            (entry, file)
            for entry in entries(release).values()
            if (file := entry.published.file(form)) and is_still_open(release, entry.name)
        ]
    except LakeError:
        return absent()
    root = release.folder.parents[1]
    if not all((root / file.path).is_file() for _, file in files):
        return absent()
    notes = _notes(release, files, form)
    whole = ZipStream(compress_type=ZIP_STORED, sized=True)
    for name, text in notes.items():
        whole.add(text.encode(), name)
    for entry, file in files:
        whole.add_path(root / file.path, f"{entry.name}.{form}")
    tag = hashlib.sha256(json.dumps([release.id, *notes.values()]).encode()).hexdigest()
    headers = {
        "ETag": f'W/"{tag}"',
        "Cache-Control": cache,
        "Accept-Ranges": "none",
        "Content-Disposition": f'attachment; filename="lumbung-{release.id}-{form}.zip"',
        "X-Lumbung-Release": release.id,
    }
    if client_has(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    body: Iterable[bytes] = () if request.method == "HEAD" else _chunks(whole)
    return StreamingResponse(
        body, media_type="application/zip", headers={**headers, "Content-Length": str(len(whole))}
    )


def _chunks(whole: ZipStream) -> Iterator[bytes]:
    yield from whole


def _notes(release: Release, files: list[tuple[Entry, File]], form: str) -> dict[str, str]:
    """Return the texts that lie beside the tables, by name."""
    pinned = release.manifest.tables
    tables = {
        entry.name: {
            "file": f"{entry.name}.{form}",
            "rows": file.rows,
            "bytes": file.bytes,
            "sha256": file.sha256,
            "receipt": pinned[entry.name].receipt,
        }
        for entry, file in files
    }
    manifest = {
        "release": release.id,
        "made_at": release.made_at.isoformat(),
        "url": url(f"/release/{release.id}/all.zip"),
        "tables": tables,
    }
    sums = "".join(f"{table['sha256']}  {table['file']}\n" for table in tables.values())
    readme = "\n".join(
        line for lang in offered() for line in _readme(release, [entry for entry, _ in files], lang)
    )
    return {
        "README.txt": readme,
        "manifest.json": json.dumps(manifest, indent=1),
        "SHA256SUMS": sums,
    }


def _readme(release: Release, tables: list[Entry], lang: str) -> Iterator[str]:
    yield say("bulk_title", lang, release.id)
    yield say("bulk_about", lang, url("/catalog"))
    if any(entry.synthetic for entry in tables):
        yield say("bulk_synthetic", lang)
    yield ""
    for entry in tables:
        mark = f" ({say('synthetic_mark', lang)})" if entry.synthetic else ""
        yield (
            f"{entry.name}: {pick(entry.title, lang)}{mark}. {entry.publisher}. {entry.licence}."
            f" {url(entry.page)}"
        )
    yield ""


ROUTES: list[BaseRoute] = shared(
    Route("/download/all.zip", latest), Route("/release/{release}/all.zip", pinned)
)
