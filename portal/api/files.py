"""Downloads: one dataset of the current release as CSV or Parquet, made once per release and streamed from disk.

``/download/<application>.<dataset>.<csv|parquet>``. A closed or unknown dataset gives the same 404.
"""

import re
import tempfile
from pathlib import Path
from threading import Lock

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from pipelines.export import export, select_of
from pipelines.release import Release
from portal.data.release import current

KINDS = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
_FOLDER = tempfile.TemporaryDirectory(prefix="lumbung-downloads-")
_LOCK = Lock()


def download(request: Request) -> Response:
    """Answer with the file, or 404."""
    match = re.fullmatch(r"([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)\.(csv|parquet)", request.path_params["name"])
    release = current()
    select = select_of(release, match[1]) if release and match else None
    if release is None or match is None or select is None:
        return JSONResponse({"error": "no such file; the catalogue lists what can be downloaded"}, 404)
    path = _made(release, f"{release.id}-{match[0]}", select, match[2])
    headers = {"X-Content-Type-Options": "nosniff", "X-Lumbung-Release": release.id}
    return FileResponse(path, media_type=KINDS[match[2]], filename=match[0], headers=headers)


def _made(release: Release, name: str, select: str, form: str) -> Path:
    folder = Path(_FOLDER.name)
    path = folder / name
    with _LOCK:
        if not path.is_file():
            for old in folder.iterdir():
                if not old.name.startswith(release.id):
                    old.unlink()
            export(release, select, form, path)
    return path


ROUTES: list[BaseRoute] = [Route("/download/{name}", download)]
