"""Downloads: one dataset of the current release as CSV or Parquet, made once per release and streamed from disk.

``/download/<application>.<dataset>.<csv|parquet>``. A closed or unknown dataset gives the same 404.
"""

import re
import tempfile
from pathlib import Path
from threading import Lock

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from pipelines.release import Release
from portal.data import aggregates, current, find, table_of, view_of

FORMATS = {"csv": ("FORMAT csv, HEADER", "text/csv; charset=utf-8"), "parquet": ("FORMAT parquet", "application/vnd.apache.parquet")}
_FOLDER = tempfile.TemporaryDirectory(prefix="lumbung-downloads-")
_LOCK = Lock()


def download(request: Request) -> Response:
    """Answer with the file, or 404."""
    match = re.fullmatch(r"([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)\.(csv|parquet)", request.path_params["name"])
    release = current()
    view = _view(release, match[1]) if release and match else None
    if release is None or match is None or view is None:
        return JSONResponse({"error": "no such file; the catalogue lists what can be downloaded"}, 404)
    options, kind = FORMATS[match[2]]
    path = _made(release, f"{release.id}-{match[0]}", f"SELECT {view} ORDER BY ALL", options)
    return FileResponse(path, media_type=kind, filename=match[0], headers={"X-Content-Type-Options": "nosniff", "X-Lumbung-Release": release.id})


def _view(release: Release, name: str) -> str | None:
    """Return what is read for a file: an open dataset or a published mart; None for anything else."""
    if any(each.id == name for each in aggregates(release)):
        return f"* FROM {table_of(name)}"
    found = find(release, name)
    return f"* EXCLUDE (_partition) FROM {view_of(found[1])}" if found and found[1].is_public else None


def _made(release: Release, name: str, query: str, options: str) -> Path:
    folder = Path(_FOLDER.name)
    path = folder / name
    with _LOCK:
        if not path.is_file():
            for old in folder.iterdir():
                if not old.name.startswith(release.id):
                    old.unlink()
            aside = path.with_suffix(path.suffix + ".making")
            with release.connect() as con:
                con.execute(f"COPY ({query}) TO '{aside}' ({options})")
            aside.rename(path)
    return path
