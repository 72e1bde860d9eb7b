"""Holds a release's ``release.duckdb``, which every reader opens, against the views its
manifest, contracts and kept SQL give.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.lake.lake import Lake
from pipelines.models.view import View
from pipelines.receipts.code import code
from pipelines.receipts.model_receipt import stored_model
from pipelines.release.place import VIEWS, place_of, written_for
from pipelines.release.release import Release
from pipelines.release.views import contents, contents_sha256, write_views


def make_views(lake: Lake, release: Release, path: Path) -> None:
    """Write the file of views of a release anew."""
    tables = release.manifest.tables
    models = [
        stored_model(lake, name, receipt)
        for name in release.manifest.models
        if name in tables and (receipt := tables[name].receipt)
    ]
    views = {
        name: View(lake.stored(digest, "sql").read_text("utf-8"), (), path)
        for name, digest in release.manifest.views.items()
    }
    write_views(path, lake, release.contracts, models, tables, views)


def views_difference(lake: Lake, release: Release) -> str:
    """Return the first view or table that is another than it was made, empty when there is none.

    Made by the code of now they are rebuilt; of other code, which may write a view otherwise, only
    the hash in the manifest can be held against them.
    """
    path = release.folder / VIEWS
    if not path.is_file():
        return f"{path} is gone"
    with place_of(release.folder) as place:
        there = contents(place.views, place.lake)
    if place.views != path and (other := _still_read(release)):
        return (
            f"{path}: its views read the files of the lake at {other}, of which this one is a copy;"
            f" `lumbung run` writes them for {lake.root}"
        )
    if contents_sha256(there) != release.manifest.views_sha256:
        said = "it was changed after it was made; `lumbung run` makes a new release"
    elif release.manifest.code["sources_sha256"] != code()["sources_sha256"]:
        return ""
    else:
        said = "its manifest was changed with it"
    with TemporaryDirectory(prefix="lumbung-") as folder:
        make_views(lake, release, Path(folder) / VIEWS)
        rebuilt = contents(Path(folder) / VIEWS, lake.root)
    wrong = next(
        (name for name in sorted({*there, *rebuilt}) if there.get(name) != rebuilt.get(name)), None
    )
    if wrong is None:
        return "" if said.startswith("its manifest") else f"{path}: {said}"
    return f"{path}: {wrong} is not what the release makes it; {said}"


def _still_read(release: Release) -> Path | None:
    """Return the place that the views were written for when a file they read is there still."""
    there = written_for(release.folder)
    files = [file for table in release.manifest.tables.values() for file in table.files]
    return there if there and any((there / file).is_file() for file in files) else None
